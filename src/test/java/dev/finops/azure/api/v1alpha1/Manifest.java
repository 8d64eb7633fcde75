package dev.finops.azure.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CostExports as users write them: untyped, so that the API server sees exactly what is in the file. */
public final class Manifest {
    static final Path CASES = Path.of("src/test/resources/admission");
    private static final YAMLMapper YAML = new YAMLMapper();

    private Manifest() {}

    /** The base manifest with this merge patch. */
    public static GenericKubernetesResource of(String patch) {
        try {
            var base = YAML.readTree(Files.readString(CASES.resolve("base.yaml")));
            return YAML.convertValue(merged(base, YAML.readTree(patch)), GenericKubernetesResource.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One for each document of the file. */
    static Stream<GenericKubernetesResource> in(String file) {
        return Stream.of(file.split("(?m)^---$")).map(Manifest::of);
    }

    private static JsonNode merged(JsonNode target, JsonNode patch) {
        if (!(target instanceof ObjectNode object) || !patch.isObject()) {
            return patch;
        }
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                object.remove(field.getKey());
            } else {
                var known = object.get(field.getKey());
                object.set(field.getKey(), known == null ? field.getValue() : merged(known, field.getValue()));
            }
        });
        return object;
    }
}
