package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.export;
import static dev.finops.azure.simulator.PlainClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a PUT is refused for, and with which words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatorRulesTest {

    private static final String OLD = "2023-11-01";
    private static final String NEW = "2025-03-01";
    private static final String MCA = "/providers/Microsoft.Billing/billingAccounts/12345:6789/billingProfiles/ABC";
    private static final String GROUP = "/providers/Microsoft.Management/managementGroups/root";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private AzureSimulator azure;
    private PlainClient client;
    private int count;

    @BeforeAll
    void start() {
        azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withClock(clock));
    }

    @BeforeEach
    void signIn() {
        azure.behaviour(Behaviour.defaults());
        client = new PlainClient(azure);
    }

    @AfterAll
    void stop() {
        azure.close();
    }

    /** One place of an acceptable export changed; + stands for success. */
    @ParameterizedTest(name = "{0} {1}={2}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            2023-11-01 | properties.definition.type | "FocusCost" | Invalid definition type 'FocusCost'; valid values: 'Usage', 'ActualCost', 'AmortizedCost'.
            2023-11-01 | properties.format | "Parquet" | Invalid format 'Parquet'; valid values: 'Csv'.
            2023-11-01 | properties.definition.timeframe | "TheCurrentMonth" | Invalid definition timeframe: 'TheCurrentMonth'; valid values: 'WeekToDate', 'MonthToDate', 'TheLastMonth', 'BillingMonthToDate', 'TheLastBillingMonth', 'TheLast7Days', 'Custom'.
            2023-11-01 | properties.definition.timeframe | "TheLast7Days" | +
            2023-11-01 | properties.definition.dataSet.granularity | "Monthly" | Invalid definition dataSet granularity 'Monthly'; valid values: 'Daily'.
            2025-03-01 | properties.definition.dataSet.granularity | "Monthly" | +
            2025-03-01 | properties.format | "parquet" | +
            2025-03-01 | properties.format | "Delta" | Invalid format 'Delta'; valid values: 'Csv', 'Parquet'.
            2025-03-01 | properties.compressionMode | "GZip" | +
            2025-03-01 | properties.compressionMode | "snappy" | Invalid compressionMode 'snappy'; valid values: 'none', 'gzip'.
            2025-03-01 | properties.definition.timeframe | "Custom" | Missing definition timePeriod; specify a period for the 'Custom' timeframe.
            2025-03-01 | properties.definition |  | Missing definition.
            2025-03-01 | properties.deliveryInfo.destination.container |  | Missing deliveryInfo destination container.
            2025-03-01 | properties.deliveryInfo.destination.rootFolderPath | "/a" | Invalid deliveryInfo destination rootFolderPath; value cannot begin with a forward slash
            2025-03-01 | properties.deliveryInfo.destination.rootFolderPath | "a:b" | Invalid deliveryInfo destination rootFolderPath; Value cannot contain any reserved url characters except forward slashes(/)
            2025-03-01 | properties.schedule.recurrencePeriod.to |  | Invalid schedule recurrencePeriod; 'from' value cannot be after 'to' value
            2025-03-01 | properties.schedule.recurrencePeriod.from | "2020-01-01T00:00:00Z" | +
            2025-03-01 | properties.schedule.status | "SystemSuspended" | Invalid schedule status 'SystemSuspended'; valid values: 'Active', 'Inactive'.
            2025-03-01 | properties.schedule |  | +
            """)
    void onePlace(String version, String place, String json, String expected) {
        assertPut(version, EA, export(place, json == null ? "" : json), expected);
    }

    @ParameterizedTest(name = "{0} {1} to {2}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            2023-11-01 | 2025-11-01T00:00:00Z | 2026-01-31T23:59:59Z | +
            2023-11-01 | 2025-10-01T00:00:00Z | 2026-01-31T23:59:59Z | Invalid definition timePeriod; the range cannot exceed 3 months.
            2025-03-01 | 2026-01-01T00:00:00Z | 2026-01-31T23:59:59Z | +
            2025-03-01 | 2026-01-15T00:00:00Z | 2026-02-01T00:00:00Z | Invalid definition timePeriod; the range cannot exceed 1 calendar month.
            2025-03-01 | 2026-03-01T00:00:00Z | 2026-03-10T00:00:00Z | Invalid definition timePeriod; 'to' value cannot be in the future.
            2025-03-01 | 2026-02-02T00:00:00Z | 2026-02-01T00:00:00Z | Invalid definition timePeriod; 'from' value cannot be after 'to' value
            """)
    void customPeriods(String version, String from, String to, String expected) {
        var export = export("properties.definition.timeframe", "\"Custom\"");
        ((ObjectNode) Json.at(export, "properties.definition"))
                .putObject("timePeriod")
                .put("from", from)
                .put("to", to);
        assertPut(version, EA, export, expected);
    }

    @ParameterizedTest(name = "{1} at {0}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            ea           | FocusCost                 | +
            subscription | FocusCost                 | +
            group        | Usage                     | +
            group        | AmortizedCost             | Invalid definition type 'AmortizedCost'; valid values: 'Usage'.
            group        | FocusCost                 | Invalid definition type 'FocusCost'; valid values: 'Usage'.
            ea           | ReservationDetails        | +
            profile      | ReservationDetails        | +
            account      | ReservationDetails        | Export type: ReservationDetails is not supported for Agreement Type: MicrosoftCustomerAgreement and BillingAccount.
            department   | ReservationTransactions   | Export type: ReservationTransactions is not supported for Agreement Type: EnterpriseAgreement and Department.
            subscription | ReservationDetails        | Export type: ReservationDetails is not supported for Agreement Type: EnterpriseAgreement and Subscription.
            """)
    void dataAndScope(String scope, String type, String expected) {
        var path = switch (scope) {
            case "ea" -> EA;
            case "subscription" -> SUBSCRIPTION;
            case "group" -> GROUP;
            case "profile" -> MCA;
            case "account" -> MCA.replaceFirst("/billingProfiles.*", "");
            default -> EA + "/departments/1";
        };
        assertPut(NEW, path, export("properties.definition.type", '"' + type + '"'), expected);
    }

    @Test
    void priceSheets() {
        assertPut(NEW, EA, priceSheet("TheCurrentMonth", "Daily"), "+");
        assertPut(NEW, MCA, priceSheet("TheCurrentMonth", "Daily"), "+");
        assertPut(
                NEW,
                EA,
                priceSheet("MonthToDate", "Monthly"),
                "Invalid timeframe MonthToDate and schedule recurrence Monthly combination");
        var daily = priceSheet("TheCurrentMonth", "Daily");
        Json.set(
                daily,
                "properties.definition.dataSet.granularity",
                Json.parse("\"Daily\"").orElseThrow());
        assertPut(NEW, EA, daily, "Invalid definition dataSet granularity; not supported for type 'PriceSheet'.");
        var unauthorized = client.put(path(SUBSCRIPTION, "prices", NEW), priceSheet("TheCurrentMonth", "Daily"));
        assertEquals(401, unauthorized.status());
        assertEquals("Unauthorized. Authentication failed.", unauthorized.message());
    }

    private static ObjectNode priceSheet(String timeframe, String recurrence) {
        var export = export(
                "properties.definition",
                "{\"type\": \"PriceSheet\", \"timeframe\": \"" + timeframe + "\", \"dataSet\": {}}");
        ((ObjectNode) Json.at(export, "properties.schedule")).put("recurrence", recurrence);
        return export;
    }

    @Test
    void aStartInThePastIsRefusedOnlyWhereItIsNew() {
        var export = export("properties.schedule.status", "\"Active\"");
        assertEquals(201, client.put(path(EA, "start", NEW), export).status());
        clock.advance(Duration.ofDays(30));
        client.signIn();
        var read = (ObjectNode) client.get(path(EA, "start", NEW)).json();
        assertEquals(200, client.put(path(EA, "start", NEW), read).status(), "the start it always had");
        read = (ObjectNode) client.get(path(EA, "start", NEW)).json();
        Json.set(
                read,
                "properties.schedule.recurrencePeriod.from",
                Json.parse("\"2026-03-12T00:00:00Z\"").orElseThrow());
        assertEquals(
                "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' value "
                        + "cannot be in the past.",
                client.put(path(EA, "start", NEW), read).message());
        assertPut(NEW, EA, export, "Invalid schedule recurrencePeriod; 'from' value cannot be in the past.");
    }

    @Test
    void membersThatAVersionDoesNotHave() {
        assertMessage(
                "Invalid request payload, Invalid member :properties.dataOverwriteBehavior",
                OLD,
                export("properties.dataOverwriteBehavior", "\"CreateNewReport\""));
        assertMessage(
                "Invalid request payload, Invalid member :properties.definition.dataSet.configuration",
                NEW,
                export("properties.definition.dataSet.configurations", "{}"));
        assertMessage(
                "Invalid request payload, Invalid member :properties.schedule.recurrence",
                NEW,
                export("properties.schedule.recurrence", "null"));
        assertMessage("Invalid request payload: Unexpected end when reading JSON", NEW, null);
    }

    private void assertMessage(String start, String version, ObjectNode export) {
        var reply = client.send("PUT", path(EA, "members", version), export == null ? "" : export.toString());
        assertEquals(400, reply.status());
        assertTrue(reply.message().startsWith(start), reply.message());
    }

    @Test
    void versionsAndScopesThatDoNotExist() {
        assertEquals("InvalidApiVersionParameter", code(client.get(path(EA, "", "2031-01-01"))));
        assertEquals(
                "MissingApiVersionParameter", code(client.get(EA + "/providers/Microsoft.CostManagement/exports")));
        for (var scope :
                new String[] {"/" + EA, "/subscriptions/nonsense", "/providers/Microsoft.Billing/billingProfiles/1", ""
                }) {
            assertEquals("MissingSubscription", code(client.get(path(scope, "", NEW))), scope);
        }
    }

    @Test
    void whatDependsOnTheCallerOrTheSubscription() {
        azure.behaviour(Behaviour.defaults().withDeniedScopes(EA).withPayAsYouGoScopes(SUBSCRIPTION));
        assertEquals("RBACAccessDenied", code(client.get(path(EA + "/departments/1", "", NEW))));
        assertPut(
                NEW,
                SUBSCRIPTION + "/resourceGroups/rg",
                export("properties.definition.type", "\"FocusCost\""),
                "Export type: FocusCost is not supported for Agreement Type: WebDirect and ResourceGroup.");
        azure.behaviour(Behaviour.defaults().withUnregisteredSubscriptions("00000000-0000-0000-0000-000000000001"));
        assertTrue(client.put(path(EA, "rp", NEW), export()).message().startsWith("RP Not Registered."));
        assertEquals(
                200,
                client.post(
                                SUBSCRIPTION
                                        + "/providers/Microsoft.CostManagementExports/register?api-version=2022-09-01",
                                "")
                        .status());
        assertEquals(201, client.put(path(EA, "rp", NEW), export()).status());
    }

    private static String code(PlainClient.Reply reply) {
        return Json.text(reply.json(), "error.code").orElseThrow(() -> new AssertionError(reply.text()));
    }

    private void assertPut(String version, String scope, ObjectNode export, String expected) {
        var reply = client.put(path(scope, "export" + count++, version), export);
        if (expected.equals("+")) {
            assertEquals(201, reply.status(), reply.text());
        } else {
            assertEquals(400, reply.status(), reply.text());
            assertEquals(
                    "Request properties validation failed: " + expected,
                    reply.message().replaceFirst(" \\(Request ID: .*", ""));
        }
    }
}
