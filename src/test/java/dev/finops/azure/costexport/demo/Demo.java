package dev.finops.azure.costexport.demo;

import dev.finops.azure.costexport.controlplane.ControlPlane;
import dev.finops.azure.costexport.controlplane.Kubectl;
import dev.finops.azure.costexport.simulator.AzureSimulator;
import dev.finops.azure.costexport.simulator.Behaviour;
import dev.finops.azure.costexport.simulator.RunOutcome;
import dev.finops.azure.costexport.simulator.RunOutcome.Delivered;
import dev.finops.azure.costexport.storage.Azurite;
import dev.finops.azure.costexport.system.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * {@code make demo}: a control plane, a simulated Azure and the packaged operator on loopback; samples applied, runs followed
 * to their end. Stays until Ctrl-C, or ends by itself with {@code DEMO_EXIT=1}; leaves nothing behind.
 */
public final class Demo {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> SAMPLES = List.of("deploy/samples/focus-daily.yaml", "deploy/samples/actual-cost-weekly.yaml", "deploy/samples/cost-trend.yaml");
  private static final String COLUMNS = "custom-columns=NAME:.metadata.name,READY:.status.conditions[?(@.type==\"Ready\")].status,"
      + "SCHEDULE:.status.summary.schedule,LAST RUN:.status.lastRun.status,BACKFILL:.status.summary.backfill,"
      + "DELIVERED:.status.conditions[?(@.type==\"Delivered\")].status";

  private Demo() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("costexport-demo-");
    Thread demo = Thread.currentThread();
    Thread end = new Thread(() -> end(demo));
    Runtime.getRuntime().addShutdownHook(end);
    try {
      play(directory);
    } catch (InterruptedException ctrlC) {
      say("stopping");
    } finally {
      delete(directory);
      say("everything is stopped and removed");
    }
  }

  /** Ctrl-C ends the demo in its own order, each part after those that need it. */
  private static void end(Thread demo) {
    demo.interrupt();
    try {
      demo.join(Duration.ofSeconds(30));
    } catch (InterruptedException twice) {
      Thread.currentThread().interrupt();
    }
  }

  private static void play(Path directory) throws InterruptedException {
    say("starting etcd, kube-apiserver and kube-controller-manager");
    try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), true)) {
      cluster.installCrd();
      say("starting the Azure simulator and Azurite, the storage emulator");
      Behaviour behaviour = Behaviour.defaults().withQueuedFor(Duration.ofSeconds(2)).withInProgressFor(Duration.ofSeconds(4)).withRunsPerMinute(100);
      try (AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(behaviour));
          Azurite storage = Azurite.start(azure, directory.resolve("storage"), "finopsexports")) {
        azure.deliverTo(storage);
        say("starting the operator");
        try (OperatorProcess operator = OperatorProcess.launch(directory, environment(cluster, azure, storage)).awaitReady()) {
          show(cluster, operator, azure);
          if (!"1".equals(System.getenv("DEMO_EXIT"))) {
            say("it all stays up until Ctrl-C");
            new CountDownLatch(1).await();
          }
        }
      }
    }
  }

  private static Map<String, String> environment(ControlPlane cluster, AzureSimulator azure, Azurite storage) {
    Map<String, String> environment = new HashMap<>(azure.environment());
    environment.put("KUBECONFIG", cluster.kubeconfig().toString());
    environment.put("HTTP_PORT", "0");
    environment.put("OBSERVE_INTERVAL", "10s");
    environment.put("RUN_POLL_INTERVAL", "1s");
    environment.put("RETRY_INITIAL", "2s");
    environment.put("RUNS_PER_MINUTE", "100");
    environment.put("AZURE_BLOB_ENDPOINT_TEMPLATE", storage.endpointTemplate());
    return environment;
  }

  private static void show(ControlPlane cluster, OperatorProcess operator, AzureSimulator azure) throws InterruptedException {
    Kubectl kubectl = cluster.kubectl();
    // One month of the past will fail at first.
    azure.exports().nextRun("/subscriptions/00000000-0000-0000-0000-000000000000", "cost-trend", new RunOutcome.Completed(new Delivered.Whole()));
    azure.exports().nextRun("/subscriptions/00000000-0000-0000-0000-000000000000", "cost-trend",
        new RunOutcome.Failed("StorageThrottled", "the storage account was busy"));
    for (String sample : SAMPLES) {
      say("$ kubectl apply -f " + sample);
      System.out.print(kubectl.run("", "apply", "-f", sample).orFail());
    }
    say("waiting until the runs are Completed, the past is there and the blobs are proven");
    long until = System.nanoTime() + PATIENCE.toNanos();
    String last = "";
    while (true) {
      String table = kubectl.run("", "get", "costexports", "-o", COLUMNS).orFail();
      if (!table.equals(last)) {
        System.out.println("$ kubectl get costexports   (some of the columns)\n" + table);
        last = table;
      }
      if (table.contains("12/12") && table.lines().skip(1).allMatch(line -> line.contains("Completed") && line.strip().endsWith("True"))) {
        break;
      }
      if (System.nanoTime() > until) {
        System.out.println(operator.log());
        throw new IllegalStateException("the runs did not complete within " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(500);
    }
    System.out.println("$ kubectl get costexports\n" + kubectl.run("", "get", "costexports").orFail());
    System.out.println("$ kubectl describe costexport focus-daily   (its Events)");
    System.out.println(kubectl.run("", "describe", "costexport", "focus-daily").orFail().replaceAll("(?s).*(Events:)", "$1"));
    System.out.println("""
        Go on by hand, in another terminal:

          export KUBECONFIG=%s PATH=%s:$PATH
          kubectl get costexports -o wide
          kubectl annotate costexport focus-daily --overwrite azure.finops.dev/run-requested-at="$(date)"
          kubectl patch costexport focus-daily --type merge -p '{"spec":{"schedule":{"suspend":true}}}'
          kubectl delete costexport focus-daily

        The operator's metrics are at http://127.0.0.1:%d/metrics; the simulated Azure is %s
        """.formatted(cluster.kubeconfig(), kubectl.binary().getParent(), operator.port(), azure.endpoint()));
  }

  private static void say(String what) {
    System.out.println("demo: " + what);
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
