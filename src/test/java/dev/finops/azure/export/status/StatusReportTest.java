package dev.finops.azure.export.status;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.NOW;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.document.Specs.without;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.edited;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.intended;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.reported;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.plan.TransientState;
import dev.finops.azure.export.runs.Histories;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 7, and the tables of docs/design.md, "The resource". */
class StatusReportTest {
    private static final ReconcileState SETTLED = settled(FOCUS);
    private static final CostExportSpec OBSERVE = with(FOCUS, "managementPolicy", "Observe");

    /** How Azure may fail, in the words of one failure. */
    private static ArmFailure denied(Reason reason, String message) {
        return new ArmFailure.Forbidden(new ArmFailure.Detail(403, reason.toString(), message, ""), reason);
    }

    private static ArmFailure unreachable() {
        return new ArmFailure.Indeterminate(
                new ArmFailure.Detail(0, "", "no answer", ""), Reason.ARM_UNREACHABLE, null);
    }

    @Nested
    class Ready {
        @Test
        void isTrueOnceAzureHasTheGeneration() {
            assertEquals("True Applied", told(SETTLED, Conditions.READY));
            assertEquals("True Applied", told(SETTLED, Conditions.SYNCED));
        }

        @Test
        void isTrueOfAnObservedExportWhateverDiffers() {
            ReconcileState s = got(fresh(OBSERVE), accepted(with(FOCUS, "format", "Csv")));

            assertEquals("True Observed", told(rested(s), Conditions.READY));
            assertEquals("False Difference", told(rested(s), Conditions.SYNCED));
            assertEquals("True Observed", told(rested(got(s, accepted(FOCUS))), Conditions.SYNCED));
            assertEquals("False NotFound", told(rested(absent(s)), Conditions.SYNCED));
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {
                    "INVALID_REQUEST",
                    "ALREADY_EXISTS",
                    "CONFLICT",
                    "SYSTEM_SUSPENDED",
                    "FIELD_IGNORED",
                    "NOT_VISIBLE_IN_API_VERSION"
                })
        void isFalseAtOnceWhenSomebodyMustAct(Reason reason) {
            ReconcileState s = reported(SETTLED, new Outcome.Stuck(reason, "no", List.of()));

            for (String type : List.of(Conditions.READY, Conditions.SYNCED)) {
                assertEquals("False " + reason, told(s, type));
            }
            assertEquals("True " + reason, told(s, Conditions.STALLED));
            assertNull(told(s, Conditions.RECONCILING));
        }

        @Test
        void isUnknownUntilAzureHasAnswered() {
            ReconcileState s = reported(absent(intended(FOCUS)), new Outcome.Waiting(Reason.CREATING, "not yet"));

            assertEquals("Unknown Pending", told(s, Conditions.READY));
            assertEquals("True Creating", told(s, Conditions.RECONCILING));
        }

        @Test
        void ofAnAppliedGenerationSurvivesFailedReadsAndThrottling() {
            ReconcileState s = reported(SETTLED, new Outcome.Failing(unreachable(), false, List.of()));

            assertEquals("True Applied", told(s, Conditions.READY));
            assertEquals("True Applied", told(s, Conditions.SYNCED));
            assertNull(told(s, Conditions.RECONCILING));
        }

        @Test
        void isFalseWhileAGenerationWaits() {
            ReconcileState s = reported(
                    edited(SETTLED, without(FOCUS, "format")), new Outcome.Failing(unreachable(), false, List.of()));

            assertEquals("False ArmUnreachable", told(s, Conditions.READY));
            assertEquals("True ArmUnreachable", told(s, Conditions.RECONCILING));
        }

        @Test
        void ofAnAppliedGenerationSurvivesAFailedCorrectionButSyncedDoesNot() {
            ReconcileState s = reported(SETTLED, new Outcome.Failing(unreachable(), true, List.of()));

            assertEquals("True Applied", told(s, Conditions.READY));
            assertEquals("False ArmUnreachable", told(s, Conditions.SYNCED));
        }

        @Test
        void saysThatAScheduleEndsOrHasEndedAndNotesItOnce() {
            CostExportSpec ending = with(FOCUS, "schedule.to", "2026-12-01");
            CostExportSpec ended = with(FOCUS, "schedule.to", "2026-11-01");

            assertEquals("True ScheduleEnding", told(settled(ending), Conditions.READY));
            assertEquals("True ScheduleEnded", told(settled(ended), Conditions.READY));
            assertEquals("ended", settled(ended).status().summary().schedule());
            assertEquals(
                    List.of(),
                    StatusReport.of(settled(ended), outcome(settled(ended))).events());
            ReconcileState first = status(settled(ended), draft -> draft.conditions = null);
            assertEquals(
                    List.of(Reason.SCHEDULE_ENDED),
                    StatusReport.of(first, outcome(first)).events().stream()
                            .map(PendingEvent::reason)
                            .toList());
        }
    }

    @Nested
    class Synced {
        @Test
        void isUnknownAfterThreeIntervalsWithoutAnAnswer() {
            ReconcileState silent = SETTLED.with(SETTLED.transientState().answered(NOW));
            Outcome failing = new Outcome.Failing(unreachable(), false, List.of());

            assertEquals(
                    "True Applied", told(reported(later(silent, Duration.ofMinutes(15)), failing), Conditions.SYNCED));
            ReconcileState unknown =
                    reported(later(silent, Duration.ofMinutes(15).plusSeconds(1)), failing);
            assertEquals("Unknown ArmUnreachable", told(unknown, Conditions.SYNCED));
            assertEquals(
                    "Azure has not answered since 2026-11-15T10:00:00Z: no answer. The operator retries.",
                    find(unknown, Conditions.SYNCED).message());
            assertEquals("True Applied", told(unknown, Conditions.READY));
        }

        @Test
        void isTrueAgainAfterAnAnswer() {
            ReconcileState failed = reported(SETTLED, new Outcome.Failing(unreachable(), true, List.of()));

            assertEquals("True Applied", told(rested(failed), Conditions.SYNCED));
        }

        @Test
        void showsAtMostFiftyDifferencesAndNoneWhenThereAreNone() {
            ReconcileState observed = got(fresh(OBSERVE), accepted(with(FOCUS, "format", "Csv")));

            assertEquals(
                    "[Difference[path=format, desired=\"Parquet\", observed=\"Csv\"]]",
                    rested(observed).status().difference().toString());
            assertNull(rested(got(rested(observed), accepted(FOCUS))).status().difference());
        }
    }

