package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.ResolvedSecrets.Sas;

/** Looks into the storage account for what a run delivered. */
@FunctionalInterface
public interface DeliveryCheck {
    /**
     * @param sas of the destination, which is asked with it
     * @param overwritable whether a newer run may have replaced it
     */
    DeliveryResult look(Run run, CostExportSpec spec, String exportName, Sas sas, boolean overwritable);
}
