package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.failure.Reason;
import java.util.List;
import java.util.Optional;

/** Fields of the schema that this release does not act on yet: an object that uses one is told so, never left to guess. */
public final class Unsupported {
  private Unsupported() {}

  /** Fields without which the object would do something else than it says: nothing is done at all. */
  static Optional<Verdict.Stuck> refusal(CostExportSpec spec) {
    String field = spec.credentialsSecretRef() != null ? "credentialsSecretRef"
        : spec.destination().sasTokenSecretRef() != null ? "destination.sasTokenSecretRef" : null;
    return Optional.ofNullable(field).map(path -> new Verdict.Stuck(Reason.NOT_SUPPORTED_YET,
        "this release does not read Secrets, so " + path + " cannot be followed and nothing is sent to Azure; take it out", List.of()));
  }
}
