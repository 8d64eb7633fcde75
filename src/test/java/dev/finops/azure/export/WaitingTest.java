package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Throttled.By;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.Step;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long an object stays away that was not served. */
class WaitingTest {
    private static final Duration TURN = Duration.ofSeconds(30);
    private static final ArmFailure QUEUED = failing(By.OPERATOR);
    private static final ArmFailure REFUSED = failing(By.AZURE);

    private final ReconcileState answered = with(ReconcileStates.settled(Specs.FOCUS));

    /** 37 status writes a second, when objects told of the operator's own queue. */
    @Test
    void aQueuedObjectKeepsItsStatusAndIsCalled() {
        Duration wait = queued(answered, QUEUED).orElseThrow();

        assertTrue(wait.compareTo(TURN) > 0, "only in case the call gets lost: " + wait);
    }

    @Test
    void whatAzureRefusedIsTold() {
        assertEquals(Optional.empty(), queued(answered, REFUSED));
    }

    @Test
    void anObjectThatAzureHasNotAnsweredForThreeIntervalsIsToldSo() {
        Duration interval = ReconcileStates.SETTINGS.observeInterval();

        assertTrue(queued(ReconcileStates.later(answered, interval.multipliedBy(3)), QUEUED)
                .isPresent());
        assertEquals(
                Optional.empty(),
                queued(ReconcileStates.later(answered, interval.multipliedBy(3).plusSeconds(1)), QUEUED));
    }

    @Test
    void anObjectThatIsStaleAgainAndAgainComesLessAndLess() {
        assertEquals(Duration.ofMillis(200), CostExportReconciler.whenChanged(1, ReconcileStates.SETTINGS.backoff()));
        assertEquals(Duration.ofMillis(1600), CostExportReconciler.whenChanged(4, ReconcileStates.SETTINGS.backoff()));
        assertEquals(
                ReconcileStates.SETTINGS.backoff().max(),
                CostExportReconciler.whenChanged(100, ReconcileStates.SETTINGS.backoff()));
    }

    private static Optional<Duration> queued(ReconcileState s, ArmFailure failure) {
        ReconcileState unanswered = s.with(new Observation.Unanswered(failure), s.now());
        return ReconcileStates.next(unanswered) instanceof Step.Await(var atMost)
                ? Optional.of(atMost)
                : Optional.empty();
    }

    private static ReconcileState with(ReconcileState s) {
        return s.with(s.transientState().answered(s.now()));
    }

    private static ArmFailure failing(By by) {
        return new ArmFailure.Throttled(new Detail(0, "", "other calls go first", ""), TURN, by);
    }
}
