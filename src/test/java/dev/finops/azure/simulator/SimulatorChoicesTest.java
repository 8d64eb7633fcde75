package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.export;
import static dev.finops.azure.simulator.PlainClient.history;
import static dev.finops.azure.simulator.PlainClient.path;
import static dev.finops.azure.simulator.PlainClient.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.PlainClient.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each switch of the simulator, with each of its answers. */
class SimulatorChoicesTest {

    private static final String OLD = "2020-06-01";
    private static final String NEW = "2025-03-01";
    private static final String PROFILE = "/providers/Microsoft.Billing/billingAccounts/12345:6789/billingProfiles/ABC";
    private static final String SHOWN = "properties.nextRunTimeEstimate";

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

    private void with(Choice... choices) {
        azure.behaviour(azure.behaviour().with(choices));
    }

    private static ObjectNode active() {
        return export("properties.schedule.status", "\"Active\"");
    }

    private static String text(JsonNode document, String path) {
        return Json.text(document, path).orElseThrow(() -> new AssertionError("no " + path + " in " + document));
    }

    private static String code(Reply reply) {
        return text(reply.json(), "error.code");
    }

    @Test
    void theEstimateMovesWithEachReadAndIsAbsentAfterAPut() {
        assertFalse(Json.present(client.put(path(EA, "daily", NEW), active()).json(), SHOWN));
        var first = text(client.get(path(EA, "daily", NEW)).json(), SHOWN);
        assertTrue(first.matches("2026-03-11T00:00:00\\.\\d{1,7}Z"), first);
        assertNotEquals(first, text(client.get(path(EA, "daily", NEW)).json(), SHOWN));
        var ahead = active();
        Json.set(
                ahead,
                "properties.schedule.recurrencePeriod.from",
                Json.parse("\"2026-04-01T00:00:00Z\"").orElseThrow());
        client.put(path(EA, "ahead", NEW), ahead);
        assertEquals(
                "2026-04-01T00:00:00Z", text(client.get(path(EA, "ahead", NEW)).json(), SHOWN));
    }

    @Test
    void theEstimateIsOnTheSchedule() {
        with(Choice.Estimate.ON_SCHEDULE, Choice.EstimateAfterPut.PRESENT);
        assertEquals(
                "2026-03-11T23:00:00Z",
                text(client.put(path(EA, "daily", NEW), active()).json(), SHOWN));
        assertEquals(
                "2026-03-11T23:00:00Z", text(client.get(path(EA, "daily", NEW)).json(), SHOWN));
    }

    @Test
    void namesThatDifferInLetterCaseAreTwoExports() {
        client.put(path(EA, "daily", NEW), export());
        assertEquals(404, client.get(path(EA, "Daily", NEW)).status());
        assertEquals(
                201, client.put(path(EA.toUpperCase(), "Daily", NEW), export()).status());
        assertEquals(2, client.get(path(EA, "", NEW)).json().path("value").size());
        client.delete(path(EA, "Daily", NEW));
        assertEquals(200, client.get(path(EA, "daily", NEW)).status());
    }

    @Test
    void runsTakeThePlaceThatTheHistoryGivesThem() {
        azure.behaviour(
                azure.behaviour().withQueuedFor(Duration.ofSeconds(60)).withInProgressFor(Duration.ofSeconds(60)));
        client.put(path(EA, "daily", NEW), export());
        var posted = client.post(run(EA, "daily", NEW), "");
        assertTrue(posted.headers().firstValue("Location").isEmpty());
        clock.advance(Duration.ofSeconds(4));
        assertEquals(
                200, client.post(run(EA, "daily", NEW), "").status(), "a second run while the first is in progress");
        var runs = client.get(history(EA, "daily", NEW)).json().path("value");
        var first = runs.path(0);
        assertEquals("2026-03-10T11:59:59.0000000Z", text(first, "properties.submittedTime"));
        assertEquals("InProgress", text(first, "properties.status"));
        for (var absent :
                new String[] {"name", "type", "eTag", "properties.processingStartTime", "properties.fileName"}) {
            assertTrue(Json.at(first, absent).isNull(), absent);
        }
        assertTrue(first.path("id").asText().matches(".*/exports/daily/Run/[0-9a-f-]{36}"));

        with(
                Choice.HistoryOrder.NEWEST_FIRST,
                Choice.RunBegin.QUEUED,
                Choice.RunIdentity.ALSO_AS_NAME,
                Choice.SubmittedTime.AS_ANSWERED,
                Choice.ParallelRun.REFUSED);
        assertEquals(409, client.post(run(EA, "daily", NEW), "").status());
        clock.advance(Duration.ofMinutes(2));
        client.post(run(EA, "daily", NEW), "");
        var newest = client.get(history(EA, "daily", NEW)).json().path("value").path(0);
        assertEquals("2026-03-10T12:02:04.0000000Z", text(newest, "properties.submittedTime"));
        assertEquals("Queued", text(newest, "properties.status"));
        assertTrue(newest.path("id").asText().endsWith("/Run/" + text(newest, "name")));
    }

