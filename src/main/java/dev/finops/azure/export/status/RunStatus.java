package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.OwnRuns;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.RunPlanner;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.ClosedMonths;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.kube.PendingEvent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The runs as the status reports them.
 *
 * @param runs the newest ten of all
 * @param lastRun the newest of the export's own definition; runs with a period of their own are told by their month's
 *     row
 * @param lastEnded the newest of those of which the outcome is known, which is the one that is judged
 * @param unclear the newest of those that began after it, of which the outcome stays unknown
 */
record RunStatus(
        List<Run> runs,
        Run lastRun,
        Run lastEnded,
        Optional<Run> unclear,
        Run lastSuccessfulRun,
        BackfillMonths months,
        ClosedMonths closed,
        List<PendingEvent> events) {

    static RunStatus of(ReconcileState s, Optional<ObservedExport> observed) {
        List<Run> answered = observed.map(ObservedExport::runs).orElse(List.of()).stream()
                .filter(run -> !RunPlanner.mayAnswer(s, run))
                .toList();
        List<Run> known = s.status().runs() == null ? List.of() : s.status().runs();
        List<Run> runs = RunHistory.merge(known, answered);
        List<Run> last = Stream.of(s.status().lastRun(), s.status().lastSuccessfulRun())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        List<Run> all = RunHistory.mergeAll(RunHistory.mergeAll(last, known), answered);
        BackfillMonths months = BackfillMonths.of(s.status().backfill()).follow(answered, s.now());
        ClosedMonths closed = ClosedMonths.of(s.spec().closedMonth(), s.status().closedMonths())
                .follow(all, s.now());
        OwnRuns ownRuns = OwnRuns.of(s);
        boolean ownMayBePast = !ownRuns.timeframe().isToDate();
        List<Run> own = all.stream()
                .filter(run -> !months.has(run, ownMayBePast) && !closed.has(run, ownMayBePast, last, all))
                .filter(run -> ownRuns.isOwn(run, last))
                .toList();
        Optional<Run> ended =
                own.stream().filter(run -> !RunHistory.isUnknown(run)).findFirst();
        return new RunStatus(
                runs.isEmpty() ? null : runs,
                own.stream().findFirst().orElse(null),
                ended.orElse(null),
                own.stream()
                        .takeWhile(run -> !ended.equals(Optional.of(run)))
                        .filter(run -> !RunHistory.underWay(run, s.now()))
                        .findFirst(),
                own.stream().filter(RunHistory::succeeded).findFirst().orElse(null),
                months,
                closed,
                RunPlanner.ended(s, runs));
    }

    /** When Azure denied us a run: the month's, or another for which the months wait too. */
    String whyMonthsWait(ReconcileState s) {
        PendingRun denied = s.status().pendingRun();
        return months.rows().stream()
                .filter(row -> denied.timePeriod() != null && row.month().equals(denied.request()))
                .findFirst()
                .map(row -> "Azure rejected a run of " + row.month() + ": " + why(row)
                        + Remedy.ofDeniedMonth(why(row), s, denied.timePeriod()))
                .orElse("The open months wait, because Azure rejected "
                        + (denied.timePeriod() == null
                                ? "a run. See the condition LastRunSucceeded for the cause."
                                : "the run of the closed month."));
    }

    private static String why(Month row) {
        return row.message() == null ? "" : row.message();
    }
}
