package dev.finops.azure.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a process takes of the machine, as the kernel counts it. */
public record Footprint(Process process) {
    private static final double KILO = 1024;

    /** Resident, in MB of 1024 KB. */
    public double megabytes() {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                            .findFirst()
                            .orElseThrow()
                    / KILO;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }
}
