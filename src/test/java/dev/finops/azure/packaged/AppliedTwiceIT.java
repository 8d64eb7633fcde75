package dev.finops.azure.packaged;

import static dev.finops.azure.packaged.Chart.documents;
import static dev.finops.azure.packaged.Chart.rendered;
import static dev.finops.azure.packaged.Chart.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is installed is what the API server keeps: a second apply changes nothing, and tools that compare see no
 * difference.
 */
class AppliedTwiceIT {
    private static final ControlPlane CLUSTER = ControlPlane.own();
    private static final Kubectl KUBECTL = CLUSTER.kubectl();
    private static final String NAMESPACE = "costexport-system";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of API groups that only the Prometheus operator installs. */
    private static final Set<String> NOT_INSTALLED = Set.of("PodMonitor", "PrometheusRule");

    /** Its selector is replaced as a whole, so that kubectl sends it each time; the API server changes nothing. */
    private static final Pattern SENT_ALWAYS = Pattern.compile("poddisruptionbudget\\.policy/\\S+ configured");

    /** Applied to other tools, and in other tests. */
    private static final List<Path> NO_OBJECTS = List.of(Path.of("deploy/argocd"));

    @AfterAll
    static void stop() {
        CLUSTER.close();
    }

    static Stream<Path> files() throws IOException {
        CLUSTER.installCrd();
        KUBECTL.run("", "apply", "-f", "deploy/base/namespace.yaml").orFail();
        KUBECTL.run("", "create", "namespace", "finops").orFail();
        try (var crds = Files.walk(Path.of("crds"));
                var deployed = Files.walk(Path.of("deploy"))) {
            return Stream.concat(crds, deployed)
                    .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
                    .filter(file -> NO_OBJECTS.stream().noneMatch(file::startsWith))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachFileIsWhatTheApiServerKeeps(Path file) {
        List<ObjectNode> objects = documents(text(file.toString()));
        assertTrue(
                !objects.isEmpty() && objects.stream().allMatch(object -> object.has("kind")),
                file + " has something else than objects");

        assertKept(text(file.toString()), objects);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/base", "deploy/overlays/per-namespace"})
    void eachFolderIsWhatTheApiServerKeeps(String folder) {
        String yaml = KUBECTL.run("", "kustomize", folder).orFail();

        assertKept(yaml, documents(yaml));
    }

    @Test
    void theChartIsWhatTheApiServerKeeps() throws IOException {
        List<String> switches = new ArrayList<>();
        for (String option : List.of(
                "admissionPolicy.enabled",
                "networkPolicy.enabled",
                "monitoring.podMonitor.enabled",
                "monitoring.prometheusRule.enabled",
                "monitoring.dashboard.enabled")) {
            switches.addAll(List.of("--set", option + "=true"));
        }
        List<ObjectNode> objects = rendered(NAMESPACE, switches.toArray(String[]::new)).stream()
                .filter(object -> !NOT_INSTALLED.contains(object.path("kind").asText()))
                .toList();
        StringBuilder documents = new StringBuilder();
        for (ObjectNode object : objects) {
            documents.append("---\n").append(JSON.writeValueAsString(object)).append('\n');
        }

        assertKept(documents.toString(), objects);
    }

    private static void assertKept(String yaml, List<ObjectNode> objects) {
        boolean placed = objects.stream()
                .anyMatch(object -> !object.at("/metadata/namespace").asText().isEmpty());
        String[] apply =
                placed ? new String[] {"apply", "-f", "-"} : new String[] {"apply", "-n", NAMESPACE, "-f", "-"};
        KUBECTL.run(yaml, apply).orFail();
        List<ObjectNode> kept = objects.stream().map(AppliedTwiceIT::live).toList();
        Map<String, String> dropped = new TreeMap<>();
        for (int i = 0; i < objects.size(); i++) {
            compare(objects.get(i).path("kind").asText(), objects.get(i), kept.get(i), dropped);
        }
        assertEquals(Map.of(), dropped);

        String second = KUBECTL.run(yaml, apply).orFail();

        assertEquals(
                List.of(),
                second.lines()
                        .filter(line -> !line.endsWith(" unchanged")
                                && !SENT_ALWAYS.matcher(line).matches())
                        .toList());
        assertEquals(
                versions(kept),
                versions(objects.stream().map(AppliedTwiceIT::live).toList()));
    }

    private static ObjectNode live(ObjectNode object) {
        String namespace = object.at("/metadata/namespace").asText();
        return documents(KUBECTL.run(
                                "",
                                "get",
                                object.path("kind").asText() + "." + group(object),
                                object.at("/metadata/name").asText(),
                                "-n",
                                namespace.isEmpty() ? NAMESPACE : namespace,
                                "-o",
                                "json")
                        .orFail())
                .getFirst();
    }

    private static List<String> versions(List<ObjectNode> objects) {
        return objects.stream()
                .map(object -> object.path("kind").asText() + " "
                        + object.at("/metadata/resourceVersion").asText())
                .toList();
    }

    /** As kubectl takes it: version and group, or the version alone. */
    private static String group(ObjectNode object) {
        String[] parts = object.path("apiVersion").asText().split("/");
        return parts.length == 1 ? parts[0] + "." : parts[1] + "." + parts[0];
    }

    /** Each member of the file is there as it was written; what the API server adds is no difference. */
    private static void compare(String path, JsonNode written, JsonNode live, Map<String, String> dropped) {
        if (written.isObject() && live.isObject()) {
            written.properties()
                    .forEach(member -> compare(
                            path + "." + member.getKey(), member.getValue(), live.path(member.getKey()), dropped));
        } else if (written.isArray() && live.isArray() && written.size() == live.size()) {
            for (int i = 0; i < written.size(); i++) {
                compare(path + "[" + i + "]", written.get(i), live.get(i), dropped);
            }
        } else if (!written.equals(live)) {
            dropped.put(path, written + " is kept as " + live);
        }
    }
}
