package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What pages show as YAML is YAML: an object of Kubernetes, or fields of a CostExport's spec. */
class SnippetsTest {
    static Stream<Snippet> yaml() {
        return Snippet.yaml();
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void is_an_object_or_fields_of_the_spec(Snippet snippet) {
        ObjectNode document = snippet.document();
        boolean object = document.path("apiVersion").isTextual()
                && document.path("kind").isTextual()
                && document.at("/metadata/name").isTextual();
        boolean kustomization = document.path("apiVersion").asText().startsWith("kustomize.config.k8s.io/");
        assertTrue(
                object
                        || kustomization
                        || Snippet.FIELDS.containsAll(document.properties().stream()
                                .map(field -> field.getKey())
                                .toList()),
                snippet::toString);
    }
}
