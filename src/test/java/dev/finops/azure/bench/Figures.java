package dev.finops.azure.bench;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code make figures}: what the operator costs and how long it takes, on this machine, with everything else on it too.
 */
public final class Figures {
    private static final int CREATES = 50;
    private static final int MANY = 200;

    private Figures() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("costexport-figures-");
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false);
                AzureSimulator azure = AzureSimulator.start()) {
            cluster.installCrd();
            Map<String, String> environment = new HashMap<>(azure.environment());
            environment.put("KUBECONFIG", cluster.kubeconfig().toString());
            environment.put("HTTP_PORT", "0");
            environment.put("OBSERVE_INTERVAL", "30s");
            System.out.printf(
                    "machine: %d cores, %s %s%n",
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"));
            started(
                    "java -jar",
                    directory,
                    environment,
                    List.of(System.getProperty("java.home") + "/bin/java", "-jar", "target/costexport-operator.jar"));
            started("target/costexport-operator", directory, environment, List.of("target/costexport-operator"));
            try (OperatorProcess operator = OperatorProcess.launch(
                            directory, environment, List.of("target/costexport-operator"))
                    .awaitReady()) {
                Thread.sleep(3000);
                System.out.printf(
                        "resident memory, 0 CostExports: %.0f MB%n", new Footprint(operator.process()).megabytes());
                latencies(cluster.client(), azure, cluster.newNamespace("figures"));
                String namespace = cluster.newNamespace("many");
                for (int i = 0; i < MANY; i++) {
                    cluster.client().resource(export(namespace, "many-" + i)).create();
                }
                awaitReady(cluster.client(), namespace, MANY);
                Thread.sleep(5000);
                System.out.printf(
                        "resident memory, %d CostExports: %.0f MB%n",
                        CREATES + 1 + MANY, new Footprint(operator.process()).megabytes());
                int mark = azure.journal().mark();
                Thread.sleep(60_000);
                System.out.printf(
                        "ARM calls of one idle minute at OBSERVE_INTERVAL=30s, %d CostExports in one scope: %s%n",
                        CREATES + 1 + MANY, counted(azure.journal().since(mark)));
            }
        }
    }

    private static void started(String how, Path directory, Map<String, String> environment, List<String> command)
            throws InterruptedException {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            OperatorProcess operator =
                    OperatorProcess.launch(directory, environment, command).awaitReady();
            times.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
            operator.close();
        }
        System.out.printf("start to ready, %s: %s ms (median of 5)%n", how, percentile(times, 50));
    }

    private static void latencies(KubernetesClient client, AzureSimulator azure, String namespace)
            throws InterruptedException {
        create(client, azure, namespace, "warm-up");
        List<Long> toPut = new ArrayList<>();
        List<Long> toReady = new ArrayList<>();
        Map<String, Long> calls = Map.of();
        for (int i = 0; i < CREATES; i++) {
            int mark = azure.journal().mark();
            long[] took = create(client, azure, namespace, "daily-" + i);
            toPut.add(took[0]);
            toReady.add(took[1]);
            calls = counted(azure.journal().since(mark));
        }
        System.out.printf(
                "apply to PUT at the simulator: p50 %d ms, p95 %d ms of %d%n",
                percentile(toPut, 50), percentile(toPut, 95), CREATES);
        System.out.printf(
                "apply to Ready=True: p50 %d ms, p95 %d ms%n", percentile(toReady, 50), percentile(toReady, 95));
        System.out.println("ARM calls of one create: " + calls);
        int mark = azure.journal().mark();
        client.resources(CostExport.class)
                .inNamespace(namespace)
                .withName("daily-0")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"description\":\"changed\"}}");
        while (azure.journal().since(mark).stream()
                .noneMatch(call -> call.method().equals("PUT"))) {
            Thread.sleep(5);
        }
        Thread.sleep(1000);
        System.out.println("ARM calls of one update: " + counted(azure.journal().since(mark)));
    }

    /** Milliseconds from the create to the PUT and to Ready=True. */
    private static long[] create(KubernetesClient client, AzureSimulator azure, String namespace, String name)
            throws InterruptedException {
        Instant start = Instant.now();
        client.resource(export(namespace, name)).create();
        long ready;
        while (true) {
            CostExport seen = client.resources(CostExport.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            if (LiveExport.isReady(seen)) {
                ready = Duration.between(start, Instant.now()).toMillis();
                break;
            }
            Thread.sleep(5);
        }
        Journal.Call put = azure.journal().calls().stream()
                .filter(call -> call.method().equals("PUT") && call.path().endsWith("/" + name))
                .findFirst()
                .orElseThrow();
        return new long[] {Duration.between(start, put.time()).toMillis(), ready};
    }

    private static void awaitReady(KubernetesClient client, String namespace, int count) throws InterruptedException {
        while (client.resources(CostExport.class).inNamespace(namespace).list().getItems().stream()
                        .filter(LiveExport::isReady)
                        .count()
                < count) {
            Thread.sleep(200);
        }
    }

    private static CostExport export(String namespace, String name) {
        return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s, namespace: %s}
        spec:
          scope: /subscriptions/00000000-0000-0000-0000-000000000000
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops
            container: exports
            rootFolderPath: %s
          format: Csv
        """.formatted(name, namespace, name), CostExport.class);
    }

    private static Map<String, Long> counted(List<Journal.Call> calls) {
        return calls.stream()
                .collect(Collectors.groupingBy(
                        call -> call.operation().toString(), java.util.TreeMap::new, Collectors.counting()));
    }

    private static long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
