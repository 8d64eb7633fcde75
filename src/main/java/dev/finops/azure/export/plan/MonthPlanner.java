package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.TransientState.Fate;
import dev.finops.azure.export.plan.TransientState.RunKey;
import dev.finops.azure.export.plan.TransientState.Try;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.BackfillWindow;
import dev.finops.azure.export.runs.ClosedMonths;
import dev.finops.azure.export.runs.RunHistory;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides which month is run next: a requested one, the closed one, or one of the backfill. */
public final class MonthPlanner {
    private static final Set<String> WAITING = Set.of(BackfillMonths.PENDING, BackfillMonths.FAILED);

    /** How a closed month is exported where Azure lets no service principal start runs. */
    static final String OTHER_WAY =
            " Where Azure denies on-demand runs to service principals, as at the billing scopes of a"
                    + " Microsoft Customer Agreement, a second export with timeframe TheLastMonth and a "
                    + "Monthly schedule exports the month.";

    private MonthPlanner() {}

    static ClosedMonths closed(ReconcileState s) {
        return ClosedMonths.of(s.spec().closedMonth(), s.status().closedMonths());
    }

    static Optional<Step> next(ReconcileState s, Present present, List<Run> runs) {
        if (!s.settings().apiVersion().runsPeriods()) {
            return Optional
                    .empty(); // the rows stay as they are: the window is fixed, whatever api-version is set for a while
        }
        BackfillMonths known = BackfillMonths.of(s.status().backfill());
        boolean adopted = Planner.ADOPTED.equals(s.status().origin());
        Optional<BackfillWindow> window = BackfillWindow.of(s.spec().backfill(), known.until(), RunPlanner.today(s));
        List<Run> all = RunHistory.mergeAll(runs, present.export().runs());
        BackfillMonths rows = known.follow(present.export().runs(), s.now()).fit(window, adopted ? runs : List.of());
        ClosedMonths closed = closed(s).follow(all, s.now()).fit(since(s), s.now());
        boolean denied = s.status().pendingRun() != null; // one is, and rests
        Optional<PendingRun> pending =
                denied || rows.full(closed.underWay()) ? Optional.empty() : turn(s, rows, closed, all);
        StatusDraft draft = new StatusDraft(s.status());
        draft.backfill = rows.backfill();
        draft.closedMonths = closed.status();
        if (pending.isEmpty()) {
            return draft.build().equals(s.status())
                    ? Optional.empty()
                    : Optional.of(new Step.WriteStatus(draft.build(), List.of()));
        }
        return Optional.of(
                present.source() == Source.GET
                        ? RunPlanner.intent(s.with(draft.build()), runs, pending.get(), List.of())
                        : new Step.Read(ReadConsistency.DIRECT));
    }

    /**
     * A backfill starts no month while the closed month's run is under way: its months would push that run out of the
     * history.
     */
    private static Optional<PendingRun> turn(
            ReconcileState s, BackfillMonths rows, ClosedMonths closed, List<Run> runs) {
        Optional<Month> month = rows.next(s.now(), runs, s.settings().backoff()::afterAttempt, row -> isHeld(s, row));
        Optional<ClosedMonths.Attempt> again = closed.next(
                        s.now(), runs, s.settings().backoff()::afterAttempt, day -> tried(s, day))
                .filter(attempt -> !s.now().isBefore(attempt.at()));
        return month.filter(BackfillMonths::asked)
                .map(row -> backfill(s, row))
                .or(() -> again.map(attempt -> run(
                        s,
                        RunPlanner.CLOSED_MONTH,
                        attempt.day().toString(),
                        ClosedMonths.month(attempt.day()),
                        attempt.number())))
                .or(() -> month.filter(row -> closed.awaited().isEmpty()).map(row -> backfill(s, row)));
    }

    private static PendingRun backfill(ReconcileState s, Month row) {
        return run(s, RunPlanner.BACKFILL, row.month(), YearMonth.parse(row.month()), row.attempts() + 1);
    }

