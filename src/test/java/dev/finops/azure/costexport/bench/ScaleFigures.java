package dev.finops.azure.costexport.bench;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.controlplane.ControlPlane;
import dev.finops.azure.costexport.simulator.AzureSimulator;
import dev.finops.azure.costexport.simulator.Behaviour;
import dev.finops.azure.costexport.simulator.Journal.Call;
import dev.finops.azure.costexport.system.LiveExport;
import dev.finops.azure.costexport.system.OperatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * {@code make bench}: many CostExports at once against an Azure that takes 50 ms for an answer, and the same at rest. API server,
 * simulator and load are on the same machine.
 */
public final class ScaleFigures {
  private static final int SCOPES = 10;
  private static final Duration REST = Duration.ofMinutes(2);

  private ScaleFigures() {}

  /** @param arguments how many CostExports; 1000 without one */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int count = arguments.length == 0 ? 1000 : Integer.parseInt(arguments[0]);
    Path directory = Files.createTempDirectory("costexport-bench-");
    Behaviour slow = Behaviour.defaults().withLatency(Duration.ofMillis(50));
    try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false);
        AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(slow))) {
      cluster.installCrd();
      Map<String, String> environment = new HashMap<>(azure.environment());
      environment.putAll(Map.of("KUBECONFIG", cluster.kubeconfig().toString(), "HTTP_PORT", "0", "OBSERVE_INTERVAL", "30s"));
      String namespace = cluster.newNamespace("bench");
      try (OperatorProcess operator = OperatorProcess.launch(directory, environment, List.of("target/costexport-operator")).awaitReady()) {
        System.out.printf("%d cores, %d CostExports in %d scopes%n", Runtime.getRuntime().availableProcessors(), count, SCOPES);
        Instant start = Instant.now();
        applyAll(cluster.client(), namespace, count);
        Duration applied = Duration.between(start, Instant.now());
        while (ready(cluster.client(), namespace) < count) {
          Thread.sleep(500);
        }
        Duration ready = Duration.between(start, Instant.now());
        System.out.printf("applied in %d s, all Ready after %d s: %.1f a second%n", applied.toSeconds(), ready.toSeconds(), count * 1000.0 / ready.toMillis());
        System.out.printf("ARM calls: %s, %.2f each%n", counted(azure.journal().calls()), azure.journal().calls().size() / (double) count);
        rest(operator, azure);
      }
    }
  }

  private static void rest(OperatorProcess operator, AzureSimulator azure) throws IOException, InterruptedException {
    Thread.sleep(5000);
    int mark = azure.journal().mark();
    Duration before = cpu(operator);
    Thread.sleep(REST);
    System.out.printf("at rest for %d s at OBSERVE_INTERVAL=30s: ARM calls %s, %.2f %% of a core, %d MB resident%n", REST.toSeconds(),
        counted(azure.journal().since(mark)), 100.0 * cpu(operator).minus(before).toMillis() / REST.toMillis(), residentMegabytes(operator));
  }

  private static void applyAll(KubernetesClient client, String namespace, int count) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < count; i++) {
        int number = i;
        threads.submit(() -> client.resource(export(namespace, number)).create());
      }
    }
  }

  private static long ready(KubernetesClient client, String namespace) {
    return client.resources(CostExport.class).inNamespace(namespace).list().getItems().stream()
        .filter(LiveExport::isReady).count();
  }

  private static CostExport export(String namespace, int number) {
    return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: daily-%d, namespace: %s}
        spec:
          scope: /subscriptions/00000000-0000-0000-0000-0000000000%02d
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops
            container: exports
            rootFolderPath: daily-%d
        """.formatted(number, namespace, number % SCOPES, number), CostExport.class);
  }

  private static Map<String, Long> counted(List<Call> calls) {
    return calls.stream().collect(Collectors.groupingBy(call -> call.operation() + (call.status() == 429 ? " 429" : ""), TreeMap::new, Collectors.counting()));
  }

  private static Duration cpu(OperatorProcess operator) {
    return operator.process().toHandle().info().totalCpuDuration().orElseThrow();
  }

  private static long residentMegabytes(OperatorProcess operator) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream().filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024).findFirst().orElseThrow();
  }
}
