package dev.finops.azure.arm.identity;

/** The identity that calls Azure. */
public sealed interface AzureIdentity {
    /** The operator's own, by the environment variables of the process. */
    record Own() implements AzureIdentity {}

    /**
     * A service principal that a namespace brings, with its secret: an object without the secret does not share its
     * token.
     */
    record ServicePrincipal(String tenantId, String clientId, String clientSecret) implements AzureIdentity {
        /** Without the secret. */
        @Override
        public String toString() {
            return "service principal " + clientId + " of tenant " + tenantId;
        }
    }

    /** Whose quota a call is taken from: Azure counts by application. */
    default String quota() {
        return switch (this) {
            case Own own -> "";
            case ServicePrincipal(var tenant, var client, var secret) -> tenant + "/" + client + " ";
        };
    }
}
