package dev.finops.azure.arm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.document.Json;
import java.io.IOException;
import java.io.InputStream;

/**
 * JSON as trees of bounded size: one of nothing but brackets is twenty times its text, which would be more than this
 * process has.
 */
public final class BoundedJson {
    /** The runs of seven years have some ten thousand, a manifest of 10,000 blobs a hundred thousand. */
    public static final int MAX_TOKENS = 300_000;

    /** One entry of a list. The text of an export with ten runs has some ten kilobytes. */
    private static final long MAX_ENTRY = 8L * 1024 * 1024;

    private static final int MAX_STRING = 2 * 1024 * 1024;

    private static final ObjectMapper MAPPER = Json.exact();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(MAX_STRING)
                        .build());
    }

    private BoundedJson() {}

    public static JsonNode read(byte[] text) throws IOException {
        try (JsonParser parser = parser(text)) {
            JsonNode tree = read(parser);
            return tree == null ? MAPPER.missingNode() : tree;
        }
    }

    private static JsonParser parser(byte[] text) throws IOException {
        return MAPPER.createParser(text);
    }

    /** Does not close the text. */
    public static JsonParser parser(InputStream text) throws IOException {
        return MAPPER.createParser(text).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
    }

    /** The value that comes next. */
    public static JsonNode read(JsonParser parser) throws IOException {
        return MAPPER.readTree(new Counting(parser));
    }

    private static final class Counting extends JsonParserDelegate {
        private final long start;
        private int tokens;

        Counting(JsonParser parser) {
            super(parser);
            this.start = parser.currentLocation().getByteOffset();
        }

        @Override
        public JsonToken nextToken() throws IOException {
            if (++tokens > MAX_TOKENS) {
                throw new StreamConstraintsException("more than " + MAX_TOKENS + " tokens");
            }
            if (delegate.currentLocation().getByteOffset() - start > MAX_ENTRY) {
                throw new StreamConstraintsException("more than " + MAX_ENTRY + " bytes");
            }
            return super.nextToken();
        }
    }
}
