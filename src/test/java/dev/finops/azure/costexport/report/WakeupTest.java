package dev.finops.azure.costexport.report;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.reported;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.export.Histories;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Planner;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WakeupTest {
  private static final Duration POLL = Duration.ofSeconds(30);

  private final Situation idle = settled(FOCUS);

  @Test
  void aPausedObjectSleeps() {
    assertEquals(Optional.empty(), after(idle, new Verdict.Paused()));
  }

  @Property
  void anIdleObjectIsLookedAtOnceAnIntervalWithATenthOfChance(@ForAll long seed) {
    Duration wait = Wakeup.after(idle, idle.status(), verdict(idle), new Random(seed)).orElseThrow();

    assertTrue(wait.compareTo(Duration.ofSeconds(270)) >= 0 && wait.compareTo(Duration.ofSeconds(330)) <= 0, wait.toString());
  }

  @Test
  void whateverRunsIsPolled() {
    Situation running = got(idle, Histories.with(accepted(FOCUS), "a1 InProgress 2026-11-15T09:00:00Z Scheduled"));
    Situation meant = status(idle, draft -> draft.pendingRun = new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 1));
    Situation month = status(idle, draft -> draft.backfill = new Backfill(null, 1, 0, 0, List.of(new Month("2026-10", "Running", null, 0, null))));

    for (Situation s : List.of(reported(running, verdict(running)), meant, month)) {
      assertEquals(Optional.of(POLL), after(s, verdict(s)));
    }
  }

  @Test
  void whatAzureWillShowInAMomentIsLookedAtInAMoment() {
    assertEquals(Optional.of(Duration.ofSeconds(5)), after(idle, new Verdict.Waiting(Reason.CREATING, "not yet")));
  }

  @Test
  void aFailureIsTriedAgainAsItsKindSays() {
    ArmFailure throttled = new ArmFailure.Throttled(new ArmFailure.Detail(429, "429", "no", ""), Duration.ofSeconds(40));
    Duration wait = after(idle, new Verdict.Failing(throttled, false, List.of())).orElseThrow();

    assertTrue(wait.compareTo(Duration.ofSeconds(40)) >= 0 && wait.compareTo(Duration.ofSeconds(44)) <= 0, wait.toString());
  }

  private static Optional<Duration> after(Situation s, Verdict verdict) {
    return Wakeup.after(s, s.status(), verdict, new Random(1));
  }

  private static Verdict verdict(Situation s) {
    return Planner.settled(s, (Observation.Present) s.observation());
  }
}
