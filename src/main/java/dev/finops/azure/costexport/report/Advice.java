package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Situation;
import java.util.Locale;
import java.util.Optional;

/** What a person can do about a failure: the sentence of ours that follows Azure's words. */
final class Advice {
  private Advice() {}

  static String of(Reason reason, Situation s) {
    String advice = switch (reason) {
      case AUTHORIZATION_FAILED -> billing(s)
          ? "; give the operator's identity a billing role at " + s.spec().scope() + " (Azure roles do not reach billing scopes), and write access to the storage account"
          : "; give the operator's identity the right: az role assignment create --role 'Cost Management Contributor' --assignee <client id> --scope "
              + new Scope(s.spec().scope()) + "; setting the storage account as destination needs write access to it too";
      case AUTHENTICATION_FAILED -> "; check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or token file of the operator";
      case PROVIDER_NOT_REGISTERED -> "; az provider register --namespace Microsoft.CostManagementExports"
          + storageSubscription(s).map(id -> " --subscription " + id).orElse("");
      case SCOPE_NOT_FOUND -> "; check spec.scope, it is asked again until it is there";
      case SCOPE_LOCKED -> "; az lock list shows the lock to remove";
      case INVALID_REQUEST -> "; mend the spec, or ask again with " + s.subject().kubectl("annotate")
          + " --overwrite azure.finops.dev/apply-requested-at=\"$(date)\"";
      case DISALLOWED_BY_POLICY -> "; ask for an exemption from the Azure Policy";
      case ARM_UNREACHABLE, ARM_UNAVAILABLE, BAD_ARM_RESPONSE -> "; it is tried again by itself";
      case UNEXPECTED_REDIRECT -> "; check AZURE_RESOURCE_MANAGER_ENDPOINT";
      default -> "";
    };
    return advice + (s.subject().deleting()
        ? "; to let the object go and leave the export: " + s.subject().kubectl("patch") + " --type merge -p '{\"spec\":{\"deletionPolicy\":\"Orphan\"}}'" : "");
  }

  private static boolean billing(Situation s) {
    return new Scope(s.spec().scope()).key().startsWith("/providers/microsoft.billing/");
  }

  private static Optional<String> storageSubscription(Situation s) {
    String id = s.spec().destination().storageAccountId();
    return Optional.ofNullable(id).filter(known -> known.toLowerCase(Locale.ROOT).startsWith("/subscriptions/")).map(known -> known.split("/")[2]);
  }
}
