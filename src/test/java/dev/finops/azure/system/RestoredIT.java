package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * CostExports out of a backup, while Azure has gone on: with the status that they had then, or as most tools restore
 * them, without.
 */
class RestoredIT extends SystemTest {

    @Test
    void withoutItsStatusNothingIsWrittenAndNoMonthRunsAgain() {
        LiveExport lost = export("lost", "{schedule: {recurrence: Daily}, backfill: {months: 4}, runOnCreate: true}");
        lost.await(Conditions.BACKFILLED, "True");
        lost.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        List<Operation> before = lost.written();
        vanish(lost);

        ObjectNode backup = lost.manifest(lost.name());
        LiveExport restored = apply(backup).awaitReady();
        restored.await(Conditions.BACKFILLED, "True");
        restored.awaitLooks(3);

        assertEquals(List.of(), restored.written(), before::toString);
        assertEquals("Adopted", restored.status().origin());
        assertEquals(4, restored.status().backfill().completed());
        restored.delete().awaitGone();
        assertTrue(restored.existsInAzure(), "what was adopted is left");
    }

    @Test
    void withAnOlderSpecItsExportIsKnownAndWhatTheSpecDoesNotSayIsLeft() {
        LiveExport export = export("beginning", "schedule: {recurrence: Daily}");
        export.awaitReady();
        CostExport backup = export.object();
        export.change("description: changed").awaitReady();

        restore(export, backup);
        export.awaitReady();
        export.awaitLooks(3);

        assertEquals(
                List.of(PUT, PUT),
                export.written(),
                "a description that the spec, as it is now, never stated is Azure's");
        export.change("description: changed again").awaitReady();
        assertEquals("changed again", export.inAzure("exportDescription").asText());
        export.delete().awaitGone();
        assertEquals(false, export.existsInAzure());
    }

    /** The request is in the backup, and so is that it was being seen to. */
    @Test
    void inTheMiddleOfARunItIsNotRunAgain() {
        azure.behaviour(usual.withInProgressFor(Duration.ofHours(5)));
        LiveExport export = export("middle", "").awaitReady();
        export.annotate(RUN_REQUESTED_AT, "once");
        eventually(() -> assertEquals("once", export.status().lastHandledRunRequest()));
        CostExport running = export.object();
        clock.advance(Duration.ofHours(6));
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");

        restore(export, running);
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        export.awaitLooks(3);

        assertEquals(List.of(PUT, RUN), export.written());
    }

    /** The operator had read the object, and wrote its intent, when the backup was made. */
    @Test
    void withTheIntentToRunTheHistoryDecides() {
        LiveExport export = export("intent", "").awaitReady();
        azure.faults().while_(Match.on(RUN).path(export.scope()), new Fault.ResetBefore());
        export.annotate(RUN_REQUESTED_AT, "once");
        eventually(() -> assertEquals("once", export.status().pendingRun().request()));
        CostExport intending = export.object();
        azure.faults().clear();
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        long posts =
                export.calls(RUN).stream().filter(call -> call.status() > 0).count();

        restore(export, intending);
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        eventually(() -> assertEquals("once", export.status().lastHandledRunRequest()));
        export.awaitLooks(3);

        assertEquals(1, posts);
        assertEquals(
                1, export.calls(RUN).stream().filter(call -> call.status() > 0).count());
    }

    /** Its namespace is gone with all that was in it, and Azure was not asked. */
    private void vanish(LiveExport export) {
        operator.close();
        cluster.client().resource(export.object()).edit(object -> {
            object.getMetadata().setFinalizers(List.of());
            return object;
        });
        export.delete().awaitGone();
        startOperator();
    }

    /** As a snapshot of etcd brings it back, with the UID that it had. */
    private void restore(LiveExport export, CostExport backup) {
        operator.close();
        CostExport now = export.object();
        now.setSpec(backup.getSpec());
        now.getMetadata()
                .setAnnotations(
                        backup.getMetadata().getAnnotations() == null
                                ? Map.of()
                                : backup.getMetadata().getAnnotations());
        CostExport written = cluster.client().resource(now).update();
        written.setStatus(backup.getStatus());
        cluster.client().resource(written).updateStatus();
        startOperator();
    }
}
