package dev.finops.azure.costexport.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled.By;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.Situations;
import dev.finops.azure.costexport.plan.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long an object stays away that was not served. */
class WaitingTest {
  private static final Duration TURN = Duration.ofSeconds(30);
  private static final Verdict QUEUED = failing(By.OPERATOR);
  private static final Verdict REFUSED = failing(By.AZURE);

  private final Situation answered = with(Situations.settled(Specs.FOCUS));

  /** 37 status writes a second, when objects told of the operator's own queue. */
  @Test
  void aQueuedObjectKeepsItsStatusAndIsCalled() {
    Duration wait = CostExportReconciler.queued(answered, QUEUED).orElseThrow();

    assertTrue(wait.compareTo(TURN) > 0, "only in case the call gets lost: " + wait);
  }

  @Test
  void whatAzureRefusedIsTold() {
    assertEquals(Optional.empty(), CostExportReconciler.queued(answered, REFUSED));
  }

  @Test
  void anObjectThatAzureHasNotAnsweredForThreeIntervalsIsToldSo() {
    Duration interval = Situations.SETTINGS.observeInterval();

    assertTrue(CostExportReconciler.queued(Situations.later(answered, interval.multipliedBy(3)), QUEUED).isPresent());
    assertEquals(Optional.empty(), CostExportReconciler.queued(Situations.later(answered, interval.multipliedBy(3).plusSeconds(1)), QUEUED));
  }

  /** B19. */
  @Test
  void anObjectThatIsStaleAgainAndAgainComesLessAndLess() {
    assertEquals(Duration.ofMillis(200), CostExportReconciler.whenChanged(1, Situations.SETTINGS.backoff()));
    assertEquals(Duration.ofMillis(1600), CostExportReconciler.whenChanged(4, Situations.SETTINGS.backoff()));
    assertEquals(Situations.SETTINGS.backoff().max(), CostExportReconciler.whenChanged(100, Situations.SETTINGS.backoff()));
  }

  private static Situation with(Situation s) {
    return s.with(s.memory().answered(s.now()));
  }

  private static Verdict failing(By by) {
    return new Verdict.Failing(new ArmFailure.Throttled(new Detail(0, "", "other calls go first", ""), TURN, by), true, List.of());
  }
}