    @Nested
    class LastRunSucceeded {
        @ParameterizedTest
        @CsvSource({
            "Completed,           True Completed",
            "NewDataNotAvailable, True NoNewData",
            "DataNotAvailable,    True NoNewData",
            "Failed,              False RunFailed",
            "Timeout,             False RunTimedOut",
            "InProgress,          Unknown NoRunYet",
            "Queued,              Unknown NoRunYet",
            "DataReady,           Unknown NoRunYet"
        })
        void judgesTheNewestRun(String runStatus, String told) {
            assertEquals(
                    told,
                    told(ran(SETTLED, "a1 " + runStatus + " 2026-11-15T09:00:00Z"), Conditions.LAST_RUN_SUCCEEDED));
        }

        @Test
        void saysWhyARunFailedInAzuresWords() {
            assertEquals(
                    "Run a1 ended as Failed: StorageFault: no such container.",
                    find(ran(SETTLED, "a1 Failed 2026-11-15T09:00:00Z"), Conditions.LAST_RUN_SUCCEEDED)
                            .message());
        }

        @Test
        void keepsTheLastVerdictWhileARunIsUnderWay() {
            assertEquals(
                    "False RunFailed",
                    told(
                            ran(SETTLED, "a2 InProgress 2026-11-15T09:30:00Z", "a1 Failed 2026-11-15T09:00:00Z"),
                            Conditions.LAST_RUN_SUCCEEDED));
        }

        @Test
        void keepsTheLastVerdictWhenTheListShowsOnlyTheRunUnderWay() {
            ReconcileState failed = ran(SETTLED, "a1 Failed 2026-11-15T09:00:00Z");

            assertEquals(
                    "False RunFailed",
                    told(ran(failed, "a2 InProgress 2026-11-15T09:30:00Z"), Conditions.LAST_RUN_SUCCEEDED));
            assertEquals(
                    "a2",
                    ran(failed, "a2 InProgress 2026-11-15T09:30:00Z")
                            .status()
                            .lastRun()
                            .id());
        }

        @Test
        void tellsWhenTheNextRunIsDueAndHowToAskForOne() {
            ReconcileState s = rested(got(
                    SETTLED,
                    Specs.edited(
                            accepted(FOCUS), "properties.nextRunTimeEstimate", "\"2026-11-15T22:00:00.3338433Z\"")));
            String message = find(s, Conditions.LAST_RUN_SUCCEEDED).message();

            assertTrue(message.contains("the next run is due at 2026-11-16T00:00:00Z"), message);
            assertTrue(
                    message.contains("kubectl -n finance annotate costexport focus --overwrite "
                            + "azure.finops.dev/run-requested-at="),
                    message);
            assertEquals("2026-11-16T00:00:00Z", s.status().nextRunTime());
            ReconcileState passed = rested(later(s, Duration.ofDays(1)));
            assertEquals("2026-11-17T00:00:00Z", passed.status().nextRunTime());
            assertTrue(find(passed, Conditions.LAST_RUN_SUCCEEDED)
                    .message()
                    .contains("the next run is due at 2026-11-17T00:00:00Z"));
        }

        @Test
        void doesNotJudgeRunsOfMonths() {
            ReconcileState s = ran(
                    months("2026-09 Running b1"),
                    "b1 Failed 2026-11-15T09:30:00Z OnDemand 2026-09",
                    "a1 Completed 2026-11-15T09:00:00Z");

            assertEquals("True Completed", told(s, Conditions.LAST_RUN_SUCCEEDED));
            assertEquals("a1", s.status().lastRun().id());
            assertEquals(
                    List.of("b1", "a1"),
                    s.status().runs().stream().map(run -> run.id()).toList());
            assertEquals("Pending", s.status().backfill().months().getFirst().state());
        }

