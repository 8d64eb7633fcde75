package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.Respelling.COLUMNS_REORDERED;
import static dev.finops.azure.simulator.Respelling.DEFAULTS;
import static dev.finops.azure.simulator.Respelling.ETAG_RESPELLED;
import static dev.finops.azure.simulator.Respelling.INACTIVE_SCHEDULE;
import static dev.finops.azure.simulator.Respelling.LONG_DATES;
import static dev.finops.azure.simulator.Respelling.LOWER_CASE_IDS;
import static dev.finops.azure.simulator.Respelling.MEMBERS_SHUFFLED;
import static dev.finops.azure.simulator.Respelling.NO_EMPTY_DATA_SET;
import static dev.finops.azure.simulator.Respelling.NO_SLASH_AFTER_FOLDER;
import static dev.finops.azure.simulator.Respelling.NULLS;
import static dev.finops.azure.simulator.Respelling.NULL_FOLDER;
import static dev.finops.azure.simulator.Respelling.OTHER_CASE;
import static dev.finops.azure.simulator.Respelling.SHORT_DATES;
import static dev.finops.azure.simulator.Respelling.SLASHLESS_IDS;
import static dev.finops.azure.simulator.Respelling.SLASHLESS_STORAGE_ID;
import static dev.finops.azure.simulator.Respelling.SLASH_AFTER_FOLDER;
import static dev.finops.azure.simulator.Respelling.SPACED_VERSION;
import static dev.finops.azure.simulator.Respelling.UNKNOWN_MEMBER;
import static dev.finops.azure.simulator.Respelling.ZONELESS_DATES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Exports and runs as answers show them: not quite as they were sent. */
final class Echo {

    /** What stands for the SAS token; sent back it means "the same as before". */
    static final String MASK = "********";

