package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process: its configuration, its pages, its end, and its double. */
class ConfigIT extends SystemTest {

    @AfterEach
    void oneUsualOperatorRuns() {
        boolean usual = operators.stream()
                .filter(started -> started.process().isAlive())
                .toList()
                .equals(List.of(operator));
        if (!usual) {
            operators.forEach(OperatorProcess::close);
            startOperator();
        }
    }

    private static List<String> said(OperatorProcess process) {
        return process.log()
                .lines()
                .filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS"))
                .toList();
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(textBlock = """
      OBSERVE_INTERVAL, 5
      RUN_POLL_INTERVAL, -1s
      RETRY_INITIAL, 0s
      RETRY_MAX, 1ms
      RUNS_PER_MINUTE, many
      LEADER_ELECTION, yes
      HTTP_PORT, 70000
      EXPORTS_API_VERSION, latest
      LOG_FORMAT, xml
      LOG_LEVEL, loud
      AZURE_RESOURCE_MANAGER_ENDPOINT, http://127.0.0.1
      AZURE_RESOURCE_MANAGER_ENDPOINT, https://127.0.0.1/arm
      AZURE_AUTHORITY_HOST, not an address
      AZURE_TENANT_ID, ''
      KUBECONFIG, /nonexistent
      KUBECONFIG, /etc/hostname
      """)
    void aWrongVariableStopsTheStartWithOneLineThatNamesIt(String variable, String value) {
        var process = launch(Map.of(variable, value));

        assertTrue(process.await() != 0);

        assertEquals(1, said(process).size(), process::log);
        assertTrue(said(process).getFirst().startsWith("costexport-operator: " + variable + "=" + value), process::log);
    }

    @Test
    void aClusterThatCannotBeReachedIsOneLineToo(@TempDir Path directory) throws IOException {
        String nobody =
                Files.readString(cluster.kubeconfig()).replaceAll("https://127.0.0.1:\\d+", "https://127.0.0.1:1");
        var process = launch(Map.of(
                "KUBECONFIG",
                Files.writeString(directory.resolve("kubeconfig"), nobody).toString()));

        assertTrue(process.await() != 0);

        assertTrue(
                said(process).stream().anyMatch(line -> line.startsWith("costexport-operator: cannot start: ")),
                process::log);
    }

    /**
     * As kubectl reads it: a list, of which some files are missing, and a token that another process renews in a file
     * beside.
     */
    @Test
    void aKubeconfigMayBeAListAndHaveItsTokenInAFile(@TempDir Path directory) throws IOException {
        String whole = Files.readString(cluster.kubeconfig(namespace));
        String token = whole.replaceAll("(?s).*token: ([^}]+)}.*", "$1");
        Path file = Files.writeString(directory.resolve("token"), token + "\n");
        Path kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), whole.replace("token: " + token, "tokenFile: token"));
        operator.close();
        operator = launch(Map.of("KUBECONFIG", "/nonexistent:" + kubeconfig)).awaitReady();
        export("token-in-a-file", "").awaitReady();

        Files.writeString(file, "revoked");
        eventually(() -> assertTrue(
                operator.log().contains("the API server does not answer or rejected a write")
                        || operator.log().contains("Unauthorized"),
                operator::log));
        Files.writeString(file, token);