    /** Whether a month waits after an attempt that failed, or whose run the history may still show. */
    private static boolean isHeld(ReconcileState s, Month row) {
        return s.transientState()
                .lastTry(RunKey.ofMonth(row.month()))
                .map(last -> until(s, last, row.attempts()))
                .filter(s.now()::isBefore)
                .isPresent();
    }

    /** When the last attempt for a day failed, where no run shows it. */
    public static Optional<Instant> tried(ReconcileState s, LocalDate day) {
        return s.transientState()
                .lastTry(RunKey.ofClosedMonth(day))
                .map(last -> last.fate() == Fate.REFUSED ? last.at() : last.at().plus(RunPlanner.lapse(s)));
    }

    private static Instant until(ReconcileState s, Try last, int attempts) {
        Instant again = last.at().plus(s.settings().backoff().afterAttempt(attempts));
        Instant lapses = last.at().plus(RunPlanner.lapse(s));
        return last.fate() == Fate.REFUSED || lapses.isBefore(again) ? again : lapses;
    }

    /** When the next month is tried again that waits after a failed attempt. */
    public static Optional<Instant> wake(ReconcileState s, CostExportStatus status) {
        return BackfillMonths.of(status.backfill()).rows().stream()
                .filter(row -> row.state().equals(BackfillMonths.PENDING))
                .flatMap(row -> s
                        .transientState()
                        .lastTry(RunKey.ofMonth(row.month()))
                        .map(last -> until(s, last, row.attempts()))
                        .stream())
                .filter(s.now()::isBefore)
                .min(Comparator.naturalOrder());
    }

    /** Whether the row of a month waits for a run. */
    static boolean waits(ReconcileState s, RunKey key) {
        if (key.cause().equals(RunPlanner.BACKFILL)) {
            return BackfillMonths.of(s.status().backfill()).rows().stream()
                    .anyMatch(row -> row.month().equals(key.request()) && WAITING.contains(row.state()));
        }
        return closed(s)
                .row(month(key))
                .filter(row -> row.state() != null && WAITING.contains(row.state()))
                .isPresent();
    }

    static YearMonth month(RunKey key) {
        return key.cause().equals(RunPlanner.BACKFILL)
                ? YearMonth.parse(key.request())
                : ClosedMonths.month(LocalDate.parse(key.request()));
    }

    /** How many attempts the row of a pending month has counted. */
    static int attempts(ReconcileState s, PendingRun pending) {
        if (pending.cause().equals(RunPlanner.CLOSED_MONTH)) {
            return closed(s).attempts(LocalDate.parse(pending.request()));
        }
        return BackfillMonths.of(s.status().backfill()).rows().stream()
                .filter(row -> row.month().equals(pending.request()))
                .map(Month::attempts)
                .findFirst()
                .orElse(0);
    }

    /** Azure did not accept the pending month: its row waits for the next attempt, and others go on. */
    static CostExportStatus failed(ReconcileState s, PendingRun pending, String why) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.pendingRun = null;
        if (pending.cause().equals(RunPlanner.CLOSED_MONTH)) {
            draft.closedMonths =
                    closed(s).failed(LocalDate.parse(pending.request()), why).status();
        } else {
            draft.backfill = BackfillMonths.of(draft.backfill)
                    .failed(pending.request(), why)
                    .backfill();
        }
        return draft.build();
    }

    private static PendingRun run(ReconcileState s, String cause, String request, YearMonth month, int attempts) {
        return new PendingRun(
                cause,
                request,
                BackfillMonths.period(month, RunPlanner.today(s)),
                Timestamps.write(s.now()),
                attempts,
                null);
    }

    /** From when on days count: a spec that was edited may not have had them from the beginning. */
    private static Instant since(ReconcileState s) {
        boolean unedited = s.resource().generation() == 1 || s.status().observedGeneration() == null;
        return unedited && s.resource().created().isBefore(s.now())
                ? s.resource().created()
                : s.now();
    }
}
