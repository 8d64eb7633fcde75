package dev.finops.azure.costexport.report;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.annotated;
import static dev.finops.azure.costexport.plan.Situations.apiVersion;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.later;
import static dev.finops.azure.costexport.plan.Situations.reported;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.spec;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.costexport.export.Histories;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Conditions;
import dev.finops.azure.costexport.plan.Note;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Planner;
import dev.finops.azure.costexport.plan.Proof;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.Step;
import dev.finops.azure.costexport.plan.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of closed months are told by their rows, and by nothing that is about the export's own. */
class ClosedMonthReportTest {
  private static final CostExportSpec SPEC = with(FOCUS, "closedMonth.rerunOnDays", List.of(2, 15));
  private static final String OWN = "o1 Completed 2026-11-15T09:00:00Z";

  @Nested
  class ItsRun {
    @ParameterizedTest
    @ValueSource(strings = {"MonthToDate", "TheLastMonth"})
    void isNotTheExportsOwn(String timeframe) {
      Situation s = settled(with(SPEC, "dataset.timeframe", timeframe));
      String own = timeframe.equals("TheLastMonth") ? OWN + " OnDemand 2026-10" : OWN;
      Situation before = ran(status(s, draft -> draft.closedMonths = List.of(row("a1", null))), own);

      Situation failed = ran(before, "a1 Failed 2026-11-15T09:30:00Z OnDemand 2026-10", own);
      assertEquals("True Completed", told(failed, Conditions.LAST_RUN_SUCCEEDED));
      assertEquals("o1", failed.status().lastRun().id());
      Situation again = ran(status(failed, draft -> draft.closedMonths = List.of(row("a2", null))), "a2 Completed 2026-11-15T09:40:00Z OnDemand 2026-10",
          "a1 Failed 2026-11-15T09:30:00Z OnDemand 2026-10", own);
      assertEquals("True Completed", told(again, Conditions.LAST_RUN_SUCCEEDED));
      assertEquals("o1", again.status().lastSuccessfulRun().id());
      String fresh = Conditions.find(again.status().conditions(), Conditions.DELIVERED).orElseThrow().message();
      assertTrue(fresh.startsWith("the last good run ended at 2026-11-15T09:00:00Z;"), fresh);
      assertEquals(List.of(row("a2", "2026-11-15T09:40:00Z")), again.status().closedMonths());
    }

    @Test
    void isNotTakenForTheOneThatAPersonAskedForJustBefore() {
      Situation s = annotated(status(settled(with(SPEC, "dataset.timeframe", "TheLastMonth")),
          draft -> draft.closedMonths = List.of(row("a0", "2026-11-02T00:10:00Z"))), "azure.finops.dev/run-requested-at", "monday");
      Situation meant = s.with(((Step.Record) Planner.next(s)).status());
      Situation accepted = got(meant, Histories.with(accepted(s.spec()), "o1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10"));
      Situation closed = status(accepted.with(((Step.Record) Planner.next(accepted)).status()), draft -> draft.closedMonths = List.of(row("a1", null)));

      Situation told = ran(closed, "a1 Queued 2026-11-15T10:00:05Z OnDemand 2026-10", "o1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10");
      assertEquals("o1", told.status().lastRun().id());
      assertEquals("True Completed", told(told, Conditions.LAST_RUN_SUCCEEDED));
    }
  }

  @Nested
  class WithVerify {
    private final Situation done = got(status(settled(with(SPEC, "delivery.verify", true)),
        draft -> draft.closedMonths = List.of(row("a1", null))), Histories.with(accepted(FOCUS), "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10"));

    @Test
    void isProvenOnceAndJudgesNoDelivery() {
      assertEquals(List.of("a1"), toProve(done));
      Situation proven = proven(done, delivery("a1", 7L, 42));

      assertEquals(new ClosedMonth("2026-10", List.of(2), "a1", "2026-11-15T09:30:00Z", 7L, 42L, "Completed", null, 1, "2026-11-15T10:00:00Z"), proven.status().closedMonths().getFirst());
      assertNull(proven.status().delivery());
      assertEquals("Unknown NoRunYet", told(proven, Conditions.DELIVERED));
      assertEquals(List.of(), toProve(proven));
      assertEquals(List.of(), notes(done, delivery("a1", 7L, 42)), "there was none to compare it with");
    }

    @Test
    void isProvenBesideTheExportsOwn() {
      Situation both = got(done, Histories.with(accepted(FOCUS), "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10", OWN));
      assertEquals(List.of("o1", "a1"), toProve(both));

      Report report = Report.of(both, verdict(both), Map.of("o1", delivery("o1", 1L, 2), "a1", delivery("a1", 3L, 4)));
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
      Situation again = status(done, draft -> draft.closedMonths = List.of(new ClosedMonth("2026-10", List.of(2, 15), "a1", null, 7L, 42L, "Running", null, 1, null)));
      List<Note> notes = notes(again, delivery("a1", rows, bytes));

      assertEquals(message == null ? List.of() : List.of(Note.normal(Reason.MONTH_RESTATED, message)), notes);
    }

