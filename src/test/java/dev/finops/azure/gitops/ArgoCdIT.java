package dev.finops.azure.gitops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** The test files beside the scripts, in Argo CD's own format, so that the folder can be given to Argo CD as it is. */
class ArgoCdIT {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path HEALTH = ArgoCd.SCRIPTS;
    private static final Path ACTIONS = ArgoCd.SCRIPTS.resolve("actions");

    @TestFactory
    Stream<DynamicTest> health() throws IOException {
        return tests(
                HEALTH,
                "health_test.yaml",
                "tests",
                "inputPath",
                test -> assertEquals(
                        test.path("healthStatus"),
                        ArgoCd.health(read(HEALTH, test.path("inputPath").asText()))));
    }

    @TestFactory
    Stream<DynamicTest> discovery() throws IOException {
        return tests(ACTIONS, "action_test.yaml", "discoveryTests", "inputPath", test -> {
            ObjectNode expected = YAML.createObjectNode();
            test.path("result").forEach(action -> {
                ObjectNode members = action.deepCopy();
                expected.set(members.remove("name").asText(), members);
            });
            assertEquals(
                    expected,
                    ArgoCd.actions(read(ACTIONS, test.path("inputPath").asText())));
        });
    }

    @TestFactory
    Stream<DynamicTest> actions() throws IOException {
        return tests(ACTIONS, "action_test.yaml", "actionTests", "action", test -> {
            JsonNode expected = read(ACTIONS, test.path("expectedOutputPath").asText());
            JsonNode printed = ArgoCd.action(
                    test.path("action").asText(),
                    read(ACTIONS, test.path("inputPath").asText()));
            for (String request :
                    List.of("azure.finops.dev/run-requested-at", "azure.finops.dev/reconcile-requested-at")) {
                JsonNode now = printed.at("/metadata/annotations").path(request);
                if (now.isTextual()) {
                    assertTrue(now.asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"), now::asText);
                    ((ObjectNode) printed.at("/metadata/annotations"))
                            .set(request, expected.at("/metadata/annotations").path(request));
                }
            }
            assertEquals(expected, printed);
        });
    }

    /** One for each entry of a list in a test file, named by one of its members. */
    private static Stream<DynamicTest> tests(
            Path directory, String file, String list, String name, ThrowingConsumer<JsonNode> check)
            throws IOException {
        return StreamSupport.stream(read(directory, file).path(list).spliterator(), false)
                .map(test -> DynamicTest.dynamicTest(test.path(name).asText(), () -> check.accept(test)));
    }

    @Test
    void nothingLiesAboutUntested() throws IOException {
        Set<String> tested = new TreeSet<>();
        read(HEALTH, "health_test.yaml")
                .path("tests")
                .forEach(test -> tested.add(test.path("inputPath").asText()));
        Set<String> there = new TreeSet<>();
        try (Stream<Path> files = Files.list(HEALTH.resolve("testdata"))) {
            files.forEach(file -> there.add("testdata/" + file.getFileName()));
        }
        assertEquals(there, tested);
    }

    @Test
    void thePatchOfTheConfigMapHasTheSameScripts() throws IOException {
        JsonNode patch = read(Path.of("deploy/argocd"), "argocd-cm.yaml").path("data");
        assertEquals(
                Files.readString(HEALTH.resolve("health.lua")),
                patch.path("resource.customizations.health.azure.finops.dev_CostExport")
                        .asText());
        JsonNode actions = YAML.readTree(patch.path("resource.customizations.actions.azure.finops.dev_CostExport")
                .asText());
        assertEquals(
                Files.readString(ACTIONS.resolve("discovery.lua")),
                actions.path("discovery.lua").asText());
        Set<String> defined = new TreeSet<>();
        for (JsonNode definition : actions.path("definitions")) {
            defined.add(definition.path("name").asText());
            assertEquals(
                    Files.readString(ACTIONS.resolve(definition.path("name").asText() + "/action.lua")),
                    definition.path("action.lua").asText());
        }
        try (Stream<Path> files = Files.list(ACTIONS)) {
            assertEquals(
                    files.filter(file -> Files.exists(file.resolve("action.lua")))
                            .map(file -> file.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new)),
                    defined);
        }
    }

    private static JsonNode read(Path directory, String file) throws IOException {
        return YAML.readTree(directory.resolve(file).toFile());
    }
}