    @Test
    void aRunMayBeInAStateThatNobodySpecified() {
        client.put(path(EA, "daily", NEW), export());
        azure.exports().nextRun(EA, "daily", new RunOutcome.DataReady());
        client.post(run(EA, "daily", NEW), "");
        clock.advance(Duration.ofSeconds(1));
        assertEquals("DataReady", text(client.get(history(EA, "daily", NEW)).json(), "value.0.properties.status"));
    }

    @Test
    void theHistoryGoesWithTheExportOrStays() {
        for (var choice : Choice.HistoryAfterDelete.values()) {
            with(choice);
            client.put(path(EA, "daily", NEW), export());
            client.post(run(EA, "daily", NEW), "");
            client.delete(path(EA, "daily", NEW));
            client.put(path(EA, "daily", NEW), export());
            int left = choice == Choice.HistoryAfterDelete.KEPT ? 1 : 0;
            assertEquals(
                    left,
                    client.get(history(EA, "daily", NEW)).json().path("value").size());
            client.delete(path(EA, "daily", NEW));
        }
    }

    @Test
    void eTagsAreTimesOrGuids() {
        var created = text(client.put(path(EA, "daily", NEW), export()).json(), "eTag");
        assertEquals(
                "\"" + Long.toHexString((clock.instant().getEpochSecond() + 11_644_473_600L) * 10_000_000) + "\"",
                created);
        with(Choice.ETags.GUID);
        assertTrue(text(client.put(path(EA, "guid", NEW), export()).json(), "eTag")
                .matches("\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\""));
    }

    @Test
    void theCounterThatIsChargedIsTheOneThatAnswersName() {
        with(Choice.ArmBuckets.KEPT);
        var put = client.put(path(SUBSCRIPTION, "daily", NEW), export());
        assertEquals("249", put.header("x-ms-ratelimit-remaining-subscription-reads"));
        assertTrue(put.headers()
                .firstValue("x-ms-ratelimit-remaining-subscription-writes")
                .isEmpty());
        assertEquals(
                "248",
                client.get(path(SUBSCRIPTION, "daily", NEW)).header("x-ms-ratelimit-remaining-subscription-reads"));
        assertEquals(
                "247",
                client.delete(path(SUBSCRIPTION, "daily", NEW)).header("x-ms-ratelimit-remaining-subscription-reads"));
        with(Choice.Counter.BY_METHOD);
        assertEquals(
                "199",
                client.put(path(SUBSCRIPTION, "daily", NEW), export())
                        .header("x-ms-ratelimit-remaining-subscription-writes"));
        assertEquals(
                "199",
                client.delete(path(SUBSCRIPTION, "daily", NEW))
                        .header("x-ms-ratelimit-remaining-subscription-deletes"));
    }

    @Test
    void successesMayHaveHeadersThatNameTimesToWait() {
        var plain = client.get(path(EA, "", NEW));
        assertTrue(plain.headers().map().keySet().stream().noneMatch(name -> name.endsWith("retry-after")));
        with(Choice.QuotaHeaders.RETRY_HINTS_ON_SUCCESS);
        var hinted = client.get(path(EA, "", NEW));
        assertEquals("60", hinted.header("x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after"));
        assertEquals("29", hinted.header("x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests"));
        with(Choice.QuotaHeaders.QPU_ON_SUCCESS);
        assertEquals(
                "DefaultQuota:7",
                client.get(path(EA, "", NEW))
                        .header("x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests"));
        assertEquals(
                "60",
                client.post(SUBSCRIPTION + "/providers/Microsoft.CostManagement/query?api-version=2020-06-01", "{}")
                        .header("x-ms-ratelimit-microsoft.costmanagement-entity-retry-after"));
    }

