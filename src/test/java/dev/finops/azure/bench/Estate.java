package dev.finops.azure.bench;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** CostExports in a namespace of their own, spread over so many subscriptions, with an Azure of their own. */
final class Estate implements AutoCloseable {
    static final Path LAUNCHER = Path.of("target/costexport-operator");
    private static final int APPLIED_AT_ONCE = 8;

    private final ControlPlane cluster;
    private final Path directory;
    private final AzureSimulator azure;
    private final String namespace;
    private final int scopes;
    private final Map<String, String> environment;
    private OperatorProcess operator;

    Estate(ControlPlane cluster, Path directory, Behaviour behaviour, int scopes) {
        this.cluster = cluster;
        this.directory = directory;
        this.scopes = scopes;
        this.azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(behaviour));
        this.namespace = cluster.newNamespace("bench");
        this.environment = new HashMap<>(azure.environment());
        environment.putAll(
                Map.of("KUBECONFIG", cluster.kubeconfig().toString(), "WATCH_NAMESPACES", namespace, "HTTP_PORT", "0"));
    }

    /** Starts the operator, in the place of the one that there was. */
    Footprint operate(Map<String, String> settings) {
        return operate(LAUNCHER, settings);
    }

    Footprint operate(Path launcher, Map<String, String> settings) {
        if (operator != null) {
            operator.close();
        }
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(settings);
        operator = OperatorProcess.launch(directory, all, List.of(launcher.toString()))
                .awaitReady();
        return new Footprint(operator.process());
    }

    AzureSimulator azure() {
        return azure;
    }

    String scope(int number) {
        return scope(number, scopes);
    }

    static String scope(int number, int scopes) {
        return "/subscriptions/00000000-0000-0000-0000-%012d".formatted(number % scopes);
    }

    static String name(int number) {
        return "daily-" + number;
    }

    void apply(int from, int to) {
        KubernetesClient client = cluster.client();
        try (ExecutorService threads = Executors.newFixedThreadPool(APPLIED_AT_ONCE)) {
            IntStream.range(from, to)
                    .forEach(number ->
                            threads.submit(() -> client.resource(export(number)).create()));
        }
    }

    /** Applies so many more, in the background. */
    Thread applying(int from, int to) {
        return Thread.ofVirtual().start(() -> apply(from, to));
    }

    void awaitReady(int count) throws InterruptedException {
        while (all().stream().filter(LiveExport::isReady).count() < count) {
            Thread.sleep(count > 2000 ? 2000 : 200);
        }
    }

    List<CostExport> all() {
        return cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    /** Of each object the version that the API server counts up with each write. */
    List<String> versions() {
        return all().stream()
                .map(object -> object.getMetadata().getResourceVersion())
                .sorted()
                .toList();
    }

    /** Changes one object, and waits for the PUT. */
    Duration change(int number, String description) throws InterruptedException {
        int mark = azure.journal().mark();
        Instant start = Instant.now();
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName(name(number))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"description\":\"%s\"}}".formatted(description));
        while (true) {
            for (Call call : azure.journal().since(mark)) {
                if (call.operation() == Operation.PUT
                        && call.path().endsWith("/" + name(number))
                        && call.status() < 300) {
                    return Duration.between(start, call.time());
                }
            }
            Thread.sleep(5);
        }
    }

    private CostExport export(int number) {
        return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s, namespace: %s}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops
            container: exports
            rootFolderPath: %1$s
        """.formatted(name(number), namespace, scope(number)), CostExport.class);
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.close();
        }
        azure.close();
    }
}
