package dev.finops.azure.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * One packaged operator against one simulated Azure, watching a namespace of its own on the shared control plane. Every
 * test has a scope of its own too, so that its calls, quotas and faults are its own. After each one the {@link
 * Invariants} hold.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SystemTest {
    public static final String PORTAL_USER = "portal@example.com";
    public static final String API_VERSION = "2025-03-01";
    static final Duration OBSERVE_INTERVAL = Duration.ofMillis(500);
    static final Duration RETRY_MAX = Duration.ofSeconds(1);
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final class Cluster {
        static final ControlPlane WITH_CRD = ControlPlane.shared();

        static {
            WITH_CRD.installCrd();
        }
    }

    final ControlPlane cluster = cluster();
    final String namespace = newNamespace();
    final ShiftedClock clock = new ShiftedClock();
    final Behaviour usual = Behaviour.defaults().withRunsPerMinute(1000);
    final AzureSimulator azure = AzureSimulator.start(
            AzureSimulator.Settings.defaults().withClock(clock).withBehaviour(usual));
    final List<OperatorProcess> operators = new ArrayList<>();
    final Invariants invariants = new Invariants(cluster.client(), namespace, azure, operators);

    /** The one that runs now. */
    OperatorProcess operator;

    ControlPlane cluster() {
        return Cluster.WITH_CRD;
    }

    String newNamespace() {
        return cluster.newNamespace("system");
    }

    /** What differs from the usual configuration. */
    Map<String, String> settings() {
        return Map.of();
    }

    @BeforeAll
    void startOperator() {
        operator = launch(Map.of()).awaitReady();
    }

    OperatorProcess launch(Map<String, String> more) {
        Map<String, String> environment = environment(azure, cluster.kubeconfig(namespace), namespace);
        environment.merge(
                "JAVA_TOOL_OPTIONS",
                " -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                String::concat); // as the launcher: a quicker start
        environment.putAll(settings());
        environment.putAll(more);
        OperatorProcess launched = process(Path.of("target/operator-logs"), environment);
        operators.add(launched);
        return launched;
    }

    /** The usual configuration of an operator that watches one namespace. */
    public static Map<String, String> environment(AzureSimulator azure, Path kubeconfig, String namespace) {
        Map<String, String> environment = new HashMap<>(azure.environment());
        environment.put(
                "AZURE_BLOB_ENDPOINT_TEMPLATE", "https://127.0.0.1:1/{account}"); // nobody's; no test asks the world
        environment.put("KUBECONFIG", kubeconfig.toString());
        environment.putAll(Map.of(
                "WATCH_NAMESPACES",
                namespace,
                "HTTP_PORT",
                "0",
                "RUNS_PER_MINUTE",
                "1000",
                "OBSERVE_INTERVAL",
                OBSERVE_INTERVAL.toMillis() + "ms",
                "RUN_POLL_INTERVAL",
                "300ms",
                "RETRY_INITIAL",
                "200ms",
                "RETRY_MAX",
                RETRY_MAX.toMillis() + "ms"));
        return environment;
    }

    OperatorProcess process(Path directory, Map<String, String> environment) {
        return OperatorProcess.launch(directory, environment);
    }

    void restart() {
        operator.close();
        startOperator();
    }

    @AfterEach
    void invariantsHold() {
        azure.faults().clear();
        azure.behaviour(usual);
        invariants.check();
    }

    @AfterAll
    void stop() {
        operators.forEach(OperatorProcess::close);
        azure.close();
    }

    public static String newSubscription() {
        return "/subscriptions/" + UUID.randomUUID();
    }

    /** A daily export of actual cost at a subscription of its own, changed by a merge patch of the spec, in YAML. */
    LiveExport export(String name, String spec) {
        return export(name, newSubscription(), spec);
    }

    LiveExport export(String name, String scope, String spec) {
        return export(name, scope, spec, Map.of());
    }

    LiveExport export(String name, String scope, String spec, Map<String, String> annotations) {
        return apply(manifest(name, scope, spec, annotations));
    }

    public static ObjectNode manifest(String name, String scope, String spec, Map<String, String> annotations) {
        ObjectNode manifest = Yaml.object("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports
            container: exports
            rootFolderPath: finops
        """.formatted(name, scope));
        Yaml.merge((ObjectNode) manifest.path("spec"), Yaml.object(spec));
        ObjectNode noted = ((ObjectNode) manifest.path("metadata")).putObject("annotations");
        annotations.forEach(noted::put);
        return manifest;
    }

    LiveExport apply(ObjectNode manifest) {
        int firstCall = azure.journal().mark();
        CostExport created = cluster.client()
                .resource(Yaml.as(CostExport.class, manifest))
                .inNamespace(namespace)
                .create();
        return new LiveExport(cluster.client(), azure, created, firstCall);
    }

    /** An export that somebody made in the portal. */
    void portalExport(String scope, String name) {
        portalExport(azure, scope, name);
    }

    public static void portalExport(AzureSimulator azure, String scope, String name) {
        azure.exports().create(scope, name, API_VERSION, PORTAL_USER, Yaml.object("""
        properties:
          format: Csv
          deliveryInfo: {destination: {resourceId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports, container: exports}}
          definition: {type: ActualCost, timeframe: TheLastMonth}
        """));
    }

    /** One that was applied otherwise. */
    LiveExport applied(String name) {
        return new LiveExport(
                cluster.client(),
                azure,
                cluster.client()
                        .resources(CostExport.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get(),
                0);
    }

    public static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreException(NullPointerException.class) // a part of the status that is not there yet
                .untilAsserted(assertion);
    }
}
