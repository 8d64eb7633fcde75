package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Without a secret, with the token file that a cluster's workload identity mounts. */
class WorkloadIdentityIT extends SystemTest {

    @Override
    Map<String, String> settings() {
        try {
            Path token = Files.writeString(Files.createTempFile("federated", ".jwt"), "header.payload.signature");
            token.toFile().deleteOnExit();
            return Map.of("AZURE_CLIENT_SECRET", "", "AZURE_FEDERATED_TOKEN_FILE", token.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_export_is_created() {
        LiveExport daily = export("federated", "{}");
        daily.awaitReady();
        assertTrue(operator.log().contains("as workload identity " + azure.clientId()), operator.log());
    }
}
