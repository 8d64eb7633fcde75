package dev.finops.azure.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** JSON as trees, so that unknown members survive. */
public final class Json {
    private static final ObjectMapper MAPPER = exact();
    private static final int MAX_TEXT = 256;
    private static final Pattern LONE_SURROGATE =
            Pattern.compile("[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])|(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]");

    private Json() {}

    /** Keeps numbers of others to the last digit, trailing zeros included: a double has neither 17 digits nor 1e400. */
    public static ObjectMapper exact() {
        return JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** Reads what the program itself wrote down; anything else is a bug. */
    public static JsonNode read(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + json, e);
        }
    }

    /** Reads text that may be truncated, or written by another client. */
    public static Optional<JsonNode> tryRead(String json) {
        try {
            return json == null
                    ? Optional.empty()
                    : Optional.of(MAPPER.readTree(json)).filter(node -> !node.isMissingNode());
        } catch (JsonProcessingException cutOff) {
            return Optional.empty();
        }
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static <T> T as(Class<T> type, JsonNode tree) {
        return MAPPER.convertValue(tree, type);
    }

    /** Members without a value, at every depth. */
    public static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(member -> member.getValue().isNull());
        }
        node.forEach(Json::dropNulls);
    }

    /** JSON text of at most 256 characters, for people. */
    public static String text(JsonNode value) {
        return shortened(value == null ? "null" : value.toString(), MAX_TEXT);
    }

    /** With a mark at its end when some of it is left out. */
    public static String shortened(String text, int most) {
        return text.length() <= most ? paired(text) : paired(text.substring(0, most - 1)) + "…";
    }

    /** With a mark in its middle when some of it is left out. */
    public static String shortenedInside(String text, int beginning, int most) {
        return text.length() <= most
                ? paired(text)
                : paired(text.substring(0, beginning)) + "…"
                        + paired(text.substring(text.length() - most + beginning + 1));
    }

    /**
     * Half of a surrogate pair is no character: the API server would store another one, and the text would always
     * differ.
     */
    private static String paired(String text) {
        boolean plain =
                text.chars().noneMatch(unit -> Character.isSurrogate((char) unit)); // each text of each run comes here
        return plain ? text : LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
    }
}
