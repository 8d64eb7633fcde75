package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.export.Sweep.Why;
import dev.finops.azure.export.plan.StatusDraft;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever loses an event or a timer, the object is requeued. */
class SweepTest {
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private long now = Long.MAX_VALUE - 1_000_000; // it overflows, as System.nanoTime() may
    private final Sweep sweep = new Sweep(INTERVAL, () -> now);

    private static CostExport object(Consumer<CostExport> change) {
        CostExport object = Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: a, namespace: finops, uid: one, generation: 1, resourceVersion: "7", finalizers: [azure.finops.dev/export]}
        spec: {scope: /subscriptions/1}
        status: {observedGeneration: 1}
        """, CostExport.class);
        change.accept(object);
        return object;
    }

    private static CostExport object() {
        return object(same -> {});
    }

    private void reconciled(Optional<Duration> next) {
        sweep.began(object());
        sweep.ended(object(), next);
    }

    /** By two sweeps, one interval apart. */
    private List<Why> found(CostExport cached) {
        sweep.find(Stream.of(cached));
        now += INTERVAL.toNanos();
        return sweep.find(Stream.of(cached)).stream().map(Sweep.Found::why).toList();
    }

    @Test
    void anObjectWhoseTimerIsStillToComeIsLeft() {
        reconciled(Optional.of(Duration.ofHours(1)));

        assertEquals(List.of(), found(object()));
    }

    @Test
    void anObjectThatOnlyAChangeBringsIsLeft() {
        reconciled(Optional.empty()); // as a paused one

        now += Duration.ofDays(100).toNanos();
        assertEquals(List.of(), found(object()));
    }

    @Test
    void beforeTheFirstReconciliationNothingIsMissing() {
        assertEquals(List.of(), found(object())); // as of a process that waits for the lease
    }

    @Test
    void theNextObjectOfANameIsFound() {
        reconciled(Optional.empty());

        assertEquals(
                List.of(Why.NOT_RECONCILED),
                found(object(next -> next.getMetadata().setUid("two"))));
    }

    @Test
    void anObjectThatWasNeverReconciledIsFound() {
        reconciled(Optional.empty());

        assertEquals(
                List.of(Why.NOT_RECONCILED),
                found(object(other -> other.getMetadata().setName("b"))));
    }

    @Test
    void aChangeThatWasNeverReconciledIsFound() {
        reconciled(Optional.empty());

        assertEquals(
                List.of(Why.MISSED_CHANGE),
                found(object(changed -> changed.getMetadata().setGeneration(2L))));
        assertEquals(
                List.of(Why.MISSED_CHANGE),
                found(object(deleted -> deleted.getMetadata().setDeletionTimestamp("2026-03-05T10:00:00Z"))));
        assertEquals(
                List.of(Why.MISSED_CHANGE),
                found(object(
                        asks -> asks.getMetadata().getAnnotations().put("azure.finops.dev/run-requested-at", "now"))));
        assertEquals(
                List.of(),
                found(object(noted -> noted.getMetadata().getAnnotations().put("example.com/noted", "now"))));
    }

    @Test
    void aTimerThatDidNotFireIsFound() {
        reconciled(Optional.of(Duration.ofMinutes(1)));

        now += Duration.ofMinutes(2).toNanos();
        assertEquals(List.of(Why.OVERDUE), found(object()));
    }

    @Test
    void anObjectWithoutItsFinalizerIsFoundUnlessItGoes() {
        reconciled(Optional.empty());
        assertEquals(
                List.of(Why.NO_FINALIZER),
                found(object(bare -> bare.getMetadata().setFinalizers(List.of()))));

        CostExport going = object(bare -> {
            bare.getMetadata().setFinalizers(List.of("example.com/other"));
            bare.getMetadata().setDeletionTimestamp("2026-03-05T10:00:00Z");
        });
        assertEquals(List.of(), found(going));
    }

    @Test
    void whatIsJustOnItsWayIsNotFound() {
        reconciled(Optional.empty());
        CostExport changed = object(next -> next.getMetadata().setGeneration(2L));

        assertEquals(List.of(), sweep.find(Stream.of(changed)));
        now += Duration.ofSeconds(5).toNanos();
        assertEquals(List.of(), sweep.find(Stream.of(changed)));
        sweep.began(changed);
        now += INTERVAL.toNanos();
        assertEquals(List.of(), sweep.find(Stream.of(changed)), "a reconciliation is under way");
    }

    @Test
    void itIsFoundAgainUntilItIsReconciled() {
        reconciled(Optional.empty());
        CostExport next = object(two -> two.getMetadata().setUid("two"));
        found(next);

        assertEquals(
                List.of(new Sweep.Found(ResourceID.fromResource(next), Why.NOT_RECONCILED, true)),
                sweep.find(Stream.of(next)));
        sweep.began(next);
        sweep.ended(next, Optional.empty());
        assertEquals(List.of(), found(next));
    }

    @Test
    void aStatusThatAnotherClientWroteIsFoundAtOnce() {
        reconciled(Optional.empty());
        CostExport scribbled = object(foreign -> {
            foreign.getMetadata().setResourceVersion("8");
            foreign.setStatus(null);
        });

        assertTrue(sweep.statusChanged(scribbled));
        assertEquals(
                List.of(Why.STATUS_CHANGED),
                sweep.find(Stream.of(scribbled)).stream().map(Sweep.Found::why).toList());
    }

    @Test
    void aCacheThatIsBehindOurOwnWriteIsNotAnotherClient() {
        sweep.began(object());
        sweep.ended(
                object(written -> {
                    written.getMetadata().setResourceVersion("8");
                    written.setStatus(null);
                }),
                Optional.empty());

        assertFalse(sweep.statusChanged(object()));
        assertEquals(List.of(), found(object()));
    }

    @Test
    void aPredecessorIsNamedOnceSoThatItIsForgotten() {
        reconciled(Optional.empty());
        CostExport next = object(two -> two.getMetadata().setUid("two"));

        assertEquals(Optional.of("one"), sweep.began(next));
        sweep.ended(next, Optional.empty());
        assertEquals(Optional.empty(), sweep.began(next));
        assertEquals(Optional.of("two"), sweep.forget(ResourceID.fromResource(next)));
        assertEquals(Optional.empty(), sweep.forget(ResourceID.fromResource(next)));
    }

    @Test
    void whatThisProcessWroteIsItsOwnAlsoAfterAReconciliationOfAnOlderObject() {
        CostExport written = object(newer -> {
            newer.getMetadata().setResourceVersion("8");
            StatusDraft draft = new StatusDraft(newer.getStatus());
            draft.lastHandledRunRequest = "now";
            newer.setStatus(draft.build());
        });
        sweep.began(object());
        sweep.ended(written, Optional.empty());

        reconciled(Optional.empty()); // the watch is late: the cache still shows the object before the write

        assertFalse(sweep.statusChanged(written));
        assertEquals(List.of(), found(written));
    }
}