    @Test
    void theOldStoreEchoesWhatItMakesOfADocument() {
        var sent = export();
        var definition = (ObjectNode) Json.at(sent, "properties.definition");
        definition.remove("type");
        definition.remove("dataSet");
        definition.putObject("dataset");
        ((ObjectNode) sent.path("properties")).remove("schedule");
        ((ObjectNode) Json.at(sent, "properties.deliveryInfo.destination")).remove("rootFolderPath");
        var created = client.put(path(SUBSCRIPTION, "bare", OLD), sent);
        assertEquals(201, created.status(), created.text());
        var properties = created.json().path("properties");
        assertEquals("{\"status\":\"Inactive\"}", properties.path("schedule").toString());
        assertEquals("Usage", text(properties, "definition.type"));
        assertFalse(Json.at(properties, "definition").has("dataSet"));
        assertTrue(
                Json.at(properties, "deliveryInfo.destination.rootFolderPath").isNull());
        assertTrue(created.header("Location").startsWith("https://costmanagement.trafficmanager.net/"));
        var again = client.put(path(SUBSCRIPTION, "bare", OLD), created.json());
        assertEquals(200, again.status(), again.text());
        assertTrue(again.headers().firstValue("Location").isEmpty());
        assertEquals("ASP.NET", again.header("X-Powered-By"));
        assertEquals(
                "{\"value\":[", client.get(path(SUBSCRIPTION, "", OLD)).text().substring(0, 10));
    }

    /** Which today's service refuses to be sent back, though it shows it. */
    @Test
    void anExportOf2019StandsInAShapeThatIsRefusedToday() {
        var legacy = legacy();
        azure.exports().create(SUBSCRIPTION, "legacy", OLD, "person@contoso.example", legacy);
        var read = (ObjectNode) client.get(path(SUBSCRIPTION, "legacy", NEW)).json();
        assertEquals("2019-02-14T21:19:21.457Z", text(read, "properties.schedule.recurrencePeriod.from"));
        assertEquals("2026-12-31T00:00:00Z", text(read, "properties.schedule.recurrencePeriod.to"), "a zone is added");
        assertTrue(Json.present(read, "properties.definition.dataSet.aggregation.totalCost"));
        var refused = client.put(path(SUBSCRIPTION, "legacy", NEW), read);
        assertEquals("Invalid request payload, Invalid member :properties.schedule.recurrence", refused.message());
        with(Choice.InactiveWithoutRecurrence.ACCEPTED);
        assertEquals(200, client.put(path(SUBSCRIPTION, "legacy", NEW), read).status());
        with(Choice.LegacyMembers.REFUSED);
        read = (ObjectNode) client.get(path(SUBSCRIPTION, "legacy", NEW)).json();
        assertEquals(
                "Invalid request payload, Invalid member :properties.definition.dataSet.aggregation",
                client.put(path(SUBSCRIPTION, "legacy", NEW), read).message());
    }

    /** An export as the versions of 2019 made it. */
    private static ObjectNode legacy() {
        var legacy = export("properties.schedule", """
                {"status": "Inactive", "recurrencePeriod": {"from": "2019-02-14T21:19:21.457Z", "to": "2026-12-31T00:00:00"}}""");
        Json.set(legacy, "properties.definition.dataSet", Json.parse("""
                {"granularity": "Daily", "aggregation": {"totalCost": {"name": "PreTaxCost", "function": "Sum"}},
                 "grouping": [{"type": "Dimension", "name": "ResourceGroup"}], "configuration": {"columns": ["Date", "MeterId"]}}""").orElseThrow());
        return legacy;
    }

