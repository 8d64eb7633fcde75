package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.SasToken;
import java.util.List;
import java.util.Optional;

/**
 * The resolved state of the Secrets that an object depends on.
 *
 * @param noCredentials why there are no credentials; empty when there are
 * @param clientId of the service principal; empty with the operator's own identity
 * @param tenantId of the identity; empty when unknown, as with a managed identity
 */
public record ResolvedSecrets(
        Optional<String> noCredentials, Optional<String> clientId, Optional<String> tenantId, Sas sas) {
    /** The Secret of a namespace whose objects name none. */
    public static final String OF_NAMESPACE = "azure-finops-credentials";

    public ResolvedSecrets(Optional<String> noCredentials, Optional<String> clientId, Sas sas) {
        this(noCredentials, clientId, Optional.empty(), sas);
    }

    public ResolvedSecrets of(Optional<String> tenant) {
        return new ResolvedSecrets(noCredentials, clientId, tenant, sas);
    }

    /** Of an object that needs none. */
    public static final ResolvedSecrets NONE =
            new ResolvedSecrets(Optional.empty(), Optional.empty(), new Sas.NotNamed());

    /** The SAS token of {@code destination.sasTokenSecretRef}. */
    public sealed interface Sas {
        record NotNamed() implements Sas {}

        record Known(SasToken token) implements Sas {}

        record Missing(String why) implements Sas {}
    }

    /** Without credentials there are no calls to Azure. */
    Optional<Outcome> refusal() {
        return noCredentials.map(why -> missing(why, false, List.of()));
    }

    static Outcome missing(String why, boolean write, List<Difference> differences) {
        return new Outcome.Failing(
                new ArmFailure.Forbidden(new Detail(0, "", why, ""), Reason.CREDENTIALS_MISSING), write, differences);
    }

    public Optional<SasToken> token() {
        return sas instanceof Sas.Known(var token) ? Optional.of(token) : Optional.empty();
    }
}
