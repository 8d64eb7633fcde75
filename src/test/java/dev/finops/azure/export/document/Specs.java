package dev.finops.azure.export.document;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.Json;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Specs for tests, and what Azure has once it accepted one. A test changes the fields that it is about by their paths.
 */
public final class Specs {
    public static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");

    public static final CostExportSpec FOCUS = yaml("""
      scope: /subscriptions/00000000-0000-0000-0000-000000000000
      exportName: focus-daily
      dataset: {type: FocusCost, version: 1.2-preview, timeframe: MonthToDate, granularity: Daily}
      schedule: {recurrence: Daily}
      destination:
        storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports
        container: exports
        rootFolderPath: finops/focus
      format: Parquet
      compressionMode: Snappy
      partitionData: true
      dataOverwriteBehavior: OverwritePreviousReport
      """);

    private static final ObjectMapper JSON = new ObjectMapper();

    private Specs() {}

    public static CostExportSpec yaml(String text) {
        try {
            return new YAMLMapper().readValue(text, CostExportSpec.class);
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value for {@link #with}. */
    public static Object json(String text) {
        return Json.read(text);
    }

    /** The same spec with another value at a path such as {@code dataset.type}; null takes the field out. */
    public static CostExportSpec with(CostExportSpec spec, String path, Object value) {
        ObjectNode tree = JSON.valueToTree(spec);
        if (value == null) {
            new DocumentPath(path).remove(tree);
        } else {
            new DocumentPath(path).set(tree, JSON.valueToTree(value));
        }
        return JSON.convertValue(tree, CostExportSpec.class);
    }

    public static CostExportSpec without(CostExportSpec spec, String path) {
        return with(spec, path, null);
    }

    /** What Azure has after a create that it accepted at {@link #NOW}. */
    public static ObservedExport accepted(CostExportSpec spec) {
        return stored(desired(spec, null, NOW).createBody(), ExportId.of(spec, "unnamed"));
    }

    /** A document as Azure answers it after it was sent. */
    public static ObservedExport stored(ObjectNode sent, ExportId id) {
        ObjectNode document = sent.deepCopy();
        document.put("id", id.path()).put("name", id.name()).put("type", "Microsoft.CostManagement/exports");
        return new ObservedExport(document.put("eTag", "\"" + Integer.toHexString(sent.hashCode()) + "\""));
    }

    public static DesiredExport desired(CostExportSpec spec, ObservedExport observed, Instant now) {
        return DesiredExport.of(spec, Optional.ofNullable(observed), now, false);
    }

    /** A copy of a document with another value at an ARM path (the value is JSON), and so with another eTag. */
    public static ObservedExport edited(ObservedExport export, String documentPath, String json) {
        ObjectNode document = export.document().deepCopy();
        document.put("eTag", "\"edited\"");
        new DocumentPath(documentPath).set(document, Json.read(json));
        return new ObservedExport(document);
    }
}
