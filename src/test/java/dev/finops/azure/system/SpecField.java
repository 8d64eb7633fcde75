package dev.finops.azure.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A field of the spec as the CRD's schema has it: a new one is found by itself. */
record SpecField(String path, JsonNode schema) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LONG = 5000;

    /** Every object and every leaf, those below first. */
    static List<SpecField> all() {
        try {
            JsonNode crd = Yaml.object(Files.readString(Path.of("crds/costexports.azure.finops.dev.yaml")));
            List<SpecField> fields = new ArrayList<>();
            below("", crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), fields);
            return fields;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void below(String path, JsonNode schema, List<SpecField> into) {
        schema.path("properties").properties().forEach(member -> {
            String inner = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            below(inner, member.getValue(), into);
            into.add(new SpecField(inner, member.getValue()));
        });
    }

    @Override
    public String toString() {
        return path;
    }

    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    String pointer() {
        return "/" + path.replace('.', '/');
    }

    /** Its boundaries, empties, wrong kinds, and what people paste. */
    Set<JsonNode> values() {
        Set<JsonNode> values = new LinkedHashSet<>(List.of(NullNode.getInstance()));
        switch (schema.path("type").asText()) {
            case "string" -> strings().map(Yaml::tree).forEach(values::add);
            case "integer" ->
                Stream.of(
                                -1L,
                                0L,
                                1L,
                                2L,
                                84L,
                                85L,
                                (long) Integer.MAX_VALUE,
                                Integer.MAX_VALUE + 1L,
                                Long.MAX_VALUE,
                                1.5,
                                "2",
                                List.of())
                        .map(Yaml::tree)
                        .forEach(values::add);
            case "boolean" ->
                Stream.of(true, false, "true", "", 1).map(Yaml::tree).forEach(values::add);
            case "array" -> arrays().map(Yaml::tree).forEach(values::add);
            case "object" ->
                Stream.of(Map.of(), List.of(), "x", 7, true).map(Yaml::tree).forEach(values::add);
            default -> throw new AssertionError("no values for the type of " + path);
        }
        return values;
    }

    private Stream<Object> strings() {
        Stream<Object> kinds = Stream.of(7, true, List.of("x"), Map.of("a", "b"));
        if (schema.has("enum")) {
            List<String> known = texts(schema.path("enum"));
            return Stream.of(
                            known.stream(),
                            Stream.of("", "Unknown", known.getFirst().toUpperCase(), " " + known.getFirst()),
                            kinds)
                    .flatMap(s -> s);
        }
        int max = schema.path("maxLength").asInt(LONG);
        return Stream.concat(
                Stream.of(
                        "",
                        "x",
                        "x".repeat(max),
                        "x".repeat(max + 1),
                        "2027-01-31",
                        "2027-02-30",
                        "2",
                        "90m",
                        "2026-01",
                        "Übergröße e\u0301 \u202Eabc \uD83D\uDE00",
                        "a\u0000b",
                        "a\nb",
                        " before",
                        "after ",
                        "a/",
                        "a//b",
                        "../a",
                        "\"a' \\",
                        "a%2Fb%00",
                        "${HOME}{{a}}",
                        "null"),
                kinds);
    }

    private Stream<Object> arrays() {
        boolean numbers = schema.at("/items/type").asText().equals("integer");
        boolean objects = schema.at("/items/type").asText().equals("object");
        Object one = numbers ? 5 : objects ? Map.of("name", "LookBackPeriod", "value", "Last7Days") : "Date";
        Object other = numbers
                ? 28
                : objects ? Map.of("name", "ResourceType", "value", "VirtualMachines") : "Übergröße \uD83D\uDE00";
        Object[] many = new Object[schema.path("maxItems").asInt(LONG) + 1];
        Arrays.setAll(many, i -> numbers ? i : objects ? Map.of("name", "n" + i, "value", "v") : "column" + i);
        return Stream.of(
                List.of(),
                List.of(one),
                List.of(other, one),
                List.of(one, one),
                Arrays.asList(many),
                List.of(List.of()),
                numbers ? List.of(0) : List.of(7),
                "Date",
                one);
    }

    /** A merge patch of the spec that sets it. */
    ObjectNode change(JsonNode value) {
        ObjectNode spec = MAPPER.createObjectNode();
        ObjectNode parent = spec;
        for (String step :
                path.contains(".") ? path.substring(0, path.lastIndexOf('.')).split("\\.") : new String[0]) {
            parent = parent.putObject(step);
        }
        parent.set(name(), value);
        return spec;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
