package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.export;
import static dev.finops.azure.simulator.PlainClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.PlainClient.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The resource: create, read, update, delete, and what answers make of it. */
class SimulatorTest {

    private static final String OLD = "2023-08-01";
    private static final String NEW = "2025-03-01";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private AzureSimulator azure;
    private PlainClient client;

    @BeforeEach
    void start() {
        azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withClock(clock));
        client = new PlainClient(azure);
    }

    @AfterEach
    void stop() {
        client.close();
        azure.close();
    }

    @Test
    void createsReadsUpdatesAndDeletes() {
        var created = client.put(path(EA, "daily", NEW), export());
        assertEquals(201, created.status());
        var eTag = Json.text(created.json(), "eTag").orElseThrow();
        assertTrue(eTag.matches("\"[0-9a-f]{15}\""), eTag);
        assertEquals(created.json(), client.get(path(EA, "daily", NEW)).json());

        var changed = export("eTag", created.json().path("eTag").toString());
        Json.set(
                changed,
                "properties.exportDescription",
                Json.parse("\"for finance\"").orElseThrow());
        var updated = client.put(path(EA, "daily", NEW), changed);
        assertEquals(200, updated.status());
        assertNotEquals(eTag, Json.text(updated.json(), "eTag").orElseThrow());
        assertEquals(
                "for finance",
                Json.text(client.get(path(EA, "daily", NEW)).json(), "properties.exportDescription")
                        .orElseThrow());

        var deleted = client.delete(path(EA, "daily", NEW));
        assertEquals(200, deleted.status());
        assertEquals("", deleted.text());
        assertRefused(
                404,
                "NotFound",
                "The requested export with export name: daily could not be found.",
                client.get(path(EA, "daily", NEW)));
        assertEquals(0, azure.exports().size());
    }

    @Test
    void scopesMatchInAnyLetterCaseAndNamesWhereTheServiceSaysSo() {
        azure.behaviour(azure.behaviour().with(Choice.Names.CASE_INSENSITIVE));
        client.put(path(SUBSCRIPTION + "/resourceGroups/Costs", "Daily", NEW), export());
        assertEquals(
                200,
                client.get(path(SUBSCRIPTION.toUpperCase() + "/RESOURCEGROUPS/costs", "dAILY", NEW))
                        .status());
        assertTrue(azure.exports()
                .find(SUBSCRIPTION.substring(1) + "/resourcegroups/costs/", "daily")
                .isPresent());
        assertEquals(
                0, client.get(path(SUBSCRIPTION, "", NEW)).json().path("value").size(), "a list shows no scope below");
    }

    @Test
    void anUpdateWantsTheLatestETagInTheBody() {
        var first = client.put(path(EA, "daily", OLD), export()).json();
        var without = client.put(path(EA, "daily", OLD), export());
        assertEquals(400, without.status());
        assertEquals("400", Json.text(without.json(), "error.code").orElseThrow());
        assertTrue(
                without.message()
                        .matches("Etag value required for update operation of report: daily\\.Please get "
                                + "the latest to avoid overwrite\\."
                                + " \\(Request ID: [0-9a-f-]{36}\\)"),
                without.message());

        var update = export("eTag", first.path("eTag").toString());
        assertEquals(200, client.put(path(EA, "daily", OLD), update).status());
        for (int status : new int[] {412, 409, 400}) {
            azure.behaviour(azure.behaviour().withStaleETagStatus(status));
            assertEquals(status, client.put(path(EA, "daily", OLD), update).status());
        }
        assertTrue(Behaviour.defaults().is(Choice.StaleETag.STATUS_412));
        assertEquals(
                400, client.put(path(EA, "daily", OLD), export("eTag", "\"*\"")).status(), "no wildcard");
    }

    @Test
    void oldVersionsDoNotSeeWhatNewOnesMade() {
        client.put(path(EA, "focus", NEW), export("properties.definition.type", "\"FocusCost\""));
        client.put(path(EA, "actual", OLD), export());
        assertEquals(1, client.get(path(EA, "", OLD)).json().path("value").size());
        assertEquals(2, client.get(path(EA, "", NEW)).json().path("value").size());
        var missing = client.get(path(EA, "focus", OLD));
        assertEquals(404, missing.status());
        assertTrue(
                missing.message().startsWith("No export found for focus, BillingAccount: 1234567. (Request ID: "),
                missing.message());
        assertEquals(200, client.get(path(EA, "actual", NEW)).status());
        assertTrue(
                client.put(path(EA, "focus", OLD), export()).message().startsWith("Etag value required"),
                "the name is taken all the same");
    }

    @Test
    void answersAreNotQuiteWhatWasSent() {
        var sent = export("properties.definition.type", "\"FocusCost\"");
        ((ObjectNode) sent.path("properties")).remove("format");
        destination(sent).put("type", "AzureBlob");
        var reply = client.put(path(SUBSCRIPTION, "focus", NEW), sent);
        assertTrue(reply.header("Location").startsWith("https://costmanagement.trafficmanager.net/subscriptions/"));
        assertEquals(
                "249",
                client.get(path(SUBSCRIPTION, "focus", NEW)).header("x-ms-ratelimit-remaining-subscription-reads"));
        assertEquals("Tue, 10 Mar 2026 12:00:00 GMT", reply.header("Date"));
        var properties = reply.json().path("properties");
        assertEquals(
                SUBSCRIPTION.substring(1) + "/providers/Microsoft.CostManagement/exports/focus",
                reply.json().path("id").asText());
        assertFalse(Json.at(properties, "deliveryInfo.destination").has("type"));
        assertEquals(
                "2026-03-11T00:00:00Z",
                Json.text(properties, "schedule.recurrencePeriod.from").orElseThrow());
        assertEquals("Csv", properties.path("format").asText());
        assertEquals("CreateNewReport", properties.path("dataOverwriteBehavior").asText());
        assertEquals("none", properties.path("compressionMode").asText());
        assertEquals(
                "1.2-preview",
                Json.text(properties, "definition.dataSet.configuration.dataVersion")
                        .orElseThrow());
        assertEquals(
                azure.clientId(),
                Json.text(reply.json(), "systemData.createdBy").orElseThrow());
        var sentBack = client.put(path(SUBSCRIPTION, "focus", NEW), reply.json());
        assertEquals(200, sentBack.status(), sentBack.text());
        assertEquals(properties, sentBack.json().path("properties"));
    }

    @Test
    void oldVersionsEchoWithoutAddingToIt() {
        var reply = client.put(path(SUBSCRIPTION, "actual", OLD), export()).json();
        assertEquals(export().path("properties"), reply.path("properties"));
        assertFalse(reply.has("systemData"));
    }

    @ParameterizedTest
    @EnumSource(Respelling.class)
    void eachRespellingChangesTheAnswerAndMeansTheSame(Respelling respelling) {
        var sent = respelled(respelling);
        azure.behaviour(azure.behaviour().withRespellings());
        client.put(path(SUBSCRIPTION, "daily", NEW), sent);
        client.put(path(SUBSCRIPTION, "weekly", NEW), sent);
        var plain = answers();
        azure.behaviour(azure.behaviour().withRespellings(respelling));
        assertTrue(IntStream.range(0, 20).mapToObj(_ -> answers()).anyMatch(Predicate.not(plain::equals)), plain);
        var live = EnumSet.copyOf(Respelling.LIVE);
        live.add(respelling);
        boolean refused = respelling == Respelling.UNKNOWN_MEMBER || respelling == Respelling.SLASHLESS_STORAGE_ID;
        var respelled = client.get(path(SUBSCRIPTION, "daily", NEW)).json();
        azure.behaviour(azure.behaviour().withRespellings(live.toArray(Respelling[]::new)));
        if (!refused)
            assertEquals(
                    200, client.put(path(SUBSCRIPTION, "daily", NEW), respelled).status());
    }

    private String answers() {
        return client.get(path(SUBSCRIPTION, "daily", NEW)).text()
                + client.get(path(SUBSCRIPTION, "", NEW)).text();
    }

    /** A document that the respelling changes. */
    private static ObjectNode respelled(Respelling respelling) {
        var sent = export("properties.definition.dataSet.configuration", "{\"columns\": [\"Date\", \"Quantity\"]}");
        switch (respelling) {
            case NO_SLASH_AFTER_FOLDER -> destination(sent).put("rootFolderPath", "ad-hoc/");
            case NULL_FOLDER -> destination(sent).remove("rootFolderPath");
            case INACTIVE_SCHEDULE -> ((ObjectNode) sent.path("properties")).remove("schedule");
            case NO_EMPTY_DATA_SET -> Json.set(sent, "properties.definition.dataSet", Json.object());
            case SHORT_DATES ->
                Json.set(
                        sent,
                        "properties.schedule.recurrencePeriod.from",
                        Json.parse("\"2026-03-11T00:00:00.0000000Z\"").orElseThrow());
            case SPACED_VERSION -> {
                Json.set(
                        sent,
                        "properties.definition.type",
                        Json.parse("\"FocusCost\"").orElseThrow());
                Json.set(
                        sent,
                        "properties.definition.dataSet.configuration.dataVersion",
                        Json.parse("\"1.0-preview(v1)\"").orElseThrow());
            }
            default -> {}
        }
        return sent;
    }

    @Test
    void aSasTokenIsNeverShownAndItsMaskKeepsIt() {
        var sent = export();
        destination(sent).remove("resourceId");
        destination(sent).put("sasToken", "sv=2024&sig=secret").put("storageAccount", "costs");
        var created = client.put(path(EA, "sas", NEW), sent).json();
        var mask = Json.text(created, "properties.deliveryInfo.destination.sasToken")
                .orElseThrow();
        assertFalse(mask.contains("secret"));
        client.put(path(EA, "sas", NEW), created);
        assertEquals(
                "sv=2024&sig=secret",
                destination(azure.exports().find(EA, "sas").orElseThrow())
                        .path("sasToken")
                        .asText());
        assertFalse(azure.journal().calls().toString().contains("secret"));
        assertFalse(azure.journal().calls().getFirst().body().toString().contains("secret"));
    }

    @Test
    void anIdentityGetsAPrincipalAndKeepsIt() {
        var sent = export("identity", "{\"type\": \"SystemAssigned\"}");
        assertEquals(400, client.put(path(EA, "mi", NEW), sent).status(), "an identity needs a location");
        sent.put("location", "centralus");
        var created = client.put(path(EA, "mi", NEW), sent).json();
        created = ((ObjectNode) created).put("location", "westeurope");
        var updated = client.put(path(EA, "mi", NEW), created).json();
        assertEquals(Json.text(created, "identity.principalId"), Json.text(updated, "identity.principalId"));
        assertEquals("centralus", updated.path("location").asText());
    }

    @Test
    void readsMayBeLate() {
        azure.behaviour(azure.behaviour().withLateReads(Duration.ofMinutes(1)));
        assertEquals(201, client.put(path(EA, "daily", NEW), export()).status());
        assertEquals(404, client.get(path(EA, "daily", NEW)).status());
        assertEquals(0, client.get(path(EA, "", NEW)).json().path("value").size());
        assertEquals(400, client.put(path(EA, "daily", NEW), export()).status(), "writes see the latest state");
        clock.advance(Duration.ofMinutes(1));
        assertEquals(200, client.get(path(EA, "daily", NEW)).status());
        client.delete(path(EA, "daily", NEW));
        assertEquals(200, client.get(path(EA, "daily", NEW)).status());
        clock.advance(Duration.ofMinutes(1));
        assertEquals(404, client.get(path(EA, "daily", NEW)).status());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 404})
    void deletingWhatIsNotThere(int status) {
        azure.behaviour(azure.behaviour().withMissingDeleteStatus(status));
        assertEquals(status, client.delete(path(EA, "none", NEW)).status());
    }

    @Test
    void thePortalEditsBehindTheApisBack() {
        azure.exports().create(EA, "portal", NEW, "portal-user@contoso.example", export());
        var before = client.get(path(EA, "portal", NEW)).json();
        assertEquals("User", Json.text(before, "systemData.createdByType").orElseThrow());
        azure.exports()
                .edit(
                        EA,
                        "portal",
                        "other-user@contoso.example",
                        document -> destination(document).put("container", "elsewhere"));
        var after = client.get(path(EA, "portal", NEW)).json();
        assertNotEquals(before.path("eTag"), after.path("eTag"));
        assertEquals(
                "elsewhere",
                Json.text(after, "properties.deliveryInfo.destination.container")
                        .orElseThrow());
        assertEquals(
                "other-user@contoso.example",
                Json.text(after, "systemData.lastModifiedBy").orElseThrow());
        azure.exports().remove(EA, "portal");
        assertEquals(404, client.get(path(EA, "portal", NEW)).status());
    }

    @Test
    void aSuspendedExportSaysSoAndHasNoNextRun() {
        azure.behaviour(azure.behaviour().with(Choice.Estimate.ON_SCHEDULE, Choice.EstimateAfterPut.PRESENT));
        var sent = export("properties.schedule.status", "\"Active\"");
        var active = client.put(path(EA, "daily", NEW), sent).json();
        assertEquals(
                "2026-03-11T23:00:00Z",
                Json.text(active, "properties.nextRunTimeEstimate").orElseThrow());
        azure.exports().suspend(EA, "daily", "StorageNotFound", "The storage account is gone.");
        var suspended = client.get(path(EA, "daily", NEW)).json();
        assertEquals(
                "StorageNotFound",
                Json.text(suspended, "properties.systemSuspensionContext.suspensionCode")
                        .orElseThrow());
        assertFalse(Json.present(suspended, "properties.nextRunTimeEstimate"));
        assertEquals(
                "Active", Json.text(suspended, "properties.schedule.status").orElseThrow());
        var preview = client.get(path(EA, "daily", "2024-10-01-preview")).json();
        assertEquals(
                "SystemSuspended",
                Json.text(preview, "properties.schedule.status").orElseThrow());
        assertTrue(
                Json.present(client.put(path(EA, "daily", NEW), suspended).json(), "properties.nextRunTimeEstimate"),
                "a PUT lifts it");
    }

    @Test
    void anIgnoredFieldIsAnsweredWithSuccessAndStaysWhatItWas() {
        azure.behaviour(azure.behaviour().withIgnoredFields("properties.exportDescription"));
        var created = client.put(path(EA, "daily", NEW), export("properties.exportDescription", "\"lost\""));
        assertEquals(201, created.status());
        assertEquals(
                "", Json.text(created.json(), "properties.exportDescription").orElseThrow());
    }

    /**
     * The seed's commands on 2023-08-01: its Parquet and FOCUS are no values of that version; on 2025-03-01 they work
     * once the start lies ahead.
     */
    @Test
    void theSeedsWorkflow() {
        var seed = (ObjectNode) Json.parse("""
                {"properties": {"format": "Parquet",
                  "deliveryInfo": {"destination": {
                    "resourceId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a",
                    "container": "msexports", "rootFolderPath": "billingAccounts/1234567"}},
                  "definition": {"type": "FocusCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}},
                  "schedule": {"status": "Active", "recurrence": "Daily",
                    "recurrencePeriod": {"from": "2026-01-01T00:00:00Z", "to": "2027-12-31T00:00:00Z"}}}}
                """).orElseThrow();
        assertEquals("{\"value\":[]}", client.get(path(EA, "", OLD)).text());
        assertTrue(client.put(path(EA, "ftk-costs-daily", OLD), seed)
                .message()
                .startsWith("Request properties validation failed: Invalid format 'Parquet'; valid values: 'Csv'."));
        Json.set(seed, "properties.format", Json.parse("\"Csv\"").orElseThrow());
        assertTrue(client.put(path(EA, "ftk-costs-daily", OLD), seed)
                .message()
                .startsWith("Request properties validation failed: Invalid definition type "
                        + "'FocusCost'; valid values: 'Usage', 'ActualCost', 'AmortizedCost'."));
        assertEquals(
                404,
                client.post(PlainClient.run(EA, "ftk-costs-daily", OLD), "").status());

        Json.set(seed, "properties.format", Json.parse("\"Parquet\"").orElseThrow());
        var past = client.put(path(EA, "ftk-costs-daily", NEW), seed);
        assertRefused(
                400,
                "BadRequest",
                "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' value "
                        + "cannot be in the past.",
                past);
        Json.set(
                seed,
                "properties.schedule.recurrencePeriod.from",
                Json.parse("\"2026-03-11T00:00:00Z\"").orElseThrow());
        assertEquals(201, client.put(path(EA, "ftk-costs-daily", NEW), seed).status());
        assertEquals(
                200,
                client.post(PlainClient.run(EA, "ftk-costs-daily", NEW), "").status());
    }

    private static ObjectNode destination(JsonNode document) {
        return (ObjectNode) Json.at(document, "properties.deliveryInfo.destination");
    }

    private static void assertRefused(int status, String code, String message, Reply reply) {
        assertEquals(status, reply.status(), reply.text());
        assertEquals(code, Json.text(reply.json(), "error.code").orElseThrow());
        assertEquals(message, reply.message());
    }
}