    private static final DateTimeFormatter LONG =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSS'+00:00'").withZone(ZoneOffset.UTC);
    /** A fraction of up to seven digits without the zeros at its end. */
    private static final DateTimeFormatter SHORT = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 7, true)
            .appendLiteral('Z')
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Duration AHEAD = Duration.ofHours(12);
    private static final int NANOS_PER_TICK = 100;
    private static final String DESTINATION = "properties.deliveryInfo.destination";
    private static final String DATA_SET = "properties.definition.dataSet";
    private static final List<String> DATES = List.of(
            "properties.schedule.recurrencePeriod.from",
            "properties.schedule.recurrencePeriod.to",
            "properties.definition.timePeriod.from",
            "properties.definition.timePeriod.to",
            "properties.nextRunTimeEstimate");
    private static final List<String> ENUMS = List.of(
            "properties.format",
            "properties.compressionMode",
            "properties.dataOverwriteBehavior",
            "properties.definition.type",
            "properties.definition.timeframe",
            DATA_SET + ".granularity",
            "properties.schedule.status",
            "properties.schedule.recurrence");

    private final ObjectNode document;
    private final Set<Respelling> respellings;
    private final long tick;

    private Echo(ObjectNode document, Set<Respelling> respellings, long tick) {
        this.document = document;
        this.respellings = respellings;
        this.tick = tick;
    }

    /** The answer to a PUT. */
    static ObjectNode written(Export export, ApiVersion version, Behaviour behaviour, Instant now) {
        var estimate = behaviour.is(Choice.EstimateAfterPut.PRESENT) ? export.nextRun(now) : Optional.<Instant>empty();
        return export(export, version, behaviour, estimate, 0);
    }

    /**
     * The export in the answer to a GET or LIST.
     *
     * @param tick another number for each read
     */
    static ObjectNode read(Export export, ApiVersion version, Behaviour behaviour, Instant now, long tick) {
        var scheduled = export.nextRun(now);
        if (behaviour.is(Choice.Estimate.ON_SCHEDULE)) return export(export, version, behaviour, scheduled, tick);
        var ahead = now.plus(AHEAD).plusNanos(tick % 1_000_000 * NANOS_PER_TICK);
        var from = DateRange.instant(export.properties(), "schedule.recurrencePeriod.from")
                .filter(start -> start.isAfter(ahead))
                .orElse(ahead);
        return export(export, version, behaviour, scheduled.map(_ -> from), tick);
    }

    private static ObjectNode export(
            Export export, ApiVersion version, Behaviour behaviour, Optional<Instant> estimate, long tick) {
        var document = Json.object()
                .put("id", id(export, version, behaviour))
                .put("name", export.name())
                .put("type", "Microsoft.CostManagement/exports");
        document.setAll(export.document().deepCopy());
        if (!version.isNew()) document.remove("systemData");
        var properties = (ObjectNode) document.path("properties");
        estimate.ifPresent(next -> properties.put("nextRunTimeEstimate", SHORT.format(next)));
        if (version.isNew()) {
            export.suspension()
                    .ifPresent(suspension -> properties
                            .putObject("systemSuspensionContext")
                            .put("suspensionCode", suspension.code())
                            .put("suspensionReason", suspension.reason())
                            .put("suspensionTime", suspension.since().toString()));
        }
        if (version.namesSuspension() && export.suspension().isPresent()) {
            Json.set(document, "properties.schedule.status", JsonNodeFactory.instance.textNode("SystemSuspended"));
        }
        new Echo(document, behaviour.respellings(), tick).respell(version);
        return document;
    }

    static ObjectNode run(Export export, Run run, Instant now, ApiVersion version, Behaviour behaviour) {
        var document = Json.object()
                .put("id", id(export, version, behaviour) + "/Run/" + run.id())
                .put("name", behaviour.is(Choice.RunIdentity.ALSO_AS_NAME) ? run.id() : null)
                .putNull("type")
                .putNull("eTag");
        var properties = run.properties(now, version);
        document.set("properties", properties);
        mask(properties, "runSettings.deliveryInfo.destination.sasToken");
        return document;
    }

    private static String id(Export export, ApiVersion version, Behaviour behaviour) {
        var respellings = behaviour.respellings();
        boolean slashless =
                respellings.contains(SLASHLESS_IDS) && (export.scope().inSubscription() || !version.isNew());
        var id = slashless ? export.id().substring(1) : export.id();
        return respellings.contains(LOWER_CASE_IDS) ? id.toLowerCase(Locale.ROOT) : id;
    }

    private void respell(ApiVersion version) {
        mask(document, DESTINATION + ".sasToken");
        Json.set(document, DESTINATION + ".type", JsonNodeFactory.instance.missingNode());
        if (does(INACTIVE_SCHEDULE))
            properties().putIfAbsent("schedule", Json.object().put("status", "Inactive"));
        if (does(NULL_FOLDER))
            ((ObjectNode) Json.at(document, DESTINATION))
                    .putIfAbsent("rootFolderPath", JsonNodeFactory.instance.nullNode());
        if (does(NO_EMPTY_DATA_SET) && Json.at(document, DATA_SET).isEmpty())
            Json.set(document, DATA_SET, JsonNodeFactory.instance.missingNode());
        if (version.isNew() && does(DEFAULTS)) fillIn();
        if (version.isNew() && does(NULLS)) nulls();
        if (version.isNew() && does(LONG_DATES)) {
            for (var path : DATES)
                DateRange.instant(document, path).ifPresent(instant -> text(path, _ -> LONG.format(instant)));
        } else if (does(SHORT_DATES)) {
            for (var path : DATES) text(path, Echo::shortened);
        }
        if (does(ZONELESS_DATES)) DATES.forEach(path -> text(path, time -> time.replaceFirst("(?:Z|\\+00:00)$", "")));
        if (does(SPACED_VERSION))
            text(DATA_SET + ".configuration.dataVersion", text -> text.replace("preview(", "preview ("));
        if (does(LOWER_CASE_IDS)) text(DESTINATION + ".resourceId", id -> id.toLowerCase(Locale.ROOT));
        if (does(SLASHLESS_STORAGE_ID)) text(DESTINATION + ".resourceId", id -> id.replaceFirst("^/", ""));
        if (does(OTHER_CASE)) ENUMS.forEach(path -> text(path, Echo::otherCase));
        if (does(SLASH_AFTER_FOLDER))
            text(DESTINATION + ".rootFolderPath", path -> path.endsWith("/") ? path : path + "/");
        if (does(NO_SLASH_AFTER_FOLDER)) text(DESTINATION + ".rootFolderPath", path -> path.replaceFirst("/$", ""));
        if (does(COLUMNS_REORDERED)
                && Json.at(document, DATA_SET + ".configuration.columns") instanceof ArrayNode columns)
            reverse(columns);
        if (does(UNKNOWN_MEMBER)) properties().put("lastEvaluatedBy", "exports-service");
        if (does(ETAG_RESPELLED)) text("eTag", this::respelledETag);
        if (does(MEMBERS_SHUFFLED)) shuffle(document);
    }

    /** Only a fraction of zero goes; exports of 2019 keep their milliseconds. */
    private static String shortened(String time) {
        return SHORT.format(DateRange.instant(time));
    }

    private String respelledETag(String eTag) {
        var plain = plainETag(eTag);
        return switch ((int) (tick % 4)) {
            case 0 -> eTag;
            case 1 -> plain;
            case 2 -> "W/\"" + plain + "\"";
            default -> "\"" + plain.toUpperCase(Locale.ROOT) + "\"";
        };
    }

    /** An eTag without the marks that do not matter. */
    static String plainETag(String eTag) {
        return eTag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
    }

    private static void shuffle(JsonNode node) {
        if (node instanceof ObjectNode object) {
            var members = new ArrayList<>(object.properties());
            Collections.shuffle(members);
            var shuffled = new LinkedHashMap<String, JsonNode>();
            members.forEach(member -> shuffled.put(member.getKey(), member.getValue()));
            object.removeAll();
            object.setAll(shuffled);
        }
        node.forEach(Echo::shuffle);
    }

    private void fillIn() {
        var definition = (ObjectNode) Json.at(document, "properties.definition");
        properties().putIfAbsent("format", text("Csv"));
        properties().putIfAbsent("partitionData", JsonNodeFactory.instance.booleanNode(true));
        properties().putIfAbsent("dataOverwriteBehavior", text("CreateNewReport"));
        properties().putIfAbsent("compressionMode", text("none"));
        properties().putIfAbsent("exportDescription", text(""));
        properties().putIfAbsent("schedule", Json.object().put("status", "Inactive"));
        if (!definition.has("dataSet") && does(NO_EMPTY_DATA_SET)) return;
        definition.putIfAbsent("dataSet", Json.object());
        if (!Json.present(definition, "dataSet.configuration"))
            ((ObjectNode) definition.path("dataSet")).putObject("configuration");
        var configuration = (ObjectNode) Json.at(definition, "dataSet.configuration");
        configuration.putIfAbsent("columns", JsonNodeFactory.instance.arrayNode());
        configuration.putIfAbsent(
                "dataVersion", text(latestVersion(definition.path("type").asText())));
    }

    private static String latestVersion(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "focuscost" -> "1.2-preview";
            case "reservationdetails" -> "2023-03-01";
            case "pricesheet", "reservationrecommendations", "reservationtransactions" -> "2023-05-01";
            default -> "2021-10-01";
        };
    }

    private void nulls() {
        for (var path : List.of(
                DATA_SET + ".granularity",
                DATA_SET + ".configuration.filters",
                "properties.definition.timePeriod",
                "properties.systemSuspensionContext")) {
            if (!Json.present(document, path)) Json.set(document, path, JsonNodeFactory.instance.nullNode());
        }
    }

    private static void reverse(ArrayNode columns) {
        var reversed = new ArrayList<JsonNode>();
        columns.forEach(reversed::add);
        Collections.reverse(reversed);
        columns.removeAll().addAll(reversed);
    }

    private static String otherCase(String value) {
        var first = value.substring(0, 1);
        var other = Character.isUpperCase(first.charAt(0))
                ? first.toLowerCase(Locale.ROOT)
                : first.toUpperCase(Locale.ROOT);
        return other + value.substring(1);
    }

    private static void mask(ObjectNode document, String path) {
        if (Json.present(document, path)) Json.set(document, path, text(MASK));
    }

    private boolean does(Respelling respelling) {
        return respellings.contains(respelling);
    }

    private ObjectNode properties() {
        return (ObjectNode) document.path("properties");
    }

    private void text(String path, UnaryOperator<String> change) {
        Json.text(document, path).ifPresent(value -> Json.set(document, path, text(change.apply(value))));
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.textNode(value);
    }
}
