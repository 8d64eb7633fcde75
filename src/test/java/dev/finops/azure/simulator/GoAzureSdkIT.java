package dev.finops.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client libraries of terraform's azurerm provider take the simulator for Azure. The first run compiles them, which
 * takes a minute or two.
 */
class GoAzureSdkIT {

    private static final Path SOURCES = Path.of("src/test/go-azure-sdk");
    private static final int MINUTES = 10;

    @Test
    void terraformsLibrariesManageExports(@TempDir Path module) throws IOException, InterruptedException {
        // A copy, because the go command completes go.mod and adds go.sum.
        for (var file : List.of("go.mod", "main.go")) Files.copy(SOURCES.resolve(file), module.resolve(file));
        var output = module.resolve("output");
        var built = module.resolve("client");
        // Built before the simulator's CA is the only one that is trusted: modules may have to be fetched.
        assertEquals(
                0,
                run(process(module, output, "go", "build", "-mod=mod", "-o", built.toString(), ".")),
                () -> read(output));
        try (var azure = AzureSimulator.start()) {
            var client = process(module, output, built.toString());
            client.environment().putAll(azure.environment());
            client.environment().put("SSL_CERT_DIR", module.toString());
            client.environment().put("SSL_CERT_FILE", azure.caFile().toString());
            assertEquals(0, run(client), () -> read(output));
            assertEquals(16, azure.journal().writes().size());
            assertTrue(
                    azure.journal().calls().stream()
                            .noneMatch(call -> call.operation() == Operation.OTHER && call.status() == 404),
                    () -> "asked for more than there is: " + azure.journal().calls());
            assertEquals(0, azure.exports().size());
        }
    }

    private static ProcessBuilder process(Path module, Path output, String... command) {
        return new ProcessBuilder(command)
                .directory(module.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
    }

    private static int run(ProcessBuilder command) throws InterruptedException {
        Process process;
        try {
            process = command.start();
        } catch (IOException e) {
            return fail("the go command is missing: install Go 1.26 or later");
        }
        try {
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "go took more than " + MINUTES + " minutes");
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