    @Test
    void isLookedForAnHourThenToldOnce() {
      Proof missing = new Proof.Failed(Reason.BLOB_MISSING, "1 of 2 blobs");
      assertEquals(List.of(), notes(done, missing));
      assertEquals(List.of("a1"), toProve(proven(done, missing)));

      Situation after = later(done, Duration.ofMinutes(30));
      assertEquals(List.of(Note.warning(Reason.BLOB_MISSING, "2026-10: 1 of 2 blobs")), notes(after, missing));
      assertEquals(List.of(), toProve(proven(after, missing)));
      assertEquals(List.of(Reason.STORAGE_UNREACHABLE), notes(after, new Proof.Unreachable("refused")).stream().map(Note::reason).toList());
      assertEquals(List.of(), notes(after, new Proof.Superseded("a1")));
      assertNull(proven(after, new Proof.Superseded("a1")).status().closedMonths().getFirst().rows());
    }

    @ParameterizedTest
    @CsvSource({"b1 Queued 2026-11-15T09:50:00Z OnDemand 2026-10, true", "b1 Queued 2026-11-15T09:50:00Z OnDemand 2026-09, false"})
    void mayHaveBeenReplacedByANewerRunOfThatMonth(String newer, boolean overwritable) {
      Situation both = got(done, Histories.with(accepted(FOCUS), newer, "a1 Completed 2026-11-15T09:30:00Z OnDemand 2026-10"));

      assertEquals(overwritable, Report.toProve(both, verdict(both)).getFirst().overwritable());
    }

    @Test
    void mayHaveBeenReplacedByAzureOnTheFirstDaysOfAMonth() {
      Situation december = later(done, Duration.ofDays(20));
      Situation keeping = got(december, Specs.edited(((Observation.Present) december.observation()).export(), "properties.dataOverwriteBehavior",
          "\"CreateNewReport\""));

      assertTrue(Report.toProve(december, verdict(december)).getFirst().overwritable());
      assertTrue(!Report.toProve(keeping, verdict(keeping)).getFirst().overwritable());
    }

    private static Proof delivery(String run, Long rows, long bytes) {
      return new Proof.Proven(new Delivery(run, "m", 1, bytes, rows, null, "2026-11-15T10:00:00Z"));
    }

    private List<String> toProve(Situation s) {
      return Report.toProve(s, verdict(s)).stream().map(open -> open.run().id()).toList();
    }

    private Situation proven(Situation s, Proof proof) {
      return s.with(Report.of(s, verdict(s), Map.of("a1", proof)).status());
    }

    private List<Note> notes(Situation s, Proof proof) {
      return Report.of(s, verdict(s), Map.of("a1", proof)).notes().stream().filter(note -> note.reason() != Reason.RUN_COMPLETED).toList();
    }
  }

  @Test
  void anApiVersionThatRunsNoMonthIsToldOnce() {
    Situation old = apiVersion(status(settled(SPEC), draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");
    Report first = Report.of(old, verdict(old));

    assertEquals(List.of(Reason.NEEDS_API_VERSION), first.notes().stream().map(Note::reason).toList());
    String ready = Conditions.find(first.status().conditions(), Conditions.READY).orElseThrow().message();
    assertTrue(ready.endsWith("; closedMonth is not acted on, since api-version 2023-08-01 cannot run a month; set EXPORTS_API_VERSION to 2025-03-01 or later"), ready);
    Situation noDays = spec(old, "closedMonth.rerunOnDays", List.of());
    assertEquals(List.of(), Report.of(noDays, verdict(noDays)).notes(), "nothing is asked for");
    Report second = Report.of(old.with(first.status()), verdict(old));
    assertEquals(List.of(), second.notes());
    assertEquals(first.status(), second.status());
    assertEquals("Azure has the export as the spec states it",
        Conditions.find(reported(settled(SPEC).with(first.status()), verdict(settled(SPEC))).status().conditions(), Conditions.READY).orElseThrow().message());
  }

  private static ClosedMonth row(String runId, String time) {
    return new ClosedMonth("2026-10", List.of(2), runId, time, null, null, time == null ? "Running" : "Completed", null, 1, null);
  }

  private static Situation ran(Situation s, String... runs) {
    Situation seen = got(s, Histories.with(accepted(s.spec()), runs));
    return reported(seen, verdict(seen));
  }

  private static Verdict verdict(Situation s) {
    return Planner.settled(s, (Observation.Present) s.observation());
  }

  private static String told(Situation s, String type) {
    return Conditions.find(s.status().conditions(), type).map(condition -> condition.status() + " " + condition.reason()).orElse(null);
  }
}
