package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests that people copy: accepted, brought to Ready, and run to their end. */
class SamplesIT extends SystemTest {
    private static final List<Path> SAMPLES = List.of(Path.of("deploy/samples"), Path.of("deploy/recommended"));

    /**
     * The REST reference sends to a management group what Azure's newer texts do not know there; the simulator follows
     * the texts.
     */
    private static final Set<String> REFUSED = Set.of("test-management-group");

    static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path folder : SAMPLES) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    private static List<ObjectNode> manifests(Path file) throws IOException {
        return Stream.of(Files.readString(file).split("(?m)^---$"))
                .map(Yaml::object)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everySampleWorks(Path file) throws IOException {
        var applied = cluster.kubectl().run("", "apply", "--namespace", namespace, "--filename", file.toString());
        applied.orFail();
        assertEquals(List.of(), applied.warnings());

        for (ObjectNode manifest : manifests(file)) {
            var export = applied(manifest.at("/metadata/name").asText());
            if (REFUSED.contains(export.name())) {
                var stalled = export.await("Stalled", "True", "InvalidRequest");
                assertTrue(
                        stalled.message().contains("Set dataset: {type: Usage} with format: Csv"), stalled.message());
            } else if (isMicrosoftCustomerAgreement(manifest)) {
                export.awaitReady()
                        .annotate(RUN_REQUESTED_AT, "now")
                        .await("LastRunSucceeded", "False", "RunDenied"); // its schedule works
            } else {
                export.awaitReady().annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");
                assertTrue(export.status().appliedFields().contains("dataset.type"));
            }
        }
    }

    private static boolean isMicrosoftCustomerAgreement(ObjectNode manifest) {
        return manifest.at("/spec/scope").asText().contains("/billingProfiles/");
    }

    /** What Argo CD and Flux do every few minutes. */
    @Test
    void appliedAgainByClientOrByServerNothingChanges() {
        String file = SAMPLES.getFirst().resolve("focus-daily.yaml").toString();
        cluster.kubectl()
                .run("", "apply", "--namespace", namespace, "--filename", file)
                .orFail();
        var export = applied("focus-daily").awaitReady();
        export.await("LastRunSucceeded", "True", "Completed");
        Long generation = export.object().getMetadata().getGeneration();
        int mark = azure.journal().mark();

        assertTrue(cluster.kubectl()
                .run("", "apply", "--namespace", namespace, "--filename", file)
                .orFail()
                .contains("unchanged"));
        var byServer =
                cluster.kubectl().run("", "apply", "--server-side", "--namespace", namespace, "--filename", file);
        byServer.orFail();
        assertEquals(List.of(), byServer.warnings());
        export.awaitLooks(2);

        assertEquals(generation, export.object().getMetadata().getGeneration());
        assertEquals(generation, export.status().observedGeneration());
        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation().writes() && call.path().contains("/focus-daily"))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("files")
    void aSampleLeavesNoChoiceToTheVersion(Path file) throws IOException {
        if (file.endsWith("rest-reference.yaml")) {
            return; // its point is to state nothing that an older version lacks
        }
        for (ObjectNode manifest : manifests(file)) {
            for (String field : List.of("format", "compressionMode", "partitionData", "dataOverwriteBehavior")) {
                assertTrue(
                        manifest.path("spec").has(field),
                        manifest.at("/metadata/name").asText() + " does not state " + field);
            }
        }
    }
}
