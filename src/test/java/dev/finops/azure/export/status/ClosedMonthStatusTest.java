package dev.finops.azure.export.status;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.reported;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.spec;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.runs.Histories;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of closed months are told by their rows, and by nothing that is about the export's own. */
class ClosedMonthStatusTest {
    private static final CostExportSpec SPEC = with(FOCUS, "closedMonth.rerunOnDays", List.of(2, 15));
    private static final String OWN = "o1 Completed 2026-11-15T09:00:00Z";

    @Nested
    class ItsRun {
        @ParameterizedTest
        @ValueSource(strings = {"MonthToDate", "TheLastMonth"})
        void isNotTheExportsOwn(String timeframe) {
            ReconcileState s = settled(with(SPEC, "dataset.timeframe", timeframe));
            String own = timeframe.equals("TheLastMonth") ? OWN + " OnDemand 2026-10" : OWN;
            ReconcileState before = ran(status(s, draft -> draft.closedMonths = List.of(row("a1", null))), own);

            ReconcileState failed = ran(before, "a1 Failed 2026-11-15T09:30:00Z OnDemand 2026-10", own);
            assertEquals("True Completed", told(failed, Conditions.LAST_RUN_SUCCEEDED));
            assertEquals("o1", failed.status().lastRun().id());
            ReconcileState again = ran(
                    status(failed, draft -> draft.closedMonths = List.of(row("a2", null))),
                    "a2 Completed 2026-11-15T09:40:00Z OnDemand 2026-10",
                    "a1 Failed 2026-11-15T09:30:00Z OnDemand 2026-10",
                    own);
            assertEquals("True Completed", told(again, Conditions.LAST_RUN_SUCCEEDED));
            assertEquals("o1", again.status().lastSuccessfulRun().id());
            String fresh = Conditions.find(again.status().conditions(), Conditions.DELIVERED)
                    .orElseThrow()
                    .message();
            assertTrue(fresh.startsWith("The last successful run ended at 2026-11-15T09:00:00Z."), fresh);
            assertEquals(
                    List.of(row("a2", "2026-11-15T09:40:00Z")), again.status().closedMonths());
        }

        @Test
        void isNotTakenForTheOneThatAPersonAskedForJustBefore() {
            ReconcileState s = annotated(
                    status(
                            settled(with(SPEC, "dataset.timeframe", "TheLastMonth")),
                            draft -> draft.closedMonths = List.of(row("a0", "2026-11-02T00:10:00Z"))),
                    "azure.finops.dev/run-requested-at",
                    "monday");
            ReconcileState meant = s.with(((Step.WriteStatus) ReconcileStates.next(s)).status());
            ReconcileState accepted = got(
                    meant, Histories.with(accepted(s.spec()), "o1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10"));
            ReconcileState closed = status(
                    accepted.with(((Step.WriteStatus) ReconcileStates.next(accepted)).status()),
                    draft -> draft.closedMonths = List.of(row("a1", null)));

            ReconcileState told = ran(
                    closed,
                    "a1 Queued 2026-11-15T10:00:05Z OnDemand 2026-10",
                    "o1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10");
            assertEquals("o1", told.status().lastRun().id());
            assertEquals("True Completed", told(told, Conditions.LAST_RUN_SUCCEEDED));
        }
    }

    @Nested
    class WithVerify {
        private final ReconcileState done = got(
                status(
                        settled(with(SPEC, "delivery.verify", true)),
                        draft -> draft.closedMonths = List.of(row("a1", null))),
                Histories.with(accepted(FOCUS), "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10"));

        @Test
        void isProvenOnceAndJudgesNoDelivery() {
            assertEquals(List.of("a1"), toVerify(done));
            ReconcileState proven = proven(done, delivery("a1", 7L, 42));

            assertEquals(
                    new ClosedMonth(
                            "2026-10",
                            List.of(2),
                            "a1",
                            "2026-11-15T09:30:00Z",
                            7L,
                            42L,
                            "Completed",
                            null,
                            1,
                            "2026-11-15T10:00:00Z"),
                    proven.status().closedMonths().getFirst());
            assertNull(proven.status().delivery());
            assertEquals("Unknown NoRunYet", told(proven, Conditions.DELIVERED));
            assertEquals(List.of(), toVerify(proven));
            assertEquals(List.of(), events(done, delivery("a1", 7L, 42)), "there was none to compare it with");
        }

