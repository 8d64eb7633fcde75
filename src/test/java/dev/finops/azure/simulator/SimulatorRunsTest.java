package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.export;
import static dev.finops.azure.simulator.PlainClient.history;
import static dev.finops.azure.simulator.PlainClient.path;
import static dev.finops.azure.simulator.PlainClient.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs on demand and by schedule, and their history. */
class SimulatorRunsTest {

    private static final String NEW = "2025-03-01";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private AzureSimulator azure;
    private PlainClient client;

    @BeforeEach
    void start() {
        azure = AzureSimulator.start(AzureSimulator.Settings.defaults()
                .withClock(clock)
                .withBehaviour(Behaviour.defaults()
                        .withQueuedFor(Duration.ofSeconds(10))
                        .withInProgressFor(Duration.ofSeconds(20))
                        .withTokenLifetime(Duration.ofDays(365))));
        client = new PlainClient(azure);
        client.put(path(EA, "daily", NEW), export());
    }

    @AfterEach
    void stop() {
        client.close();
        azure.close();
    }

    @Test
    void aRunTakesItsCourse() {
        azure.behaviour(azure.behaviour()
                .with(Choice.RunBegin.QUEUED, Choice.RunIdentity.ALSO_AS_NAME, Choice.SubmittedTime.AS_ANSWERED));
        var reply = client.send("POST", run(EA, "daily", NEW), null);
        assertEquals(200, reply.status());
        assertEquals("", reply.text(), "no run id");
        var queued = onlyRun();
        assertEquals("Queued", status(queued));
        assertEquals("OnDemand", Json.text(queued, "properties.executionType").orElseThrow());
        assertEquals(
                azure.clientId(), Json.text(queued, "properties.submittedBy").orElseThrow());
        assertEquals(
                "2026-03-10T12:00:00.0000000Z",
                Json.text(queued, "properties.submittedTime").orElseThrow());
        assertEquals(
                "2026-03-01T00:00:00Z",
                Json.text(queued, "properties.startDate").orElseThrow());
        assertTrue(queued.path("id")
                .asText()
                .endsWith("/exports/daily/Run/" + queued.path("name").asText()));
        clock.advance(Duration.ofSeconds(10));
        assertEquals("InProgress", status(onlyRun()));
        clock.advance(Duration.ofSeconds(20));
        var completed = onlyRun();
        assertEquals("Completed", status(completed));
        assertEquals(
                "ad-hoc/daily/20260301-20260331/202603101200/"
                        + completed.path("name").asText() + "/manifest.json",
                Json.text(completed, "properties.manifestFile").orElseThrow());
        assertEquals(
                "exports",
                Json.text(completed, "properties.runSettings.deliveryInfo.destination.container")
                        .orElseThrow());
    }

