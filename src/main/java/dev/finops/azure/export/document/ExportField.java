package dev.finops.azure.export.document;

import static dev.finops.azure.document.Equivalence.DAY;
import static dev.finops.azure.document.Equivalence.FLAG;
import static dev.finops.azure.document.Equivalence.FOLDER;
import static dev.finops.azure.document.Equivalence.ID;
import static dev.finops.azure.document.Equivalence.INSTANT;
import static dev.finops.azure.document.Equivalence.SECRET;
import static dev.finops.azure.document.Equivalence.TEXT;
import static dev.finops.azure.document.Equivalence.WORD;
import static dev.finops.azure.document.Equivalence.WORDS;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.Equivalence;
import dev.finops.azure.document.Json;
import java.util.Optional;

/**
 * Every spec field that has a place in the ARM document: its path, how its values compare, and what its absence means.
 * Sources: docs/azure.md, "The document".
 */
public enum ExportField {
    IDENTITY_TYPE("identity.type", "identity.type", WORD, "\"None\""),
    LOCATION("identity.location", "location", Equivalence.LOCATION, null),
    FORMAT("format", "properties.format", WORD, "\"Csv\""),
    STORAGE_ACCOUNT_ID("destination.storageAccountId", "properties.deliveryInfo.destination.resourceId", ID, null),
    STORAGE_ACCOUNT_NAME(
            "destination.storageAccountName", "properties.deliveryInfo.destination.storageAccount", WORD, null),
    SAS_TOKEN("destination.sasTokenSecretRef", "properties.deliveryInfo.destination.sasToken", SECRET, null),
    CONTAINER("destination.container", "properties.deliveryInfo.destination.container", WORD, null),
    ROOT_FOLDER_PATH(
            "destination.rootFolderPath", "properties.deliveryInfo.destination.rootFolderPath", FOLDER, "\"\""),
    TYPE("dataset.type", "properties.definition.type", WORD, null),
    TIMEFRAME("dataset.timeframe", "properties.definition.timeframe", WORD, null),
    PERIOD_FROM("dataset.timePeriod.from", "properties.definition.timePeriod.from", DAY, null),
    PERIOD_TO("dataset.timePeriod.to", "properties.definition.timePeriod.to", DAY, null),
    GRANULARITY("dataset.granularity", "properties.definition.dataSet.granularity", WORD, null),
    VERSION("dataset.version", "properties.definition.dataSet.configuration.dataVersion", Equivalence.VERSION, null),
    COLUMNS("dataset.columns", "properties.definition.dataSet.configuration.columns", WORDS, "[]"),
    FILTERS("dataset.filters", "properties.definition.dataSet.configuration.filters", Equivalence.FILTERS, "[]"),
    SCHEDULE_STATUS("schedule.suspend", "properties.schedule.status", WORD, "\"Inactive\""),
    RECURRENCE("schedule.recurrence", "properties.schedule.recurrence", WORD, null),
    SCHEDULE_FROM("schedule.from", "properties.schedule.recurrencePeriod.from", INSTANT, null),
    SCHEDULE_TO("schedule.to", "properties.schedule.recurrencePeriod.to", INSTANT, null),
    PARTITION_DATA("partitionData", "properties.partitionData", FLAG, "false"),
    OVERWRITE("dataOverwriteBehavior", "properties.dataOverwriteBehavior", WORD, "\"CreateNewReport\""),
    COMPRESSION("compressionMode", "properties.compressionMode", WORD, "\"none\""),
    DESCRIPTION("description", "properties.exportDescription", TEXT, "\"\"");

    final String specPath;
    final DocumentPath documentPath;
    private final Equivalence meaning;
    private final JsonNode absent;

    ExportField(String specPath, String documentPath, Equivalence meaning, String absentMeans) {
        this.specPath = specPath;
        this.documentPath = new DocumentPath(documentPath);
        this.meaning = meaning;
        this.absent = absentMeans == null ? null : Json.read(absentMeans);
    }

    public String specPath() {
        return specPath;
    }

    public DocumentPath documentPath() {
        return documentPath;
    }

    /** Whether both values mean the same; null or a JSON null is the field's absence. */
    boolean same(JsonNode one, JsonNode other) {
        return canonical(one).equals(canonical(other));
    }

    /** What a document says, or null. */
    public String text(ObservedExport export) {
        JsonNode value = documentPath.in(export.document());
        return value == null ? null : value.asText();
    }

    int meaning(JsonNode value) {
        return canonical(value).hashCode();
    }

    /**
     * Whether leaving the field out would change nothing. Azure's default of partitionData is not the same everywhere.
     */
    boolean isUnset(JsonNode value) {
        return this == PARTITION_DATA
                ? value == null || value.isNull()
                : canonical(value).equals(canonical(null));
    }

    private Optional<Object> canonical(JsonNode value) {
        JsonNode meant = value == null || value.isNull() || value.isMissingNode() ? absent : value;
        return Optional.ofNullable(meant).map(meaning::of);
    }
}
