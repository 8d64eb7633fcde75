package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.backfill.BackfillWindow;
import dev.finops.azure.costexport.backfill.ClosedMonths;
import dev.finops.azure.costexport.backfill.MonthRows;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;

/** Decides which month is run next: one that a person asked for, the closed one, one of the backfill. */
final class MonthPlanner {
  private MonthPlanner() {}

  static ClosedMonths closed(Situation s) {
    return ClosedMonths.of(s.spec().closedMonth(), s.status().closedMonths());
  }

  static Optional<Step> next(Situation s, Present present, List<Run> runs) {
    if (!s.settings().apiVersion().runsPeriods()) {
      return Optional.empty(); // the rows stay as they are: the window is fixed, whatever api-version is set for a while
    }
    MonthRows known = MonthRows.of(s.status().backfill());
    boolean adopted = Planner.ADOPTED.equals(s.status().origin());
    Optional<BackfillWindow> window = BackfillWindow.of(s.spec().backfill(), known.until(), RunPlanner.today(s));
    List<Run> all = RunHistory.mergeAll(runs, present.export().runs());
    MonthRows rows = known.follow(present.export().runs()).fit(window, adopted ? runs : List.of());
    ClosedMonths closed = closed(s).follow(all).fit(since(s), s.now(), all);
    boolean denied = s.status().pendingRun() != null; // one is, and rests
    Optional<PendingRun> pending = denied || rows.full(closed.underWay(all)) ? Optional.empty() : turn(s, rows, closed, all);
    StatusDraft draft = new StatusDraft(s.status());
    draft.backfill = rows.backfill();
    draft.closedMonths = closed.status();
    if (pending.isEmpty()) {
      return draft.done().equals(s.status()) ? Optional.empty() : Optional.of(new Step.Record(draft.done(), false, List.of()));
    }
    return Optional.of(present.source() == Source.GET ? RunPlanner.intent(s.with(draft.done()), runs, pending.get(), List.of())
        : new Step.Observe(Look.SINGLE));
  }

  /** The backfill waits until the closed month is settled: its months would push the runs out of the history that retries are counted by. */
  private static Optional<PendingRun> turn(Situation s, MonthRows rows, ClosedMonths closed, List<Run> runs) {
    Optional<Month> month = rows.next(s.now(), runs, s.settings().backoff()::afterAttempt);
    Optional<ClosedMonths.Attempt> again = closed.next(s.now(), runs, s.settings().backoff()::afterAttempt)
        .filter(attempt -> !s.now().isBefore(attempt.at()));
    return month.filter(MonthRows::asked).map(row -> backfill(s, row))
        .or(() -> again.map(attempt -> run(s, RunPlanner.CLOSED_MONTH, attempt.day().toString(), ClosedMonths.month(attempt.day()), attempt.number())))
        .or(() -> month.filter(row -> !closed.open(runs)).map(row -> backfill(s, row)));
  }

  private static PendingRun backfill(Situation s, Month row) {
    return run(s, RunPlanner.BACKFILL, row.month(), YearMonth.parse(row.month()), 1);
  }

  private static PendingRun run(Situation s, String cause, String request, YearMonth month, int attempts) {
    return new PendingRun(cause, request, MonthRows.period(month, RunPlanner.today(s)), Times.write(s.now()), attempts, null);
  }

  /** From when on days count: a spec that was edited may not have had them from the beginning. */
  private static Instant since(Situation s) {
    boolean unedited = s.subject().generation() == 1 || s.status().observedGeneration() == null;
    return unedited && s.subject().created().isBefore(s.now()) ? s.subject().created() : s.now();
  }
}