    @Test
    void runsEndAsScripted() {
        var outcomes = List.of(
                new RunOutcome.Failed("StorageNotFound", "gone"),
                new RunOutcome.Timeout(),
                new RunOutcome.NewDataNotAvailable(),
                new RunOutcome.DataNotAvailable());
        for (var outcome : outcomes) {
            azure.exports().nextRun(EA, "daily", outcome);
            client.post(run(EA, "daily", NEW), "");
            clock.advance(Duration.ofSeconds(30));
            assertEquals(
                    outcome.status(), status(azure.exports().runs(EA, "daily").getFirst()));
        }
        assertEquals(
                "gone",
                Json.text(azure.exports().runs(EA, "daily").getLast(), "properties.error.message")
                        .orElseThrow());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {} | Invalid time period provided.
            {"timePeriod":{"from":"2026-02-01T00:00:00Z"}} | Invalid time period provided.
            {"timePeriod":{"from":"2026-03-01T00:00:00Z","to":"2026-03-10T00:00:00Z"}} | Invalid definition timePeriod; 'to' value cannot be in the future.
            {"timePeriod":{"from":"2026-01-15T00:00:00Z","to":"2026-02-14T00:00:00Z"}} | Invalid definition timePeriod; 'from' and 'to' must be in the same calendar month.
            {"timePeriod":{"from":"2019-02-01T00:00:00Z","to":"2019-02-28T00:00:00Z"}} | Invalid definition timePeriod; 'from' value cannot be older than 84 months.
            """)
    void bodiesThatAreRefused(String body, String message) {
        var reply = client.post(run(EA, "daily", NEW), body);
        assertEquals(400, reply.status());
        assertEquals("Request properties validation failed: " + message, reply.message());
    }

    @Test
    void aBodyNamesTheMonth() {
        var month = "{\"timePeriod\":{\"from\":\"2019-03-01T00:00:00Z\",\"to\":\"2019-03-31T00:00:00Z\"}}";
        assertEquals(200, client.post(run(EA, "daily", NEW), month).status());
        assertEquals(
                "2019-03-01T00:00:00Z",
                Json.text(onlyRun(), "properties.startDate").orElseThrow());
        client.put(path(EA, "old", "2023-08-01"), export());
        assertTrue(client.post(run(EA, "old", "2023-08-01"), "{}").message().startsWith("Invalid request payload"));
        assertEquals(200, client.post(run(EA, "old", "2023-08-01"), "").status());
    }

    @Test
    void theEleventhRunInAMinuteIsThrottledPerScope() {
        client.put(path(SUBSCRIPTION, "daily", NEW), export());
        for (int i = 0; i < 10; i++)
            assertEquals(200, client.post(run(EA, "daily", NEW), "").status());
        clock.advance(Duration.ofSeconds(15));
        var throttled = client.post(run(EA, "daily", NEW), "");
        assertEquals(429, throttled.status());
        assertEquals("Too many requests. Please retry.", throttled.message());
        assertEquals("45", throttled.header("x-ms-ratelimit-microsoft.costmanagement-entity-retry-after"));
        assertEquals(200, client.post(run(SUBSCRIPTION, "daily", NEW), "").status(), "another scope");
        clock.advance(Duration.ofSeconds(45));
        assertEquals(200, client.post(run(EA, "daily", NEW), "").status());
    }

    @Test
    void aListShowsOneRunAGetTenTheHistoryAll() {
        for (int day = 1; day <= 12; day++) {
            var submitted = "2026-02-%02dT01:00:00.0000000Z".formatted(day);
            var recorded = Json.object();
            recorded.putObject("properties").put("status", "Completed").put("submittedTime", submitted);
            azure.exports().addRun(EA, "daily", recorded);
        }
        assertEquals(
                1,
                Json.at(
                                client.get(path(EA, "", NEW) + "&$expand=runHistory")
                                        .json(),
                                "value.0.properties.runHistory.value")
                        .size());
        var ten = Json.at(
                client.get(path(EA, "daily", NEW) + "&%24expand=runHistory").json(), "properties.runHistory.value");
        assertEquals(10, ten.size());
        assertEquals(
                "2026-02-03T01:00:00.0000000Z",
                Json.text(ten.path(0), "properties.submittedTime").orElseThrow());
        assertEquals(
                12, client.get(history(EA, "daily", NEW)).json().path("value").size());
        assertFalse(Json.present(client.get(path(EA, "daily", NEW)).json(), "properties.runHistory"));
    }

    @Test
    void anActiveExportRunsByItself() {
        client.put(path(EA, "active", NEW), export("properties.schedule.status", "\"Active\""));
        assertEquals(0, azure.exports().runs(EA, "active").size());
        clock.advance(Duration.ofDays(3));
        var runs = client.get(history(EA, "active", NEW)).json().path("value");
        assertEquals(2, runs.size(), "on the 11th and the 12th, at 23:00");
        assertEquals(
                "Scheduled", Json.text(runs.path(0), "properties.executionType").orElseThrow());
        assertEquals("System", Json.text(runs.path(0), "properties.submittedBy").orElseThrow());
        assertEquals(
                "2026-03-12T23:00:00.0000000Z",
                Json.text(runs.path(1), "properties.submittedTime").orElseThrow());
        azure.behaviour(azure.behaviour().with(Choice.Estimate.ON_SCHEDULE));
        var read = (ObjectNode) client.get(path(EA, "active", NEW)).json();
        assertEquals(
                "2026-03-13T23:00:00Z",
                Json.text(read, "properties.nextRunTimeEstimate").orElseThrow());
        Json.set(read, "properties.schedule.status", Json.parse("\"Inactive\"").orElseThrow());
        client.put(path(EA, "active", NEW), read);
        clock.advance(Duration.ofDays(3));
        assertEquals(2, azure.exports().runs(EA, "active").size());
    }

    @Test
    void theFirstVersionsWantedAUsersToken() {
        azure.behaviour(azure.behaviour().withEmailClaimRequired(true));
        assertTrue(client.post(run(EA, "daily", NEW), "").message().startsWith("A valid email claim is required."));
    }

    @Test
    void aRunShowsUpLateWhenReadsAreLate() {
        azure.behaviour(azure.behaviour().withLateReads(Duration.ofSeconds(5)));
        clock.advance(Duration.ofSeconds(5));
        client.post(run(EA, "daily", NEW), "");
        assertEquals(
                0, client.get(history(EA, "daily", NEW)).json().path("value").size());
        clock.advance(Duration.ofSeconds(5));
        assertEquals(
                1, client.get(history(EA, "daily", NEW)).json().path("value").size());
    }

    private JsonNode onlyRun() {
        var runs = client.get(history(EA, "daily", NEW)).json().path("value");
        assertEquals(1, runs.size());
        return runs.path(0);
    }

    private static String status(JsonNode run) {
        return Json.text(run, "properties.status").orElseThrow();
    }
}
