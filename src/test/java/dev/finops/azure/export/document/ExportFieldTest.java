package dev.finops.azure.export.document;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.NOW;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.desired;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.document.Specs.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.Json;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Every field of the spec that has a place in the ARM document has an effect there, and only there. */
class ExportFieldTest {

    /** States every field; the tests change them one by one. */
    private static final CostExportSpec FULL = Specs.yaml("""
      scope: /subscriptions/00000000-0000-0000-0000-000000000000
      exportName: full
      dataset:
        type: FocusCost
        version: 1.2-preview
        timeframe: Custom
        timePeriod: {from: 2026-01-01, to: 2026-01-31}
        granularity: Daily
        columns: [Date, Quantity]
        filters: [{name: LookBackPeriod, value: Last30Days}]
      schedule: {recurrence: Daily, from: 2026-12-01T00:00:00Z, to: 2036-12-01T00:00:00Z, suspend: false}
      destination:
        storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports
        storageAccountName: partner
        container: exports
        rootFolderPath: finops/focus
      format: Parquet
      compressionMode: Snappy
      partitionData: true
      dataOverwriteBehavior: OverwritePreviousReport
      description: for the finance hub
      identity: {type: SystemAssigned, location: centralus}
      """);

    private static final Map<ExportField, Object> CHANGED = Map.ofEntries(
            Map.entry(ExportField.IDENTITY_TYPE, "None"),
            Map.entry(ExportField.LOCATION, "westeurope"),
            Map.entry(ExportField.FORMAT, "Csv"),
            Map.entry(ExportField.STORAGE_ACCOUNT_ID, "/subscriptions/1/other"),
            Map.entry(ExportField.STORAGE_ACCOUNT_NAME, "other"),
            Map.entry(ExportField.CONTAINER, "other"),
            Map.entry(ExportField.ROOT_FOLDER_PATH, "finops/Focus"),
            Map.entry(ExportField.TYPE, "ActualCost"),
            Map.entry(ExportField.TIMEFRAME, "MonthToDate"),
            Map.entry(ExportField.PERIOD_FROM, "2026-01-02"),
            Map.entry(ExportField.PERIOD_TO, "2026-01-30"),
            Map.entry(ExportField.GRANULARITY, "Monthly"),
            Map.entry(ExportField.VERSION, "1.0"),
            Map.entry(ExportField.COLUMNS, List.of("Date")),
            Map.entry(ExportField.FILTERS, List.of(Map.of("name", "LookBackPeriod", "value", "Last7Days"))),
            Map.entry(ExportField.SCHEDULE_STATUS, true),
            Map.entry(ExportField.RECURRENCE, "Weekly"),
            Map.entry(ExportField.SCHEDULE_FROM, "2026-12-02"),
            Map.entry(ExportField.SCHEDULE_TO, "2035-12-01"),
            Map.entry(ExportField.PARTITION_DATA, false),
            Map.entry(ExportField.OVERWRITE, "CreateNewReport"),
            Map.entry(ExportField.COMPRESSION, "None"),
            Map.entry(ExportField.DESCRIPTION, "For the finance hub"));

    /** Azure asks for a value or answers nothing sensible without: they are left as they are. */
    private static final Set<ExportField> LEFT_ALONE = EnumSet.of(
            ExportField.RECURRENCE, ExportField.SCHEDULE_FROM, ExportField.SCHEDULE_TO, ExportField.LOCATION);

    static final Set<ExportField> changeable = CHANGED.keySet();

    static final List<ExportField> removable = changeable.stream()
            .filter(field -> !LEFT_ALONE.contains(field))
            .filter(field -> !Set.of(
                            ExportField.TYPE, ExportField.TIMEFRAME, ExportField.CONTAINER, ExportField.SCHEDULE_STATUS)
                    .contains(field))
            .sorted()
            .toList();

    @Test
    void allAreTriedButTheSecret() {
        assertEquals(EnumSet.complementOf(EnumSet.of(ExportField.SAS_TOKEN)), EnumSet.copyOf(CHANGED.keySet()));
    }

    @ParameterizedTest
    @FieldSource("changeable")
    void changesItsPlaceInTheDocumentAndNoOther(ExportField field) {
        ObservedExport observed = accepted(FULL);
        CostExportSpec changed = with(FULL, field.specPath(), CHANGED.get(field));
        DesiredExport desired = desired(changed, observed, NOW);
        ObjectNode before = observed.document();
        ObjectNode after = desired.updateBody(observed, desired.statedPaths());

        assertEquals(
                List.of(field),
                desired.differences(observed, desired.statedPaths()).stream()
                        .map(Difference::field)
                        .toList());
        assertEquals(
                Set.of(field),
                Arrays.stream(ExportField.values())
                        .filter(f -> !f.same(
                                f.documentPath().in(before), f.documentPath().in(after)))
                        .collect(Collectors.toSet()));
        assertEquals(
                field.documentPath().in(after),
                field.documentPath().in(desired(changed, null, NOW).createBody()));
    }

