package dev.finops.azure.bench;

import dev.finops.azure.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** {@code make bench}: all stages, written to the docs one after the other, or those that are named. */
public final class Bench {
    private static final List<String> ALL = List.of("starts", "quota", "many", "idle", "large");

    private Bench() {}

    public static void main(String[] named) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("costexport-bench-");
        Table table = new Table();
        System.out.println(machine());
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false)) {
            cluster.installCrd();
            Benchmark benchmark = new Benchmark(cluster, directory, Size.FULL, table);
            for (String stage : named.length == 0 ? ALL : List.of(named)) {
                switch (stage) {
                    case "starts" -> benchmark.starts();
                    case "quota" -> benchmark.quota();
                    case "many" -> benchmark.many();
                    case "idle" -> benchmark.idle();
                    case "large" -> benchmark.large();
                    default -> throw new IllegalArgumentException("there is no stage " + stage);
                }
                if (named.length == 0) {
                    Files.createDirectories(Path.of("docs/images"));
                    Files.writeString(Path.of("docs/images/benchmark.svg"), Chart.svg(table.rows()));
                    Files.writeString(Path.of("docs/reference/benchmark.md"), page(table));
                }
            }
        }
    }

    private static String page(Table table) {
        return """
        # Benchmark

        Written by `make bench`, on %s; %s.
        The baseline runs in the same run, against the same simulator: a client that does what tools with a resource per export do
        (`Peer` in the test tree). API server, simulator and load share the machine with the operator.

        ![the baseline as a multiple of the operator](../images/benchmark.svg)
        %s""".formatted(LocalDate.now(), machine(), table.markdown());
    }

    public static String machine() {
        return "%d cores, %s %s, Java %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"));
    }
}
