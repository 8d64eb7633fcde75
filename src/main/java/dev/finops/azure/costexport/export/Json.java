package dev.finops.azure.costexport.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as trees, so that what this operator has never heard of survives. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_TEXT = 256;

  private Json() {}

  /** Reads what the program itself wrote down; anything else is a bug. */
  static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
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
  static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(member -> member.getValue().isNull());
    }
    node.forEach(Json::dropNulls);
  }

  /** JSON text of at most 256 characters, for people. */
  static String text(JsonNode value) {
    return shortened(value == null ? "null" : value.toString(), MAX_TEXT);
  }

  /** With a mark at its end when some of it is left out. */
  public static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
