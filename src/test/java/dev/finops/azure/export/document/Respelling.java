package dev.finops.azure.export.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The ways in which Azure answers another text than was sent and means nothing by it (docs/azure.md). Written down in
 * Azure's terms, without the code that compares.
 */
public enum Respelling {
    LOWER_CASE_IDS(texts(String::toLowerCase, "properties.deliveryInfo.destination.resourceId")),
    UPPER_CASE_IDS(texts(String::toUpperCase, "properties.deliveryInfo.destination.resourceId")),
    SLASHLESS_IDS(
            texts(id -> id.startsWith("/") ? id.substring(1) : id, "properties.deliveryInfo.destination.resourceId")),
    IDS_WITH_SLASH_AT_END(texts(id -> id + "/", "properties.deliveryInfo.destination.resourceId")),
    LOWER_CASE_WORDS(texts(word -> word.toLowerCase(Locale.ROOT), words())),
    UPPER_CASE_WORDS(texts(word -> word.toUpperCase(Locale.ROOT), words())),
    DISPLAYED_LOCATION(texts(location -> location.equals("centralus") ? "Central US" : location, "location")),
    FOLDER_IN_SLASHES(texts(folder -> "/" + folder + "/", "properties.deliveryInfo.destination.rootFolderPath")),
    OFFSETS(texts(time -> time.replace("Z", "+00:00"), times())),
    SEVEN_DIGITS(texts(time -> time.contains(".") ? time : time.replace("Z", ".0000000Z"), times())),
    NO_OFFSETS(texts(time -> time.replace("Z", ""), times())),
    PERIOD_ENDS_AT_MIDNIGHT(texts(time -> time.replace("23:59:59", "00:00:00"), "properties.definition.timePeriod.to")),
    LISTS_REVERSED(Respelling::reverseLists),
    DEFAULTS(document -> defaults().forEach((path, json) -> fill(document, path, Json.read(json)))),
    NULLS(document -> defaults().keySet().forEach(path -> fill(document, path, Json.read("null")))),
    UNKNOWN_MEMBERS(Respelling::addUnknown),
    OTHER_CASE_OF_THE_EXPORT(texts(String::toUpperCase, "id", "name", "identity.principalId", "identity.tenantId")),
    MEMBERS_REVERSED(Respelling::reverseMembers),
    ETAG_WITHOUT_QUOTES(texts(tag -> tag.replace("\"", ""), "eTag")),
    WEAK_ETAG(texts(tag -> tag.startsWith("W/") ? tag : "W/" + tag, "eTag")),
    MOVING_ESTIMATE(document -> new DocumentPath("properties.nextRunTimeEstimate")
            .set(
                    document,
                    TextNode.valueOf("2026-11-16T10:00:"
                            + "%02d.%07dZ".formatted(Reads.COUNT.incrementAndGet() % 60, Reads.COUNT.get())))),
    WHAT_ONLY_AZURE_SAYS(document -> {
        fill(document, "systemData.lastModifiedBy", TextNode.valueOf("somebody"));
        fill(document, "properties.nextRunTimeEstimate", TextNode.valueOf("2026-11-16T23:00:00Z"));
        fill(document, "properties.runHistory.value", Json.read("[]"));
        fill(document, "properties.deliveryInfo.destination.sasToken", TextNode.valueOf("?sv=****"));
    });

    private static final class Reads {
        private static final AtomicInteger COUNT = new AtomicInteger();
    }

    private final Consumer<ObjectNode> change;

    Respelling(Consumer<ObjectNode> change) {
        this.change = change;
    }

    public ObservedExport of(ObservedExport export) {
        ObjectNode document = export.document().deepCopy();
        change.accept(document);
        return new ObservedExport(document);
    }

    private static String[] words() {
        return new String[] {
            "identity.type",
            "properties.format",
            "properties.definition.type",
            "properties.definition.timeframe",
            "properties.definition.dataSet.granularity",
            "properties.schedule.status",
            "properties.schedule.recurrence",
            "properties.dataOverwriteBehavior",
            "properties.compressionMode",
            "properties.deliveryInfo.destination.container"
        };
    }

    private static String[] times() {
        return new String[] {
            "properties.schedule.recurrencePeriod.from",
            "properties.schedule.recurrencePeriod.to",
            "properties.definition.timePeriod.from",
            "properties.definition.timePeriod.to"
        };
    }

    /** What a field that was not sent means (docs/azure.md, "The document"). */
    private static Map<String, String> defaults() {
        return Map.of(
                "identity.type",
                "\"None\"",
                "properties.format",
                "\"Csv\"",
                "properties.compressionMode",
                "\"none\"",
                "properties.partitionData",
                "false",
                "properties.dataOverwriteBehavior",
                "\"CreateNewReport\"",
                "properties.exportDescription",
                "\"\"",
                "properties.deliveryInfo.destination.rootFolderPath",
                "\"\"",
                "properties.definition.dataSet.configuration.columns",
                "[]",
                "properties.definition.dataSet.configuration.filters",
                "[]");
    }

    private static Consumer<ObjectNode> texts(UnaryOperator<String> change, String... paths) {
        return document -> List.of(paths).forEach(path -> {
            JsonNode value = new DocumentPath(path).in(document);
            if (value != null) {
                new DocumentPath(path).set(document, TextNode.valueOf(change.apply(value.asText())));
            }
        });
    }

    private static void fill(ObjectNode document, String path, JsonNode value) {
        if (new DocumentPath(path).in(document) == null) {
            new DocumentPath(path).set(document, value);
        }
    }

    private static void reverseLists(ObjectNode document) {
        for (String path : List.of("columns", "filters")) {
            DocumentPath list = new DocumentPath("properties.definition.dataSet.configuration." + path);
            if (list.in(document) instanceof ArrayNode values) {
                ArrayNode reversed = values.arrayNode();
                values.forEach(value -> reversed.insert(0, value));
                list.set(document, reversed);
            }
        }
    }

    private static void reverseMembers(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<Map.Entry<String, JsonNode>> members =
                    List.copyOf(object.deepCopy().properties());
            object.removeAll();
            members.reversed().forEach(member -> object.set(member.getKey(), member.getValue()));
        }
        node.forEach(Respelling::reverseMembers);
    }

    private static void addUnknown(ObjectNode document) {
        for (String parent : List.of(
                "properties.",
                "properties.deliveryInfo.destination.",
                "properties.definition.",
                "properties.schedule.",
                "")) {
            fill(document, parent + "madeUpLater", Json.read("{\"mode\": [1, null, \"x\"]}"));
        }
    }
}
