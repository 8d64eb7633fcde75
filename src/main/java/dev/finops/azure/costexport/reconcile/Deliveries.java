package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.plan.Proof;
import dev.finops.azure.costexport.plan.Secrets.Sas;

/** Looks into the storage account for what a run delivered. */
@FunctionalInterface
public interface Deliveries {
  /**
   * @param sas of the destination, which is asked with it
   * @param overwritable whether a newer run may have replaced it
   */
  Proof look(Run run, CostExportSpec spec, String exportName, Sas sas, boolean overwritable);
}
