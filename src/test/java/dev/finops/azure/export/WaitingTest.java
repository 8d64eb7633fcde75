package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Throttled.By;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long an object stays away that was not served. */
class WaitingTest {
    private static final Duration TURN = Duration.ofSeconds(30);
    private static final Outcome QUEUED = failing(By.OPERATOR);
    private static final Outcome REFUSED = failing(By.AZURE);

    private final ReconcileState answered = with(ReconcileStates.settled(Specs.FOCUS));

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
        Duration interval = ReconcileStates.SETTINGS.observeInterval();

        assertTrue(CostExportReconciler.queued(ReconcileStates.later(answered, interval.multipliedBy(3)), QUEUED)
                .isPresent());
        assertEquals(
                Optional.empty(),
                CostExportReconciler.queued(
                        ReconcileStates.later(answered, interval.multipliedBy(3).plusSeconds(1)), QUEUED));
    }

    @Test
    void anObjectThatIsStaleAgainAndAgainComesLessAndLess() {
        assertEquals(Duration.ofMillis(200), CostExportReconciler.whenChanged(1, ReconcileStates.SETTINGS.backoff()));
        assertEquals(Duration.ofMillis(1600), CostExportReconciler.whenChanged(4, ReconcileStates.SETTINGS.backoff()));
        assertEquals(
                ReconcileStates.SETTINGS.backoff().max(),
                CostExportReconciler.whenChanged(100, ReconcileStates.SETTINGS.backoff()));
    }

    private static ReconcileState with(ReconcileState s) {
        return s.with(s.memory().answered(s.now()));
    }

    private static Outcome failing(By by) {
        return new Outcome.Failing(
                new ArmFailure.Throttled(new Detail(0, "", "other calls go first", ""), TURN, by), true, List.of());
    }
}
