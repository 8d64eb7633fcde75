package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.Reason;

/** Whether the data of a completed run was found. */
public sealed interface DeliveryResult {
    /** The manifest and every blob that it lists, each of the size that it states. */
    record Verified(Delivery delivery) implements DeliveryResult {}

    /** The storage account was read, and the delivery is not complete. */
    record Failed(Reason reason, String message) implements DeliveryResult {}

    /**
     * Nobody knows from here: the account refuses this identity or network, has no address, does not answer. No failure
     * of the delivery: Azure writes as a trusted service, which this operator is not.
     */
    record Unreachable(String message) implements DeliveryResult {
        public Reason reason() {
            return Reason.STORAGE_UNREACHABLE;
        }
    }

    /** A newer run has replaced the delivery of this one, as the dataOverwriteBehavior says. */
    record Superseded(String runId) implements DeliveryResult {}
}
