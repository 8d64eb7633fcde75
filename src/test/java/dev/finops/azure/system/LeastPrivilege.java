package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.packaged.Chart;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Two operators that elect a leader, with the rights that the chart gives and the settings that go with them. The API
 * server's audit log says what they asked for: exactly what is granted, so that a rule less would be missed and a rule
 * more is not there.
 */
abstract class LeastPrivilege extends StoringTest {
    private static final String SERVICE_ACCOUNT = "costexport-operator";
    private static final String LABEL = "rights";
    private static final Set<String> RIGHTS =
            Set.of("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");

    /** The operator does not send it, but its framework asks at the start whether it might. */
    private static final String ASKED_FOR_AT_START = "update leases.coordination.k8s.io";

    /** A Secret that nobody lets the operator read. */
    static final String WITHHELD = "withheld";

    /** A CostExport of a time when the operator may not write a status. */
    private static final String BEREFT = "bereft";

    private final String home = cluster.newNamespace("costexport-system");
    private final List<ObjectNode> chart = Chart.rendered(home, chartSettings());
    private Path kubeconfig;

    /** Other tests' objects, on the same API server, are somebody else's. */
    String[] chartSettings() {
        return new String[] {"--set", "watchSelector=" + LABEL + "=" + namespace};
    }

    @Override
    Map<String, String> settings() {
        if (kubeconfig == null) {
            grant();
            kubeconfig = cluster.kubeconfigOf(home, SERVICE_ACCOUNT);
        }
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.putAll(Map.of("KUBECONFIG", kubeconfig.toString(), "WATCH_NAMESPACES", ""));
        Chart.container(chart)
                .path("env")
                .valueStream()
                .filter(variable -> variable.path("name").asText().matches("(WATCH|LEA|HTTPS_PROXY|NO_PROXY).*"))
                .forEach(variable -> settings.put(
                        variable.path("name").asText(),
                        variable.path("value").asText().replace("$(KUBERNETES_SERVICE_HOST)", "127.0.0.1")));
        return settings;
    }

    @Override
    LiveExport apply(ObjectNode manifest) {
        ((ObjectNode) manifest.path("metadata")).putObject("labels").put(LABEL, namespace);
        return super.apply(manifest);
    }

    @Test
    void exactlyWhatIsGrantedIsNeeded() {
        launch(Map.of()).awaitReady();
        followOne();
        useSecrets();
        handOver();

        assertEquals(
                List.of(),
                asked().filter(event -> event.at("/responseStatus/code").asInt() == 403)
                        .filter(event -> !Set.of(WITHHELD, BEREFT)
                                .contains(event.at("/objectRef/name").asText()))
                        .map(JsonNode::toString)
                        .toList());
        Set<String> used = asked().filter(event ->
                        !event.at("/objectRef/apiGroup").asText().equals("authorization.k8s.io")) // everybody's
                .map(event -> right(
                        event.path("verb").asText(),
                        event.at("/objectRef/apiGroup").asText(),
                        event.at("/objectRef/resource").asText()
                                + (event.at("/objectRef").has("subresource")
                                        ? "/"
                                                + event.at("/objectRef/subresource")
                                                        .asText()
                                        : "")))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(used.add(ASKED_FOR_AT_START));
        assertEquals(granted(), used);
    }

    @Test
    void withoutTheRightThatItsFrameworkAsksForItDoesNotStart() {
        String role = SERVICE_ACCOUNT + "-lease";
        String without = "[{op: test, path: /rules/1/verbs/1, value: update}, {op: remove, path: /rules/1/verbs/1}]";
        cluster.kubectl()
                .run("", "patch", "role", role, "-n", home, "--type=json", "-p", without)
                .orFail();
        try {
            OperatorProcess refused = launch(Map.of());
            assertEquals(1, refused.await());
            assertTrue(refused.log().contains("update"), refused.log());
        } finally {
            grant();
        }
    }

    /** As by somebody who tidies up, and is told. */
    @Test
    void aRightThatIsTakenAwayAndGivenBackIsMissedForSoLong() {
        LiveExport export = export(BEREFT, "").awaitReady();
        rights().filter(role -> role.has("rules")).map(ObjectNode::deepCopy).forEach(role -> {
            ((ArrayNode) role.path("rules"))
                    .valueStream()
                    .filter(rule -> rule.path("resources").toString().contains("costexports/status"))
                    .forEach(rule -> ((ObjectNode) rule).putArray("verbs").add("get"));
            cluster.kubectl().run(role.toString(), "apply", "-f", "-").orFail();
        });
        try {
            export.change("description: changed");
            Pattern told = Pattern.compile("WARN .*" + BEREFT + ".*(?i)forbidden");
            eventually(() -> assertTrue(operators.stream()
                    .anyMatch(leader -> told.matcher(leader.log()).find())));
            assertEquals(List.of(PUT), export.written(), "nothing without its intent in the status");
        } finally {
            grant();
        }

        export.awaitReady();
        assertEquals("changed", export.inAzure("exportDescription").asText());
    }

    private void grant() {
        rights().forEach(object ->
                cluster.kubectl().run(object.toString(), "apply", "-f", "-").orFail());
    }

    private void useSecrets() {
        String client = UUID.randomUUID().toString();
        azure.entra().application(client, "hush-named");
        secret(
                "named",
                Map.of(
                        "AZURE_TENANT_ID",
                        azure.tenantId(),
                        "AZURE_CLIENT_ID",
                        client,
                        "AZURE_CLIENT_SECRET",
                        "hush-named"));
        secret(
                "sas",
                Map.of(
                        "token",
                        storage.accountSas(
                                "partner",
                                OffsetDateTime.now(ZoneOffset.UTC).plusDays(100).withNano(0))));
        LiveExport export = export("by-secret", """
        credentialsSecretRef: {name: named}
        destination: {storageAccountId: null, storageAccountName: partner, sasTokenSecretRef: {name: sas, key: token}}
        """).awaitReady();
        assertEquals(
                client,
                export.inAzure().path("systemData").path("lastModifiedBy").asText());
    }

    /** The one that leads ends, and the lease with it. */
    private void handOver() {
        List<OperatorProcess> running = operators.stream()
                .filter(process -> process.process().isAlive())
                .toList();
        OperatorProcess leader = running.stream()
                .filter(process -> process.log().contains("holds the lease " + home))
                .findFirst()
                .orElseThrow();
        OperatorProcess other = running.stream()
                .filter(process -> process != leader)
                .findFirst()
                .orElseThrow();
        assertFalse(other.log().contains("leading:"));
        leader.close();
        export("taken-over", "").awaitReady();
        assertTrue(other.log().contains("holds the lease " + home));
    }

    private Stream<JsonNode> asked() {
        return cluster.audited(home, SERVICE_ACCOUNT).stream().filter(event -> event.has("objectRef"));
    }

    final Stream<ObjectNode> rights() {
        return chart.stream()
                .filter(object -> RIGHTS.contains(object.path("kind").asText()));
    }

    private Set<String> granted() {
        Set<String> granted = new TreeSet<>();
        rights().flatMap(role -> role.path("rules").valueStream())
                .forEach(rule -> rule.path("verbs")
                        .forEach(verb -> rule.path("apiGroups")
                                .forEach(group -> rule.path("resources")
                                        .forEach(resource -> granted.add(
                                                right(verb.asText(), group.asText(), resource.asText()))))));
        return granted;
    }

    private static String right(String verb, String group, String resource) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }

    private void secret(String name, Map<String, String> values) {
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withStringData(values)
                        .build())
                .inNamespace(namespace)
                .create();
    }
}
