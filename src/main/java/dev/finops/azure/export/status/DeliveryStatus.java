package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.runs.RunHistory;
import java.util.Optional;

/** The delivery state of the last successful run, with {@code delivery.verify}. */
record DeliveryStatus(ReconcileState s, RunStatus runs, Delivery delivery, Optional<DeliveryResult> proof) {
    static boolean verifies(ReconcileState s) {
        return s.spec().delivery() != null
                && Boolean.TRUE.equals(s.spec().delivery().verify());
    }

    /** A completed run that this delivery does not prove. One that found no data delivered nothing that could be. */
    static Optional<StatusReport.Unverified> open(ReconcileState s, RunStatus runs, Delivery delivery) {
        Run last = runs.lastSuccessfulRun();
        boolean proven = last != null && delivery != null && last.id().equals(delivery.runId());
        if (last == null || proven || !RunHistory.is(last, "Completed")) {
            return Optional.empty();
        }
        boolean newer = runs.runs() != null && !runs.runs().getFirst().id().equals(last.id());
        return Optional.of(new StatusReport.Unverified(last, newer && overwrites(s)));
    }

    /** Azure knows it also where the spec does not say. */
    static boolean overwrites(ReconcileState s) {
        String behavior = s.observation() instanceof Present(var export, var at, var source)
                ? ExportField.OVERWRITE.text(export)
                : s.spec().dataOverwriteBehavior();
        return "OverwritePreviousReport".equalsIgnoreCase(behavior);
    }

    /** Tells what storage said; false when there is nothing against the delivery. */
    boolean tell(ConditionSet set) {
        if (!verifies(s) || open(s, runs, delivery).isEmpty()) {
            return false;
        }
        switch (proof.orElse(null)) {
            case DeliveryResult.Failed(var reason, var message) ->
                set.quote(Conditions.DELIVERED, "False", reason, message);
            case DeliveryResult.Unreachable unreachable ->
                set.quote(
                        Conditions.DELIVERED,
                        "Unknown",
                        unreachable.reason(),
                        unreachable.message() + Remedy.of(unreachable.reason(), unreachable.message(), s));
            case null, default -> {} // no check now, or a newer run decides: the last result stays
        }
        return true;
    }

    /** What was proven, for the message. */
    String summary() {
        return delivery == null || !verifies(s)
                ? ""
                : ". The storage account has its " + delivery.blobs() + " blobs, " + delivery.bytes() + " bytes";
    }
}
