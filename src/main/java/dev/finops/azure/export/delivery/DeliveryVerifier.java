package dev.finops.azure.export.delivery;

import com.azure.core.http.HttpClient;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.plan.DeliveryResult;
import java.time.InstantSource;

/**
 * Verifies that the storage account has what a completed run delivered: it reads the run's manifest and requests the
 * size of each blob in it. It never reads cost data.
 */
public final class DeliveryVerifier {
    private final HttpClient http;
    private final String endpointTemplate;
    private final InstantSource clock;

    /** @param endpointTemplate as {@code https://{account}.blob.core.windows.net} */
    public DeliveryVerifier(HttpClient http, String endpointTemplate, InstantSource clock) {
        this.http = http;
        this.endpointTemplate = endpointTemplate;
        this.clock = clock;
    }

    /**
     * Takes as long as storage does, two minutes at most.
     *
     * @param run a completed one
     * @param overwritable a newer run exists that may have replaced what this one delivered
     */
    public DeliveryResult of(Run run, ExportFolder folder, StorageCredential access, boolean overwritable) {
        try {
            ExportContainer container =
                    ExportContainer.at(http, folder.endpoint(endpointTemplate), folder.container(), access);
            return new RunVerification(run, folder, container, overwritable, clock.instant()).proof();
        } catch (StorageErrorClassifier fault) {
            return new DeliveryResult.Unreachable(
                    "Storage account " + folder.account() + " cannot be read: " + fault.getMessage());
        }
    }
}
