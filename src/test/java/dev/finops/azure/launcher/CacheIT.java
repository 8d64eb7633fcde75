package dev.finops.azure.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.system.OperatorProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AOT cache is used when it is whole, and costs nothing but time when it is not. */
class CacheIT {
    private static final Path BUILT = Path.of("target").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void aWholeCacheIsUsedAndADamagedOneIsIgnored() throws Exception {
        ControlPlane.shared().installCrd();
        Path launcher = launcher();
        Path cache = directory.resolve("costexport-operator.aot");
        Training.main(new String[] {launcher.toString(), cache.toString()});
        try (AzureSimulator azure = AzureSimulator.start()) {
            assertTrue(loadedFromCache(launcher, azure, "whole") > 1000);
            try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
            assertEquals(0, loadedFromCache(launcher, azure, "half"));
        }
    }

    /** As the build lays it out. */
    private Path launcher() throws IOException {
        Path launcher =
                Files.copy(Path.of("src/main/launcher/costexport-operator"), directory.resolve("costexport-operator"));
        assertTrue(launcher.toFile().setExecutable(true));
        Files.copy(Path.of("src/main/launcher/costexport-operator.jvm"), directory.resolve("costexport-operator.jvm"));
        Files.createSymbolicLink(
                directory.resolve("costexport-operator.jar"), BUILT.resolve("costexport-operator.jar"));
        Files.createSymbolicLink(directory.resolve("lib"), BUILT.resolve("lib"));
        return launcher;
    }

    /** How many classes of the libraries and of the operator came out of the cache; the JVM says nothing of it. */
    private long loadedFromCache(Path launcher, AzureSimulator azure, String name) throws IOException {
        Path loaded = directory.resolve(name + ".log");
        Map<String, String> environment = new HashMap<>(azure.environment());
        environment.putAll(Map.of(
                "KUBECONFIG",
                ControlPlane.shared().kubeconfig().toString(),
                "WATCH_NAMESPACES",
                "nobody",
                "HTTP_PORT",
                "0",
                "JAVA_OPTS",
                "-Xlog:class+load:file=" + loaded));
        try (OperatorProcess operator = OperatorProcess.launch(directory, environment, List.of(launcher.toString()))
                .awaitReady()) {
            List<String> said = operator.log()
                    .lines()
                    .filter(line -> !line.matches("\\d{4}-\\d\\d-.*|Picked up JAVA_TOOL_OPTIONS.*"))
                    .toList();
            assertEquals(List.of(), said);
        }
        try (var lines = Files.lines(loaded)) {
            return lines.filter(line -> line.contains(" io.") || line.contains(" dev.finops."))
                    .filter(line -> line.contains("source: shared objects file"))
                    .count();
        }
    }
}
