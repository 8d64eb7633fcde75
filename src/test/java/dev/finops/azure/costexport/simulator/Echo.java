package dev.finops.azure.costexport.simulator;

import static dev.finops.azure.costexport.simulator.Respelling.COLUMNS_REORDERED;
import static dev.finops.azure.costexport.simulator.Respelling.DEFAULTS;
import static dev.finops.azure.costexport.simulator.Respelling.LONG_DATES;
import static dev.finops.azure.costexport.simulator.Respelling.LOWER_CASE_IDS;
import static dev.finops.azure.costexport.simulator.Respelling.NO_SLASH_AFTER_FOLDER;
import static dev.finops.azure.costexport.simulator.Respelling.NULLS;
import static dev.finops.azure.costexport.simulator.Respelling.OTHER_CASE;
import static dev.finops.azure.costexport.simulator.Respelling.SLASHLESS_IDS;
import static dev.finops.azure.costexport.simulator.Respelling.SLASHLESS_STORAGE_ID;
import static dev.finops.azure.costexport.simulator.Respelling.SLASH_AFTER_FOLDER;
import static dev.finops.azure.costexport.simulator.Respelling.UNKNOWN_MEMBER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Exports and runs as answers show them: not quite as they were sent. */
final class Echo {

    /** What stands for the SAS token; sent back it means "the same as before". */
    static final String MASK = "********";

    private static final DateTimeFormatter LONG = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSS'+00:00'").withZone(ZoneOffset.UTC);
    private static final String DESTINATION = "properties.deliveryInfo.destination";
    private static final String DATA_SET = "properties.definition.dataSet";
    private static final List<String> DATES = List.of("properties.schedule.recurrencePeriod.from", "properties.schedule.recurrencePeriod.to",
            "properties.definition.timePeriod.from", "properties.definition.timePeriod.to", "properties.nextRunTimeEstimate");
    private static final List<String> ENUMS = List.of("properties.format", "properties.compressionMode", "properties.dataOverwriteBehavior",
            "properties.definition.type", "properties.definition.timeframe", DATA_SET + ".granularity",
            "properties.schedule.status", "properties.schedule.recurrence");

    private final ObjectNode document;
    private final Set<Respelling> respellings;

    private Echo(ObjectNode document, Set<Respelling> respellings) {
        this.document = document;
        this.respellings = respellings;
    }

    static ObjectNode export(Export export, ApiVersion version, Behaviour behaviour, Instant now) {
        var document = Json.object().put("id", id(export, version, behaviour)).put("name", export.name())
                .put("type", "Microsoft.CostManagement/exports");
        document.setAll(export.document().deepCopy());
        if (!version.isNew()) document.remove("systemData");
        var properties = (ObjectNode) document.path("properties");
        export.nextRun(now).ifPresent(next -> properties.put("nextRunTimeEstimate", next.toString()));
        if (version.isNew()) {
            export.suspension().ifPresent(suspension -> properties.putObject("systemSuspensionContext").put("suspensionCode", suspension.code())
                    .put("suspensionReason", suspension.reason()).put("suspensionTime", suspension.since().toString()));
        }
        if (version.namesSuspension() && export.suspension().isPresent()) {
            Json.set(document, "properties.schedule.status", JsonNodeFactory.instance.textNode("SystemSuspended"));
        }
        new Echo(document, behaviour.respellings()).respell(version);
        return document;
    }

    static ObjectNode run(Export export, Run run, Instant now, ApiVersion version, Behaviour behaviour) {
        var document = Json.object().put("id", id(export, version, behaviour) + "/Run/" + run.id()).put("name", run.id());
        var properties = run.properties(now, version);
        document.set("properties", properties);
        mask(properties, "runSettings.deliveryInfo.destination.sasToken");
        return document;
    }

    private static String id(Export export, ApiVersion version, Behaviour behaviour) {
        var respellings = behaviour.respellings();
        boolean slashless = respellings.contains(SLASHLESS_IDS) && (export.scope().inSubscription() || !version.isNew());
        var id = slashless ? export.id().substring(1) : export.id();
        return respellings.contains(LOWER_CASE_IDS) ? id.toLowerCase(Locale.ROOT) : id;
    }

    private void respell(ApiVersion version) {
        mask(document, DESTINATION + ".sasToken");
        Json.set(document, DESTINATION + ".type", JsonNodeFactory.instance.missingNode());
        if (version.isNew() && does(DEFAULTS)) fillIn();
        if (version.isNew() && does(NULLS)) nulls();
        if (version.isNew() && does(LONG_DATES)) {
            for (var path : DATES) DateRange.instant(document, path).ifPresent(instant -> text(path, _ -> LONG.format(instant)));
        }
        if (does(LOWER_CASE_IDS)) text(DESTINATION + ".resourceId", id -> id.toLowerCase(Locale.ROOT));
        if (does(SLASHLESS_STORAGE_ID)) text(DESTINATION + ".resourceId", id -> id.replaceFirst("^/", ""));
        if (does(OTHER_CASE)) ENUMS.forEach(path -> text(path, Echo::otherCase));
        if (does(SLASH_AFTER_FOLDER)) text(DESTINATION + ".rootFolderPath", path -> path.endsWith("/") ? path : path + "/");
        if (does(NO_SLASH_AFTER_FOLDER)) text(DESTINATION + ".rootFolderPath", path -> path.replaceFirst("/$", ""));
        if (does(COLUMNS_REORDERED) && Json.at(document, DATA_SET + ".configuration.columns") instanceof ArrayNode columns) reverse(columns);
        if (does(UNKNOWN_MEMBER)) properties().put("lastEvaluatedBy", "exports-service");
    }

    private void fillIn() {
        var definition = (ObjectNode) Json.at(document, "properties.definition");
        properties().putIfAbsent("format", text("Csv"));
        properties().putIfAbsent("partitionData", JsonNodeFactory.instance.booleanNode(true));
        properties().putIfAbsent("dataOverwriteBehavior", text("CreateNewReport"));
        properties().putIfAbsent("compressionMode", text("none"));
        properties().putIfAbsent("exportDescription", text(""));
        properties().putIfAbsent("schedule", Json.object().put("status", "Inactive"));
        definition.putIfAbsent("dataSet", Json.object());
        if (!Json.present(definition, "dataSet.configuration")) ((ObjectNode) definition.path("dataSet")).putObject("configuration");
        var configuration = (ObjectNode) Json.at(definition, "dataSet.configuration");
        configuration.putIfAbsent("columns", JsonNodeFactory.instance.arrayNode());
        configuration.putIfAbsent("dataVersion", text(latestVersion(definition.path("type").asText())));
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
        for (var path : List.of(DATA_SET + ".granularity", DATA_SET + ".configuration.filters", "properties.definition.timePeriod",
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
        var other = Character.isUpperCase(first.charAt(0)) ? first.toLowerCase(Locale.ROOT) : first.toUpperCase(Locale.ROOT);
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
