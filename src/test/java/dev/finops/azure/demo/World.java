package dev.finops.azure.demo;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.storage.Azurite;
import dev.finops.azure.system.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * What the demo is played in: a control plane, a simulated Azure with a storage emulator, and the packaged operator,
 * all on loopback.
 */
public record World(
        Path directory, ControlPlane cluster, AzureSimulator azure, Azurite storage, OperatorProcess operator) {
    public static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";

    /** What happens in it. */
    public interface Play {
        void in(World world) throws IOException, InterruptedException;
    }

    /** Until the play ends, or Ctrl-C; leaves nothing behind. */
    public static void play(Play play) throws IOException {
        Path directory = Files.createTempDirectory("costexport-demo-");
        Thread demo = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(demo)));
        try {
            play(directory, play);
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

    private static void play(Path directory, Play play) throws IOException, InterruptedException {
        say("starting etcd, kube-apiserver and kube-controller-manager");
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), true)) {
            cluster.installCrd();
            say("starting the Azure simulator and Azurite, the storage emulator");
            Behaviour behaviour = Behaviour.defaults()
                    .withQueuedFor(Duration.ofSeconds(2))
                    .withInProgressFor(Duration.ofSeconds(4))
                    .withRunsPerMinute(100);
            try (AzureSimulator azure = AzureSimulator.start(
                            AzureSimulator.Settings.defaults().withBehaviour(behaviour));
                    Azurite storage = Azurite.start(azure, directory.resolve("storage"), "finopsexports")) {
                azure.deliverTo(storage);
                say("starting the operator");
                try (OperatorProcess operator = OperatorProcess.launch(directory, environment(cluster, azure, storage))
                        .awaitReady()) {
                    play.in(new World(directory, cluster, azure, storage, operator));
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

    public static void say(String what) {
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