    @Test
    void applicationsAreRefusedWherePersonsAreNot() {
        var identity = export("identity", "{\"type\": \"SystemAssigned\"}").put("location", "centralus");
        var bare = client.put(path(PROFILE, "daily", NEW), identity);
        assertEquals("401 ", bare.status() + " " + bare.text());
        assertEquals(201, client.put(path(PROFILE, "daily", NEW), export()).status());
        assertEquals("RBACAccessDenied", code(client.post(run(PROFILE, "daily", NEW), "")));
        with(Choice.IdentityAtMca.ACCEPTED, Choice.RunAtMca.ACCEPTED);
        assertEquals(201, client.put(path(PROFILE, "identity", NEW), identity).status());
        assertEquals(200, client.post(run(PROFILE, "daily", NEW), "").status());
        azure.behaviour(azure.behaviour().with(Place.PERSONS_ONLY, SUBSCRIPTION));
        var denied = client.put(path(SUBSCRIPTION, "daily", NEW), export());
        assertEquals("401 RBACAccessDenied", denied.status() + " " + code(denied));
    }

    @Test
    void theDestinationWantsARoleToo() {
        azure.behaviour(azure.behaviour()
                .with(
                        Place.STORAGE_DENIED,
                        text(export(), "properties.deliveryInfo.destination.resourceId")
                                .toUpperCase()));
        assertEquals("RBACAccessDenied", code(client.put(path(EA, "daily", NEW), export())));
        azure.behaviour(azure.behaviour().with(Place.STORAGE_DENIED));
        assertEquals(201, client.put(path(EA, "daily", NEW), export()).status());
    }

    @Test
    void aRoleWorksAQuarterOfAnHourAfterItWasGranted() {
        azure.behaviour(azure.behaviour().with(Place.DENIED, EA).with(Pace.GRANT_TAKES, Duration.ofMinutes(15)));
        assertEquals(401, client.get(path(EA, "", NEW)).status());
        azure.grant(EA);
        clock.advance(Duration.ofMinutes(14));
        assertEquals(401, client.get(path(EA, "", NEW)).status());
        clock.advance(Duration.ofMinutes(1));
        assertEquals(200, client.get(path(EA, "", NEW)).status());
    }

    @Test
    void aProviderIsUnavailableWhileItRegisters() {
        var subscription = "00000000-0000-0000-0000-000000000001";
        azure.behaviour(azure.behaviour()
                .with(Place.UNREGISTERED, subscription)
                .with(Pace.REGISTRATION_TAKES, Duration.ofMinutes(5)));
        assertTrue(client.put(path(EA, "daily", NEW), export()).message().startsWith("RP Not Registered."));
        client.post(
                "/subscriptions/" + subscription
                        + "/providers/Microsoft.CostManagementExports/register?api-version=2022-09-01",
                "");
        var registering = client.put(path(EA, "daily", NEW), export());
        assertEquals("503 60", registering.status() + " " + registering.header("Retry-After"));
        clock.advance(Duration.ofMinutes(5));
        assertEquals(201, client.put(path(EA, "daily", NEW), export()).status());
    }

    @Test
    void offersThatHaveLess() {
        azure.behaviour(
                azure.behaviour().with(Place.USAGE_ONLY, SUBSCRIPTION).with(Place.WITHOUT_PARTITIONS, SUBSCRIPTION));
        assertEquals(
                "Request properties validation failed: Export type: ActualCost is not supported for Agreement Type: "
                        + "MicrosoftCustomerAgreement and Subscription.",
                client.put(path(SUBSCRIPTION, "daily", NEW), export()).message());
        var usage = export("properties.definition.type", "\"Usage\"");
        assertEquals(201, client.put(path(SUBSCRIPTION, "daily", NEW), usage).status());
        ((ObjectNode) usage.path("properties")).put("partitionData", true);
        assertEquals(
                "Invalid request payload, Invalid member :properties.partitionData",
                client.put(path(SUBSCRIPTION, "parts", NEW), usage).message());
        azure.behaviour(azure.behaviour().with(Place.DISALLOWED_PROVIDER, SUBSCRIPTION));
        assertEquals("DisallowedProvider", code(client.get(path(SUBSCRIPTION, "", NEW))));
    }

