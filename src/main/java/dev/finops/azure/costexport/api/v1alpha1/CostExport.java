package dev.finops.azure.costexport.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One Cost Management export that Azure should have, and what is known of it. */
@Group(CostExport.GROUP)
@Version(CostExport.VERSION)
@Kind(CostExport.KIND)
@Singular("costexport")
@Plural("costexports")
@ShortNames("cexp")
public final class CostExport extends CustomResource<CostExportSpec, CostExportStatus> implements Namespaced {
  public static final String GROUP = "azure.finops.dev";
  public static final String VERSION = "v1alpha1";
  public static final String KIND = "CostExport";
  public static final String FINALIZER = GROUP + "/export";
}
