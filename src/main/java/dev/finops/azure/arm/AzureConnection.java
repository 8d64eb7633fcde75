package dev.finops.azure.arm;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Which Azure, and as whom.
 *
 * @param endpoint of Azure Resource Manager
 * @param audience of the tokens for it, without {@code /.default}
 * @param tenantId empty with a managed identity
 * @param clientId empty with a system-assigned managed identity
 * @param clientSecret set for a service principal with a secret
 * @param federatedTokenFile set with workload identity
 * @param disableInstanceDiscovery for private clouds, whose authority Entra does not know
 * @param runsPerMinute how many runs a scope takes
 * @param throttleWait how long to wait when Azure throttles and names no time
 */
public record AzureConnection(
        URI endpoint,
        String audience,
        String apiVersion,
        Optional<String> tenantId,
        Optional<String> clientId,
        Optional<String> clientSecret,
        Optional<Path> federatedTokenFile,
        Optional<URI> authorityHost,
        boolean disableInstanceDiscovery,
        int runsPerMinute,
        Duration throttleWait) {

    /** Without the secret. */
    @Override
    public String toString() {
        return endpoint + " (api-version " + apiVersion + ") as " + identity();
    }

    private String identity() {
        String client = clientId.map(id -> " " + id).orElse("");
        return clientSecret.isPresent()
                ? "service principal" + client
                : federatedTokenFile.isPresent() ? "workload identity" + client : "managed identity" + client;
    }
}