        @Test
        void isProvenBesideTheExportsOwn() {
            ReconcileState both = got(
                    done, Histories.with(accepted(FOCUS), "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10", OWN));
            assertEquals(List.of("o1", "a1"), toVerify(both));

            StatusReport report = StatusReport.of(
                    both, outcome(both), Map.of("o1", delivery("o1", 1L, 2), "a1", delivery("a1", 3L, 4)));
            assertEquals("o1", report.status().delivery().runId());
            assertEquals(4L, report.status().closedMonths().getFirst().bytes());
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
        7    | 42 | none
        8    | 42 | 2026-10 has changed since it was last exported: 7 rows, 42 bytes before, 8 rows, 42 bytes now
        7    | 50 | 2026-10 has changed since it was last exported: 7 rows, 42 bytes before, 7 rows, 50 bytes now
        none | 42 | none
        """)
        void tellsThatAMonthWasRestated(Long rows, long bytes, String message) {
            ReconcileState again = status(
                    done,
                    draft -> draft.closedMonths = List.of(
                            new ClosedMonth("2026-10", List.of(2, 15), "a1", null, 7L, 42L, "Running", null, 1, null)));
            List<PendingEvent> events = events(again, delivery("a1", rows, bytes));

            assertEquals(
                    message == null ? List.of() : List.of(PendingEvent.normal(Reason.MONTH_RESTATED, message)), events);
        }

        @Test
        void isLookedForAnHourThenToldOnce() {
            DeliveryResult missing = new DeliveryResult.Failed(Reason.BLOB_MISSING, "1 of 2 blobs");
            assertEquals(List.of(), events(done, missing));
            assertEquals(List.of("a1"), toVerify(proven(done, missing)));

            ReconcileState after = later(done, Duration.ofMinutes(30));
            assertEquals(
                    List.of(PendingEvent.warning(Reason.BLOB_MISSING, "2026-10: 1 of 2 blobs")),
                    events(after, missing));
            assertEquals(List.of(), toVerify(proven(after, missing)));
            assertEquals(
                    List.of(Reason.STORAGE_UNREACHABLE),
                    events(after, new DeliveryResult.Unreachable("refused")).stream()
                            .map(PendingEvent::reason)
                            .toList());
            assertEquals(List.of(), events(after, new DeliveryResult.Superseded("a1")));
            assertNull(proven(after, new DeliveryResult.Superseded("a1"))
                    .status()
                    .closedMonths()
                    .getFirst()
                    .rows());
        }

        @ParameterizedTest
        @CsvSource({
            "b1 Queued 2026-11-15T09:50:00Z OnDemand 2026-10, true",
            "b1 Queued 2026-11-15T09:50:00Z OnDemand 2026-09, false"
        })
        void mayHaveBeenReplacedByANewerRunOfThatMonth(String newer, boolean overwritable) {
            ReconcileState both = got(
                    done, Histories.with(accepted(FOCUS), newer, "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10"));

            assertEquals(
                    overwritable,
                    StatusReport.toVerify(both, outcome(both)).getFirst().overwritable());
        }

        @Test
        void mayHaveBeenReplacedByAzureOnTheFirstDaysOfAMonth() {
            ReconcileState december = later(done, Duration.ofDays(20));
            ReconcileState keeping = got(
                    december,
                    Specs.edited(
                            ((Observation.Present) december.observation()).export(),
                            "properties.dataOverwriteBehavior",
                            "\"CreateNewReport\""));

            assertTrue(StatusReport.toVerify(december, outcome(december))
                    .getFirst()
                    .overwritable());
            assertTrue(
                    !StatusReport.toVerify(keeping, outcome(keeping)).getFirst().overwritable());
        }

        private static DeliveryResult delivery(String run, Long rows, long bytes) {
            return new DeliveryResult.Verified(new Delivery(run, "m", 1, bytes, rows, null, "2026-11-15T10:00:00Z"));
        }

        private List<String> toVerify(ReconcileState s) {
            return StatusReport.toVerify(s, outcome(s)).stream()
                    .map(open -> open.run().id())
                    .toList();
        }

        private ReconcileState proven(ReconcileState s, DeliveryResult proof) {
            return s.with(StatusReport.of(s, outcome(s), Map.of("a1", proof)).status());
        }

        private List<PendingEvent> events(ReconcileState s, DeliveryResult proof) {
            return StatusReport.of(s, outcome(s), Map.of("a1", proof)).events().stream()
                    .filter(note -> note.reason() != Reason.RUN_COMPLETED)
                    .toList();
        }
    }

    @Test
    void anApiVersionThatRunsNoMonthIsToldOnce() {
        ReconcileState old = apiVersion(status(settled(SPEC), draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");
        StatusReport first = StatusReport.of(old, outcome(old));

        assertEquals(
                List.of(Reason.NEEDS_API_VERSION),
                first.events().stream().map(PendingEvent::reason).toList());
        String ready = Conditions.find(first.status().conditions(), Conditions.READY)
                .orElseThrow()
                .message();
        assertTrue(
                ready.endsWith(" The operator ignores spec.closedMonth: api-version 2023-08-01 cannot run a month. "
                        + "Set EXPORTS_API_VERSION to 2025-03-01 or later."),
                ready);
        ReconcileState noDays = spec(old, "closedMonth.rerunOnDays", List.of());
        assertEquals(List.of(), StatusReport.of(noDays, outcome(noDays)).events(), "nothing is asked for");
        StatusReport second = StatusReport.of(old.with(first.status()), outcome(old));
        assertEquals(List.of(), second.events());
        assertEquals(first.status(), second.status());
        assertEquals(
                "Azure has the export as the spec states it.",
                Conditions.find(
                                reported(settled(SPEC).with(first.status()), outcome(settled(SPEC)))
                                        .status()
                                        .conditions(),
                                Conditions.READY)
                        .orElseThrow()
                        .message());
    }

    private static ClosedMonth row(String runId, String time) {
        return new ClosedMonth(
                "2026-10", List.of(2), runId, time, null, null, time == null ? "Running" : "Completed", null, 1, null);
    }

    private static ReconcileState ran(ReconcileState s, String... runs) {
        ReconcileState seen = got(s, Histories.with(accepted(s.spec()), runs));
        return reported(seen, outcome(seen));
    }

    private static Outcome outcome(ReconcileState s) {
        return ReconcileStates.inSync(s);
    }

    private static String told(ReconcileState s, String type) {
        return Conditions.find(s.status().conditions(), type)
                .map(condition -> condition.status() + " " + condition.reason())
                .orElse(null);
    }
}