        @Test
        void keepsWhatIsKnownAndNamesARunOfUnknownOutcome() {
            ReconcileState completed = ran(SETTLED, "a1 Completed 2026-11-15T10:00:00Z");
            ReconcileState unknown =
                    ran(completed, "a2 DataReady 2026-11-15T11:00:00Z", "a1 Completed 2026-11-15T10:00:00Z");
            assertEquals("True Completed", told(unknown, Conditions.LAST_RUN_SUCCEEDED));
            assertTrue(
                    message(unknown).endsWith("The result of run a2 is unknown: it ended as DataReady."),
                    message(unknown));

            String old = "a2 InProgress 2026-11-15T11:00:00Z";
            ReconcileState young =
                    ran(later(completed, Duration.ofHours(24)), old, "a1 Completed 2026-11-15T10:00:00Z");
            assertEquals("Run a1 completed.", message(young));
            ReconcileState overdue =
                    ran(later(completed, Duration.ofHours(25)), old, "a1 Completed 2026-11-15T10:00:00Z");
            assertEquals("True Completed", told(overdue, Conditions.LAST_RUN_SUCCEEDED));
            assertTrue(
                    message(overdue)
                            .contains("run a2 is unknown: Azure returns it as InProgress since "
                                    + "2026-11-15T11:00:00Z without an end"),
                    message(overdue));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Completed", "Failed"})
        void isNotOfAPastMonthThatAPersonRunsInThePortal(String status) {
            ReconcileState own = ran(SETTLED, "a1 Completed 2026-11-15T10:00:00Z OnDemand 2026-11");
            ReconcileState portal = ran(
                    later(own, Duration.ofHours(2)),
                    "p1 " + status + " 2026-11-15T11:00:00Z OnDemand 2026-09",
                    "a1 Completed 2026-11-15T10:00:00Z OnDemand 2026-11");

            assertEquals("a1", portal.status().lastRun().id());
            assertEquals("a1", portal.status().lastSuccessfulRun().id());
            assertEquals(
                    List.of("p1", "a1"),
                    portal.status().runs().stream()
                            .map(CostExportStatus.Run::id)
                            .toList());
            assertEquals(own.status().conditions(), portal.status().conditions());
        }

        @Test
        void isNoLongerOfSuchAMonthThatAnEarlierReleaseTookForItsOwn() {
            ReconcileState earlier = ran(SETTLED, "p1 Failed 2026-11-15T10:00:00Z OnDemand 2026-09");
            ReconcileState taken = status(earlier, draft -> draft.lastRun = draft.runs.getFirst());

            assertNull(rested(taken).status().lastRun());
            assertEquals("Unknown NoRunYet", told(rested(taken), Conditions.LAST_RUN_SUCCEEDED));
        }

        @Test
        void namesTheRequestThatAzureDoesNotAcceptAndKeepsTheStatus() {
            ReconcileState asked = annotated(
                    ran(SETTLED, "a1 Completed 2026-11-15T10:00:00Z"), Annotations.RUN_REQUESTED_AT, "monday");
            ReconcileState meant = asked.with(((Step.WriteStatus) ReconcileStates.next(asked)).status());
            ArmFailure failure = new ArmFailure.Indeterminate(
                    new ArmFailure.Detail(500, "InternalServerError", "an unexpected error", ""),
                    Reason.ARM_UNREACHABLE,
                    null);
            ReconcileState failing =
                    rested(ReconcileStates.runNotPosted(meant, meant.status().pendingRun(), failure));

            assertEquals("True Completed", told(failing, Conditions.LAST_RUN_SUCCEEDED));
            assertTrue(
                    message(failing)
                            .endsWith("Azure has not accepted a run (monday) yet: attempt 1 of 5: "
                                    + "InternalServerError: an unexpected error."),
                    message(failing));
        }

        @Test
        void staysRefusedWhileRunsOfMonthsEnd() {
            ReconcileState refused = status(
                    SETTLED.with(StatusReport.runRefused(SETTLED, Reason.RUN_REFUSED, "no")),
                    draft -> draft.backfill = new Backfill(
                            "2026-10", 1, 0, 0, List.of(new Month("2026-10", "Running", "m1", 1, null, null))));

            assertEquals(
                    "False RunRefused",
                    told(
                            ran(
                                    later(refused, Duration.ofHours(1)),
                                    "m1 Completed 2026-11-15T10:30:00Z OnDemand 2026-10"),
                            Conditions.LAST_RUN_SUCCEEDED));
        }

        private String message(ReconcileState s) {
            return Conditions.find(s.status().conditions(), Conditions.LAST_RUN_SUCCEEDED)
                    .orElseThrow()
                    .message();
        }

        @Test
        void isFalseWhenAzureWouldNotStartARunUntilAnotherHasEnded() {
            ReconcileState denied = SETTLED.with(StatusReport.runRefused(SETTLED, Reason.RUN_DENIED, "no right"));

            assertEquals("False RunDenied", told(denied, Conditions.LAST_RUN_SUCCEEDED));
            assertEquals("False RunDenied", told(rested(denied), Conditions.LAST_RUN_SUCCEEDED));
            assertEquals(
                    "True Completed",
                    told(
                            ran(later(denied, Duration.ofHours(1)), "a1 Completed 2026-11-15T10:30:00Z"),
                            Conditions.LAST_RUN_SUCCEEDED));
        }

        @Test
        void saysNothingOfAnExportThatIsNotOurs() {
            ReconcileState s = got(
                    fresh(FOCUS),
                    Histories.with(accepted(without(FOCUS, "schedule")), "a1 Failed 2026-11-15T09:00:00Z"));

            assertNull(told(rested(s), Conditions.LAST_RUN_SUCCEEDED));
            assertNull(rested(s).status().lastRun());
        }

        @Test
        void comesWithAnEventForEachRunThatEndsAndNoneForAnAdoptedPast() {
            ReconcileState running = ran(SETTLED, "a1 InProgress 2026-11-15T10:00:00Z");

            assertEquals(List.of("RunCompleted"), events(running, "a1 Completed 2026-11-15T10:00:00Z"));
            assertEquals(List.of("RunFailed"), events(running, "a1 Failed 2026-11-15T10:00:00Z"));
            assertEquals(
                    List.of("RunCompleted", "RunFailed"),
                    events(running, "a2 Failed 2026-11-15T10:30:00Z", "a1 Completed 2026-11-15T10:00:00Z"));
            assertEquals(List.of(), events(running, "a1 InProgress 2026-11-15T10:00:00Z"));
            assertEquals(
                    List.of(), events(SETTLED, "a2 Failed 2026-11-15T09:30:00Z", "a1 Completed 2026-11-15T09:00:00Z"));
            assertEquals(
                    List.of(),
                    events(ran(running, "a1 Failed 2026-11-15T10:00:00Z"), "a1 Failed 2026-11-15T10:00:00Z"));
        }

        private List<String> events(ReconcileState s, String... runs) {
            ReconcileState seen = got(s, Histories.with(accepted(s.spec()), runs));
            return StatusReport.of(seen, outcome(seen)).events().stream()
                    .map(note -> note.reason().toString())
                    .toList();
        }
    }

    @Nested
    class Delivered {
        @ParameterizedTest
        @CsvSource({"Daily, 36", "Weekly, 192", "Monthly, 792"})
        void isStaleByARhythmsDefault(String recurrence, long hours) {
            ReconcileState s = settled(with(FOCUS, "schedule.recurrence", recurrence));
            Duration start = Duration.ofHours(14); // the first start is the next midnight

            assertEquals("Unknown NoRunYet", told(s, Conditions.DELIVERED));
            assertEquals("Unknown NoRunYet", told(aged(s, start.plusHours(hours)), Conditions.DELIVERED));
            assertEquals("False Stale", told(aged(s, start.plusHours(hours).plusSeconds(1)), Conditions.DELIVERED));
        }

        @Test
        void isNotExpectedOfAnAnnualScheduleOrOfNone() {
            assertNull(told(settled(with(FOCUS, "schedule.recurrence", "Annually")), Conditions.DELIVERED));
            assertNull(told(settled(without(FOCUS, "schedule")), Conditions.DELIVERED));
        }

        @Test
        void isByTheStatedAgeAlsoWithoutASchedule() {
            ReconcileState s = settled(with(without(FOCUS, "schedule"), "freshness.maxAge", "90m"));

            assertEquals("Unknown NoRunYet", told(aged(s, Duration.ofMinutes(90)), Conditions.DELIVERED));
            assertEquals("False Stale", told(aged(s, Duration.ofMinutes(91)), Conditions.DELIVERED));
        }

