package dev.finops.azure.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** JSON documents, addressed by dotted paths such as {@code properties.definition.type}. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The document, a missing node for an empty text, nothing for a text that is no JSON. */
    static Optional<JsonNode> parse(String text) {
        try {
            return Optional.of(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    static JsonNode at(JsonNode document, String path) {
        return document.at("/" + path.replace('.', '/'));
    }

    /** A text at the path; nothing when it is absent, null or of another kind. */
    static Optional<String> text(JsonNode document, String path) {
        return Optional.ofNullable(at(document, path).textValue());
    }

    static boolean present(JsonNode document, String path) {
        var node = at(document, path);
        return !node.isMissingNode() && !node.isNull();
    }

    /** Sets what stands at the path when the object around it exists; a missing value removes it. */
    static void set(ObjectNode document, String path, JsonNode value) {
        int dot = path.lastIndexOf('.');
        var parent = dot < 0 ? document : at(document, path.substring(0, dot));
        if (!(parent instanceof ObjectNode object)) return;
        var member = path.substring(dot + 1);
        if (value.isMissingNode()) object.remove(member);
        else object.set(member, value);
    }
}
