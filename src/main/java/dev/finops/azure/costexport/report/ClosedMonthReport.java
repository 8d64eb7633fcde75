package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.backfill.ClosedMonths;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Note;
import dev.finops.azure.costexport.plan.Proof;
import dev.finops.azure.costexport.plan.Situation;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is known of the blobs of a closed month's run, with {@code delivery.verify}. */
record ClosedMonthReport(ClosedMonths months, List<Note> notes) {
  /** For how long what is not there, or cannot be looked up, is looked for again; then it is told. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  /** Until this day of a month Azure also exports the one before by itself, which no history shows (docs/azure.md, "Runs"). */
  private static final int AZURES_OWN = 5;

  static Optional<Report.Unproven> open(Situation s, RunReport runs) {
    return runs.runs() == null ? Optional.empty() : runs.closed().unproven(runs.runs()).map(run -> {
      boolean newer = runs.runs().stream().takeWhile(other -> !other.id().equals(run.id())).anyMatch(other -> samePeriod(run, other));
      boolean hidden = s.now().atOffset(ZoneOffset.UTC).getDayOfMonth() <= AZURES_OWN;
      return new Report.Unproven(run, (newer || hidden) && DeliveryReport.overwrites(s));
    });
  }

  /** @param proof what storage said of the run that is open; empty when it was not asked */
  static ClosedMonthReport of(Situation s, RunReport runs, Optional<Report.Unproven> open, Optional<Proof> proof) {
    List<Note> notes = new ArrayList<>();
    if (open.isEmpty() || proof.isEmpty()) {
      return new ClosedMonthReport(runs.closed(), notes);
    }
    Run run = open.get().run();
    ClosedMonth before = runs.closed().of(run).orElseThrow();
    if (proof.get() instanceof Proof.Proven(Delivery delivery)) {
      if (differ(before.rows(), delivery.rows()) || differ(before.bytes(), delivery.bytes())) {
        notes.add(Note.normal(Reason.MONTH_RESTATED, before.month() + " has changed since it was last exported: "
            + said(before.rows(), before.bytes()) + " before, " + said(delivery.rows(), delivery.bytes()) + " now"));
      }
      return new ClosedMonthReport(runs.closed().proven(run, s.now(), delivery.rows(), delivery.bytes()), notes);
    }
    if (RunHistory.ended(run).filter(end -> s.now().isBefore(end.plus(PATIENCE))).isPresent()) {
      return new ClosedMonthReport(runs.closed(), notes);
    }
    switch (proof.get()) {
      case Proof.Failed(var reason, var message) -> notes.add(Note.warning(reason, before.month() + ": " + message));
      case Proof.Unreachable unreachable -> notes.add(Note.warning(unreachable.reason(), before.month() + ": " + unreachable.message()));
      default -> { } // a newer run has replaced it
    }
    return new ClosedMonthReport(runs.closed().looked(run, s.now()), notes);
  }

  private static boolean samePeriod(Run one, Run other) {
    return other.timePeriod() == null || one.timePeriod() == null || Objects.equals(one.timePeriod().from(), other.timePeriod().from());
  }

  private static boolean differ(Long before, Long now) {
    return before != null && now != null && !before.equals(now);
  }

  private static String said(Long rows, Long bytes) {
    return (rows == null ? "" : rows + " rows, ") + bytes + " bytes";
  }
}
