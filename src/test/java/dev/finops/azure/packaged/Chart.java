package dev.finops.azure.packaged;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.controlplane.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The chart, rendered by Helm as users do it, and the tools that check it. */
public final class Chart {
    public static final String DIRECTORY = "charts/costexport-operator";
    /** Every value, other than by default. */
    static final String EVERYTHING = "--values=src/test/resources/chart/everything.yaml";

    /** The kinds of the Prometheus operator are left out: their CRDs are not to be had where the tests run. */
    static final String KNOWN_KINDS =
            "--set=monitoring.podMonitor.enabled=false,monitoring.prometheusRule.enabled=false";

    static final Path TOOLS = Server.built("src/test/tools/build");
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Chart() {}

    public record Result(int exit, String output) {
        public String orFail() {
            if (exit != 0) {
                throw new AssertionError("ended with " + exit + ":\n" + output);
            }
            return output;
        }
    }

    public static Result run(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(tool(command)));
        line.addAll(List.of(arguments));
        return run(new ProcessBuilder(line));
    }

    /** One of the tools that are built, or a command of the machine. */
    public static String tool(String command) {
        return Files.exists(TOOLS.resolve(command)) ? TOOLS.resolve(command).toString() : command;
    }

    /** Waits for it; its errors are in the output where they were printed. */
    public static Result run(ProcessBuilder command) {
        try {
            Process process = command.redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Result template(String namespace, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "template", "costexport-operator", DIRECTORY, "--namespace", namespace, "--kube-version", "1.36.0"));
        all.addAll(List.of(arguments));
        return run("helm", all.toArray(String[]::new));
    }

    /** What the release of that name renders to in a namespace. */
    public static List<ObjectNode> rendered(String namespace, String... arguments) {
        return documents(template(namespace, arguments).orFail());
    }

    static List<ObjectNode> documents(String yaml) {
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(yaml)) {
            return documents.readAll().stream()
                    .filter(document -> document != null && !document.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ObjectNode ofKind(List<ObjectNode> objects, String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    public static ObjectNode container(List<ObjectNode> objects) {
        return (ObjectNode) ofKind(objects, "Deployment").at("/spec/template/spec/containers/0");
    }

    static String text(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
