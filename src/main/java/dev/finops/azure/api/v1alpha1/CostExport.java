package dev.finops.azure.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
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
@Categories({"azure", "finops"})
@SchemaCustomizer(CostExportSchema.class)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Dataset", jsonPath = ".spec.dataset.type")
@AdditionalPrinterColumn(name = "Schedule", jsonPath = ".status.summary.schedule")
@AdditionalPrinterColumn(name = "Last Run", jsonPath = ".status.lastRun.status")
// A string: a date column prints <invalid> for a time to come.
@AdditionalPrinterColumn(name = "Next Run", jsonPath = ".status.nextRunTime")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Scope", jsonPath = ".spec.scope", priority = 1)
@AdditionalPrinterColumn(name = "Container", jsonPath = ".spec.destination.container", priority = 1)
@AdditionalPrinterColumn(name = "Backfill", jsonPath = ".status.summary.backfill", priority = 1)
@AdditionalPrinterColumn(
        name = "Delivered",
        jsonPath = ".status.conditions[?(@.type==\"Delivered\")].status",
        priority = 1)
@AdditionalPrinterColumn(
        name = "Data",
        jsonPath = ".status.lastSuccessfulRun.processingEndTime",
        type = Type.DATE,
        priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
public final class CostExport extends CustomResource<CostExportSpec, CostExportStatus> implements Namespaced {
    public static final String GROUP = "azure.finops.dev";
    public static final String VERSION = "v1alpha1";
    public static final String KIND = "CostExport";
    public static final String FINALIZER = GROUP + "/export";

    /**
     * Path of a member in a form that this release does not know. Never in the cluster: the API server drops the
     * member.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private String unread;

    public String getUnread() {
        return unread;
    }

    public void setUnread(String path) {
        unread = path;
    }
}
