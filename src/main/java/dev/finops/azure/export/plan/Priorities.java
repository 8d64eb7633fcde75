package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.queue.Priority;
import java.util.Optional;
import java.util.stream.Stream;

/** Who goes first when there is not enough for all, by what an object's next pass is most likely about. */
public final class Priorities {
    private Priorities() {}

    public static Priority of(ResourceView subject, CostExportSpec spec, CostExportStatus status) {
        boolean exists = status.exportId() != null && status.eTag() != null;
        boolean changed = status.observedGeneration() == null
                || status.observedGeneration() != subject.generation()
                || asked(subject, status);
        if (subject.deleting() || exists && changed) {
            return Priority.CHANGE;
        }
        if (!exists && (changed || Policies.manages(spec))) {
            return Priority.CREATE;
        }
        if (runIsAsked(subject, status)) {
            return Priority.RUN;
        }
        return BackfillMonths.of(status.backfill()).open() > 0 ? Priority.BACKFILL : Priority.POLL;
    }

    private static boolean asked(ResourceView subject, CostExportStatus status) {
        return Stream.of(
                        subject.request(Annotations.APPLY_REQUESTED_AT, status.lastHandledApplyRequest()),
                        subject.request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest()))
                .anyMatch(Optional::isPresent);
    }

    private static boolean runIsAsked(ResourceView subject, CostExportStatus status) {
        return subject.request(Annotations.RUN_REQUESTED_AT, status.lastHandledRunRequest())
                        .isPresent()
                || status.pendingRun() != null && status.pendingRun().timePeriod() == null;
    }
}
