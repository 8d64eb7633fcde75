package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.ConnectProxy;
import dev.finops.azure.simulator.AzureSimulator;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A proxy is the only way to Azure: no other one knows the host name. The API server is on this machine, and called
 * directly.
 */
class ProxyIT extends SystemTest {
    /** Each test has an operator of its own. */
    @BeforeAll
    @Override
    void startOperator() {}

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void everyCallToAzureGoesThroughIt(String variable) throws IOException {
        String host = AzureSimulator.BEHIND_PROXY + ":" + azure.endpoint().getPort();
        try (ConnectProxy proxy = ConnectProxy.to(azure.endpoint().getPort())) {
            Map<String, String> environment = new HashMap<>(Map.of(
                    variable,
                    "http://me:p%40ss@127.0.0.1:" + proxy.port(),
                    "NO_PROXY",
                    "*.example.org,10.0.0.0/99",
                    "AZURE_AUTHORITY_HOST",
                    "https://" + host + "/",
                    "AZURE_RESOURCE_MANAGER_ENDPOINT",
                    "https://" + host,
                    "AZURE_BLOB_ENDPOINT_TEMPLATE",
                    "https://{account}." + AzureSimulator.BEHIND_PROXY));
            try (OperatorProcess proxied = launch(environment).awaitReady()) {
                LiveExport export = export(
                                variable.equals("HTTPS_PROXY") ? "capitals" : "small",
                                "runOnCreate: true\ndelivery: {verify: true}")
                        .awaitReady();

                assertEquals(1, export.calls(PUT).size());
                export.await(DELIVERED, "Unknown", "StorageUnreachable");
                String login = " Basic bWU6cEBzcw==";
                Set<String> asked = new HashSet<>(proxy.asked());
                assertEquals(
                        Set.of(
                                "CONNECT " + host + login,
                                "CONNECT finopsexports." + AzureSimulator.BEHIND_PROXY + ":443" + login),
                        asked);
                assertTrue(!proxied.log().contains("p@ss") && !proxied.log().contains("p%40ss"), proxied::log);
            }
        }
    }
}
