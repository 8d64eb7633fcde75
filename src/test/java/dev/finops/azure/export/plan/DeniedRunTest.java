package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.listed;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Step.Done;
import dev.finops.azure.export.plan.Step.PostRun;
import dev.finops.azure.export.plan.Step.WriteStatus;
import dev.finops.azure.export.runs.Histories;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A right to run that is missing: what is wanted is asked for once a day, whether or not the operator was restarted
 * meanwhile.
 */
class DeniedRunTest {
    private static final ObservedExport EXPORT = accepted(FOCUS);

    private final ReconcileState onCreate =
            status(settled(FOCUS), draft -> draft.pendingRun = new PendingRun("OnCreate", null, null, null, 0, null));
    private final ReconcileState asked = annotated(settled(FOCUS), Annotations.RUN_REQUESTED_AT, "monday");
    private final ReconcileState months = settled(with(FOCUS, "backfill.months", 3));
    private final ReconcileState closed = settled(with(FOCUS, "closedMonth.rerunOnDays", List.of(15)));

    @Test
    void isAskedForOnceADayOverRestarts() {
        for (ReconcileState wanted : List.of(onCreate, asked, months, closed)) {
            ReconcileState denied = denied(wanted);
            String cause = denied.status().pendingRun().cause();

            for (int hours = 1; hours < 24; hours++) {
                ReconcileState restarted =
                        later(denied, Duration.ofHours(hours)).with(TransientState.NONE);
                assertEquals(Optional.of(ReadConsistency.CACHED), ReconcileStates.firstRead(restarted), cause);
                assertInstanceOf(Done.class, ReconcileStates.next(listed(restarted, EXPORT)), cause);
            }
            ReconcileState due = later(denied, Duration.ofHours(24)).with(TransientState.NONE);
            assertEquals(Optional.of(ReadConsistency.DIRECT), ReconcileStates.firstRead(due), cause);
            assertEquals(
                    cause,
                    assertInstanceOf(PostRun.class, ReconcileStates.next(meant(got(due, EXPORT))))
                            .run()
                            .cause());
        }
    }

    @Test
    void ofAMonthLeavesItPendingAndTheOthersUnasked() {
        ReconcileState denied = denied(months);

        assertEquals(List.of("2026-10 Pending", "2026-09 Pending", "2026-08 Pending"), states(denied.status()));
        assertEquals(0, denied.status().backfill().months().getFirst().attempts());
        assertInstanceOf(Done.class, ReconcileStates.next(got(denied, EXPORT)));
    }

    @Test
    void givesWayToANewRequestAtOnce() {
        for (ReconcileState wanted : List.of(onCreate, asked, months, closed)) {
            ReconcileState newer = annotated(denied(wanted), Annotations.RUN_REQUESTED_AT, "tuesday");

            assertEquals(Optional.of(ReadConsistency.DIRECT), ReconcileStates.firstRead(newer));
            assertEquals(
                    "tuesday",
                    assertInstanceOf(PostRun.class, ReconcileStates.next(meant(got(newer, EXPORT))))
                            .run()
                            .request());
        }
    }

    @Test
    void ofARequestIsHandled() {
        assertEquals("monday", denied(asked).status().lastHandledRunRequest());
    }

    @Test
    void isFulfilledByTheRunThatAPersonStartsInstead() {
        ObservedExport byHand = Histories.with(EXPORT, "a1 Queued 2026-11-15T12:00:00Z OnDemand 2026-10");
        ReconcileState later = later(denied(months), Duration.ofHours(3));

        assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(listed(later, byHand)));
        WriteStatus followed = assertInstanceOf(WriteStatus.class, ReconcileStates.next(got(later, byHand)));
        assertEquals(List.of("2026-10 Running", "2026-09 Pending", "2026-08 Pending"), states(followed.status()));
        assertEquals(
                "2026-09",
                ((WriteStatus) ReconcileStates.next(got(later.with(followed.status()), byHand)))
                        .status()
                        .pendingRun()
                        .request());
    }

    @Test
    void isFulfilledByTheScheduleUnlessItIsOfAMonth() {
        ObservedExport scheduled = Histories.with(EXPORT, "a1 Completed 2026-11-15T12:00:00Z Scheduled");

        for (ReconcileState wanted : List.of(onCreate, asked)) {
            WriteStatus done = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(later(denied(wanted), Duration.ofHours(3)), scheduled)));
            assertNull(done.status().pendingRun());
        }
        assertInstanceOf(
                Done.class, ReconcileStates.next(listed(later(denied(months), Duration.ofHours(3)), scheduled)));
    }

    private static ReconcileState denied(ReconcileState wanted) {
        ReconcileState meant = meant(wanted);
        ArmFailure denied = new ArmFailure.Forbidden(
                new ArmFailure.Detail(401, "RBACAccessDenied", "no right", ""), Reason.AUTHORIZATION_FAILED);
        return StateTransitions.runRejected(meant, meant.status().pendingRun(), denied);
    }

    /** After the intent is written down. */
    private static ReconcileState meant(ReconcileState s) {
        WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
        ReconcileState written = s.with(record.status()).with(s.transientState().postingRun(record.runToPost()));
        return record.runToPost() ? written : meant(written);
    }

    private static List<String> states(CostExportStatus status) {
        return status.backfill().months().stream()
                .map(row -> row.month() + " " + row.state())
                .toList();
    }
}
