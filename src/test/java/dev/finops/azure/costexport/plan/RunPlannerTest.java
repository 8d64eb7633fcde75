package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.annotated;
import static dev.finops.azure.costexport.plan.Situations.apiVersion;
import static dev.finops.azure.costexport.plan.Situations.edited;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.later;
import static dev.finops.azure.costexport.plan.Situations.listed;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.export.Histories;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Step.PostRun;
import dev.finops.azure.costexport.plan.Step.Record;
import dev.finops.azure.costexport.plan.Step.Rest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 4: one run per request. */
class RunPlannerTest {
  private static final ObservedExport EXPORT = accepted(FOCUS);
  private final Situation asked = annotated(settled(FOCUS), Annotations.RUN_REQUESTED_AT, "monday");

  @Nested
  class ARequest {
    @Test
    void isDecidedOnTheWholeHistory() {
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(listed(asked, EXPORT)));
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(asked.with(
          new Observation.Present(EXPORT, asked.now(), Observation.Source.PUT), asked.now())));
    }

    @Test
    void isMeantThenPostedThenKnownByTheHistory() {
      Record intent = assertInstanceOf(Record.class, Planner.next(asked));
      assertEquals(new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 1, null), intent.status().pendingRun());
      assertTrue(intent.runToPost());

      Situation meant = meant(asked);
      assertEquals(new PostRun(intent.status().pendingRun()), Planner.next(meant));

      Situation posted = got(later(meant.with(meant.memory().postingRun(false)), Duration.ofSeconds(1)), shown("a1 Queued 2026-11-15T10:00:00Z"));
      Record accepted = assertInstanceOf(Record.class, Planner.next(posted));
      assertNull(accepted.status().pendingRun());
      assertEquals("monday", accepted.status().lastHandledRunRequest());
      assertEquals(List.of(Reason.RUN_STARTED), accepted.notes().stream().map(Note::reason).toList());
      assertInstanceOf(Rest.class, Planner.next(posted.with(accepted.status())));
    }

    @Test
    void isNotPostedAgainAfterACrashForAsLongAsTheHistoryMayStillShowIt() {
      Situation crashed = meant(asked).with(Memory.NONE);

      assertInstanceOf(Rest.class, Planner.next(got(crashed, EXPORT)));
      assertInstanceOf(Rest.class, Planner.next(got(later(crashed, Duration.ofSeconds(120)), EXPORT)));
      Record again = assertInstanceOf(Record.class, Planner.next(got(later(crashed, Duration.ofSeconds(121)), EXPORT)));
      assertEquals(new PendingRun("Request", "monday", null, "2026-11-15T10:02:01Z", 2, null), again.status().pendingRun());
      assertTrue(again.runToPost());
    }

    @Test
    void isFoundInTheHistoryAfterACrash() {
      Record accepted = assertInstanceOf(Record.class,
          Planner.next(got(later(meant(asked).with(Memory.NONE), Duration.ofMinutes(10)), shown("a1 Completed 2026-11-15T10:00:03Z"))));

      assertEquals("monday", accepted.status().lastHandledRunRequest());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a1 Completed 2026-11-15T09:58:59Z",
        "a1 Queued 2026-11-15T10:00:01Z Scheduled",
        "a1 Queued never"})
    void isNotAnsweredByAnotherRun(String run) {
      assertInstanceOf(Rest.class, Planner.next(got(meant(asked).with(Memory.NONE), shown(run))));
    }

    @Test
    void isNotAnsweredByARunThatWasThereBefore() {
      Situation seen = got(asked, shown("old Completed 2026-11-15T09:59:58Z"));
      Situation crashed = meant(seen).with(Memory.NONE);

      assertInstanceOf(Rest.class, Planner.next(got(crashed, shown("old Completed 2026-11-15T09:59:58Z"))));
    }

    @Test
    void mayBeSomeSecondsOlderByAzuresClock() {
      assertInstanceOf(Record.class, Planner.next(got(meant(asked).with(Memory.NONE), shown("a1 Queued 2026-11-15T09:59:55Z"))));
    }

    @Test
    void waitsForTheRunThatIsUnderWay() {
      assertInstanceOf(Rest.class, Planner.next(got(asked, shown("a1 InProgress 2026-11-15T09:50:00Z Scheduled"))));
      assertInstanceOf(Record.class, Planner.next(got(asked, shown("a1 Completed 2026-11-15T09:50:00Z Scheduled"))));
    }

    @Test
    void isTheNewestOne() {
      Situation newer = annotated(got(asked, shown("a1 InProgress 2026-11-15T09:50:00Z")), Annotations.RUN_REQUESTED_AT, "tuesday");

      assertEquals("tuesday", ((Record) Planner.next(got(newer, EXPORT))).status().pendingRun().request());
    }

    @Test
    void thatWasHeldBackIsAsOldAsItsPost() {
      Situation held = got(later(meant(asked), Duration.ofMinutes(10)), EXPORT);
      Record renewed = assertInstanceOf(Record.class, Planner.next(held));

      assertEquals(new PendingRun("Request", "monday", null, "2026-11-15T10:10:00Z", 1, null), renewed.status().pendingRun());
      assertInstanceOf(Step.PostRun.class, Planner.next(held.with(renewed.status()).with(held.memory().postingRun(renewed.runToPost()))));
    }

    @Test
    void isPostedAgainHoweverOftenTheProcessEndedBeforeAzureTookIt() {
      Situation s = meant(asked);
      for (int crash = 0; crash < 20; crash++) {
        s = got(later(s.with(Memory.NONE), Duration.ofMinutes(3)), EXPORT);
        s = s.with(assertInstanceOf(Record.class, Planner.next(s)).status());
      }
      assertEquals("monday", s.status().pendingRun().request());
    }

    @Test
    void isGivenUpWhenAzureTookItFiveTimesAndShowsNoRun() {
      Situation s = meant(asked);
      for (int post = 0; post < 5; post++) {
        s = got(later(s.with(s.memory().postedRun()), Duration.ofMinutes(3)), EXPORT);
        Record record = assertInstanceOf(Record.class, Planner.next(s));
        assertEquals(post < 4, record.runToPost());
        s = s.with(record.status());
      }
      assertEquals("monday", s.status().lastHandledRunRequest());
      assertNull(s.status().pendingRun());
    }

    @Test
    void isHandledOnce() {
      assertInstanceOf(Rest.class, Planner.next(status(asked, draft -> draft.lastHandledRunRequest = "monday")));
    }

    @Test
    void thatAzureRefusesCountsAsHandled() {
      Situation meant = meant(asked);
      Situation refused = Answered.runRefused(meant, meant.status().pendingRun(), refusal("no"));

      assertNull(refused.status().pendingRun());
      assertEquals("monday", refused.status().lastHandledRunRequest());
      assertInstanceOf(Rest.class, Planner.next(refused));
    }
  }

  @Nested
  class ARunOnCreate {
    private final Situation created = status(settled(FOCUS), draft -> draft.pendingRun = new PendingRun("OnCreate", null, null, null, 0, null));

    @Test
    void isMeantAgainWithItsTimeBeforeItIsPosted() {
      Record intent = assertInstanceOf(Record.class, Planner.next(created));

      assertEquals(new PendingRun("OnCreate", null, null, "2026-11-15T10:00:00Z", 1, null), intent.status().pendingRun());
      assertTrue(intent.runToPost());
    }

    @Test
    void leavesARequestOpen() {
      Situation both = annotated(created, Annotations.RUN_REQUESTED_AT, "monday");
      Situation accepted = got(meant(both), shown("a1 Completed 2026-11-15T10:00:01Z"));
      Situation done = accepted.with(((Record) Planner.next(accepted)).status());

      assertNull(done.status().lastHandledRunRequest());
      assertEquals("monday", ((Record) Planner.next(done)).status().pendingRun().request());
    }
  }

  @Nested
  class ARunPeriod {
    private final Situation months = annotated(asked, Annotations.RUN_PERIOD, "2026-08..2026-10");

    @Test
    void becomesRowsAndRunsTheNewestFirst() {
      Record rows = assertInstanceOf(Record.class, Planner.next(months));
      assertEquals(List.of("2026-10 Pending", "2026-09 Pending", "2026-08 Pending"), states(rows));
      assertEquals("monday", rows.status().lastHandledRunRequest());

      Record intent = assertInstanceOf(Record.class, Planner.next(months.with(rows.status())));
      assertEquals(new PendingRun("Backfill", "2026-10", new TimePeriod("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
          "2026-11-15T10:00:00Z", 1, null), intent.status().pendingRun());
      assertEquals("2026-10 Requested", states(intent).getFirst());
    }

    @Test
    void isFollowedMonthByMonth() {
      Situation meant = meant(months.with(((Record) Planner.next(months)).status()));
      Record running = assertInstanceOf(Record.class, Planner.next(got(meant, shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-10"))));
      assertEquals("2026-10 Running", states(running).getFirst());

      Record next = assertInstanceOf(Record.class, Planner.next(
          got(meant.with(running.status()).with(Memory.NONE), shown("a1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10"))));
      assertEquals(List.of("2026-10 Completed", "2026-09 Requested", "2026-08 Pending"), states(next));
    }

    @Test
    void isNotAnsweredByARunOfAnotherMonth() {
      Situation meant = meant(months.with(((Record) Planner.next(months)).status())).with(Memory.NONE);

      assertInstanceOf(Rest.class, Planner.next(got(meant, shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-09"))));
    }

    @Test
    void runsFiveMonthsAtOnceAndNoMore() {
      Situation many = annotated(asked, Annotations.RUN_PERIOD, "2026-01..2026-10");
      Situation s = many.with(((Record) Planner.next(many)).status());
      String[] runs = new String[5];
      for (int i = 0; i < 5; i++) {
        s = meant(s);
        runs[i] = "a%d InProgress 2026-11-15T10:00:0%dZ OnDemand %s".formatted(i, i, s.status().pendingRun().request());
        s = got(s.with(Memory.NONE), shown(Arrays.copyOf(runs, i + 1)));
        s = s.with(((Record) Planner.next(s)).status());
      }

      assertInstanceOf(Rest.class, Planner.next(s));
    }

    @Test
    void thatIsUnusableIsRefusedAndHandled() {
      Record refused = assertInstanceOf(Record.class, Planner.next(annotated(asked, Annotations.RUN_PERIOD, "March")));

      assertEquals("monday", refused.status().lastHandledRunRequest());
      assertNull(refused.status().backfill());
      assertEquals(Reason.RUN_REFUSED, refused.notes().getFirst().reason());
    }

    @Test
    void needsAnApiVersionThatRunsPeriods() {
      Situation old = apiVersion(status(months, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");
      Record refused = assertInstanceOf(Record.class, Planner.next(old));

      assertTrue(refused.notes().getFirst().message().contains("2025-03-01"), refused.notes().toString());
      assertNull(refused.status().backfill());
    }

    @Test
    void keepsItsRowsWhileAnOlderApiVersionIsSet() {
      Situation asked = months.with(((Record) Planner.next(months)).status());
      Situation old = apiVersion(status(asked, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");

      assertInstanceOf(Rest.class, Planner.next(old));
    }

    @Test
    void whoseMonthAzureRefusesGoesOnWithTheNext() {
      Situation meant = meant(months.with(((Record) Planner.next(months)).status()));
      Situation refused = Answered.runRefused(meant, meant.status().pendingRun(), refusal("not this one"));
      Month first = refused.status().backfill().months().getFirst();

      assertEquals("Failed", first.state());
      assertTrue(first.message().endsWith("not this one"), first.message());
      assertEquals("2026-09", ((Record) Planner.next(refused)).status().pendingRun().request());
    }
  }

  @Nested
  class SpecBackfill {
    private final Situation s = settled(with(FOCUS, "backfill.months", 3));

    @Test
    void isTheCompleteMonthsBeforeItsAcceptanceNewestFirst() {
      Record intent = assertInstanceOf(Record.class, Planner.next(s));

      assertEquals(List.of("2026-10 Requested", "2026-09 Pending", "2026-08 Pending"), states(intent));
      assertEquals("2026-10", intent.status().backfill().until());
    }

    @Test
    void getsNoMonthByTheMerePassingOfTime() {
      Situation accepted = status(s.with(((Record) Planner.next(s)).status()), draft -> draft.pendingRun = null);

      assertEquals(3, ((Record) Planner.next(got(later(accepted, Duration.ofDays(60)), EXPORT))).status().backfill().total());
    }

    @Test
    void takesWhatTheHistoryOfAnAdoptedExportShowsAsDone() {
      Situation adopted = got(status(s, draft -> draft.origin = "Adopted"),
          shown("a1 Completed 2026-11-02T00:00:00Z OnDemand 2026-10", "a2 Completed 2026-10-02T00:00:00Z OnDemand 2026-09"));

      assertEquals(List.of("2026-10 Completed", "2026-09 Completed", "2026-08 Requested"),
          states(assertInstanceOf(Record.class, Planner.next(adopted))));
    }

    @Test
    void waitsWhileAnApiVersionRunsNoPeriods() {
      assertInstanceOf(Rest.class, Planner.next(apiVersion(status(s, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01")));
    }

    @Test
    void givesWayToAPerson() {
      Situation held = annotated(meant(s), Annotations.RUN_REQUESTED_AT, "monday");
      Record way = assertInstanceOf(Record.class, Planner.next(held));

      assertEquals("2026-10 Pending", states(way).getFirst());
      assertEquals("monday", ((Record) Planner.next(held.with(way.status()).with(Memory.NONE))).status().pendingRun().request());
    }

    @Test
    void isOutdatedByAnotherDatasetButNotRepeated() {
      Situation done = status(s, draft -> draft.backfill = new Backfill("2026-10", 2, 2, 0,
          List.of(new Month("2026-10", "Completed", "a1", 1, null, null), new Month("2026-09", "NoData", "a2", 1, null, null))));
      Situation changed = edited(done, with(done.spec(), "dataset.type", "ActualCost"));
      Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(changed));
      Note note = Answered.outdatedHistory(changed, update.differences()).orElseThrow();

      assertEquals(Reason.BACKFILL_OUTDATED, note.reason());
      assertTrue(note.message().contains("run-period=2026-09..2026-10"), note.message());
      assertTrue(Answered.outdatedHistory(changed, List.of()).isEmpty());
    }
  }

  private static ArmFailure refusal(String message) {
    return new ArmFailure.Refused(new ArmFailure.Detail(400, "400", message, ""), Reason.INVALID_REQUEST);
  }

  /** After the intent is written down. */
  private static Situation meant(Situation s) {
    Record record = assertInstanceOf(Record.class, Planner.next(s));
    return s.with(record.status()).with(s.memory().postingRun(record.runToPost()));
  }

  private static ObservedExport shown(String... runs) {
    return Histories.with(EXPORT, runs);
  }

  private static List<String> states(Record record) {
    return record.status().backfill().months().stream().map(row -> row.month() + " " + row.state()).toList();
  }
}
