package dev.finops.azure.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A server process; what it prints is kept in a file, whose end is shown when it does not become ready. */
public final class Server implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(90);
    private static final int TAIL = 30;

    /** Another process took the port between the choice and the start. */
    static final class PortTaken extends RuntimeException {}

    private final Process process;
    private final Path log;

    /** @param environment on top of this process' own */
    public Server(Path log, List<String> command, Map<String, String> environment) {
        this.log = log;
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the servers are; builds them when this machine has none yet. */
    public static Path binaries() {
        return built("src/test/servers/build");
    }

    /** The directory that a build script prints. */
    public static Path built(String... script) {
        try {
            var build = new ProcessBuilder(script)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var stdout = build.inputReader(UTF_8)) {
                var directory = stdout.readLine();
                if (build.waitFor() != 0) {
                    throw new IllegalStateException(script[0] + " failed; what it printed is above");
                }
                return Path.of(directory);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void await(BooleanSupplier ready) {
        var deadline = Instant.now().plus(STARTUP);
        while (!ready.getAsBoolean()) {
            if (!process.isAlive() && prints("address already in use")) {
                throw new PortTaken();
            }
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                var problem = process.isAlive() ? "is not ready" : "has ended";
                throw new IllegalStateException(log.getFileName() + " " + problem + ":\n" + tail());
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    boolean prints(String text) {
        return printed(text).isPresent();
    }

    /** The first line that has this text. */
    public Optional<String> printed(String text) {
        return lines().stream().filter(line -> line.contains(text)).findFirst();
    }

    long pid() {
        return process.pid();
    }

    /** At once: nothing that it knows is needed again. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private String tail() {
        var lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