    @ParameterizedTest
    @FieldSource("removable")
    void isTakenOutWhenItIsNoLongerStatedAndLeftAloneAfterwards(ExportField field) {
        ObservedExport observed = accepted(FULL);
        List<String> applied = desired(FULL, observed, NOW).statedPaths();
        CostExportSpec less = without(FULL, field.specPath());
        ObjectNode sent = desired(less, observed, NOW).updateBody(observed, applied);
        JsonNode left = field.documentPath().in(sent);

        assertEquals(field == ExportField.IDENTITY_TYPE ? "None" : null, left == null ? null : left.asText());
        assertEquals(
                List.of(),
                desired(less, observed, NOW)
                        .differences(observed, desired(less, observed, NOW).statedPaths()));
    }

    @Test
    void anIdentityThatIsNoLongerStatedIsSentAsNone() {
        ObservedExport observed = accepted(FULL);
        DesiredExport desired = desired(without(FULL, "identity"), observed, NOW);
        ObjectNode sent = desired.updateBody(observed, List.of("identity.type", "identity.location"));

        assertEquals("{\"type\":\"None\"}", sent.get("identity").toString());
        assertEquals("centralus", sent.get("location").asText());
    }

    @Test
    void aScheduleThatIsNoLongerStatedBecomesInactiveAndStays() {
        ObservedExport observed = accepted(FULL);
        DesiredExport desired = desired(without(FULL, "schedule"), observed, NOW);
        List<String> applied = List.of("schedule.recurrence", "schedule.from", "schedule.to", "schedule.suspend");

        assertEquals(
                List.of("schedule.suspend: \"Active\" → \"Inactive\""),
                desired.differences(observed, applied).stream()
                        .map(Difference::toString)
                        .toList());
        assertEquals(
                observed.document().at("/properties/schedule/recurrencePeriod"),
                desired.updateBody(observed, applied).at("/properties/schedule/recurrencePeriod"));
    }

    @Test
    void anExportWithoutScheduleIsCreatedWithoutOne() {
        assertNull(desired(without(FULL, "schedule"), null, NOW)
                .createBody()
                .at("/properties")
                .get("schedule"));
    }

    @ParameterizedTest
    @CsvSource({"true, Inactive", "false, Active"})
    void suspendingASchedule(boolean suspend, String status) {
        JsonNode schedule = desired(with(FULL, "schedule.suspend", suspend), null, NOW)
                .createBody()
                .at("/properties/schedule");

        assertEquals(status, schedule.get("status").asText());
        assertEquals("Daily", schedule.get("recurrence").asText());
        assertNotNull(schedule.get("recurrencePeriod"));
    }

    @Test
    void statesNothingForWhatIsNotStated() {
        CostExportSpec least = Specs.yaml("""
        scope: /subscriptions/00000000-0000-0000-0000-000000000000
        dataset: {type: Usage, timeframe: MonthToDate}
        destination: {storageAccountId: subscriptions/1/x/, container: exports}
        """);

        assertEquals("""
        {"properties":{"deliveryInfo":{"destination":{"resourceId":"/subscriptions/1/x","container":"exports"}},\
        "definition":{"type":"Usage","timeframe":"MonthToDate"}}}""", desired(least, null, NOW).createBody().toString());
    }

    @Test
    void aMaskedSecretIsNoDifferenceAndIsSentBackAsItWas() {
        ObservedExport masked =
                Specs.edited(accepted(FOCUS), "properties.deliveryInfo.destination.sasToken", "\"?sv=****\"");
        DesiredExport desired = desired(FOCUS, masked, NOW);

        assertEquals(List.of(), desired.differences(masked, desired.statedPaths()));
        assertEquals(
                "?sv=****",
                ExportField.SAS_TOKEN
                        .documentPath()
                        .in(desired.updateBody(masked, List.of()))
                        .asText());
    }

    @Test
    void aDifferenceNeverShowsASecretAndNoLongText() {
        Difference secret = new Difference(ExportField.SAS_TOKEN, Json.read("\"?sig=x\""), Json.read("\"?sig=y\""));
        Difference text = new Difference(ExportField.DESCRIPTION, Json.read("\"" + "x".repeat(1000) + "\""), null);

        assertEquals("destination.sasTokenSecretRef: *** → ***", secret.toString());
        assertEquals(256, text.desiredText().length());
        assertEquals("null", text.observedText());
    }

