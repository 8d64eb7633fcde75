package dev.finops.azure.bench;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.image.Podman;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.system.OperatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code make figures-image}: how soon the operator is ready in a container of one CPU and 256 MB, and what it takes
 * there.
 */
public final class ImageFigures {
    private static final int STARTS = 7;

    private ImageFigures() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(Path.of("target/figures"));
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false);
                AzureSimulator azure = AzureSimulator.start();
                Podman podman = Podman.start()) {
            cluster.installCrd();
            Map<String, String> environment = new HashMap<>(azure.environment());
            environment.putAll(Map.of("KUBECONFIG", cluster.kubeconfig().toString(), "HTTP_PORT", "0"));
            List<String> container = podman.container(
                    environment.keySet(),
                    List.of(cluster.kubeconfig(), azure.trustStore()),
                    List.of("--name=operator", "--tmpfs=/tmp:size=64m,mode=1777"),
                    List.of(arguments));
            List<Long> fromCommand = new ArrayList<>();
            List<Long> fromStart = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                Instant before = Instant.now();
                try (OperatorProcess operator = OperatorProcess.launch(directory, environment, container)
                        .awaitReady()) {
                    Instant ready = Instant.parse(operator.log()
                            .lines()
                            .filter(line -> line.contains("is ready:"))
                            .findFirst()
                            .orElseThrow()
                            .split(" ")[0]);
                    fromCommand.add(Duration.between(before, ready).toMillis());
                    fromStart.add(Duration.between(started(podman), ready).toMillis());
                }
            }
            System.out.printf(
                    "start to ready in a container of 1 CPU and 256 MB: %s ms from the start of the "
                            + "process, %s ms from podman run (median of %d)%n",
                    median(fromStart), median(fromCommand), STARTS);
            OperatorProcess operator =
                    OperatorProcess.launch(directory, environment, container).awaitReady();
            Thread.sleep(60_000);
            long pid = Long.parseLong(inspected(podman, "{{.State.Pid}}"));
            System.out.printf(
                    "at rest there, no CostExport: %d MB resident, of them %d MB of files; the container "
                            + "is charged with %d MB%n",
                    status(pid, "VmRSS"), status(pid, "RssFile"), charged(pid));
            operator.close();
        }
    }

    private static Instant started(Podman podman) {
        return Instant.ofEpochMilli(Long.parseLong(inspected(podman, "{{.State.StartedAt.UnixMilli}}")));
    }

    private static String inspected(Podman podman, String format) {
        return podman.run("inspect", "--format=" + format, "operator").output().strip();
    }

    private static long status(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /** As the kubelet counts it: without files that were read and may be dropped. */
    private static long charged(long pid) throws IOException {
        String group = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(line -> line.contains(":memory:") || line.startsWith("0::/"))
                .findFirst()
                .orElseThrow()
                .replaceFirst(".*?:.*?:", "");
        Path directory = Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup")
                .map(root -> Path.of(root + group))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
        Path usage = Stream.of("memory.usage_in_bytes", "memory.current")
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        long inactive = Files.readAllLines(directory.resolve("memory.stat")).stream()
                .filter(line -> line.matches("(total_)?inactive_file .*"))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
        return (Long.parseLong(Files.readString(usage).strip()) - inactive) / 1_000_000;
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
