package dev.finops.azure.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** Documents as people write them. */
public final class Yaml {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Yaml() {}

    public static ObjectNode object(String yaml) {
        // A text that begins with a brace would be taken for JSON.
        return yaml.isBlank()
                ? MAPPER.createObjectNode()
                : MAPPER.valueToTree(Serialization.unmarshal("---\n" + yaml, Map.class));
    }

    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static <T> T as(Class<T> type, JsonNode document) {
        return MAPPER.convertValue(document, type);
    }

    /** RFC 7386. */
    public static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> member : patch.properties()) {
            if (member.getValue().isNull()) {
                target.remove(member.getKey());
            } else if (member.getValue() instanceof ObjectNode inner) {
                merge(
                        target.get(member.getKey()) instanceof ObjectNode known
                                ? known
                                : target.putObject(member.getKey()),
                        inner);
            } else {
                target.set(member.getKey(), member.getValue());
            }
        }
    }
}
