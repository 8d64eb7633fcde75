package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** A status as far as this release can read it: another one may have written rows of kinds that are not known here. */
public final class Legible {
  private Legible() {}

  public static CostExportStatus of(CostExportStatus status) {
    StatusDraft draft = new StatusDraft(status);
    draft.runs = some(status.runs(), run -> run.id() != null);
    draft.lastRun = one(status.lastRun());
    draft.lastSuccessfulRun = one(status.lastSuccessfulRun());
    draft.closedMonths = some(status.closedMonths(), row -> reads(YearMonth::parse, row.month()));
    draft.backfill = status.backfill() == null ? null : of(status.backfill());
    draft.pendingRun = status.pendingRun() == null || reads(status.pendingRun()) ? status.pendingRun() : null;
    return draft.done();
  }

  private static Backfill of(Backfill backfill) {
    List<Month> months = some(backfill.months(), row -> row.state() != null && row.attempts() != null && reads(YearMonth::parse, row.month()));
    return new Backfill(reads(YearMonth::parse, backfill.until()) ? backfill.until() : null, backfill.total(), backfill.completed(), backfill.failed(), months);
  }

  private static boolean reads(PendingRun run) {
    return switch (run.cause()) {
      case null -> false;
      case RunPlanner.BACKFILL -> run.timePeriod() != null && reads(YearMonth::parse, run.request());
      case RunPlanner.CLOSED_MONTH -> run.timePeriod() != null && reads(LocalDate::parse, run.request());
      default -> true;
    };
  }

  private static Run one(Run run) {
    return run == null || run.id() == null ? null : run;
  }

  private static <T> List<T> some(List<T> rows, Predicate<T> legible) {
    return rows == null || rows.stream().allMatch(row -> row != null && legible.test(row)) ? rows
        : rows.stream().filter(row -> row != null && legible.test(row)).toList();
  }

  private static boolean reads(Function<String, ?> parser, String text) {
    try {
      return text != null && parser.apply(text) != null;
    } catch (DateTimeException other) {
      return false;
    }
  }
}
