package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** One exchange of src/test/resources/azure/recorded.yaml: what a client of Azure's asked once, and what came back. */
public record Recorded(String id, JsonNode row) {

    public static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

    private static final Path FILE = Path.of("src/test/resources/azure/recorded.yaml");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String STORAGE =
            "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a";
    private static final String ETAG = "\"1d6eefc4a6d610c\"";

    /** What stands in the file for a value of which only the form was recorded, as a regular expression. */
    private static final Map<String, String> FORMS = Map.of(
            "GUID",
            "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "ETAG",
            "\"[0-9a-f]{15}\"",
            "FRACTION",
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,7}Z",
            "NUMBER",
            "\\d+",
            "TEXT",
            ".+",
            "CALLER",
            "[0-9a-f-]{36}",
            "SUBSCRIPTION",
            "subscriptions/" + SUBSCRIPTION,
            "STORAGE",
            STORAGE);

    private static final Pattern FORM = Pattern.compile(String.join("|", FORMS.keySet()));

    public static List<Recorded> all() {
        try (var text = Files.newBufferedReader(FILE)) {
            var options = new LoaderOptions();
            options.setMaxAliasesForCollections(1000);
            Map<String, Object> file = new Yaml(options).load(text);
            var exchanges = new ArrayList<Recorded>();
            MAPPER.valueToTree(file.get("exchanges"))
                    .properties()
                    .forEach(row -> exchanges.add(new Recorded(row.getKey(), row.getValue())));
            return exchanges;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Recorded of(String id) {
        return all().stream()
                .filter(exchange -> exchange.id.equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return id;
    }

    public String method() {
        return row.path("request").asText().split(" ")[0];
    }

    /** Below {@code Microsoft.CostManagement}. */
    public String path() {
        return row.path("request").asText().split(" ")[1];
    }

    /** The scope's id; empty for the tenant. */
    public String scope() {
        var scope = row.path("scope").asText();
        return scope.equals("TENANT") ? "" : "/subscriptions/" + SUBSCRIPTION + scope;
    }

    public String version() {
        return row.path("version").asText();
    }

    public int status() {
        return row.path("status").asInt();
    }

    /** The reason of the failure that the operator makes of the answer. */
    public Optional<String> outcome() {
        return Json.text(row, "outcome");
    }

    /** The exchanges before. */
    List<Recorded> given() {
        var given = new ArrayList<Recorded>();
        row.path("given").forEach(one -> given.add(of(one.asText())));
        return given;
    }

    Instant clock() {
        return row.path("given").isEmpty()
                ? Instant.parse(row.path("clock").asText())
                : given().getFirst().clock();
    }

    Duration after() {
        return Duration.parse("PT" + row.path("after").asText("0s").toUpperCase());
    }

    /** Whether the last run before is done sooner than the one before it. */
    boolean isQuick() {
        return row.path("quick").asBoolean();
    }

    List<String> switches() {
        var names = new ArrayList<String>();
        row.path("switches").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Exports that were there. */
    Map<String, ObjectNode> made() {
        var made = new TreeMap<String, ObjectNode>();
        row.path("made")
                .properties()
                .forEach(export -> made.put(export.getKey(), (ObjectNode) filled(export.getValue())));
        return made;
    }

    Optional<ObjectNode> body() {
        return row.path("body") instanceof ObjectNode body ? Optional.of((ObjectNode) filled(body)) : Optional.empty();
    }

    List<String> absentHeaders() {
        var names = new ArrayList<String>();
        row.path("absent").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** The headers that were there, each with the form of its value as a regular expression. */
    Map<String, String> headerForms() {
        var forms = new TreeMap<String, String>();
        row.path("headers")
                .properties()
                .forEach(header ->
                        forms.put(header.getKey(), form(header.getValue().asText())));
        return forms;
    }

    /** Headers with values of the recorded forms. */
    public Map<String, String> headers() {
        var headers = new TreeMap<String, String>();
        row.path("headers")
                .properties()
                .forEach(header ->
                        headers.put(header.getKey(), filled(header.getValue().asText())));
        headers.remove("Date");
        headers.put("x-ms-request-id", UUID.randomUUID().toString());
        return headers;
    }

    /** An answer of the recorded form; empty for an empty body. */
    public Optional<JsonNode> answer() {
        return row.has("answer") ? Optional.of(filled(row.path("answer"))) : Optional.empty();
    }

    /**
     * Where a document is not of the recorded form: the paths of the members that are missing, that are too many, or
     * that have another form.
     */
    List<String> differences(JsonNode document) {
        var differences = new ArrayList<String>();
        compare("", row.path("answer"), document, differences);
        return differences;
    }

    private static void compare(String path, JsonNode recorded, JsonNode document, List<String> differences) {
        boolean same = switch (recorded) {
            case ObjectNode object -> {
                if (!(document instanceof ObjectNode other)) yield false;
                object.properties()
                        .forEach(member -> compare(
                                path + "/" + member.getKey(),
                                member.getValue(),
                                other.path(member.getKey()),
                                differences));
                other.fieldNames().forEachRemaining(name -> {
                    if (!object.has(name)) differences.add(path + "/" + name + " was not recorded");
                });
                yield true;
            }
            case ArrayNode array -> {
                if (!(document instanceof ArrayNode other) || other.size() != array.size()) yield false;
                for (int i = 0; i < array.size(); i++) compare(path + "/" + i, array.get(i), other.get(i), differences);
                yield true;
            }
            case TextNode text -> document.isTextual() && document.asText().matches(form(text.asText()));
            default -> recorded.equals(document);
        };
        if (!same) differences.add(path + " is " + document + ", recorded was " + recorded);
    }

    private static String form(String text) {
        var form = new StringBuilder();
        int end = 0;
        for (var match : FORM.matcher(text).results().toList()) {
            form.append(Pattern.quote(text.substring(end, match.start()))).append(FORMS.get(match.group()));
            end = match.end();
        }
        return form.append(Pattern.quote(text.substring(end))).toString();
    }

    private static JsonNode filled(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var filled = Json.object();
                object.properties().forEach(member -> filled.set(member.getKey(), filled(member.getValue())));
                yield filled;
            }
            case ArrayNode array -> {
                var filled = MAPPER.createArrayNode();
                array.forEach(element -> filled.add(filled(element)));
                yield filled;
            }
            case TextNode text -> new TextNode(filled(text.asText()));
            default -> node;
        };
    }

    private static String filled(String text) {
        UnaryOperator<String> value = form -> switch (form) {
            case "GUID" -> UUID.randomUUID().toString();
            case "ETAG" -> ETAG;
            case "FRACTION" -> "2021-01-20T07:25:06.3338433Z";
            case "NUMBER" -> "11999";
            case "CALLER" -> "person@contoso.example";
            case "TEXT" -> "text";
            case "SUBSCRIPTION", "STORAGE" -> FORMS.get(form);
            default -> throw new IllegalArgumentException(form);
        };
        return FORM.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value.apply(match.group())));
    }
}
