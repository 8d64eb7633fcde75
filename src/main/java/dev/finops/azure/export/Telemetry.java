package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.kube.PendingEvent;
import java.time.Instant;
import java.util.Optional;

/** Receives the observed states of the objects for metrics. */
public interface Telemetry {
    /**
     * A reconciliation has ended.
     *
     * @param before the object as the reconciliation found it
     * @param sasExpiry of the destination's token; empty without one
     */
    void reconciled(CostExport before, CostExportStatus after, Optional<Instant> sasExpiry);

    /** An Event was sent. */
    void eventSent(PendingEvent event);

    /** The object with this UID is deleted. Another object may have its name already. */
    void deleted(String namespace, String name, String uid);

    /** The sweep requeued an object. */
    void requeued(String why);
}
