package dev.finops.azure.export.status;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.at;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.reported;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.Settings;
import dev.finops.azure.export.runs.Histories;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequeuePolicyTest {
    private static final Duration POLL = Duration.ofSeconds(30);

    private final ReconcileState idle = settled(FOCUS);

    @Test
    void aPausedObjectSleeps() {
        assertEquals(Optional.empty(), after(idle, new Outcome.Paused()));
    }

    @Property
    void anObjectThatNobodyWakesLooksWhetherTimeAloneHasChangedAnything(@ForAll long seed) {
        Duration wait = RequeuePolicy.after(idle, idle.status(), outcome(idle), new Random(seed))
                .orElseThrow();

        assertTrue(
                wait.compareTo(Duration.ofSeconds(6 * 270)) >= 0 && wait.compareTo(Duration.ofSeconds(6 * 330)) <= 0,
                wait.toString());
    }

    @Test
    void lateDataIsToldWhenItIsLate() {
        ReconcileState s = settled(with(with(FOCUS, "schedule.recurrence", "Daily"), "freshness.maxAge", "90s"));
        ReconcileState before = at(s, Instant.parse("2026-11-16T00:01:00Z")); // the schedule starts at midnight

        assertEquals(Optional.of(Duration.ofSeconds(31)), after(before, outcome(before)));
    }

    @Test
    void blobsThatAreNotProvenAreLookedForEachInterval() {
        ReconcileState s = settled(with(FOCUS, "delivery.verify", true));
        ReconcileState ran = got(s, Histories.with(accepted(s.spec()), "a1 Completed 2026-11-15T09:00:00Z"));

        assertTrue(after(ran, outcome(ran)).orElseThrow().compareTo(Duration.ofSeconds(330)) <= 0);
    }

    @Test
    void monthsThatWaitAreLookedAtEachInterval() {
        ReconcileState s = status(
                idle,
                draft -> draft.backfill =
                        new Backfill(null, 1, 0, 0, List.of(new Month("2026-10", "Pending", null, 1, null, null))));

        assertTrue(after(s, outcome(s)).orElseThrow().compareTo(Duration.ofSeconds(330)) <= 0);
    }

    @Test
    void whateverRunsIsPolled() {
        ReconcileState running =
                got(idle, Histories.with(accepted(FOCUS), "a1 InProgress 2026-11-15T09:00:00Z Scheduled"));
        ReconcileState meant = status(
                idle,
                draft -> draft.pendingRun = new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 1, null));
        ReconcileState month = status(
                idle,
                draft -> draft.backfill =
                        new Backfill(null, 1, 0, 0, List.of(new Month("2026-10", "Running", null, 0, null, null))));

        for (ReconcileState s : List.of(reported(running, outcome(running)), meant, month)) {
            assertEquals(Optional.of(POLL), after(s, outcome(s)));
        }
    }

    @Property
    void aDayOfTheClosedMonthWakesWhateverTheInterval(@ForAll long seed) {
        ReconcileState daily = rarely(settled(with(FOCUS, "closedMonth.rerunOnDays", List.of(15, 16))));
        ReconcileState done = status(
                daily,
                draft -> draft.closedMonths = List.of(new ClosedMonth(
                        "2026-10", List.of(15), "a1", "2026-11-15T09:00:00Z", null, null, null, null, null, null)));
        Duration wait = RequeuePolicy.after(done, done.status(), outcome(done), new Random(seed))
                .orElseThrow();

        assertTrue(
                wait.compareTo(Duration.ofHours(14)) >= 0
                        && wait.compareTo(Duration.ofHours(14).plusMinutes(1)) <= 0,
                wait.toString());
    }

    @Test
    void anotherTryOfAClosedMonthWakesToo() {
        ReconcileState rare = rarely(settled(with(FOCUS, "closedMonth.rerunOnDays", List.of(15))));
        ReconcileState failed = status(rare, draft -> {
            draft.closedMonths =
                    List.of(new ClosedMonth("2026-10", List.of(15), "a1", null, null, null, "Pending", null, 1, null));
            draft.runs = Histories.with(accepted(FOCUS), "a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10")
                    .runs();
        });

        assertTrue(after(failed, outcome(failed)).orElseThrow().compareTo(Duration.ofSeconds(65)) <= 0);
        ReconcileState old = apiVersion(failed, "2023-08-01");
        assertTrue(after(old, outcome(old)).orElseThrow().compareTo(Duration.ofHours(21)) >= 0, "it runs no month");
    }

    @Test
    void aDeniedRunIsNotPolled() {
        ReconcileState denied = status(
                idle,
                draft -> draft.pendingRun =
                        new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 0, "2026-11-15T10:00:00Z"));

        assertTrue(after(denied, outcome(denied)).orElseThrow().compareTo(Duration.ofSeconds(270)) >= 0);
        assertEquals(
                Optional.of(Duration.ofSeconds(10)),
                after(later(denied, Duration.ofHours(24).minusSeconds(10)), outcome(denied)));
    }

    @Test
    void whatAzureWillShowInAMomentIsLookedAtInAMoment() {
        assertEquals(Optional.of(Duration.ofSeconds(5)), after(idle, new Outcome.Waiting(Reason.CREATING, "not yet")));
    }

    @Test
    void aFailureIsTriedAgainAsItsKindSays() {
        ArmFailure throttled =
                new ArmFailure.Throttled(new ArmFailure.Detail(429, "429", "no", ""), Duration.ofSeconds(40));
        Duration wait =
                after(idle, new Outcome.Failing(throttled, false, List.of())).orElseThrow();

        assertTrue(
                wait.compareTo(Duration.ofSeconds(40)) >= 0 && wait.compareTo(Duration.ofSeconds(44)) <= 0,
                wait.toString());
    }

    /** Azure is looked at once a day. */
    private static ReconcileState rarely(ReconcileState s) {
        Settings settings = new Settings(
                s.settings().apiVersion(),
                Duration.ofHours(24),
                s.settings().runPollInterval(),
                s.settings().backoff(),
                s.settings().clientId());
        return new ReconcileState(
                s.resource(),
                s.spec(),
                s.status(),
                s.observation(),
                s.transientState(),
                settings,
                s.now(),
                s.secrets());
    }

    private static Optional<Duration> after(ReconcileState s, Outcome outcome) {
        return RequeuePolicy.after(s, s.status(), outcome, new Random(1));
    }

    private static Outcome outcome(ReconcileState s) {
        return ReconcileStates.inSync(s);
    }
}
