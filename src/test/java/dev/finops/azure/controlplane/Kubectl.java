package dev.finops.azure.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** The real kubectl, as a user of the cluster runs it. */
public record Kubectl(Path binary, Path kubeconfig, Path cache) {

    /** The API server's warnings are lines of {@code stderr} that begin with {@code Warning:}. */
    public record Result(int exit, String stdout, String stderr) {
        public boolean succeeded() {
            return exit == 0;
        }

        public List<String> warnings() {
            return stderr.lines().filter(line -> line.startsWith("Warning:")).toList();
        }

        /** The output, or an error that says what kubectl said. */
        public String orFail() {
            if (!succeeded()) {
                throw new AssertionError("kubectl ended with " + exit + ": " + stderr);
            }
            return stdout;
        }
    }

    /** Runs to the end; {@code stdin} is empty for commands that read none. */
    public Result run(String stdin, String... args) {
        var command = new ArrayList<>(List.of(binary.toString(), "--kubeconfig=" + kubeconfig, "--cache-dir=" + cache));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command);
        builder.environment().put("KUBECTL_KUBERC", "false");
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var process = builder.start();
            var stdout = readers.submit(() -> text(process.getInputStream()));
            var stderr = readers.submit(() -> text(process.getErrorStream()));
            try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
                in.write(stdin);
            }
            return new Result(process.waitFor(), stdout.get(), stderr.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("kubectl " + String.join(" ", args), e);
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
