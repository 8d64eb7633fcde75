package dev.finops.azure.image;

import dev.finops.azure.launcher.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files of the image, in a directory that stands for its root. */
record Rootfs(Path root) {
    static final String JAR = "/app/costexport-operator.jar";

    /**
     * Of every file: the JVM takes an AOT cache only with the jars that it was made with, which it knows by size and
     * time.
     */
    static final Instant TIME = Instant.ofEpochSecond(1);

    /**
     * What the operator and its libraries use; jdeps names java.desktop and java.sql too, for code that is never run.
     * jdk.jcmd is for
     * people: without a shell it is what shows threads and memory.
     */
    private static final List<String> MODULES = List.of(
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.xml",
            "jdk.httpserver",
            "jdk.jcmd",
            "jdk.management",
            "jdk.unsupported");

    private static final Set<String> COMMANDS = Set.of("java", "jcmd");
    private static final String CACHE = "/app/costexport-operator.aot";

    /** @param system whether the C library is put in, for want of a base that has one */
    static Rootfs stage(Path directory, boolean system) throws IOException, InterruptedException {
        Rootfs files = new Rootfs(directory.toAbsolutePath());
        delete(files.root);
        Files.createDirectories(files.at("/app/lib"));
        if (system) {
            SystemFiles.copy(files.root);
        }
        files.linkRuntime();
        try (var libraries = Files.list(Path.of("target/lib"))) {
            for (Path library : libraries.toList()) {
                Files.copy(library, files.at("/app/lib/" + library.getFileName()));
            }
        }
        Files.copy(Path.of("target/costexport-operator.jar"), files.at(JAR));
        Files.copy(Path.of("src/main/launcher/costexport-operator.jvm"), files.at("/app/costexport-operator.jvm"));
        Files.copy(Path.of("LICENSE"), files.at("/app/LICENSE"));
        files.train();
        return files;
    }

    /** What comes before the arguments that users may replace. */
    static List<String> entrypoint() {
        return List.of("/opt/java/bin/java", "-XX:AOTCache=" + CACHE, "@/app/costexport-operator.jvm");
    }

    /** As registries write it. */
    static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    /** In a process of its own: within this one jlink's output differs from time to time. */
    private void linkRuntime() throws IOException, InterruptedException {
        Process jlink = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jlink",
                        "--add-modules",
                        String.join(",", MODULES),
                        "--strip-java-debug-attributes",
                        "--no-man-pages",
                        "--no-header-files",
                        "--output",
                        at("/opt/java").toString())
                .inheritIO()
                .start();
        if (jlink.waitFor() != 0) {
            throw new IOException("jlink failed; what it printed is above");
        }
        try (var commands = Files.list(at("/opt/java/bin"))) {
            for (Path command : commands.filter(
                            file -> !COMMANDS.contains(file.getFileName().toString()))
                    .toList()) {
                Files.delete(command);
            }
        }
    }

    /**
     * With this runtime, these settings and these jars, as they will be in the image: the JVM takes the cache with no
     * others.
     */
    private void train() throws IOException, InterruptedException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(TIME));
            }
        }
        Training.live(
                List.of(
                        at("/opt/java/bin/java").toString(),
                        "@" + at("/app/costexport-operator.jvm"),
                        "-XX:AOTCacheOutput=" + at(CACHE),
                        "-jar",
                        at(JAR).toString()),
                Map.of());
        if (!Files.exists(at(CACHE))) {
            throw new IOException("the JVM wrote no AOT cache");
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
