package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.AzureConnection;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.arm.ProxySettings;
import dev.finops.azure.export.plan.ApiVersion;
import dev.finops.azure.export.plan.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {

    @Test
    void hasADefaultForEverything() {
        OperatorConfig config = OperatorConfig.of(Map.of());

        assertEquals(Set.of(), config.watchNamespaces());
        assertEquals(Optional.empty(), config.watchSelector());
        assertEquals(
                new AzureConnection(
                        URI.create("https://management.azure.com"),
                        "https://management.azure.com",
                        "2025-03-01",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        10,
                        Duration.ofMinutes(1)),
                config.azure());
        assertEquals(
                new Settings(
                        new ApiVersion("2025-03-01"),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30),
                        new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15)),
                        Optional.empty()),
                config.settings());
        assertEquals(ProxySettings.NONE, config.proxy());
        assertFalse(config.leaderElection());
        assertEquals(Optional.empty(), config.leaseNamespace());
        assertTrue(config.leaseName().matches("costexport-operator-[0-9a-f]{1,8}"), config.leaseName());
        assertEquals(8080, config.httpPort());
    }

    @Test
    void readsEveryVariable() {
        OperatorConfig config = OperatorConfig.of(Map.ofEntries(
                Map.entry("WATCH_NAMESPACES", "finance, platform,"),
                Map.entry("WATCH_SELECTOR", "team=finops"),
                Map.entry("AZURE_TENANT_ID", "tenant"),
                Map.entry("AZURE_CLIENT_ID", "client"),
                Map.entry("AZURE_CLIENT_SECRET", "secret"),
                Map.entry("AZURE_FEDERATED_TOKEN_FILE", "pom.xml"),
                Map.entry("AZURE_AUTHORITY_HOST", "https://login.example/"),
                Map.entry("AZURE_DISABLE_INSTANCE_DISCOVERY", "true"),
                Map.entry("AZURE_RESOURCE_MANAGER_ENDPOINT", "https://arm.example:8443/"),
                Map.entry("AZURE_RESOURCE_MANAGER_AUDIENCE", "https://audience.example"),
                Map.entry("EXPORTS_API_VERSION", "2023-07-01-preview"),
                Map.entry("AZURE_BLOB_ENDPOINT_TEMPLATE", "https://127.0.0.1:10000/{account}"),
                Map.entry("OBSERVE_INTERVAL", "1h"),
                Map.entry("RUN_POLL_INTERVAL", "500ms"),
                Map.entry("RETRY_INITIAL", "1s"),
                Map.entry("RETRY_MAX", "30s"),
                Map.entry("RUNS_PER_MINUTE", "3"),
                Map.entry("LEADER_ELECTION", "true"),
                Map.entry("LEASE_NAMESPACE", "system"),
                Map.entry("LEASE_NAME", "lease"),
                Map.entry("HTTP_PORT", "0"),
                Map.entry("EXPORT_METRICS", "false"),
                Map.entry("HTTPS_PROXY", "http://proxy.example:3128"),
                Map.entry("NO_PROXY", ".example")));

        assertEquals(
                new OperatorConfig(
                        Set.of("finance", "platform"),
                        Optional.of("team=finops"),
                        new AzureConnection(
                                URI.create("https://arm.example:8443"),
                                "https://audience.example",
                                "2023-07-01-preview",
                                Optional.of("tenant"),
                                Optional.of("client"),
                                Optional.of("secret"),
                                Optional.of(Path.of("pom.xml")),
                                Optional.of(URI.create("https://login.example")),
                                true,
                                3,
                                Duration.ofSeconds(30)),
                        ProxySettings.of("http://proxy.example:3128", ".example")
                                .orElseThrow(),
                        "https://127.0.0.1:10000/{account}",
                        new Settings(
                                new ApiVersion("2023-07-01-preview"),
                                Duration.ofHours(1),
                                Duration.ofMillis(500),
                                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
                                Optional.of("client")),
                        true,
                        Optional.of("system"),
                        "lease",
                        0,
                        false),
                config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      OBSERVE_INTERVAL                 | 5             | must be a duration such as 500ms, 30s, 5m or 1h
      OBSERVE_INTERVAL                 | 0s            | must be a duration such as 500ms, 30s, 5m or 1h
      OBSERVE_INTERVAL                 | 9999999999s   | must be a duration such as 500ms, 30s, 5m or 1h
      RUN_POLL_INTERVAL                | PT30S         | must be a duration such as 500ms, 30s, 5m or 1h
      RETRY_INITIAL                    | -1s           | must be a duration such as 500ms, 30s, 5m or 1h
      RETRY_MAX                        | 1d            | must be a duration such as 500ms, 30s, 5m or 1h
      RETRY_MAX                        | 1s            | must not be less than RETRY_INITIAL
      EXPORTS_API_VERSION              | latest        | must be an api-version such as 2025-03-01
      RUNS_PER_MINUTE                  | 0             | must be a number from 1 to 1000
      RUNS_PER_MINUTE                  | ten           | must be a number from 1 to 1000
      HTTP_PORT                        | 65536         | must be a number from 0 to 65535
      HTTP_PORT                        | 99999999999   | must be a number from 0 to 65535
      LEADER_ELECTION                  | yes           | must be true or false
      EXPORT_METRICS                   | no            | must be true or false
      AZURE_DISABLE_INSTANCE_DISCOVERY | TRUE          | must be true or false
      AZURE_RESOURCE_MANAGER_ENDPOINT  | http://arm    | must be an https address
      AZURE_RESOURCE_MANAGER_ENDPOINT  | arm.example   | must be an https address
      AZURE_AUTHORITY_HOST             | https://      | must be an https address
      AZURE_AUTHORITY_HOST             | https://a b   | must be an https address
      KUBECONFIG                       | /a:/b         | is not a file that can be read
      HTTPS_PROXY                      | ftp://proxy   | must be the address of a proxy, such as http://proxy.example.org:3128 or socks5://proxy.example.org:1080
      HTTP_PROXY                       | http://x:0    | must be the address of a proxy, such as http://proxy.example.org:3128 or socks5://proxy.example.org:1080
      """)
    void namesWhatIsWrongInOneLine(String variable, String value, String expected) {
        OperatorConfig.Wrong wrong =
                assertThrows(OperatorConfig.Wrong.class, () -> OperatorConfig.of(Map.of(variable, value)));

        assertEquals(variable + "=" + value + ": " + expected, wrong.getMessage());
    }

    @Test
    void namesADefaultThatDoesNotFit() {
        assertEquals(
                "RETRY_MAX=15m: must not be less than RETRY_INITIAL",
                assertThrows(OperatorConfig.Wrong.class, () -> OperatorConfig.of(Map.of("RETRY_INITIAL", "1h")))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"AZURE_CLIENT_SECRET, hush", "AZURE_FEDERATED_TOKEN_FILE, pom.xml"})
    void aServiceIdentityNeedsTenantAndClientAndItsSecretIsNotPrinted(String proof, String value) {
        assertEquals(
                "AZURE_TENANT_ID=: is needed with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE",
                assertThrows(OperatorConfig.Wrong.class, () -> OperatorConfig.of(Map.of(proof, value)))
                        .getMessage());
        assertEquals(
                "AZURE_CLIENT_ID=: is needed with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE",
                assertThrows(
                                OperatorConfig.Wrong.class,
                                () -> OperatorConfig.of(Map.of(proof, value, "AZURE_TENANT_ID", "t")))
                        .getMessage());
        assertFalse(OperatorConfig.of(Map.of(proof, value, "AZURE_TENANT_ID", "t", "AZURE_CLIENT_ID", "c"))
                .toString()
                .contains("hush"));
    }

    @Test
    void aKubeconfigMayBeAListOfFilesSomeOfWhichAreMissing() {
        OperatorConfig.of(Map.of("KUBECONFIG", ":/nonexistent:pom.xml:"));
    }

    @ParameterizedTest
    @CsvSource({"HTTPS_PROXY, NO_PROXY", "https_proxy, no_proxy", "HTTP_PROXY, no_proxy", "http_proxy, NO_PROXY"})
    void aProxyIsReadInEitherCase(String variable, String exempt) {
        ProxySettings proxy = OperatorConfig.of(Map.of(variable, "http://proxy:3128", exempt, "*.example.org"))
                .proxy();

        assertTrue(proxy.to("management.azure.com", 443).isPresent());
        assertTrue(proxy.to("x.example.org", 443).isEmpty());
    }

    @Test
    void theProxyOfHttpsComesBeforeThatOfHttp() {
        assertEquals(
                "http://s:1",
                OperatorConfig.of(Map.of("HTTPS_PROXY", "http://s:1", "HTTP_PROXY", "http://h:1"))
                        .proxy()
                        .server()
                        .orElseThrow()
                        .address());
    }

    @Test
    void thePasswordOfAProxyIsNotPrinted() {
        String wrong = assertThrows(
                        OperatorConfig.Wrong.class,
                        () -> OperatorConfig.of(Map.of("HTTPS_PROXY", "ftp://me:hush@proxy")))
                .getMessage();

        assertTrue(wrong.startsWith("HTTPS_PROXY=ftp://***@proxy: "), wrong);
        assertFalse(OperatorConfig.of(Map.of("HTTPS_PROXY", "http://me:hush@proxy"))
                .toString()
                .contains("hush"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.example.org", "10.0.0.0/99", "[", "http://x/y", "a b c", ",,,", "\u00A0"})
    void noValueOfNoProxyStopsTheStart(String value) {
        OperatorConfig.of(Map.of("NO_PROXY", value, "no_proxy", value, "HTTPS_PROXY", "http://proxy:3128"));
    }

    @Test
    void whatIsInvisibleIsStrippedOrNamedWithoutTheSecret() {
        Map<String, String> ids = Map.of("AZURE_TENANT_ID", "\uFEFFtenant\u00A0", "AZURE_CLIENT_ID", "client\u200B");
        assertEquals(Optional.of("tenant"), OperatorConfig.of(ids).azure().tenantId());
        assertEquals(Optional.of("client"), OperatorConfig.of(ids).azure().clientId());
        assertEquals(
                "AZURE_CLIENT_SECRET=***: has an invisible character, U+200B at position 3",
                assertThrows(
                                OperatorConfig.Wrong.class,
                                () -> OperatorConfig.of(Map.of("AZURE_CLIENT_SECRET", "hu\u200Bsh\uFEFF")))
                        .getMessage());
    }

    @Test
    void anEmptyVariableIsAnAbsentOne() {
        assertEquals(
                OperatorConfig.of(Map.of()),
                OperatorConfig.of(Map.of("WATCH_NAMESPACES", " ", "OBSERVE_INTERVAL", "", "AZURE_CLIENT_SECRET", "")));
    }

    @Test
    void operatorsThatWatchTheSameShareALease() {
        String lease = lease("finance,platform", "team=finops");

        assertEquals(lease, lease("platform, finance", "team=finops"));
        assertNotEquals(lease, lease("finance", "team=finops"));
        assertNotEquals(lease, lease("finance,platform", "team=web"));
    }

    private static String lease(String namespaces, String selector) {
        return OperatorConfig.of(Map.of("WATCH_NAMESPACES", namespaces, "WATCH_SELECTOR", selector))
                .leaseName();
    }
}
