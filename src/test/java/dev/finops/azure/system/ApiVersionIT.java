package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_PERIOD;
import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Match;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Older versions of the API know less, see less, and say so; the operator never makes up for it by guessing. */
class ApiVersionIT extends SystemTest {
    private static final String FIRST_SEED = "2023-08-01";

    /** As the first seed creates it, word for word. */
    private static final String FOCUS_PARQUET = """
      dataset: {type: FocusCost, timeframe: MonthToDate, granularity: Daily}
      format: Parquet
      schedule: {recurrence: Daily, from: 2026-01-01T00:00:00Z, to: 2027-12-31T00:00:00Z}
      destination: {container: msexports, rootFolderPath: billingAccounts/1234567}
      """;

    @Override
    Map<String, String> settings() {
        return Map.of("EXPORTS_API_VERSION", FIRST_SEED);
    }

    private void use(String version) {
        if (!operator.log().contains("(api-version " + version + ")")) {
            operator.close();
            operator = launch(Map.of("EXPORTS_API_VERSION", version)).awaitReady();
        }
    }

    @BeforeEach
    void useTheFirstSeeds() {
        use(FIRST_SEED);
    }

    @ParameterizedTest
    @ValueSource(strings = {FIRST_SEED, "2023-11-01"})
    void whatAnOlderVersionKnowsWorks(String version) {
        use(version);
        var export = export("known-" + version, """
        dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily, columns: [Date, MeterId]}
        schedule: {recurrence: Weekly}
        format: Csv
        identity: {type: SystemAssigned, location: centralus}
        """).awaitReady();

        export.annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");

        assertEquals(version, export.status().apiVersion());
        assertEquals(List.of(PUT, RUN), export.written());
        assertTrue(export.calls(RUN).getFirst().body().isMissingNode());
        export.calls().forEach(call -> assertEquals(version, call.query().get("api-version")));
        export.change("dataset: {columns: [Date]}").awaitReady().delete().awaitGone();
    }

    @Test
    void whatItDoesNotKnowIsAzuresRefusalWithTheVersionThatDoes() {
        var export = export("ftk-costs-daily", "/providers/Microsoft.Billing/billingAccounts/1234567", FOCUS_PARQUET);

        var stalled = export.await("Stalled", "True", "InvalidRequest");

        assertTrue(stalled.message().contains("Invalid format 'Parquet'"), stalled.message());
        assertTrue(
                stalled.message().contains(FIRST_SEED) && stalled.message().contains(API_VERSION), stalled.message());
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written(), "bounded, and nothing was sent that the spec does not state");

        use(API_VERSION);
        export.awaitReady();
        assertEquals("Parquet", export.inAzure("format").asText());
    }

    @Test
    void anExportThatItCannotSeeIsNotTakenForAbsent() {
        use(API_VERSION);
        var export =
                export("invisible", "description: newer than the old store").awaitReady();
        use(FIRST_SEED);

        var stalled = export.await("Stalled", "True", "NotVisibleInApiVersion");

        assertTrue(stalled.message().contains(API_VERSION), stalled.message());
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());

        export.delete();
        eventually(() -> assertEquals(
                "NotVisibleInApiVersion", export.condition("Stalled").reason()));
        export.awaitLooks(2);
        assertNotNull(export.object(), "the finalizer stays");
        assertTrue(export.existsInAzure());

        use(API_VERSION);
        export.awaitGone();
        assertFalse(export.existsInAzure());
    }

    @Test
    void anExportOfThePortalThatItCannotSeeIsNeitherCreatedNorFoughtOver() {
        String scope = newSubscription();
        portalExport(scope, "portals");
        azure.faults()
                .while_(
                        Match.on(PUT).path(scope),
                        Answer.error(
                                400,
                                "400",
                                "Etag value required for update operation of report: portals.Please get "
                                        + "the latest to avoid overwrite. (Request ID: 1)"));
        var export = export("portals", scope, "");

        var stalled = export.await("Stalled", "True", "NotVisibleInApiVersion");

        assertTrue(stalled.message().contains(API_VERSION), stalled.message());
        export.awaitLooks(4);
        assertEquals(List.of(PUT, PUT), export.written());
        export.delete().awaitGone();
        assertTrue(export.existsInAzure());
    }

    @Test
    void monthsNeedAVersionWhoseRunsTakeAPeriod() {
        var export = export("no-period", "").awaitReady();

        export.annotate(Map.of(RUN_REQUESTED_AT, "now", RUN_PERIOD, "2026-01"));

        export.awaitEvent("RunRefused", API_VERSION);
        export.awaitStatus("now", CostExportStatus::lastHandledRunRequest);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void backfillNeedsItToo() {
        var export = export("no-backfill", "backfill: {months: 2}").awaitReady();

        var backfilled = export.await("Backfilled", "False", "NeedsApiVersion");

        assertTrue(backfilled.message().contains(API_VERSION), backfilled.message());
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void andSoDoClosedMonths() {
        int day = Math.min(28, clock.instant().atOffset(ZoneOffset.UTC).getDayOfMonth());
        var export = export("no-closed-month", "closedMonth: {rerunOnDays: [" + day + "]}")
                .awaitReady();

        export.awaitEvent("NeedsApiVersion", API_VERSION);
        assertTrue(
                export.condition("Ready").message().contains("The operator ignores spec.closedMonth"),
                export.condition("Ready").message());
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());
        assertEquals(1, export.events("NeedsApiVersion").size());
    }
}
