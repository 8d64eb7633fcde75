package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.packaged.Chart;
import dev.finops.azure.packaged.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples for Argo CD and Flux, expanded as those tools do it: what they start can start, and they delete nothing
 * in Azure.
 */
class GitOpsPageIT {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path PAGE = Path.of("docs/how-to/gitops.md");
    private static final String SYSTEM = "costexport-system";
    private static final String RECOMMENDED = "exports/subscription";

    private final ControlPlane cluster = ControlPlane.shared();

    @Test
    void theApplicationSetLeavesCostExportsInTheClusterWhenALineIsRemoved() {
        ObjectNode set = example("ApplicationSet", "cost-exports");

        assertTrue(set.at("/spec/syncPolicy/preserveResourcesOnDeletion").asBoolean());
        assertTrue(
                set.at("/spec/template/metadata/finalizers").isMissingNode(),
                "the finalizer deletes the CostExports with their Application");
    }

    @Test
    void theApplicationSetMakesExportsOfItsOwnForEachSubscription() throws IOException {
        cluster.installCrd();
        String namespace = cluster.newNamespace("gitops");
        ObjectNode set = example("ApplicationSet", "cost-exports");
        JsonNode elements = set.at("/spec/generators/0/list/elements");
        assertTrue(elements.size() > 1, set::toString);
        Set<String> names = new HashSet<>();

        for (JsonNode element : elements) {
            ObjectNode application = (ObjectNode) filledIn(set.at("/spec/template"), element);
            assertEquals(RECOMMENDED, application.at("/spec/source/path").asText());
            Path directory = recommended();
            edit(directory, (ObjectNode) application.at("/spec/source/kustomize"));
            List<ObjectNode> exports = built(directory);

            assertEquals(3, exports.size());
            for (ObjectNode export : exports) {
                assertOrphaned(export);
                assertEquals(
                        "/subscriptions/" + element.path("id").asText(),
                        export.at("/spec/scope").asText());
                assertEquals(
                        "subscriptions/" + element.path("name").asText(),
                        export.at("/spec/destination/rootFolderPath").asText());
                assertTrue(
                        names.add(export.at("/metadata/name").asText()),
                        "two exports have the name " + export.at("/metadata/name"));
                export.withObject("/metadata").remove("namespace");
                cluster.kubectl()
                        .run(
                                export.toString(),
                                "apply",
                                "--dry-run=server",
                                "--validate=strict",
                                "-n",
                                namespace,
                                "-f",
                                "-")
                        .orFail();
            }
        }
    }

    /** Of all that the page shows: a manifest that leaves Git deletes nothing in Azure, unless it says so itself. */
    @ParameterizedTest
    @ValueSource(strings = {"Application", "Kustomization", "ApplicationSet"})
    void nothingInAzureIsDeletedByDefault(String kind) throws IOException {
        ObjectNode example = example(kind, "cost-exports");
        ObjectNode kustomize = kustomize(example);

        for (ObjectNode export : built(samples(kustomize, ""))) {
            assertOrphaned(export);
        }
        // As the page says how to let Git delete.
        String excluded = "{kind: CostExport, labelSelector: deletion!=allowed}";
        assertTrue(text().contains("`target: " + excluded + "`"));
        kustomize.withArray("patches").forEach(patch -> ((ObjectNode) patch).set("target", yaml(excluded)));
        for (ObjectNode export : built(samples(kustomize, "{deletion: allowed}"))) {
            assertTrue(export.at("/spec/deletionPolicy").isMissingNode(), export::toString);
        }
    }

    private static ObjectNode kustomize(ObjectNode example) {
        return switch (example.path("kind").asText()) {
            case "Application" -> (ObjectNode) example.at("/spec/source/kustomize");
            case "ApplicationSet" ->
                (ObjectNode) filledIn(
                        example.at("/spec/template/spec/source/kustomize"),
                        example.at("/spec/generators/0/list/elements/0"));
            default -> (ObjectNode) YAML.createObjectNode().set("patches", example.at("/spec/patches"));
        };
    }

    /** The CRD comes with another Application, and nothing orders the two. */
    @ParameterizedTest
    @ValueSource(strings = {"Application", "ApplicationSet"})
    void exportsAreRetriedUntilTheCrdIsThere(String kind) {
        ObjectNode example = example(kind, "cost-exports");
        JsonNode policy =
                example.at(kind.equals("Application") ? "/spec/syncPolicy" : "/spec/template/spec/syncPolicy");

        assertTrue(policy.at("/retry/limit").asInt() < 0, policy::toString);
        assertTrue(
                policy.path("syncOptions").toString().contains("SkipDryRunOnMissingResource=true"), policy::toString);
        assertFalse(example.toString().contains("sync-wave"));
    }

    @Test
    void theOperatorsApplicationHasAnImageAndAnIdentity() throws IOException {
        ObjectNode source =
                (ObjectNode) example("Application", "costexport-operator").at("/spec/source");
        assertEquals(Chart.DIRECTORY, source.path("path").asText());
        Path values = Files.writeString(
                Files.createTempFile(Path.of("target"), "values-", ".yaml"),
                YAML.writeValueAsString(source.at("/helm/valuesObject")));

        assertStartable(Chart.rendered(SYSTEM, "--values", values.toString()));
    }