    @Test
    void aBillingListMayBeEmptyThoughItsExportsAreThere() {
        client.put(path(PROFILE, "daily", NEW), export());
        with(Choice.BillingList.EMPTY);
        assertEquals("{\"value\":[]}", client.get(path(PROFILE, "", NEW)).text());
        assertEquals(200, client.get(path(PROFILE, "daily", NEW)).status());
    }

    @Test
    void aListMayHaveANullLinkOrSeveralPages() {
        IntStream.range(0, 41).forEach(i -> client.put(path(EA, "export-" + i, NEW), export()));
        assertFalse(client.get(path(EA, "", NEW)).json().has("nextLink"));
        with(Choice.ListPages.ONE_WITH_NULL_LINK);
        assertTrue(client.get(path(EA, "", NEW)).json().path("nextLink").isNull());
        with(Choice.ListPages.SEVERAL);
        Set<String> names = new HashSet<>();
        int pages = 0;
        for (var next = path(EA, "", NEW); next != null; pages++) {
            var page = client.get(next).json();
            page.path("value").forEach(export -> names.add(export.path("name").asText()));
            next = Json.text(page, "nextLink")
                    .map(link -> link.replace(azure.endpoint().toString(), ""))
                    .orElse(null);
        }
        assertEquals("3 pages of 41", pages + " pages of " + names.size());
    }

    @ParameterizedTest
    @CsvSource({"IGNORED,400,201", "HONOURED,412,201", "REFUSED,400,400"})
    void aCreateThatWantsToBeTheFirst(Choice.IfNoneMatch choice, int existing, int fresh) {
        client.put(path(EA, "there", NEW), export());
        with(choice);
        assertEquals(
                existing,
                client.send("PUT", path(EA, "there", NEW), export().toString(), "If-None-Match", "*")
                        .status());
        assertEquals(
                fresh,
                client.send("PUT", path(EA, "fresh", NEW), export().toString(), "If-None-Match", "*")
                        .status());
    }

    @Test
    void whatAnOldVersionDoesToANewExport() {
        client.put(path(EA, "new", NEW), export());
        assertEquals(400, client.put(path(EA, "new", OLD), export()).status());
        with(Choice.OldOverNew.OVERWRITES, Choice.OldRunBody.IGNORED);
        assertEquals(200, client.put(path(EA, "new", OLD), export()).status());
        assertEquals(200, client.post(run(EA, "new", OLD), "{}").status());
    }

    @Test
    void aPastStartMayNotEvenBeRepeated() {
        client.put(path(EA, "daily", NEW), active());
        clock.advance(Duration.ofDays(2));
        client.signIn();
        with(Choice.PastStart.REFUSED);
        var read = client.get(path(EA, "daily", NEW)).json();
        assertTrue(client.put(path(EA, "daily", NEW), read).message().endsWith("'from' value cannot be in the past."));
    }

    @Test
    void partsAreCountedFromZeroOrOne() {
        client.put(path(EA, "daily", NEW), export());
        client.post(run(EA, "daily", NEW), "");
        with(Choice.PartNumbers.FROM_ONE);
        client.post(run(EA, "daily", NEW), "");
        clock.advance(Duration.ofSeconds(1));
        var runs = client.get(history(EA, "daily", NEW)).json().path("value");
        assertTrue(text(runs.path(0), "properties.fileName").endsWith("part_0_0001.csv"));
        assertTrue(text(runs.path(1), "properties.fileName").endsWith("part_1_0001.csv"));
    }

    @Test
    void errorsWithoutAMemberError() {
        var foreign = client.get(
                SUBSCRIPTION + "/providers/Microsoft.CostManagement/operationResults/1?api-version=2023-08-01");
        assertEquals(400, foreign.status());
        assertEquals(
                "[message, messageDetail]",
                foreign.json().properties().stream()
                        .map(member -> member.getKey())
                        .toList()
                        .toString());
        azure.faults().next(Match.on(Operation.LIST), ArmErrors.notAcceptable());
        assertEquals(406, client.get(path(EA, "", NEW)).status());
        assertTrue(client.get(SUBSCRIPTION + "/providers/Microsoft.CostManagement/alerts?api-version=2023-08-01")
                .json()
                .path("nextLink")
                .isNull());
    }
}
