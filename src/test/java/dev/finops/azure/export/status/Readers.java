package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.ReconcileState;
import java.util.Objects;
import java.util.stream.Stream;

/** How others read a CostExport, by their rules: kstatus (Flux, kubectl wait) and the health check of Argo CD. */
final class Readers {
    private Readers() {}

    /** The rules of kstatus for a custom resource that is not being deleted. */
    static String kstatus(ReconcileState s, CostExportStatus status) {
        if (!Objects.equals(status.observedGeneration(), s.resource().generation())
                || is(status, Conditions.RECONCILING, "True")) {
            return "InProgress";
        }
        if (is(status, Conditions.STALLED, "True")) {
            return "Failed";
        }
        return is(status, Conditions.READY, "False") || is(status, Conditions.READY, "Unknown")
                ? "InProgress"
                : "Current";
    }

    /** The first that matches, in the order of docs/design.md. */
    static String argoCd(ReconcileState s, CostExportStatus status) {
        CostExportSpec spec = s.spec();
        boolean suspended =
                spec.schedule() != null && Boolean.TRUE.equals(spec.schedule().suspend());
        if ("true".equals(s.resource().annotations().get(Annotations.PAUSED))) {
            return "Suspended";
        }
        if (!Objects.equals(status.observedGeneration(), s.resource().generation())
                || is(status, Conditions.RECONCILING, "True")) {
            return "Progressing";
        }
        if (is(status, Conditions.STALLED, "True")) {
            return "Degraded";
        }
        if (!is(status, Conditions.READY, "True")) {
            return "Progressing";
        }
        if (suspended) {
            return "Suspended";
        }
        return Stream.of(Conditions.LAST_RUN_SUCCEEDED, Conditions.DELIVERED, Conditions.BACKFILLED)
                        .anyMatch(type -> is(status, type, "False"))
                ? "Degraded"
                : "Healthy";
    }

    private static boolean is(CostExportStatus status, String type, String value) {
        return Conditions.find(status.conditions(), type)
                .filter(condition -> value.equals(condition.status()))
                .isPresent();
    }
}