    @Test
    void fluxStartsWhatTheChartWould() throws IOException {
        JsonNode spec = example("Kustomization", "costexport-operator").path("spec");
        Path directory = Files.createTempDirectory(Path.of("target"), "flux-");
        ObjectNode kustomization = kustomization("../../" + spec.path("path").asText());
        kustomization.set("images", spec.path("images"));
        kustomization.set("patches", spec.path("patches"));
        write(directory, "kustomization.yaml", kustomization);
        List<ObjectNode> built = built(directory);
        List<ObjectNode> chart = Chart.rendered(
                SYSTEM,
                "--set",
                "azure.identity=WorkloadIdentity,azure.clientId=11111111-1111-1111-1111-111111111111",
                "--set",
                "image.repository=registry.example.com/costexport-operator");

        assertStartable(built);
        assertEquals(
                Chart.container(chart).path("image"), Chart.container(built).path("image"));
        assertEquals(environment(chart), environment(built));
        assertEquals(
                Chart.ofKind(chart, "ServiceAccount").at("/metadata/annotations"),
                Chart.ofKind(built, "ServiceAccount").at("/metadata/annotations"));
    }

    /** An image that a registry can have, and the identity that the pods act with. */
    private static void assertStartable(List<ObjectNode> objects) {
        assertTrue(
                Chart.container(objects)
                        .path("image")
                        .asText()
                        .matches("registry\\.example\\.com/costexport-operator:\\d+\\.\\d+\\.\\d+"),
                Chart.container(objects).path("image")::toString);
        assertEquals(
                "true",
                Chart.ofKind(objects, "Deployment")
                        .at("/spec/template/metadata/labels")
                        .path("azure.workload.identity/use")
                        .asText());
        assertTrue(
                environment(objects).contains("AZURE_CLIENT_ID=11111111-1111-1111-1111-111111111111"),
                environment(objects)::toString);
    }

    private static Set<String> environment(List<ObjectNode> objects) {
        Set<String> variables = new HashSet<>();
        Chart.container(objects)
                .path("env")
                .forEach(variable -> variables.add(variable.path("name").asText() + "="
                        + variable.path("value").asText()));
        return variables;
    }

    private static void assertOrphaned(ObjectNode export) {
        assertEquals("CostExport", export.path("kind").asText());
        assertEquals("Orphan", export.at("/spec/deletionPolicy").asText(), export::toString);
    }

    /** The directory that the page names, with the files that the page of the recommended set shows. */
    private static Path recommended() throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "subscription-");
        for (Snippet file : Snippet.yaml()
                .filter(snippet -> snippet.page().endsWith("recommended.md")
                        && snippet.text().startsWith("# "))
                .toList()) {
            String name = file.text().lines().findFirst().orElseThrow().substring(2);
            Files.writeString(
                    directory.resolve(name),
                    file.text().replace("recommended/ea", "../../deploy/recommended/subscription"));
        }
        return directory;
    }

    /** Some manifests in a directory, as a team has them. */
    private static Path samples(ObjectNode kustomize, String labels) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "exports-");
        for (String file : List.of("focus-daily.yaml", "cross-charging.yaml")) {
            String manifests = Files.readString(Path.of("deploy/samples", file));
            Files.writeString(
                    directory.resolve(file),
                    labels.isEmpty()
                            ? manifests
                            : manifests.replace("metadata:\n", "metadata:\n  labels: " + labels + "\n"));
        }
        write(directory, "kustomization.yaml", kustomization("focus-daily.yaml", "cross-charging.yaml"));
        edit(directory, kustomize);
        return directory;
    }

    /**
     * What Argo CD and Flux do before they build: they write the settings of their own object into the kustomization.
     */
    private static void edit(Path directory, ObjectNode kustomize) throws IOException {
        ObjectNode kustomization = (ObjectNode)
                YAML.readTree(directory.resolve("kustomization.yaml").toFile());
        kustomization.setAll(kustomize);
        write(directory, "kustomization.yaml", kustomization);
    }

    private static ObjectNode kustomization(String... resources) {
        ObjectNode kustomization = YAML.createObjectNode()
                .put("apiVersion", "kustomize.config.k8s.io/v1beta1")
                .put("kind", "Kustomization");
        ArrayNode list = kustomization.putArray("resources");
        Stream.of(resources).forEach(list::add);
        return kustomization;
    }

    private static void write(Path directory, String file, JsonNode content) throws IOException {
        Files.writeString(directory.resolve(file), YAML.writeValueAsString(content));
    }

    private List<ObjectNode> built(Path directory) throws IOException {
        List<ObjectNode> objects = new ArrayList<>();
        String rendered = Terminal.of(cluster).run("kubectl kustomize " + directory);
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(rendered)) {
            documents.forEachRemaining(objects::add);
        }
        return objects;
    }

    /** As Argo CD fills in {@code {{.name}}}; {@code missingkey=error} makes an unknown one a fault. */
    private static JsonNode filledIn(JsonNode template, JsonNode element) {
        String[] text = {template.toString()};
        element.properties()
                .forEach(parameter -> text[0] = text[0].replace(
                        "{{." + parameter.getKey() + "}}", parameter.getValue().asText()));
        assertFalse(text[0].contains("{{"), () -> "not filled in: " + text[0]);
        return yaml(text[0]);
    }

    private static ObjectNode example(String kind, String name) {
        List<ObjectNode> found = Snippet.yaml()
                .filter(snippet -> snippet.page().equals(PAGE))
                .map(Snippet::document)
                .filter(document -> document.path("kind").asText().equals(kind)
                        && document.at("/metadata/name").asText().equals(name))
                .toList();
        assertEquals(1, found.size(), () -> PAGE + " has this many of " + kind + " " + name);
        return found.getFirst();
    }

    private static JsonNode yaml(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String text() throws IOException {
        return Files.readString(PAGE);
    }
}
