package dev.finops.azure.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged operator in a process of its own, started as users start it: by environment variables alone. */
public final class OperatorProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("is ready: .* http on port (\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path log;
    private final Process process;

    private OperatorProcess(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    /** Starts {@code java -jar} and returns at once. */
    public static OperatorProcess launch(Path directory, Map<String, String> environment) {
        Path jar = Path.of("target/costexport-operator.jar").toAbsolutePath();
        return launch(
                directory,
                environment,
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-jar", jar.toString()));
    }

    public static OperatorProcess launch(Path directory, Map<String, String> environment, List<String> command) {
        try {
            Path log = Files.createTempFile(Files.createDirectories(directory), "operator-", ".log");
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("AZURE_")
                            || name.equals("KUBECONFIG")
                            || name.toUpperCase().endsWith("_PROXY"));
            builder.environment().putAll(environment);
            OperatorProcess operator = new OperatorProcess(log, builder.start());
            Runtime.getRuntime().addShutdownHook(new Thread(operator.process::destroy));
            return operator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public OperatorProcess awaitReady() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new AssertionError("the operator did not become ready:\n" + log());
            }
            pause();
        }
        return this;
    }

    public boolean isReady() {
        return READY.matcher(log()).find();
    }

    public int port() {
        Matcher matcher = READY.matcher(log());
        if (!matcher.find()) {
            throw new IllegalStateException("not ready");
        }
        return Integer.parseInt(matcher.group(1));
    }

    public long pid() {
        return process.pid();
    }

    public Process process() {
        return process;
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The body of a page of its HTTP port; the status line first when it is not 200. */
    public String page(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stands still, as in a machine that is paused, until {@link #thaw()}. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new AssertionError("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** As {@code kill}, and waits. */
    @Override
    public void close() {
        process.destroy();
        await();
    }

    public int await() {
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the operator did not end:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
