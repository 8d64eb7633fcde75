package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.backfill.MonthRows;
import dev.finops.azure.costexport.quota.Urgency;
import java.util.Optional;
import java.util.stream.Stream;

/** Who goes first when there is not enough for all, by what an object's next pass is most likely about. */
public final class Urgencies {
  private Urgencies() {}

  public static Urgency of(Subject subject, CostExportSpec spec, CostExportStatus status) {
    boolean exists = status.exportId() != null && status.eTag() != null;
    boolean changed = status.observedGeneration() == null || status.observedGeneration() != subject.generation() || asked(subject, status);
    if (subject.deleting() || exists && changed) {
      return Urgency.CHANGE;
    }
    if (!exists && (changed || Policies.manages(spec))) {
      return Urgency.CREATE;
    }
    if (runIsAsked(subject, status)) {
      return Urgency.RUN;
    }
    return MonthRows.of(status.backfill()).open() > 0 ? Urgency.BACKFILL : Urgency.POLL;
  }

  private static boolean asked(Subject subject, CostExportStatus status) {
    return Stream.of(subject.request(Annotations.APPLY_REQUESTED_AT, status.lastHandledApplyRequest()),
        subject.request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest())).anyMatch(Optional::isPresent);
  }

  private static boolean runIsAsked(Subject subject, CostExportStatus status) {
    return subject.request(Annotations.RUN_REQUESTED_AT, status.lastHandledRunRequest()).isPresent()
        || status.pendingRun() != null && status.pendingRun().timePeriod() == null;
  }
}
