package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code kubectl explain} says of each spec field what it means, what happens without it, and how it is written. */
class ExplanationTest {
    private static final ObjectMapper YAML = new YAMLMapper();

    static Stream<CrdField> fields() {
        return CrdField.ofSpec().stream();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void what_may_be_left_out_has_a_default_and_nothing_else_has_one(CrdField field) {
        assertEquals(
                field.required(),
                Explanation.of(field).defaultValue().isEmpty(),
                field.path() + ": " + field.schema().getDescription());
    }

    @ParameterizedTest
    @MethodSource("fields")
    void the_example_can_be_copied(CrdField field) throws IOException {
        fits(field.path(), field.schema(), YAML.readTree(Explanation.of(field).example()));
    }

    private static void fits(String path, JSONSchemaProps schema, JsonNode example) {
        String type = switch (example.getNodeType()) {
            case NUMBER -> "integer";
            default -> example.getNodeType().name().toLowerCase(Locale.ROOT);
        };
        assertEquals(schema.getType(), type, path);
        assertTrue(
                schema.getEnum() == null
                        || schema.getEnum().isEmpty()
                        || schema.getEnum().contains(example),
                path + " cannot be " + example);
        example.properties().forEach(member -> {
            assertTrue(schema.getProperties().containsKey(member.getKey()), path + " has no " + member.getKey());
            fits(path + "." + member.getKey(), schema.getProperties().get(member.getKey()), member.getValue());
        });
        if (example.isArray()) {
            assertFalse(example.isEmpty(), path);
            example.forEach(item -> fits(path + "[]", schema.getItems().getSchema(), item));
        }
    }
}
