package dev.finops.azure.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.simulator.AzureSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A client of another project, in an environment of its own that src/test/clients/build installs. */
public record ForeignClient(Path environment) {
    static final Path SOURCES = Path.of("src/test/clients");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MINUTES = 3;

    /**
     * Aborts the test with one line where the client cannot be installed: the result is "skipped" and never "passed".
     */
    public static ForeignClient installed(String name) {
        try {
            Process build = new ProcessBuilder(SOURCES.resolve("build").toString(), name)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var stdout = build.inputReader(UTF_8)) {
                String directory = stdout.readLine();
                if (build.waitFor() == 0) {
                    return new ForeignClient(Path.of(directory));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        String reason = "NOT TESTED: " + name + ", as it cannot be installed on this machine";
        System.err.println(reason);
        return abort(reason);
    }

    /** Runs walk.py of that folder against the simulator, over TLS, and returns the JSON that it printed. */
    JsonNode walk(String folder, AzureSimulator azure, Path directory, String... arguments) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                environment.resolve("bin/python").toString(),
                                SOURCES.resolve(folder).resolve("walk.py").toString()),
                        Stream.of(arguments))
                .toList();
        Result result = run(
                command,
                directory,
                Map.of(
                        "AZURE_TENANT_ID", azure.tenantId(),
                        "AZURE_CLIENT_ID", azure.clientId(),
                        "AZURE_CLIENT_SECRET", azure.clientSecret(),
                        "AZURE_SUBSCRIPTION_ID", azure.subscriptionId(),
                        "AZURE_AUTHORITY_HOST", azure.endpoint() + "/",
                        "AZURE_RESOURCE_MANAGER_ENDPOINT", azure.endpoint().toString(),
                        "AZURE_RESOURCE_MANAGER_AUDIENCE", azure.endpoint().toString(),
                        "REQUESTS_CA_BUNDLE", azure.caFile().toString()));
        assertEquals(0, result.exit(), result::errors);
        return JSON.readTree(result.output());
    }

    public record Result(int exit, String output, String errors) {}

    /** Runs a command to its end. */
    public static Result run(List<String> command, Path directory, Map<String, String> environment) throws IOException {
        Path output = Files.createTempFile(directory, "client-", ".out");
        Path errors = Files.createTempFile(directory, "client-", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        // No setting of the machine: neither a proxy nor an identity.
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AZURE_.*|.*_PROXY"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(
                    process.waitFor(MINUTES, TimeUnit.MINUTES),
                    () -> command + " took more than " + MINUTES + " minutes");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    }
}
