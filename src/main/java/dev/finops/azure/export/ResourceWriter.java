package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.kube.PendingEvent;

/** What a reconciliation writes into the API server about its object. */
interface ResourceWriter {
    /**
     * Writes the status on the object as it was seen.
     *
     * @return the object as the API server has it now
     * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 when the object has changed since
     */
    CostExport writeStatus(CostExport seen, CostExportStatus status);

    /** Writes a status that is true whatever else has changed of the object, unless another client wrote the status. */
    CostExport writeStatusOnLatest(CostExport seen, CostExportStatus status);

    /** @throws StaleObjectException when the object has changed since it was seen, or is deleted */
    void requireLatest(CostExport seen);

    void event(CostExport object, PendingEvent event);

    /** The object has changed since it was seen: what was decided on it must not be done. */
    final class StaleObjectException extends RuntimeException {
        private static final long serialVersionUID = 1;

        StaleObjectException() {
            super("the object has changed", null, false, false);
        }
    }
}
