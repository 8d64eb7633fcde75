package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.system.Yaml;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"a": 1, "b": {"c": 2, "d": 3}} | {"a": 1, "b": {"c": 2, "d": 4}} | {"b": {"d": 4}}
      {"a": 1, "b": 2}                | {"a": 1}                        | {"b": null}
      {"a": [1, 2]}                   | {"a": [2]}                      | {"a": [2]}
      {"a": 1}                        | {"a": 1}                        | {}
      null                            | {"a": 1}                        | {"a": 1}
      """)
    void saysWhatChangedAndNoMore(String before, String after, String patch) throws JsonProcessingException {
        assertEquals(MAPPER.readTree(patch), StatusPatcher.mergePatch(MAPPER.readTree(before), MAPPER.readTree(after)));
    }

    @Property
    void makesTheOneOfTheOther(@ForAll("objects") JsonNode before, @ForAll("objects") JsonNode after) {
        ObjectNode patched = before.deepCopy();
        Yaml.merge(patched, (ObjectNode) StatusPatcher.mergePatch(before, after));
        assertEquals(after, patched);
    }

    /** As a status is: nested objects, lists and scalars, no nulls. */
    @Provide
    Arbitrary<JsonNode> objects() {
        return objects(3);
    }

    private static Arbitrary<JsonNode> objects(int depth) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Arbitrary<JsonNode> scalars = Arbitraries.of(
                json.numberNode(1),
                json.textNode("x"),
                json.booleanNode(true),
                json.arrayNode().add(1));
        Arbitrary<JsonNode> values = depth == 0 ? scalars : Arbitraries.oneOf(scalars, objects(depth - 1));
        return Arbitraries.maps(Arbitraries.of("a", "b", "c"), values).map(members -> {
            ObjectNode object = json.objectNode();
            members.forEach(object::set);
            return object;
        });
    }
}
