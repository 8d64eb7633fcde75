package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.javaoperatorsdk.operator.processing.event.ResourceID;

/** How an object is called in a message. */
public final class NamespacedName {
    private NamespacedName() {}

    public static String of(CostExport object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }

    public static String of(ResourceID id) {
        return id.getNamespace().orElse("") + "/" + id.getName();
    }
}
