package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.ResolvedSecrets.Sas;

/** Checks in the storage account what a run delivered. */
@FunctionalInterface
public interface DeliveryCheck {
    /**
     * @param sas of the destination, for reading it
     * @param overwritable whether a newer run may have replaced it
     */
    DeliveryResult check(Run run, CostExportSpec spec, String exportName, Sas sas, boolean overwritable);
}
