package dev.finops.azure.packaged;

import static dev.finops.azure.packaged.Chart.documents;
import static dev.finops.azure.packaged.Chart.rendered;
import static dev.finops.azure.packaged.Chart.run;
import static dev.finops.azure.packaged.Chart.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.controlplane.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** deploy/ and the chart are the same, and what is written from something else is current. */
class ManifestsIT {
    private static final String NAMESPACE = "costexport-system";
    /** Helm's own marks, and the label that says so. */
    private static final List<String> OF_HELM =
            List.of("helm.sh/chart", "app.kubernetes.io/managed-by", "helm.sh/resource-policy");

    @Test
    void whatIsWrittenIsCurrent(@TempDir Path directory) {
        run("src/test/tools/manifests", directory.toString()).orFail();

        for (String part : List.of("charts", "deploy")) {
            Chart.Result difference =
                    run("diff", "-r", part, directory.resolve(part).toString());
            assertEquals(0, difference.exit(), "write them anew with: make manifests\n" + difference.output());
        }
    }

    @Test
    void theBaseIsTheChartsDefaults() {
        assertSame(rendered(NAMESPACE), kustomized("deploy/base"));
    }

    @Test
    void installYamlIsTheChartWithWorkloadIdentity() {
        List<ObjectNode> chart = rendered(
                NAMESPACE,
                "--set",
                "azure.identity=WorkloadIdentity,azure.clientId=<CLIENT_ID>,image.repository=<REGISTRY>/costexport-operator");
        assertSame(chart, documents(text("deploy/install.yaml")));
        assertSame(chart, kustomized("deploy/overlays/workload-identity"));
    }

    /** As the page of the installation shows it. */
    @Test
    void theOverlayOfThePageIsTheChartWithTheSameSettings() throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "overlay-");
        String page = text("docs/how-to/install.md");
        int begin = page.indexOf("# kustomization.yaml\n");
        Files.writeString(
                directory.resolve("kustomization.yaml"),
                page.substring(begin, page.indexOf("```", begin)).replace("deploy/base", "../../deploy/base"));

        assertSame(
                rendered(
                        NAMESPACE,
                        "--set",
                        "azure.identity=WorkloadIdentity,azure.clientId=22222222-2222-2222-2222-222222222222",
                        "--set",
                        "image.repository=registry.example.com/finops/costexport-operator"),
                kustomized(directory.toString()));
    }

    @Test
    void theOverlayIsTheChartForOneNamespace() {
        assertSame(
                rendered(NAMESPACE, "--set", "watchNamespaces={finops}"), kustomized("deploy/overlays/per-namespace"));
    }

    @Test
    void theChartsCrdIsTheOneInCrds() {
        ObjectNode crd =
                documents(text("crds/costexports.azure.finops.dev.yaml")).getFirst();
        JsonNode charts = Chart.ofKind(rendered(NAMESPACE), "CustomResourceDefinition");
        assertEquals(crd.path("spec"), charts.path("spec"));
        assertEquals(crd.at("/metadata/name"), charts.at("/metadata/name"));
    }

    private static List<ObjectNode> kustomized(String directory) {
        return documents(run(Server.binaries().resolve("kubectl").toString(), "kustomize", directory)
                .orFail());
    }

    /** The Namespace, which Helm makes otherwise, apart. */
    private static void assertSame(List<ObjectNode> chart, List<ObjectNode> deployed) {
        Map<String, JsonNode> expected = byName(chart);
        Map<String, JsonNode> actual = byName(deployed);
        assertEquals(
                "restricted",
                actual.remove("Namespace /" + NAMESPACE)
                        .at("/metadata/labels")
                        .path("pod-security.kubernetes.io/enforce")
                        .asText());
        assertEquals(expected.keySet(), actual.keySet());
        assertTrue(expected.size() >= 8, expected.keySet().toString());
        expected.forEach((name, object) ->
                assertEquals(object.toPrettyString(), actual.get(name).toPrettyString(), name));
    }

    private static Map<String, JsonNode> byName(List<ObjectNode> objects) {
        return objects.stream()
                .collect(Collectors.toMap(
                        object -> object.path("kind").asText() + " "
                                + object.at("/metadata/namespace").asText() + "/"
                                + object.at("/metadata/name").asText(),
                        ManifestsIT::plain,
                        (one, other) -> one,
                        TreeMap::new));
    }

    /** Without Helm's marks, members in alphabetical order, variables too: their order means nothing. */
    private static JsonNode plain(JsonNode node) {
        JsonNode sorted = sorted(node);
        for (String labels : List.of("/metadata", "/spec/template/metadata")) {
            if (sorted.at(labels) instanceof ObjectNode metadata) {
                for (String marks : List.of("labels", "annotations")) {
                    if (metadata.get(marks) instanceof ObjectNode map) {
                        map.remove(OF_HELM);
                        if (map.isEmpty()) {
                            metadata.remove(marks);
                        }
                    }
                }
            }
        }
        return sorted;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(member -> copy.set(member.getKey(), sorted(member.getValue())));
            return copy;
        }
        if (node.isArray()) {
            JsonNode[] items = node.valueStream().map(ManifestsIT::sorted).toArray(JsonNode[]::new);
            if (node.valueStream().allMatch(item -> item.has("name") && (item.has("value") || item.has("valueFrom")))) {
                Arrays.sort(
                        items,
                        (one, other) -> one.path("name")
                                .asText()
                                .compareTo(other.path("name").asText()));
            }
            return ((ArrayNode) node).arrayNode().addAll(Arrays.asList(items));
        }
        return node;
    }
}
