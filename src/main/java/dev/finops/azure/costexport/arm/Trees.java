package dev.finops.azure.costexport.arm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.costexport.export.Json;
import java.io.IOException;

/** JSON as trees of bounded size: one of nothing but brackets is twenty times its text, which would be more than this process has. */
public final class Trees {
  /** The runs of seven years have some ten thousand, a manifest of 10,000 blobs a hundred thousand. */
  public static final int MAX_TOKENS = 300_000;

  private static final ObjectMapper MAPPER = Json.exact();

  private Trees() {}

  public static JsonNode read(byte[] text) throws IOException {
    try (JsonParser parser = parser(text)) {
      JsonNode tree = read(parser);
      return tree == null ? MAPPER.missingNode() : tree;
    }
  }

  static JsonParser parser(byte[] text) throws IOException {
    return MAPPER.createParser(text);
  }

  /** The value that comes next. */
  static JsonNode read(JsonParser parser) throws IOException {
    return MAPPER.readTree(new Counting(parser));
  }

  private static final class Counting extends JsonParserDelegate {
    private int tokens;

    Counting(JsonParser parser) {
      super(parser);
    }

    @Override
    public JsonToken nextToken() throws IOException {
      if (++tokens > MAX_TOKENS) {
        throw new StreamConstraintsException("more than " + MAX_TOKENS + " tokens");
      }
      return super.nextToken();
    }
  }
}
