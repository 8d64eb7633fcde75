package dev.finops.azure.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The benchmark measures what it says, with a few exports; of its figures only the counts are the same on every
 * machine.
 */
class BenchIT {
    @Test
    void everyStageRuns(@TempDir Path directory) throws IOException, InterruptedException {
        ControlPlane.shared().installCrd();
        Table table = new Table();
        Benchmark benchmark = new Benchmark(ControlPlane.shared(), directory, Size.SMALL, table);
        benchmark.starts();
        benchmark.many();
        benchmark.quota();
        benchmark.idle();
        benchmark.large();
        assertEquals(
                (Size.SMALL.exports() + Size.SMALL.scopes()) / (double) Size.SMALL.exports(),
                table.of("applied at once: ARM calls each"));
        assertEquals(Size.SMALL.scopes(), table.of("restart: reads"));
        assertEquals(0, table.of("restart: writes"));
        assertEquals(0, table.of("at rest: writes to Azure"));
        assertEquals(0, table.of("at rest: objects written to the API server"));
        assertEquals(0, table.of("calls answered 429"));
        assertEquals(0, table.of("Entra: tokens"));
        assertEquals(0, table.of("Azure: writes among them"));
        assertTrue(table.of("Azure: answered") > 0);
        assertTrue(Chart.svg(table.rows()).contains("applied at once: ARM calls each"), Chart.svg(table.rows()));
    }
}
