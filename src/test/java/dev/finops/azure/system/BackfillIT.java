package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.simulator.RunOutcome;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The past that a spec asks for. */
class BackfillIT extends SystemTest {

    @Test
    void theLastMonthsAreRunOnceEachNewestFirst() {
        LiveExport export = export("year", "backfill: {months: 12}").awaitReady();

        export.await("Backfilled", "True", "MonthsDone");

        YearMonth last =
                YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC)).minusMonths(1);
        List<String> months = IntStream.range(0, 12)
                .mapToObj(i -> last.minusMonths(i).toString())
                .toList();
        assertEquals(
                months,
                export.status().backfill().months().stream().map(Month::month).toList());
        assertEquals(months, asked(export));
        assertEquals(last.toString(), export.status().backfill().until());
        assertEquals("12/12", export.status().summary().backfill());
        assertNull(export.status().pendingRun());
    }

    @Test
    void aMonthThatFailsIsTriedAgainAndDoesNotStopTheOthers() {
        LiveExport export = export("patient", "{}").awaitReady();
        azure.exports().nextRun(export.scope(), export.name(), new RunOutcome.Failed("StorageFault", "try again"));

        export.change("backfill: {from: 2026-01, to: 2026-03}");

        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(4, asked(export).size());
        assertEquals(
                List.of("2026-03", "2026-02", "2026-01"),
                asked(export).stream().distinct().toList());
        assertTrue(export.status().backfill().months().stream()
                .allMatch(month -> month.state().equals("Completed")));
    }

    @Test
    void moreMonthsAddOnlyTheNewOnesAndAChangedDatasetRepeatsNothing() {
        LiveExport export = export("growing", "backfill: {months: 2}").awaitReady();
        export.await("Backfilled", "True", "MonthsDone");

        export.change("backfill: {months: 3}");
        eventually(() -> assertEquals("3/3", export.status().summary().backfill()));
        export.change("dataset: {granularity: Monthly}");
        export.awaitEvent("BackfillOutdated", "run-period=");

        assertEquals(3, asked(export).size());
    }

    @Test
    void aCrashAsksForNoMonthTwice() {
        LiveExport export = export("crashing", "backfill: {months: 6}").awaitReady();
        eventually(() -> assertTrue(asked(export).size() >= 2));

        operator.kill();
        startOperator();

        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(6, asked(export).size());
    }

    @Test
    void theExportsOwnRunIsFollowedThoughNewerOnesPushItOutOfTheHistory() {
        azure.behaviour(
                azure.behaviour().withQueuedFor(Duration.ofSeconds(1)).withInProgressFor(Duration.ofSeconds(2)));
        LiveExport export = export("pushed-out", "{runOnCreate: true, backfill: {months: 12}}");

        export.await("Backfilled", "True", "MonthsDone");
        export.await("LastRunSucceeded", "True", "Completed");

        assertEquals("Completed", export.status().lastRun().status());
        assertEquals(10, export.status().runs().size());
    }

    private static List<String> asked(LiveExport export) {
        return export.calls(RUN).stream()
                .map(call -> call.body().path("timePeriod").path("from"))
                .map(JsonNode::asText)
                .map(from -> from.substring(0, 7))
                .toList();
    }

    @Test
    void aMonthWhoseRunWentWithItsExportIsRunAgain() {
        azure.behaviour(usual.withInProgressFor(Duration.ofHours(5)));
        LiveExport export = export("vanishing", "backfill: {months: 2}").awaitReady();
        eventually(() -> assertEquals(
                List.of("Running", "Running"),
                export.status().backfill().months().stream().map(Month::state).toList()));
        clock.advance(Duration.ofMinutes(3)); // until then an absence may be one of a replica that lags
        azure.exports().remove(export.scope(), export.name());
        eventually(() -> assertEquals(2, export.calls(PUT).size()));
        azure.behaviour(usual);

        clock.advance(Duration.ofMinutes(11));

        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(2, azure.exports().runs(export.scope(), export.name()).size());
    }
}