    @Test
    void theStatedPathsAreThoseOfTheSpec() {
        assertEquals(
                Stream.of(ExportField.values())
                        .filter(field -> field != ExportField.SAS_TOKEN)
                        .map(ExportField::specPath)
                        .toList(),
                desired(FULL, null, NOW).statedPaths());
        assertEquals(
                List.of("schedule.recurrence"),
                desired(FOCUS, null, NOW).statedPaths().stream()
                        .filter(p -> p.startsWith("schedule"))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"None,none", "Gzip,gzip", "Snappy,snappy"})
    void sendsTheSpecifiedWordsOfCompression(String stated, String sent) {
        CostExportSpec spec = with(FULL, "compressionMode", stated);
        ObjectNode body = desired(spec, null, NOW).createBody();

        assertEquals(sent, body.at("/properties/compressionMode").asText());
        // Release 0.1.0 sent the word of the spec: an export that has it is in sync.
        ((ObjectNode) body.path("properties")).put("compressionMode", stated);
        ObservedExport created = Specs.stored(body, ExportId.of(spec, "unnamed"));
        assertEquals(List.of(), desired(spec, created, NOW).differences(created, List.of()));
    }

    /** As exports of 2019 and 2020 are answered (docs/azure.md, "The document"). */
    @Test
    void aDocumentOfAnOldClientIsUpdatedWithAllThatItHas() {
        ObjectNode old = (ObjectNode) Json.read("""
        {"id":"subscriptions/0/providers/Microsoft.CostManagement/exports/old","name":"old","eTag":"1d4c4a7","properties":{"format":"Csv","nextRunTimeEstimate":null,
        "schedule":{"status":"Inactive","recurrencePeriod":{"from":"2019-02-14T21:19:21.457Z","to":"2020-02-14T21:19:21.457"}},
        "deliveryInfo":{"destination":{"resourceId":"subscriptions/1/x","container":"exports","rootFolderPath":null}},
        "definition":{"type":"Usage","timeframe":"MonthToDate","dataset":{"granularity":"Daily","aggregation":{"totalCost":{"name":"PreTaxCost","function":"Sum"}},
        "grouping":[{"type":"Dimension","name":"ResourceGroup"}],"configuration":{"columns":["Date","MeterId"]}}}}}""");
        CostExportSpec spec = Specs.yaml("""
        scope: /subscriptions/0
        dataset: {type: Usage, timeframe: MonthToDate}
        destination: {storageAccountId: /subscriptions/1/x, container: exports}
        description: adopted
        """);
        ObservedExport observed = new ObservedExport(old);
        DesiredExport desired = desired(spec, observed, NOW);

        assertEquals(
                List.of("description"),
                desired.differences(observed, List.of()).stream()
                        .map(Difference::path)
                        .toList());
        assertEquals(Json.read("""
        {"eTag":"1d4c4a7","properties":{"format":"Csv","exportDescription":"adopted",
        "schedule":{"status":"Inactive","recurrence":"Daily","recurrencePeriod":{"from":"2019-02-14T21:19:21.457Z","to":"2020-02-14T21:19:21.457"}},
        "deliveryInfo":{"destination":{"resourceId":"subscriptions/1/x","container":"exports"}},
        "definition":{"type":"Usage","timeframe":"MonthToDate","dataSet":{"granularity":"Daily","aggregation":{"totalCost":{"name":"PreTaxCost","function":"Sum"}},
        "grouping":[{"type":"Dimension","name":"ResourceGroup"}],"configuration":{"columns":["Date","MeterId"]}}}}}"""), desired.updateBody(observed, List.of()));
        assertTrue(desired.completes(observed, desired.updateBody(observed, List.of())));
    }

    /** The start of an export of 2019 has milliseconds, and stays as it is while the spec states none. */
    @Test
    void millisecondsOfAnObservedStartAreNoDifference() {
        ObservedExport observed = Specs.edited(
                accepted(FOCUS),
                "properties.schedule.recurrencePeriod",
                "{\"from\":\"2026-02-14T21:19:21.457Z\",\"to\":\"2050-02-14T21:19:21.457\"}");

        assertEquals(List.of(), desired(FOCUS, observed, NOW).differences(observed, List.of()));
        assertEquals(
                List.of(),
                desired(with(FOCUS, "schedule.from", "2026-02-14T21:19:21Z"), observed, NOW)
                        .differences(observed, List.of()));
    }
}
