package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Difference;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Identity;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Summary;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise 7: what another client writes into the status is corrected, where the spec, Azure or this process knows
 * better.
 */
class StatusCheckTest {
    private static final ObservedExport EXPORT = accepted(FOCUS);
    private static final String OTHER = "/subscriptions/1/providers/Microsoft.CostManagement/exports/other";
    private static final Run FOREIGN = new Run(
            "f0",
            "OnDemand",
            "Failed",
            "nobody",
            "2026-11-14T10:00:00Z",
            null,
            "2026-11-14T11:00:00Z",
            null,
            null,
            null,
            null);

    /** After a reconciliation of this process that had nothing to do. */
    private static ReconcileState rested() {
        ReconcileState s = reconciled(settled(FOCUS));
        return s.with(s.transientState().computed().left(s.status(), 1));
    }

    private static ReconcileState reconciled(ReconcileState s) {
        ReconcileState now = got(s, EXPORT);
        now = ForeignRuns.dropped(now, (Observation.Present) now.observation());
        for (int steps = 0; steps < 9; steps++) {
            switch (ReconcileStates.next(now)) {
                case Step.WriteStatus(var recorded, var post, var events, var reached) -> now = now.with(recorded);
                case Step.Done(var outcome) -> {
                    return ReconcileStates.reported(now, outcome);
                }
                case Step other -> throw new AssertionError("nothing else is to be done, least of all " + other);
            }
        }
        throw new AssertionError("no rest");
    }

    static Stream<Arguments> scribbles() {
        return Stream.of(
                scribble("observedGeneration to come", draft -> draft.observedGeneration = 99L),
                scribble("observedGeneration gone", draft -> draft.observedGeneration = null),
                scribble("origin", draft -> draft.origin = "Adopted"),
                scribble("apiVersion", draft -> draft.apiVersion = "2099-01-01"),
                scribble("eTag", draft -> draft.eTag = "scribbled"),
                scribble("eTag gone", draft -> draft.eTag = null),
                scribble("identity", draft -> draft.identity = new Identity("p", "t")),
                scribble("tenantId", draft -> draft.tenantId = "t"),
                scribble("nextRunTime", draft -> draft.nextRunTime = "2099-01-01T00:00:00Z"),
                scribble("sasTokenHash", draft -> draft.sasTokenHash = "0123"),
                scribble(
                        "appliedFields more",
                        draft -> draft.appliedFields = Stream.concat(
                                        draft.appliedFields.stream(), Stream.of("description"))
                                .toList()),
                scribble("appliedFields gone", draft -> draft.appliedFields = null),
                scribble("appliedFields absurd", draft -> draft.appliedFields = List.of("no.such.field")),
                scribble("conditions gone", draft -> draft.conditions = null),
                scribble("summary", draft -> draft.summary = new Summary("Hourly", "1/1")),
                scribble("difference", draft -> draft.difference = List.of(new Difference("format", "1", "2"))),
                scribble("lastRun", draft -> draft.lastRun = FOREIGN),
                scribble("lastSuccessfulRun", draft -> draft.lastSuccessfulRun = FOREIGN),
                scribble("runs", draft -> draft.runs = List.of(FOREIGN)),
                scribble(
                        "pendingRun",
                        draft -> draft.pendingRun =
                                new PendingRun("Request", "x", null, Timestamps.write(Specs.NOW), 1, null)),
                scribble("lastHandledRunRequest", draft -> draft.lastHandledRunRequest = "other"),
                scribble(
                        "lastHandledReconcileRequest",
                        draft -> draft.lastHandledReconcileRequest = draft.lastHandledReconcileRequest),
                scribble("lastHandledApplyRequest", draft -> draft.lastHandledApplyRequest = "other"));
    }

