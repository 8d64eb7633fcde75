package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_PERIOD;
import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.simulator.RunOutcome;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Months that are asked for by annotation. */
class RunPeriodIT extends SystemTest {

    private LiveExport asked(LiveExport export, String value, String period) {
        return export.annotate(Map.of(RUN_REQUESTED_AT, value, RUN_PERIOD, period));
    }

    private static List<String> rows(LiveExport export, Function<Month, Object> column) {
        return export.status().backfill().months().stream()
                .map(column)
                .map(String::valueOf)
                .toList();
    }

    private static List<JsonNode> bodies(LiveExport export) {
        return export.calls(RUN).stream()
                .map(call -> call.body().path("timePeriod"))
                .toList();
    }

    private LocalDate today() {
        return clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    @Test
    void oneMonthIsRunAsARowOfTheBackfill() {
        var export = asked(export("march", "").awaitReady(), "now", "2026-03");

        export.await("Backfilled", "True", "MonthsDone");

        assertEquals(
                List.of(Yaml.object("{from: '2026-03-01T00:00:00Z', to: '2026-03-31T23:59:59Z'}")), bodies(export));
        assertEquals(List.of("2026-03"), rows(export, Month::month));
        assertEquals(List.of("Completed"), rows(export, Month::state));
        assertEquals(List.of(export.status().runs().getFirst().id()), rows(export, Month::runId));
        assertEquals("1/1", export.status().summary().backfill());
        assertEquals("now", export.status().lastHandledRunRequest());
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason());
    }

    @Test
    void aRangeIsRunNewestFirst() {
        var export = asked(export("range", "").awaitReady(), "now", "2025-11..2026-02");

        export.await("Backfilled", "True", "MonthsDone");

        assertEquals(List.of("2026-02", "2026-01", "2025-12", "2025-11"), rows(export, Month::month));
        assertEquals(
                List.of("2026-02-28T23:59:59Z", "2026-01-31T23:59:59Z", "2025-12-31T23:59:59Z", "2025-11-30T23:59:59Z"),
                bodies(export).stream().map(body -> body.path("to").asText()).toList());
        assertEquals(new CostExportStatus.Summary("-", "4/4"), export.status().summary());
    }

    @Test
    void theCurrentMonthEndsYesterday() {
        if (today().getDayOfMonth() == 1) {
            clock.advance(Duration.ofDays(1));
        }
        var export = asked(
                export("current", "").awaitReady(),
                "now",
                YearMonth.from(today()).toString());

        export.await("Backfilled", "True", "MonthsDone");

        assertEquals(
                today().minusDays(1) + "T23:59:59Z",
                bodies(export).getFirst().path("to").asText());
    }

    private static final RunOutcome NO_LUCK = new RunOutcome.Failed("InternalError", "no luck");

    @Test
    void aMonthThatFailsIsTriedAgain() {
        var export = export("second-try", "").awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), NO_LUCK);

        asked(export, "now", "2026-01").await("Backfilled", "True", "MonthsDone");

        assertEquals(List.of("2"), rows(export, Month::attempts));
        assertEquals(2, export.calls(RUN).size());
    }

    @Test
    void aMonthThatFailsFiveTimesIsAFailedRowAndCanBeAskedForAgain() {
        var export = export("failing", "").awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.Completed());
        IntStream.range(0, 5).forEach(_ -> azure.exports().nextRun(export.scope(), export.exportName(), NO_LUCK));
        asked(export, "first", "2026-01..2026-02").await("Backfilled", "False", "MonthsFailed");

        assertEquals(List.of("Completed", "Failed"), rows(export, Month::state));
        assertEquals(6, export.calls(RUN).size());
        assertTrue(rows(export, Month::message).getLast().contains("InternalError: no luck"));
        assertEquals("True", export.condition("Ready").status());
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason(), "a month's run is judged by its row");

        asked(export, "second", "2026-01").await("Backfilled", "True", "MonthsDone");
        assertEquals(List.of("Completed", "Completed"), rows(export, Month::state));
        assertEquals(7, export.calls(RUN).size());
    }

    @ParameterizedTest
    @CsvSource({
        "march, is not a month",
        "2026-03..2026-01, ends before it begins",
        "2999-01, has not begun",
        "2015-01, more than 84 months ago"
    })
    void aPeriodThatCannotBeIsRefusedWithAnEvent(String period, String why) {
        var export = asked(export("unusable-" + period.replace('.', '-'), "").awaitReady(), "now", period);

        export.awaitEvent("RunRefused", why);

        export.awaitStatus("now", CostExportStatus::lastHandledRunRequest);
        export.awaitLooks(2);
        assertEquals(List.of(), export.calls(RUN));
    }

    @Test
    void noMoreThanFiveRunsOfOneExportAreUnderWayAtOnce() {
        azure.behaviour(usual.withInProgressFor(Duration.ofSeconds(4)));
        var export = asked(export("seven-months", "").awaitReady(), "now", "2025-01..2025-07");

        eventually(() -> assertEquals(
                List.of("Running", "Running", "Running", "Running", "Running", "Pending", "Pending"),
                rows(export, Month::state)));
        assertEquals(5, export.calls(RUN).size());
        azure.behaviour(usual);
        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(7, export.calls(RUN).size());
    }
}