        /** CEL of 0.1.0 allowed it; the object stays accepted for as long as it is unchanged. */
        @Test
        void isByTheDefaultWhereTheStatedAgeCannotBeRead() {
            ReconcileState s = settled(with(FOCUS, "freshness.maxAge", "2592000000ms"));
            ReconcileState first = got(s.with(settled(FOCUS).status()), accepted(FOCUS));
            StatusReport report = StatusReport.of(first, ReconcileStates.inSync(first));

            assertEquals("False Stale", told(aged(s, Duration.ofHours(51)), Conditions.DELIVERED));
            assertEquals("Unknown NoRunYet", told(aged(s, Duration.ofHours(49)), Conditions.DELIVERED));
            String message = "spec.freshness.maxAge 2592000000ms cannot be read, so the default applies. Set at "
                    + "most nine digits with one unit, such as 720h.";
            assertEquals(List.of(PendingEvent.warning(Reason.INVALID_REQUEST, message)), report.events());
            assertTrue(find(first.with(report.status()), Conditions.READY)
                    .message()
                    .endsWith(" " + message));
            assertEquals(
                    List.of(),
                    StatusReport.of(first.with(report.status()), ReconcileStates.inSync(first))
                            .events());
        }

        @ParameterizedTest
        @CsvSource({"suspend, true", "to, 2026-11-20"})
        void isNeverStaleWhileTheScheduleIsSuspendedOrAfterItHasEnded(String field, Object value) {
            CostExportSpec spec = with(
                    with(FOCUS, "schedule." + field, field.equals("suspend") ? true : value), "freshness.maxAge", "1h");

            assertNull(told(aged(settled(spec), Duration.ofDays(30)), Conditions.DELIVERED));
        }

        @Test
        void countsFromTheLastGoodRun() {
            ReconcileState s = ran(
                    later(SETTLED, Duration.ofDays(10)),
                    "a2 Failed 2026-11-25T09:00:00Z",
                    "a1 Completed 2026-11-24T09:00:00Z");

            assertEquals("True Fresh", told(s, Conditions.DELIVERED));
            assertEquals(
                    "The last successful run ended at 2026-11-24T09:00:00Z. The next data is expected by "
                            + "2026-11-25T21:00:00Z.",
                    find(s, Conditions.DELIVERED).message());
            assertEquals("False Stale", told(aged(s, Duration.ofDays(1)), Conditions.DELIVERED));
        }

        @Test
        void countsARunThatFoundNothingNew() {
            assertEquals(
                    "True Fresh",
                    told(
                            ran(later(SETTLED, Duration.ofDays(10)), "a1 NewDataNotAvailable 2026-11-25T09:00:00Z"),
                            Conditions.DELIVERED));
        }

        @Test
        void doesNotCountRunsOfMonths() {
            ReconcileState s = ran(months("2026-09 Running b1"), "b1 Completed 2026-11-15T09:30:00Z OnDemand 2026-09");

            assertEquals("Unknown NoRunYet", told(s, Conditions.DELIVERED));
        }

        @Test
        void isWhatStorageSaysOfTheLastGoodRunUntilItIsStale() {
            ReconcileState ran = got(
                    settled(with(FOCUS, "delivery.verify", true)),
                    Histories.with(accepted(FOCUS), "a1 Completed 2026-11-15T09:30:00Z"));
            Outcome outcome = outcome(ran);
            CostExportStatus.Delivery delivery =
                    new CostExportStatus.Delivery("a1", "m", 3, 42L, 7L, null, "2026-11-15T10:00:00Z");

            assertEquals(
                    List.of("a1"),
                    StatusReport.toVerify(ran, outcome).stream()
                            .map(open -> open.run().id())
                            .toList());
            assertEquals("False BlobMissing", proven(ran, new DeliveryResult.Failed(Reason.BLOB_MISSING, "gone")));
            assertEquals("Unknown StorageUnreachable", proven(ran, new DeliveryResult.Unreachable("refused")));
            assertEquals("True Fresh", proven(ran, new DeliveryResult.Verified(delivery)));
            ReconcileState proven =
                    ran.with(StatusReport.of(ran, outcome, Map.of("a1", new DeliveryResult.Verified(delivery)))
                            .status());
            assertEquals(List.of(), StatusReport.toVerify(proven, outcome), "it is looked at once");
            assertTrue(
                    find(proven, Conditions.DELIVERED).message().contains("3 blobs, 42 bytes"),
                    find(proven, Conditions.DELIVERED).message());
            assertEquals(
                    "False Stale", proven(later(ran, Duration.ofDays(3)), new DeliveryResult.Unreachable("refused")));
        }

        private String proven(ReconcileState s, DeliveryResult proof) {
            return told(
                    s.with(StatusReport.of(s, outcome(s), Map.of("a1", proof)).status()), Conditions.DELIVERED);
        }

        private Outcome outcome(ReconcileState s) {
            return ReconcileStates.inSync(s);
        }

        @Test
        void becomesStaleAlsoWhileAzureDoesNotAnswer() {
            ReconcileState fresh = ran(SETTLED, "a1 Completed 2026-11-15T09:00:00Z");
            ReconcileState silent = later(fresh, Duration.ofDays(3))
                    .with(new Observation.Unanswered(unreachable()), NOW.plus(Duration.ofDays(3)));

            assertEquals(
                    "False Stale",
                    told(reported(silent, new Outcome.Failing(unreachable(), false, List.of())), Conditions.DELIVERED));
        }
    }

