package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import java.util.ArrayList;
import java.util.List;

/** Fields of the schema that this release does not act on yet: an object that uses one is told so, never left to guess. */
public final class Unsupported {
  private Unsupported() {}

  /** Fields whose absence of effect changes nothing else. */
  public static List<String> ignored(CostExportSpec spec) {
    List<String> fields = new ArrayList<>();
    if (spec.closedMonth() != null) {
      fields.add("closedMonth");
    }
    return fields;
  }
}
