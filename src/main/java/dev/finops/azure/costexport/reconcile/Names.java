package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import io.javaoperatorsdk.operator.processing.event.ResourceID;

/** How an object is called in a message. */
final class Names {
  private Names() {}

  static String of(CostExport object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  static String of(ResourceID id) {
    return id.getNamespace().orElse("") + "/" + id.getName();
  }
}
