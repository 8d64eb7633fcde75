package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.kube.EventRecorder;
import dev.finops.azure.kube.PendingEvent;
import dev.finops.azure.kube.StatusPatcher;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Writes with the Kubernetes client. */
record KubernetesResourceWriter(
        KubernetesClient kubernetes, StatusPatcher<CostExportStatus, CostExport> statuses, EventRecorder events)
        implements ResourceWriter {
    @Override
    public CostExport writeStatus(CostExport seen, CostExportStatus status) {
        return statuses.write(seen, status);
    }

    @Override
    public CostExport writeStatusOnLatest(CostExport seen, CostExportStatus status) {
        return statuses.writeOnLatest(seen, status);
    }

    @Override
    public void requireLatest(CostExport seen) {
        CostExport latest = kubernetes.resource(seen).get();
        boolean same = latest != null
                && latest.getMetadata()
                        .getResourceVersion()
                        .equals(seen.getMetadata().getResourceVersion());
        if (!same) {
            throw new StaleObjectException();
        }
    }

    @Override
    public void event(CostExport object, PendingEvent event) {
        events.write(object, event);
    }
}
