package dev.finops.azure.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.arm.ArmClient;
import dev.finops.azure.arm.BoundedJson;
import dev.finops.azure.export.document.ObservedExport;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One page of a list, read entry by entry: the trees of a thousand exports at once would need many times the memory of
 * their text.
 *
 * @param byName what is kept of each export, by name as Azure spells it
 * @param whole whether each entry was an export with a name
 * @param nextLink empty on the last page
 */
record ListPage<T>(Map<String, T> byName, boolean whole, String nextLink) implements ArmClient.Page {
    /** What is kept of so many exports is some ten megabytes. */
    static final int MAX_ENTRIES = 20_000;

    /**
     * Empty when the text is no list. It is read only as far as the entries that are kept.
     *
     * @param here whether an export belongs to the requested scope
     */
    static <T> Optional<ListPage<T>> read(
            InputStream text, Predicate<ObservedExport> here, Function<ObservedExport, T> keep) {
        try (JsonParser parser = BoundedJson.parser(text)) {
            ListPage<T> entries = null;
            String nextLink = "";
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String member = parser.currentName();
                JsonToken value = parser.nextToken();
                if (member.equals("value") && value == JsonToken.START_ARRAY) {
                    entries = entries(parser, here, keep);
                } else if (member.equals("nextLink") && value == JsonToken.VALUE_STRING) {
                    nextLink = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            return entries == null || parser.currentToken() != JsonToken.END_OBJECT
                    ? Optional.empty()
                    : Optional.of(new ListPage<>(entries.byName, entries.whole, nextLink));
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    private static <T> ListPage<T> entries(
            JsonParser parser, Predicate<ObservedExport> here, Function<ObservedExport, T> keep) throws IOException {
        Map<String, T> byName = new HashMap<>();
        boolean whole = true;
        int entries = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++entries > MAX_ENTRIES) { // what is not read may be there
                whole = false;
                parser.skipChildren();
                continue;
            }
            JsonNode entry = BoundedJson.read(parser);
            Optional<ObservedExport> export =
                    Optional.of(entry).filter(ExportsClient::isExport).map(e -> new ObservedExport((ObjectNode) e));
            Optional<String> name = export.flatMap(ObservedExport::name);
            whole &= name.isPresent();
            name.filter(_ -> here.test(export.get())).ifPresent(known -> byName.put(known, keep.apply(export.get())));
        }
        return new ListPage<>(byName, whole, "");
    }
}