    private static Arguments scribble(String name, Consumer<StatusDraft> change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scribbles")
    void isAsItWasAfterOneReconciliation(String name, Consumer<StatusDraft> change) {
        ReconcileState s = rested();

        ReconcileState scribbled = status(s, change).with(s.transientState().distrusting());

        CostExportStatus corrected = reconciled(StatusCheck.restored(scribbled)).status();
        assertEquals(times(s.status()), times(corrected));
    }

    /** A condition that was taken away begins anew. */
    private static String times(CostExportStatus status) {
        return status.toString().replaceAll("lastTransitionTime=[^,\\]]*", "");
    }

    @Test
    void aStatusOfThisProcessIsNotReadAnew() {
        ReconcileState s = rested();

        assertEquals(Optional.of(ReadConsistency.CACHED), ReconcileStates.firstRead(s));
        assertEquals(
                Optional.of(ReadConsistency.DIRECT),
                ReconcileStates.firstRead(s.with(s.transientState().distrusting())));
    }

    @Test
    void theETagIsReadAnewOnceInAProcess() {
        ReconcileState restarted =
                status(rested(), draft -> draft.eTag = "scribbled").with(TransientState.NONE);
        assertEquals(EXPORT.eTag(), reconciled(restarted).status().eTag());

        ReconcileState moved = status(rested(), draft -> draft.eTag = "moving");
        assertEquals(
                "moving",
                reconciled(moved).status().eTag(),
                "an eTag that changes with each read is not written each time");
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER, "/not/an/export", ""})
    void anExportIdOfAnotherExportIsDroppedAndAnEqualExportAdopted(String foreign) {
        ReconcileState s = got(status(rested(), draft -> draft.exportId = foreign), EXPORT);

        Step.WriteStatus dropped = assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(s));
        assertEquals(Reason.STATUS_CORRECTED, dropped.events().getFirst().reason());
        assertNull(dropped.status().exportId());
        assertNull(dropped.status().eTag());
        ReconcileState adopted = reconciled(s);
        assertEquals("Adopted", adopted.status().origin());
        assertEquals(s.exportId().path(), adopted.status().exportId());
    }

    @Test
    void anExportThatDiffersIsNotTakenOverBecauseItsIdWasLost() {
        ObservedExport other = accepted(with(FOCUS, "dataset.type", "ActualCost"));
        ReconcileState s = got(status(rested(), draft -> draft.exportId = OTHER), other);
        ReconcileState dropped = s.with(assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(s))
                .status());

        Outcome outcome =
                assertInstanceOf(Step.Done.class, ReconcileStates.next(dropped)).outcome();
        assertEquals(
                Reason.ALREADY_EXISTS,
                assertInstanceOf(Outcome.Stuck.class, outcome).reason());
    }

    @Test
    void anotherSpellingOfTheIdIsTheSameId() {
        ReconcileState s = got(status(rested(), draft -> draft.exportId = draft.exportId.toUpperCase()), EXPORT);

        assertInstanceOf(Step.Done.class, ReconcileStates.next(s));
    }

    @Test
    void theIntentToRunAnotherExportIsNotPosted() {
        ReconcileState s = status(rested(), draft -> {
            draft.exportId = OTHER;
            draft.pendingRun = new PendingRun("Request", "monday", null, Timestamps.write(Specs.NOW), 1, null);
        });

        CostExportStatus dropped = assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(got(s, EXPORT)))
                .status();
        assertNull(dropped.pendingRun());
        assertEquals("monday", dropped.lastHandledRunRequest());
    }

    @Test
    void anObjectWithoutAStatusWhoseExportExistsTakesItsRequestsAsHandled() {
        ReconcileState asks = annotated(
                annotated(got(fresh(FOCUS), EXPORT), Annotations.RUN_REQUESTED_AT, "monday"),
                Annotations.APPLY_REQUESTED_AT,
                "tuesday");

        Step.WriteStatus adopted = assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(asks));
        assertEquals("monday", adopted.status().lastHandledRunRequest());
        assertEquals("tuesday", adopted.status().lastHandledApplyRequest());
        PendingEvent skipped = adopted.events().stream()
                .filter(note -> note.reason() == Reason.REQUEST_SKIPPED)
                .findFirst()
                .orElseThrow();
        assertTrue(
                skipped.message().contains("monday") && skipped.message().contains(Annotations.RUN_REQUESTED_AT),
                skipped.message());
        assertInstanceOf(Step.Done.class, ReconcileStates.next(got(asks.with(adopted.status()), EXPORT)));
    }

    @Test
    void anObjectThatCreatedItsExportStillFollowsTheRequestThatItCameWith() {
        ReconcileState created =
                annotated(got(ReconcileStates.intended(FOCUS), EXPORT), Annotations.RUN_REQUESTED_AT, "monday");

        Step.WriteStatus ours = assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(created));
        assertNull(ours.status().lastHandledRunRequest());
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 24 * 21})
    void anOldIntentToRunIsNotPosted(int hours) {
        ReconcileState s = status(
                rested(),
                draft -> draft.pendingRun =
                        new PendingRun("Request", "monday", null, Timestamps.write(Specs.NOW), 1, null));

        Step.WriteStatus lapsed = assertInstanceOf(
                Step.WriteStatus.class, ReconcileStates.next(got(later(s, Duration.ofHours(hours)), EXPORT)));
        assertNull(lapsed.status().pendingRun());
        assertEquals("monday", lapsed.status().lastHandledRunRequest());
        assertEquals(Reason.REQUEST_SKIPPED, lapsed.events().getFirst().reason());
    }

    @Test
    void anIntentToRunOfAnOutageIsPosted() {
        ReconcileState s = status(
                rested(),
                draft -> draft.pendingRun =
                        new PendingRun("Request", "monday", null, Timestamps.write(Specs.NOW), 1, null));

        assertEquals(
                2,
                assertInstanceOf(
                                Step.WriteStatus.class,
                                ReconcileStates.next(got(later(s, Duration.ofHours(23)), EXPORT)))
                        .status()
                        .pendingRun()
                        .attempts());
    }

    @Test
    void aGenerationToComeIsNotObserved() {
        ReconcileState paused =
                annotated(status(rested(), draft -> draft.observedGeneration = 99L), Annotations.PAUSED, "true");

        assertNull(
                ReconcileStates.reported(paused, new Outcome.Paused()).status().observedGeneration());
    }

    @Test
    void whatAnEarlierReconciliationLeftIsNotReplacedByAnOlderObject() {
        ReconcileState s = rested();
        StatusDraft newer = new StatusDraft(s.status());
        newer.lastHandledRunRequest = "now";
        TransientState memory = s.transientState()
                .left(newer.build(), 9)
                .left(s.status(), 8); // the watch was late: the object was read before the write

        ReconcileState scribbled = s.with(newer.build()).with(memory.distrusting());

        assertEquals("now", StatusCheck.restored(scribbled).status().lastHandledRunRequest());
    }
}