    @Nested
    class Backfilled {
        @ParameterizedTest
        @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        2026-10 Completed,2026-09 NoData           | True MonthsDone   | 2/2
        2026-10 Completed,2026-09 Failed           | False MonthsFailed | 1/2
        2026-10 Completed,2026-09 Pending          | Unknown MonthsOpen | 1/2
        2026-10 Failed,2026-09 Requested           | Unknown MonthsOpen | 0/2
        2026-10 Running,2026-09 Completed          | Unknown MonthsOpen | 1/2
        """)
        void isJudgedByItsRows(String rows, String told, String summary) {
            ReconcileState s = rested(months(rows.split(",")));

            assertEquals(told, told(s, Conditions.BACKFILLED));
            assertEquals(summary, s.status().summary().backfill());
        }

        @Test
        void isAbsentWhenNobodyAsksForMonthsAnyMore() {
            ReconcileState failed = months("2026-10 Failed");
            ReconcileState over = rested(ReconcileStates.without(failed, Annotations.RUN_PERIOD));

            assertNull(told(over, Conditions.BACKFILLED));
            assertEquals(1, over.status().backfill().months().size());
        }

        @Test
        void isAbsentWithoutMonths() {
            assertNull(told(SETTLED, Conditions.BACKFILLED));
            assertNull(SETTLED.status().summary().backfill());
        }

        @Test
        void isUnknownBeforeItsFirstMonthAndFalseWhereNoMonthCanBeRun() {
            ReconcileState s = settled(with(FOCUS, "backfill.months", 12));

            assertEquals("Unknown MonthsOpen", told(s, Conditions.BACKFILLED));
            assertEquals(
                    "False NeedsApiVersion",
                    told(reported(apiVersion(s, "2023-08-01"), outcome(s)), Conditions.BACKFILLED));
        }
    }

    @Nested
    class Stalled {
        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {"AUTHORIZATION_FAILED", "PROVIDER_NOT_REGISTERED", "CREDENTIALS_MISSING", "SCOPE_NOT_FOUND"})
        void isAFaultThatOthersMendOnlyAfterHalfAnHour(Reason reason) {
            ReconcileState first = failing(intended(FOCUS), reason, Duration.ZERO);
            assertNull(told(first, Conditions.STALLED));
            assertEquals("True " + reason, told(first, Conditions.RECONCILING));

            assertNull(told(failing(first, reason, Duration.ofMinutes(29)), Conditions.STALLED));
            ReconcileState lasting = failing(first, reason, Duration.ofMinutes(30));
            assertEquals("True " + reason, told(lasting, Conditions.STALLED));
            assertNull(told(lasting, Conditions.RECONCILING));
        }

        @Test
        void countsOnlyTheFailuresOfItsOwnReason() {
            ReconcileState before = failing(intended(FOCUS), Reason.AUTHENTICATION_FAILED, Duration.ZERO);
            ReconcileState first = failing(before, Reason.AUTHORIZATION_FAILED, Duration.ofHours(1));

            assertNull(told(failing(first, Reason.AUTHORIZATION_FAILED, Duration.ofMinutes(29)), Conditions.STALLED));
            assertEquals(
                    "True AuthorizationFailed",
                    told(failing(first, Reason.AUTHORIZATION_FAILED, Duration.ofMinutes(30)), Conditions.STALLED));
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {"THROTTLED", "ARM_UNREACHABLE", "SCOPE_NOT_FOUND"})
        void isAFaultAlsoWhenAnotherOneTakesTurnsWithIt(Reason other) {
            ReconcileState s = failing(intended(FOCUS), Reason.AUTHORIZATION_FAILED, Duration.ZERO);
            for (int minute = 1; minute < 30; minute++) {
                s = failing(s, minute % 2 == 1 ? other : Reason.AUTHORIZATION_FAILED, Duration.ofMinutes(1));
                assertNull(told(s, Conditions.STALLED));
            }

            assertEquals(
                    "True AuthorizationFailed",
                    told(failing(s, Reason.AUTHORIZATION_FAILED, Duration.ofMinutes(1)), Conditions.STALLED));
        }

        @Test
        void isNotEndedByAnOutageOrAThrottledCall() {
            ReconcileState stalled = failing(
                    failing(intended(FOCUS), Reason.AUTHORIZATION_FAILED, Duration.ZERO),
                    Reason.AUTHORIZATION_FAILED,
                    Duration.ofMinutes(30));
            ArmFailure throttled = new ArmFailure.Throttled(
                    new ArmFailure.Detail(429, "429", "Too many requests.", ""), Duration.ofMinutes(1));
            ArmFailure outage = new ArmFailure.Indeterminate(
                    new ArmFailure.Detail(502, "", "Bad Gateway", ""), Reason.ARM_UNREACHABLE, null);
            for (ArmFailure transientOne : List.of(throttled, outage)) {
                ReconcileState next = stalled.failed(transientOne.reason());
                assertEquals(
                        stalled.status().conditions(),
                        reported(next, new Outcome.Failing(transientOne, false, List.of()))
                                .status()
                                .conditions());
            }
        }

        @Test
        void isSoAlsoAcrossARestart() {
            ReconcileState first = failing(intended(FOCUS), Reason.AUTHORIZATION_FAILED, Duration.ZERO);
            ReconcileState restarted = first.with(TransientState.NONE);

            assertEquals(
                    "True AuthorizationFailed",
                    told(failing(restarted, Reason.AUTHORIZATION_FAILED, Duration.ofMinutes(30)), Conditions.STALLED));
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {"AUTHENTICATION_FAILED", "SCOPE_LOCKED"})
        void isNotWhatIsTriedAgainHoweverLongItLasts(Reason reason) {
            assertNull(told(
                    failing(failing(intended(FOCUS), reason, Duration.ZERO), reason, Duration.ofDays(3)),
                    Conditions.STALLED));
        }

        @Test
        void endsWithTheCause() {
            assertNull(told(
                    rested(reported(SETTLED, new Outcome.Stuck(Reason.INVALID_REQUEST, "no", List.of()))),
                    Conditions.STALLED));
        }

        private ReconcileState failing(ReconcileState s, Reason reason, Duration after) {
            return reported(
                    later(s, after).failed(reason), new Outcome.Failing(denied(reason, "no right"), false, List.of()));
        }
    }

    @Nested
    class Requests {
        private final ReconcileState asked = annotated(
                annotated(annotated(SETTLED, Annotations.RUN_REQUESTED_AT, "r1"), Annotations.APPLY_REQUESTED_AT, "a1"),
                Annotations.RECONCILE_REQUESTED_AT,
                "o1");

        @Test
        void areRefusedWithAnEventOnAStalledObject() {
            StatusReport report = StatusReport.of(asked, new Outcome.Stuck(Reason.ALREADY_EXISTS, "no", List.of()));

            assertEquals(
                    List.of("r1", "a1", "o1"),
                    List.of(
                            report.status().lastHandledRunRequest(),
                            report.status().lastHandledApplyRequest(),
                            report.status().lastHandledReconcileRequest()));
            assertTrue(report.events().stream()
                    .map(PendingEvent::reason)
                    .toList()
                    .containsAll(List.of(Reason.RUN_REFUSED, Reason.REQUEST_REFUSED)));
        }

        @Test
        void areRefusedOnAnObservedObject() {
            ReconcileState observed =
                    annotated(got(fresh(OBSERVE), accepted(FOCUS)), Annotations.RUN_REQUESTED_AT, "r1");

            assertEquals("r1", rested(observed).status().lastHandledRunRequest());
        }

        @Test
        void waitForTheirTurnElsewhere() {
            StatusReport report = StatusReport.of(asked, new Outcome.Failing(unreachable(), false, List.of()));

            assertNull(report.status().lastHandledRunRequest());
            assertNull(report.status().lastHandledApplyRequest());
            assertEquals("o1", report.status().lastHandledReconcileRequest());
        }

        @Test
        void waitWhileThePauseLasts() {
            StatusReport report = StatusReport.of(asked, new Outcome.Paused());

            assertNull(report.status().lastHandledRunRequest());
            assertNull(report.status().lastHandledReconcileRequest());
        }
    }

    @Nested
    class APause {
        private final ReconcileState paused =
                annotated(edited(SETTLED, without(FOCUS, "format")), Annotations.PAUSED, "true");

        @Test
        void keepsTheStatusOfReadyAndJudgesNoOtherGeneration() {
            ReconcileState s = reported(paused, new Outcome.Paused());

            assertEquals("True Paused", told(s, Conditions.READY));
            assertEquals(1L, find(s, Conditions.READY).observedGeneration());
            assertEquals(1L, s.status().observedGeneration());
            assertEquals("True Applied", told(s, Conditions.SYNCED));
        }

        @ParameterizedTest
        @ValueSource(strings = {"true", "True", " TRUE ", "yes", "on", "1", "ture", "0", "no"})
        void anyOtherValueThanFalsePausesAndAnUnknownOneIsToldOnce(String value) {
            boolean known = value.strip().equalsIgnoreCase("true");
            ReconcileState s = annotated(SETTLED, Annotations.PAUSED, value);

            StatusReport first = StatusReport.of(s, new Outcome.Paused());

            assertEquals(new Step.Done(new Outcome.Paused()), ReconcileStates.next(s));
            assertEquals(
                    known ? List.of() : List.of(Reason.UNKNOWN_VALUE),
                    first.events().stream().map(PendingEvent::reason).toList());
            String message = find(s.with(first.status()), Conditions.READY).message();
            assertEquals(!known, message.contains("\"" + value + "\" is neither true nor false"), message);
            assertEquals(
                    List.of(),
                    StatusReport.of(s.with(first.status()), new Outcome.Paused())
                            .events());
        }

        @ParameterizedTest
        @ValueSource(strings = {"false", "False", " FALSE ", "", " "})
        void falseAndNothingDoNotPause(String value) {
            assertFalse(Annotations.pauses(Map.of(Annotations.PAUSED, value)));
            assertFalse(Annotations.pauses(Map.of()));
        }

        @Test
        void ofAnObjectThatWasNeverLookedAtLeavesItUnknown() {
            ReconcileState s = reported(annotated(fresh(FOCUS), Annotations.PAUSED, "true"), new Outcome.Paused());

            assertEquals("Unknown Paused", told(s, Conditions.READY));
            assertNull(s.status().observedGeneration());
        }
    }

    @Test
    void whatIsWrittenDuringAPassCountsTheMonthsToo() {
        ReconcileState counted = status(SETTLED, draft -> {
            draft.summary = new CostExportStatus.Summary("Daily", "0/2");
            draft.backfill = new Backfill(
                    "2026-10",
                    2,
                    1,
                    0,
                    List.of(
                            new Month("2026-10", "Completed", "a1", 1, null, null),
                            new Month("2026-09", "Requested", null, 0, null, null)));
        });

        assertEquals(
                new CostExportStatus.Summary("Daily", "1/2"),
                StatusReport.working(counted, counted.status()).summary());
    }

    @Nested
    class AMessage {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "no right (Request ID: 22222222-aaaa-bbbb-cccc-222222222222)",
                    "no right (request id 22222222-aaaa-bbbb-cccc-222222222222)"
                })
        void keepsTheRequestOfTheFirstFailureOfAStreak(String again) {
            String first = again.replace('2', '1');
            ReconcileState s =
                    reported(SETTLED, new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, first), true, List.of()));
            ReconcileState next = reported(
                    later(s, Duration.ofMinutes(1)),
                    new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, again), true, List.of()));

            assertTrue(find(next, Conditions.SYNCED).message().startsWith("AuthorizationFailed: " + first));
            assertEquals(s.status(), next.status());
        }

        /** As Entra says the same at another time. */
        @Test
        void isNotRewrittenForATimeOrAnIdOfTheTry() {
            String first = "no token: AADSTS7000215: no. Trace ID: 1a Correlation ID: "
                    + "11111111-aaaa-bbbb-cccc-111111111111 Timestamp: 2026-11-30 20:53:13Z";
            String again = "no token: AADSTS7000215: no. Trace ID: 2b Correlation ID: "
                    + "21111111-aaaa-bbbb-cccc-111111111111 Timestamp: 2026-11-30 21:53:14Z";
            ReconcileState s = reported(
                    SETTLED, new Outcome.Failing(denied(Reason.AUTHENTICATION_FAILED, first), true, List.of()));
            ReconcileState next = reported(
                    later(s, Duration.ofMinutes(1)),
                    new Outcome.Failing(denied(Reason.AUTHENTICATION_FAILED, again), true, List.of()));

            assertEquals(s.status(), next.status());
        }

        @Test
        void isRewrittenForAnotherApplication() {
            String first =
                    "AADSTS700016: Application with identifier '11111111-aaaa-bbbb-cccc-111111111111' was not found";
            ReconcileState s = reported(
                    SETTLED, new Outcome.Failing(denied(Reason.AUTHENTICATION_FAILED, first), true, List.of()));
            ReconcileState next = reported(
                    s,
                    new Outcome.Failing(
                            denied(Reason.AUTHENTICATION_FAILED, first.replace('1', '2')), true, List.of()));

            assertTrue(find(next, Conditions.SYNCED).message().contains("'22222222-"));
        }

        /** Our own words name the run and the time that they are about. */
        @Test
        void ofOursIsNeverKept() {
            ConditionSet set = new ConditionSet(List.of(), 1, SETTLED.now());
            set.set(
                    Conditions.LAST_RUN_SUCCEEDED,
                    true,
                    Reason.COMPLETED,
                    "run 11111111-aaaa-bbbb-cccc-111111111111 completed at 2026-11-30T20:53:13Z");
            set.set(
                    Conditions.LAST_RUN_SUCCEEDED,
                    true,
                    Reason.COMPLETED,
                    "run 21111111-aaaa-bbbb-cccc-111111111111 completed at 2026-12-01T20:53:13Z");

            assertEquals(
                    "run 21111111-aaaa-bbbb-cccc-111111111111 completed at 2026-12-01T20:53:13Z",
                    set.find(Conditions.LAST_RUN_SUCCEEDED).orElseThrow().message());
        }

        @Test
        void ofARejectedApiVersionNamesTheVariableAndIsNoEvent() {
            StatusReport report = StatusReport.of(
                    SETTLED,
                    new Outcome.Failing(
                            denied(Reason.API_VERSION_REJECTED, "The api-version is invalid"), true, List.of()));

            assertTrue(find(SETTLED.with(report.status()), Conditions.SYNCED)
                    .message()
                    .contains("Set EXPORTS_API_VERSION"));
            assertEquals(List.of(), report.events());
        }

        @Test
        void isRewrittenWhenAzureSaysSomethingElse() {
            ReconcileState s = reported(
                    SETTLED,
                    new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, "no right to write"), true, List.of()));
            ReconcileState next = reported(
                    s, new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, "no right to read"), true, List.of()));

            assertTrue(find(next, Conditions.SYNCED)
                    .message()
                    .startsWith("AuthorizationFailed: no right to read. Assign both roles"));
        }

        @Test
        void isBounded() {
            ReconcileState s =
                    reported(SETTLED, new Outcome.Stuck(Reason.INVALID_REQUEST, "x".repeat(5000), List.of()));

            assertEquals(4096, find(s, Conditions.READY).message().length());
        }

        @Test
        void ofAFailureIsAnEventOnceAStreak() {
            Outcome failing = new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, "no"), true, List.of());
            StatusReport first = StatusReport.of(SETTLED, failing);

            assertEquals(
                    List.of(Reason.AUTHORIZATION_FAILED),
                    first.events().stream().map(PendingEvent::reason).toList());
            assertEquals(
                    List.of(),
                    StatusReport.of(later(SETTLED.with(first.status()), Duration.ofMinutes(1)), failing)
                            .events());
        }
    }

    @Nested
    class ATransitionTime {
        @Test
        void moveOnlyWithTheStatus() {
            ReconcileState stuck = reported(
                    later(SETTLED, Duration.ofHours(1)), new Outcome.Stuck(Reason.INVALID_REQUEST, "no", List.of()));
            ReconcileState otherwise = reported(
                    later(stuck, Duration.ofHours(1)), new Outcome.Stuck(Reason.FIELD_IGNORED, "ignored", List.of()));

            assertEquals("2026-11-15T10:00:00Z", find(SETTLED, Conditions.READY).lastTransitionTime());
            assertEquals("2026-11-15T11:00:00Z", find(stuck, Conditions.READY).lastTransitionTime());
            assertEquals(
                    "2026-11-15T11:00:00Z", find(otherwise, Conditions.READY).lastTransitionTime());
            assertEquals("False FieldIgnored", told(otherwise, Conditions.READY));
        }
    }

    @Nested
    class TheObservedGeneration {
        @Test
        void isThatOfEveryVerdictAlsoAFailingOne() {
            ReconcileState next = edited(SETTLED, without(FOCUS, "format"));

            assertEquals(
                    2L,
                    reported(next, new Outcome.Failing(unreachable(), false, List.of()))
                            .status()
                            .observedGeneration());
            assertEquals(
                    2L,
                    reported(next, new Outcome.Stuck(Reason.CONFLICT, "no", List.of()))
                            .status()
                            .observedGeneration());
            assertEquals(
                    1L,
                    reported(next, new Outcome.Waiting(Reason.UPDATING, "not yet"))
                            .status()
                            .observedGeneration());
        }
    }

    /** The second table: how others read it all. */
    @Nested
    class ToOthers {
        private final Outcome throttled = new Outcome.Failing(
                new ArmFailure.Throttled(
                        new ArmFailure.Detail(429, "429", "Too many requests.", ""), Duration.ofMinutes(1)),
                false,
                List.of());

        @Test
        void anObjectThatNobodyLookedAtIsInProgress() {
            assertReads("InProgress", "Progressing", fresh(FOCUS));
        }

        @Test
        void anObjectThatIsWorkedOnIsInProgress() {
            ReconcileState s = intended(FOCUS);
            assertReads("InProgress", "Progressing", s.with(StatusReport.working(s, s.status())));
            assertReads("InProgress", "Progressing", edited(SETTLED, without(FOCUS, "format")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Completed", "InProgress", "NewDataNotAvailable"})
        void anAppliedSpecWithoutTroubleIsHealthy(String run) {
            assertReads("Current", "Healthy", SETTLED);
            assertReads("Current", "Healthy", ran(SETTLED, "a1 " + run + " 2026-11-15T09:00:00Z"));
            assertReads("Current", "Healthy", rested(months("2026-10 Pending")));
        }

        @Test
        void aStalledObjectFailed() {
            assertReads(
                    "Failed",
                    "Degraded",
                    reported(SETTLED, new Outcome.Stuck(Reason.INVALID_REQUEST, "no", List.of())));
            assertReads(
                    "Failed", "Degraded", reported(fresh(FOCUS), new Outcome.Stuck(Reason.CONFLICT, "no", List.of())));
        }

        @Test
        void anAppliedSpecWithTroubleIsCurrentAndDegraded() {
            assertReads("Current", "Degraded", ran(SETTLED, "a1 Failed 2026-11-15T09:00:00Z"));
            assertReads("Current", "Degraded", aged(SETTLED, Duration.ofDays(4)));
            assertReads("Current", "Degraded", rested(months("2026-10 Failed")));
        }

        @Test
        void aSuspendedScheduleIsSuspended() {
            ReconcileState s = settled(with(FOCUS, "schedule.suspend", true));

            assertReads("Current", "Suspended", s);
            assertEquals("Daily (suspended)", s.status().summary().schedule());
        }

        @Test
        void aPauseIsSuspendedAndInProgressIfTheSpecChangedSince() {
            ReconcileState paused = annotated(SETTLED, Annotations.PAUSED, "true");

            assertReads("Current", "Suspended", reported(paused, new Outcome.Paused()));
            assertReads(
                    "InProgress",
                    "Suspended",
                    reported(edited(paused, without(FOCUS, "format")), new Outcome.Paused()));
        }

        @Test
        void aRetryIsInProgress() {
            assertReads("InProgress", "Progressing", reported(intended(FOCUS), throttled));
            assertReads("InProgress", "Progressing", reported(edited(SETTLED, without(FOCUS, "format")), throttled));
            assertReads(
                    "InProgress",
                    "Progressing",
                    reported(
                            intended(FOCUS),
                            new Outcome.Failing(denied(Reason.AUTHORIZATION_FAILED, "no"), true, List.of())));
        }

        @Test
        void anAppliedSpecStaysHealthyWhileAzureIsAway() {
            assertReads("Current", "Healthy", reported(SETTLED, throttled));
        }

        @Test
        void anObservedExportIsHealthyWhateverDiffers() {
            assertReads("Current", "Healthy", rested(got(fresh(OBSERVE), accepted(with(FOCUS, "format", "Csv")))));
        }

        private static void assertReads(String kstatus, String argoCd, ReconcileState s) {
            assertEquals(
                    kstatus,
                    Readers.kstatus(s, s.status()),
                    () -> String.valueOf(s.status().conditions()));
            assertEquals(
                    argoCd,
                    Readers.argoCd(s, s.status()),
                    () -> String.valueOf(s.status().conditions()));
        }
    }

    @Test
    void theColumnsShowTheSchedule() {
        assertEquals("Daily", SETTLED.status().summary().schedule());
        assertEquals("-", settled(without(FOCUS, "schedule")).status().summary().schedule());
        assertEquals(
                "-",
                settled(without(FOCUS, "schedule.recurrence"))
                        .status()
                        .summary()
                        .schedule());
    }

    @Test
    void whatIsStatedOrNoMoreIsKnownAlsoWithoutAPut() {
        CostExportSpec stated = with(FOCUS, "description", ""); // which is what its absence means

        assertTrue(rested(edited(SETTLED, stated)).status().appliedFields().contains("description"));
        assertFalse(
                rested(edited(settled(stated), FOCUS)).status().appliedFields().contains("description"));
    }

    @Test
    void theIdentityIsThatOfTheExport() {
        ReconcileState s = rested(got(
                SETTLED,
                Specs.edited(
                        accepted(FOCUS),
                        "identity",
                        "{\"type\": \"None\", \"principalId\": \"p\", \"tenantId\": \"t\"}")));

        assertEquals(new CostExportStatus.Identity("p", "t"), s.status().identity());
        assertNull(rested(got(s, accepted(FOCUS))).status().identity());
    }

    @Test
    void aRunThatWaitsWhenTheObjectBeginsToObserveIsRefused() {
        ReconcileState waiting = annotated(
                status(
                        SETTLED,
                        draft -> draft.pendingRun = new CostExportStatus.PendingRun(
                                "Request", "monday", null, "2026-11-15T10:00:00Z", 1, null)),
                Annotations.RUN_REQUESTED_AT,
                "monday");
        ReconcileState s = edited(waiting, with(FOCUS, "managementPolicy", "Observe"));
        StatusReport report = StatusReport.of(s, outcome(s));

        assertNull(report.status().pendingRun());
        assertEquals("monday", report.status().lastHandledRunRequest());
        assertTrue(report.events().stream().anyMatch(note -> note.reason() == Reason.RUN_REFUSED));
    }

    @Test
    void theVerdictIsReadFirst() {
        List<String> types =
                ran(months("2026-10 Failed"), "a1 Failed 2026-11-15T09:00:00Z").status().conditions().stream()
                        .map(Condition::type)
                        .toList();

        assertEquals(List.of("Ready", "Synced", "LastRunSucceeded", "Delivered", "Backfilled"), types);
    }

    @Test
    void conditionsThatOthersWroteStay() {
        ReconcileState s = status(
                SETTLED,
                draft -> draft.conditions =
                        List.of(new Condition("Approved", "True", "ByHand", "yes", "2026-01-01T00:00:00Z", 1L)));

        assertNotEquals(Optional.empty(), Conditions.find(rested(s).status().conditions(), "Approved"));
        assertFalse(rested(s).status().conditions().getFirst().type().equals("Approved"));
    }

    /** Where the object stands when what is to be written to Azure, if anything, is left out. */
    private static Outcome outcome(ReconcileState s) {
        return ReconcileStates.next(s) instanceof Step.Done(Outcome outcome) ? outcome : ReconcileStates.inSync(s);
    }

    /** After a pass that had nothing to do but report. */
    private static ReconcileState rested(ReconcileState s) {
        return reported(s, outcome(s));
    }

    private static ReconcileState ran(ReconcileState s, String... runs) {
        return rested(got(s, Histories.with(accepted(s.spec()), runs)));
    }

    private static ReconcileState aged(ReconcileState s, Duration time) {
        ReconcileState now = later(s, time);
        return rested(got(now, ((Observation.Present) s.observation()).export()));
    }

    private static ReconcileState months(String... rows) {
        List<Month> months = Arrays.stream(rows)
                .map(row -> row.split(" "))
                .map(words -> new Month(words[0], words[1], words.length > 2 ? words[2] : null, 1, null, null))
                .collect(Collectors.toList());
        return annotated(
                status(SETTLED, draft -> draft.backfill = new Backfill(null, 0, 0, 0, months)),
                Annotations.RUN_PERIOD,
                "2026-10");
    }

    private static Condition find(ReconcileState s, String type) {
        return Conditions.find(s.status().conditions(), type).orElseThrow();
    }

    private static String told(ReconcileState s, String type) {
        return Conditions.find(s.status().conditions(), type)
                .map(condition -> condition.status() + " " + condition.reason())
                .orElse(null);
    }
}
