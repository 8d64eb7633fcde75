package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.ScheduleWindow;
import dev.finops.azure.export.plan.MonthPlanner;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.RunPlanner;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.ClosedMonths;
import dev.finops.azure.export.runs.RunHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** When an object is reconciled again if no event comes first. */
public final class RequeuePolicy {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * An object whose export changes is woken by that; so many intervals apart it looks whether time alone has changed
     * anything.
     */
    private static final int UNCHANGED = 6;

    private RequeuePolicy() {}

    /** Empty: not until the object itself changes. */
    public static Optional<Duration> after(
            ReconcileState s, CostExportStatus status, Outcome outcome, RandomGenerator random) {
        Backoff backoff = s.settings().backoff();
        return switch (outcome) {
            case Outcome.Paused paused -> Optional.empty();
            case Outcome.Failing(var failure, var write, var differences) ->
                Optional.of(backoff.after(
                        failure, Math.max(1, s.transientState().failures().inARow()), random));
            case Outcome.Waiting waiting -> Optional.of(s.patience());
            case Outcome.Settled settled -> Optional.of(poll(s, status, outcome, random));
            case Outcome.Watched watched -> Optional.of(poll(s, status, outcome, random));
            case Outcome.Stuck stuck -> Optional.of(jittered(s.settings().observeInterval(), random));
        };
    }

    private static Duration poll(ReconcileState s, CostExportStatus status, Outcome outcome, RandomGenerator random) {
        boolean running = status.pendingRun() != null && !RunPlanner.isDenied(status.pendingRun())
                || BackfillMonths.of(status.backfill()).underWay()
                || status.lastRun() != null && RunHistory.underWay(status.lastRun(), s.now())
                || status.runs() != null && status.runs().stream().anyMatch(run -> RunHistory.underWay(run, s.now()));
        Duration interval = s.settings().observeInterval();
        boolean open = BackfillMonths.of(status.backfill()).open() > 0
                || !StatusReport.toVerify(s.with(status), outcome).isEmpty(); // a list does not show it
        Duration unchanged = open ? interval : interval.multipliedBy(UNCHANGED);
        Duration wait = running ? s.settings().runPollInterval() : jittered(unchanged, random);
        Optional<Duration> month =
                s.settings().apiVersion().runsPeriods() ? closedMonth(s, status, random) : Optional.empty();
        Optional<Duration> denied = RunPlanner.deniedUntil(
                        status.pendingRun(), s.settings().backoff())
                .map(due -> Duration.between(s.now(), due))
                .filter(Duration::isPositive);
        Optional<Duration> again = MonthPlanner.wake(s, status).map(due -> Duration.between(s.now(), due));
        return Stream.of(Optional.of(wait), month, again, late(s, status), denied)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Until the data is late, unless it is already. */
    private static Optional<Duration> late(ReconcileState s, CostExportStatus status) {
        Optional<ScheduleWindow> window = s.observation() instanceof Observation.Present(var export, var at, var source)
                ? DesiredExport.of(s.spec(), Optional.of(export), s.now(), false)
                        .schedule()
                : Optional.empty();
        Optional<Instant> good = Optional.ofNullable(status.lastSuccessfulRun()).flatMap(RunHistory::ended);
        return Freshness.maxAge(s.spec(), window)
                .map(age -> Freshness.limit(age, s.resource().created(), window, good))
                .filter(s.now()::isBefore)
                .map(limit -> Duration.between(s.now(), limit).plusSeconds(1));
    }

    /**
     * Until a day of closedMonth begins, or its run is tried again; up to a minute later, so that not all objects come
     * at midnight.
     */
    private static Optional<Duration> closedMonth(ReconcileState s, CostExportStatus status, RandomGenerator random) {
        return ClosedMonths.of(s.spec().closedMonth(), status.closedMonths())
                .wake(
                        s.now(),
                        Objects.requireNonNullElse(status.runs(), List.of()),
                        s.settings().backoff()::afterAttempt,
                        day -> MonthPlanner.tried(s, day))
                .map(due -> Duration.between(s.now(), due).plusMillis(random.nextLong(MINUTE.toMillis())));
    }

    /** Up to a tenth sooner or later. */
    private static Duration jittered(Duration interval, RandomGenerator random) {
        long tenth = Math.max(1, interval.toMillis() / 10);
        return interval.plusMillis(random.nextLong(-tenth, tenth));
    }
}
