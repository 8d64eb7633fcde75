package dev.finops.azure.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Real containers of the image, in a storage of their own that ends with this JVM. */
public final class Podman implements AutoCloseable {
    /**
     * As the chart runs it: 256 MB, nothing writable, no capability. A limit of files and processes that every machine
     * allows.
     */
    private static final List<String> CONFINED = List.of(
            "--memory=256m",
            "--cpus=1",
            "--user=65532:65532",
            "--read-only",
            "--read-only-tmpfs=false",
            "--cap-drop=all",
            "--security-opt=no-new-privileges",
            "--ulimit=nofile=20000:20000",
            "--ulimit=nproc=1000:1000");

    private final Path storage;
    private final String image;

    public record Result(int exit, String output) {
        String orFail() {
            if (exit != 0) {
                throw new IllegalStateException("podman ended with " + exit + ":\n" + output);
            }
            return output;
        }
    }

    private Podman(Path storage, Path archive) {
        this.storage = storage;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "podman-close"));
        String loaded = run("load", "--quiet", "--input", archive.toString()).orFail();
        image = loaded.strip().replaceFirst("(?s).*Loaded image: ", "");
    }

    /** Why there can be no containers on this machine. */
    public static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("containers need root");
        }
        return List.of("/usr/bin/podman", "/usr/sbin/runc").stream()
                .filter(command -> !Files.isExecutable(Path.of(command)))
                .findFirst()
                .map(command -> command + " is missing: apt-get install podman runc");
    }

    /** With the image, which is built when this machine has none of the present operator. */
    public static Podman start() {
        try {
            return new Podman(Files.createTempDirectory("podman-"), Archive.built());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The command that runs a container in the foreground and removes it at its end, on the host's network.
     *
     * @param variables names of those that the container gets from the command's own environment
     * @param files that are mounted where they are
     * @param options more of podman's
     * @param arguments instead of the image's own
     */
    public List<String> container(
            Set<String> variables, List<Path> files, List<String> options, List<String> arguments) {
        List<String> command = command("run", "--rm", "--network=host");
        command.addAll(CONFINED);
        command.addAll(options);
        variables.forEach(variable -> command.add("--env=" + variable));
        files.forEach(file -> command.add("--volume=" + file + ":" + file + ":ro"));
        command.add(image);
        command.addAll(arguments);
        return command;
    }

    public Result run(String... arguments) {
        return run(command(arguments));
    }

    public Result run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "podman",
                "--root=" + storage.resolve("root"),
                "--runroot=" + storage.resolve("run"),
                "--runtime=/usr/sbin/runc",
                "--cgroup-manager=cgroupfs",
                "--events-backend=none"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Containers that somebody forgot too, with their mounts. */
    @Override
    public synchronized void close() {
        if (Files.exists(storage)) {
            run("rm", "--all", "--force", "--time=0");
            run(List.of("rm", "--recursive", "--force", "--one-file-system", storage.toString()));
        }
    }
}
