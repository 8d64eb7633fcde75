package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.Json;
import java.util.Optional;

/** The required spec fields. A newer CRD may make them optional, so this release checks them itself. */
public final class RequiredFields {
    private RequiredFields() {}

    /** The path of the first one that is not stated. */
    public static Optional<String> missing(CostExportSpec spec) {
        return spec == null || isEmpty(spec.scope())
                ? Optional.of("scope")
                : spec.dataset() == null || isEmpty(spec.dataset().type())
                        ? Optional.of("dataset.type")
                        : isEmpty(spec.dataset().timeframe())
                                ? Optional.of("dataset.timeframe")
                                : spec.destination() == null
                                                || isEmpty(spec.destination().container())
                                        ? Optional.of("destination.container")
                                        : Optional.empty();
    }

    /** With empty texts for them, so that other code never meets null. */
    public static CostExportSpec filled(CostExportSpec spec) {
        if (missing(spec).isEmpty()) {
            return spec;
        }
        ObjectNode tree = spec == null ? Json.object() : (ObjectNode) Json.tree(spec);
        fill(tree, "scope");
        fill(tree.withObject("/dataset"), "type");
        fill(tree.withObject("/dataset"), "timeframe");
        fill(tree.withObject("/destination"), "container");
        return Json.as(CostExportSpec.class, tree);
    }

    private static void fill(ObjectNode parent, String field) {
        if (!parent.hasNonNull(field)) {
            parent.put(field, "");
        }
    }

    private static boolean isEmpty(String value) {
        return value == null || value.isEmpty();
    }
}