        export("token-renewed", "").awaitReady();
    }

    @Test
    void itsPagesAreForKubeletAndPrometheus() {
        export("measured", "").awaitReady();

        assertEquals("ok", operator.page("/healthz"));
        assertEquals("ok", operator.page("/readyz"));
        assertTrue(operator.page("/elsewhere").startsWith("404"));
        String metrics = operator.page("/metrics");
        for (String call : List.of("list", "put")) {
            assertTrue(
                    metrics.lines()
                            .anyMatch(line -> line.startsWith("costexport_arm_requests_seconds_count{")
                                    && line.toLowerCase().contains("operation=\"" + call + "\"")
                                    && line.contains("outcome=\"ok\"")),
                    metrics);
        }
    }

    @Test
    void aSelectorLeavesTheOthersAlone() {
        operator.close();
        operator = launch(Map.of("WATCH_SELECTOR", "team=finops")).awaitReady();
        var others = export("others", "");
        ObjectNode manifest = others.manifest("ours");
        ((ObjectNode) manifest.path("metadata")).putObject("labels").put("team", "finops");

        var ours = apply(manifest).awaitReady();

        ours.awaitLooks(2);
        assertEquals(List.of(), others.calls(PUT));
        assertEquals(List.of(), others.object().getMetadata().getFinalizers());
    }

    @Test
    void anotherNamespaceIsLeftAlone() {
        String elsewhere = cluster.newNamespace("elsewhere");
        var manifest = export("here", "").awaitReady().manifest("there");
        cluster.client()
                .resource(Yaml.as(CostExport.class, manifest))
                .inNamespace(elsewhere)
                .create();

        export("afterwards", "").awaitReady().awaitLooks(2);

        assertEquals(List.of(), azure.journal().to("PUT", "/exports/there"));
    }

    @Test
    void theLogIsJsonWhenAskedFor() {
        operator.close();
        operator = launch(Map.of("LOG_FORMAT", "json"));
        eventually(() -> assertTrue(operator.log().contains("is ready")));

        said(operator).stream()
                .filter(line -> line.startsWith("{"))
                .forEach(line -> assertTrue(Yaml.object(line).has("formattedMessage"), line));
        assertTrue(said(operator).getLast().startsWith("{"));
    }

    @Test
    void aPutThatIsUnderWayAtSigtermIsWrittenDown() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), new Fault.Delay(Duration.ofSeconds(2)));
        var export = export("drained", scope, "");
        eventually(() -> assertEquals(0, azure.faults().pending()));

        operator.close();

        assertEquals(export.inAzure().path("eTag").asText(), export.status().eTag());
        startOperator();
        export.awaitReady().awaitLooks(1);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void anOperatorThatEndsGivesItsLeaseBack() {
        operator.close();
        Map<String, String> election =
                Map.of("LEADER_ELECTION", "true", "LEASE_NAMESPACE", namespace, "LEASE_NAME", "given-back");
        var first = launch(election).awaitReady();
        await().atMost(PATIENCE).until(() -> first.log().contains("holds the lease"));
        launch(election).awaitReady().close();
        assertFalse(cluster.client()
                .leases()
                .inNamespace(namespace)
                .withName("given-back")
                .get()
                .getSpec()
                .getHolderIdentity()
                .isEmpty());

        first.close();

        assertEquals(
                "",
                cluster.client()
                        .leases()
                        .inNamespace(namespace)
                        .withName("given-back")
                        .get()
                        .getSpec()
                        .getHolderIdentity());
        launch(election).awaitReady();
        export("led-again", "").awaitReady();
    }

    @Test
    void ofTwoOperatorsOneActsAndTheOtherTakesOver() {
        operator.close();
        Map<String, String> election =
                Map.of("LEADER_ELECTION", "true", "LEASE_NAMESPACE", namespace, "LEASE_NAME", "acting");
        var first = launch(election).awaitReady();
        await().atMost(PATIENCE).until(() -> first.log().contains("holds the lease"));
        var second = launch(election).awaitReady();
        assertEquals("ok", second.page("/readyz"), "ready, leader or not");
        var export = export("led", "").awaitReady();
        assertFalse(second.log().contains("holds the lease"));

        first.kill();
        export.change("description: by the other");

        await().atMost(Duration.ofSeconds(60)).until(() -> second.log().contains("holds the lease"));
        export.awaitReady();
        assertEquals(List.of(PUT, PUT), export.written());
        second.close();
        assertNotNull(cluster.client()
                .leases()
                .inNamespace(namespace)
                .withName("acting")
                .get());
    }
}
