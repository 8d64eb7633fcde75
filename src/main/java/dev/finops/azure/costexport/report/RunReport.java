package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.backfill.ClosedMonths;
import dev.finops.azure.costexport.backfill.MonthRows;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.plan.Note;
import dev.finops.azure.costexport.plan.RunPlanner;
import dev.finops.azure.costexport.plan.Situation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The runs as they are told.
 *
 * @param runs the newest ten of all
 * @param lastRun the newest of the export's own definition; runs with a period of their own are told by their month's row
 * @param lastEnded the newest of those that has ended, which is the one that is judged
 */
record RunReport(List<Run> runs, Run lastRun, Run lastEnded, Run lastSuccessfulRun, MonthRows months, ClosedMonths closed, List<Note> notes) {

  static RunReport of(Situation s, Optional<ObservedExport> observed) {
    List<Run> answered = observed.map(ObservedExport::runs).orElse(List.of()).stream().filter(run -> !RunPlanner.mayAnswer(s, run)).toList();
    List<Run> known = s.status().runs() == null ? List.of() : s.status().runs();
    List<Run> runs = RunHistory.merge(known, answered);
    List<Run> last = Stream.of(s.status().lastRun(), s.status().lastSuccessfulRun()).filter(Objects::nonNull).distinct().toList();
    List<Run> all = RunHistory.mergeAll(RunHistory.mergeAll(last, known), answered);
    MonthRows months = MonthRows.of(s.status().backfill()).follow(answered);
    ClosedMonths closed = ClosedMonths.of(s.spec().closedMonth(), s.status().closedMonths()).follow(all);
    List<Run> own = all.stream().filter(run -> !months.has(run, lastMonths(s)) && !closed.has(run, lastMonths(s), last, all)).toList();
    Optional<Run> ended = own.stream().filter(run -> !RunHistory.underWay(run)).findFirst();
    return new RunReport(
        runs.isEmpty() ? null : runs,
        own.stream().findFirst().orElse(null),
        ended.orElse(null),
        own.stream().filter(RunHistory::succeeded).findFirst().orElse(null),
        months,
        closed,
        RunPlanner.ended(s, runs));
  }

  /** When Azure denied us a run: the month's, or another for which the months wait too. */
  String whyMonthsWait(Situation s) {
    PendingRun denied = s.status().pendingRun();
    return months.rows().stream().filter(row -> denied.timePeriod() != null && row.month().equals(denied.request())).findFirst()
        .map(row -> "Azure refused to start a run of " + row.month() + ": " + MonthRows.why(row) + Advice.ofDeniedMonth(MonthRows.why(row), s, denied.timePeriod()))
        .orElse("they wait, since Azure refused to start " + (denied.timePeriod() == null ? "a run; LastRunSucceeded says why" : "the run of the closed month"));
  }

  /** Whether the export's own runs are of past months, as those are that were asked for by month. */
  private static boolean lastMonths(Situation s) {
    return !Set.of("MonthToDate", "BillingMonthToDate", "WeekToDate", "TheCurrentMonth").contains(s.spec().dataset().timeframe());
  }
}
