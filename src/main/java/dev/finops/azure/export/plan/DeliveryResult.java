package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.Reason;

/** Whether what a completed run delivered is there. */
public sealed interface DeliveryResult {
    /** The manifest and every blob that it lists, each of the size that it states. */
    record Proven(Delivery delivery) implements DeliveryResult {}

    /** The storage account was asked, and it is not so. */
    record Failed(Reason reason, String message) implements DeliveryResult {}

    /**
     * Nobody knows from here: the account refuses this identity or network, has no address, does not answer. No failure
     * of
     * the delivery: Azure writes as a trusted service, which this operator is not.
     */
    record Unreachable(String message) implements DeliveryResult {
        public Reason reason() {
            return Reason.STORAGE_UNREACHABLE;
        }
    }

    /** A newer run has replaced what this one delivered, as the export's dataOverwriteBehavior asks. */
    record Superseded(String runId) implements DeliveryResult {}
}
