package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.simulator.RunOutcome;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The month before, once more on its days, by Azure's clock. Its time goes on from test to test: each begins in a month
 * of its own.
 */
class ClosedMonthIT extends StoringTest {
    private static final String SECOND_AND_FIFTH = "closedMonth: {rerunOnDays: [2, 5]}";

    private LocalDate today() {
        return clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /** It is noon of the next such day. */
    private void next(int day) {
        LocalDate date = today().getDayOfMonth() < day
                ? today().withDayOfMonth(day)
                : today().plusMonths(1).withDayOfMonth(day);
        clock.advance(Duration.between(clock.instant(), date.atTime(12, 0).toInstant(ZoneOffset.UTC)));
    }

    private void nextMonth(int day) {
        next(1);
        if (day > 1) {
            next(day);
        }
    }

    private YearMonth closed() {
        return YearMonth.from(today()).minusMonths(1);
    }

    private static List<String> asked(LiveExport export) {
        return export.calls(RUN).stream()
                .map(call -> call.body().path("timePeriod").path("from").asText() + ".."
                        + call.body().path("timePeriod").path("to").asText())
                .toList();
    }

    private static String period(YearMonth month) {
        return month.atDay(1) + "T00:00:00Z.." + month.atEndOfMonth() + "T23:59:59Z";
    }

    /** Until the newest month has had a run that ended well for these days. */
    private static ClosedMonth awaitHandled(LiveExport export, YearMonth month, Integer... days) {
        eventually(() -> {
            ClosedMonth row = export.status().closedMonths().getFirst();
            assertEquals(month + " " + List.of(days), row.month() + " " + row.handledDays());
            assertNotNull(row.runId());
            assertNotNull(row.time());
        });
        return export.status().closedMonths().getFirst();
    }

    private static void assertRests(LiveExport export, int runs) {
        export.awaitLooks(1);
        String version = export.object().getMetadata().getResourceVersion();
        export.awaitLooks(3);
        assertEquals(runs, export.calls(RUN).size());
        assertEquals(version, export.object().getMetadata().getResourceVersion(), "an idle object is not written");
    }

    @Test
    void thePreviousMonthIsRunOnceOnEachOfItsDays() {
        nextMonth(1);
        LiveExport export = export(
                        "second-and-fifth", "{closedMonth: {rerunOnDays: [2, 5]}, freshness: {maxAge: 9000h}}")
                .awaitReady();
        assertRests(export, 0);

        next(2);
        ClosedMonth first = awaitHandled(export, closed(), 2);
        assertEquals(export.status().runs().getFirst().id(), first.runId());
        assertRests(export, 1);
        next(5);
        ClosedMonth second = awaitHandled(export, closed(), 2, 5);
        assertFalse(second.runId().equals(first.runId()));
        assertRests(export, 2);

        assertEquals(List.of(period(closed()), period(closed())), asked(export));
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason());
        assertEquals("NoRunYet", export.condition("Delivered").reason());
        assertNull(export.status().lastRun());
        assertNull(export.status().pendingRun());
        nextMonth(2);
        awaitHandled(export, closed(), 2);
        assertEquals(
                List.of(closed().toString(), closed().minusMonths(1).toString()),
                export.status().closedMonths().stream().map(ClosedMonth::month).toList());
    }

    @Test
    void daysThatWereMissedAreOneRun() {
        nextMonth(1);
        LiveExport export = export("missed", SECOND_AND_FIFTH).awaitReady();
        eventually(() -> assertNotNull(export.status().closedMonths()));
        operator.close();
        next(8);

        startOperator();

        awaitHandled(export, closed(), 2, 5);
        assertRests(export, 1);
    }

    @Test
    void aDayThatWasMissedAcrossTheEndOfAMonthIsCaughtUp() {
        nextMonth(15);
        LiveExport export = export("across", "closedMonth: {rerunOnDays: [19]}").awaitReady();
        eventually(() -> assertNotNull(export.status().closedMonths()));
        operator.close();
        next(3);

        startOperator();

        YearMonth before = closed().minusMonths(1);
        eventually(() -> assertEquals(
                List.of(closed() + " []", before + " [19]"),
                export.status().closedMonths().stream()
                        .map(row -> row.month() + " " + row.handledDays())
                        .toList()));
        assertEquals(List.of(period(before)), asked(export));
    }

    @Test
    void daysBeforeTheObjectOrTheFieldDoNotCount() {
        nextMonth(5);
        LiveExport plain = export("field-later", "").awaitReady();
        next(15);
        LiveExport export = export("mid-month", SECOND_AND_FIFTH).awaitReady();
        plain.change("closedMonth: {rerunOnDays: [2, 5, 15]}").awaitReady();

        assertRests(export, 0);
        awaitHandled(plain, closed(), 15);
        assertRests(plain, 1);
    }

    @Test
    void aRunThatFailsIsTriedAgain() {
        nextMonth(1);
        LiveExport export = export("unlucky", SECOND_AND_FIFTH).awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.Failed("InternalError", "no luck"));
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.Timeout());
        next(2);

        awaitHandled(export, closed(), 2);

        assertRests(export, 3);
        assertTrue(export.awaitEvent("RunFailed", "InternalError").contains("no luck"));
        assertEquals("True", export.condition("Ready").status());
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason());
    }

    @Test
    void oneThatKeepsFailingWaitsForTheNextDay() {
        nextMonth(1);
        LiveExport export = export("hopeless", SECOND_AND_FIFTH).awaitReady();
        for (int i = 0; i < 5; i++) {
            azure.exports()
                    .nextRun(export.scope(), export.exportName(), new RunOutcome.Failed("InternalError", "no luck"));
        }
        next(2);
        export.awaitEvent("RunFailed", "before the next day of spec.closedMonth.rerunOnDays");
        assertRests(export, 5);
        assertNull(export.status().closedMonths().getFirst().time());

        next(5);

        awaitHandled(export, closed(), 2, 5);
        assertRests(export, 6);
    }

    @ParameterizedTest
    @EnumSource(names = {"GET", "RUN"})
    void aCrashRunsNothingTwice(Operation at) {
        nextMonth(1);
        LiveExport export =
                export("crashed-" + at.name().toLowerCase(), SECOND_AND_FIFTH).awaitReady();
        eventually(() -> assertNotNull(export.status().closedMonths()));
        azure.faults().next(Match.on(at).path(export.scope()), new Fault.ThenAct(() -> operator.kill()));
        next(2);

        eventually(() -> assertFalse(operator.process().isAlive()));
        startOperator();

        awaitHandled(export, closed(), 2);
        assertRests(export, 1);
    }

    @Test
    void aMonthThatWasRestatedIsTold() {
        nextMonth(1);
        LiveExport export = export("restated", "{delivery: {verify: true}, closedMonth: {rerunOnDays: [2, 5]}}")
                .awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.Completed(new Delivered.NoData()));
        next(2);
        awaitHandled(export, closed(), 2);
        eventually(
                () -> assertEquals(0, export.status().closedMonths().getFirst().bytes()));
        assertRests(export, 1);
        assertEquals(List.of(), export.events("MonthRestated"));

        next(5);

        String message = export.awaitEvent("MonthRestated", closed() + " has changed");
        ClosedMonth row = awaitHandled(export, closed(), 2, 5);
        assertTrue(row.rows() > 0 && row.bytes() > 0, row.toString());
        assertTrue(
                message.endsWith("0 rows, 0 bytes before, " + row.rows() + " rows, " + row.bytes() + " bytes now"),
                message);
        assertNull(export.status().delivery());
        assertRests(export, 2);
    }

    @Test
    void aPersonsRequestGoesFirstAndTheBackfillLast() {
        nextMonth(1);
        LiveExport export = export("in-turn", SECOND_AND_FIFTH).awaitReady();
        eventually(() -> assertNotNull(export.status().closedMonths()));
        operator.close();
        next(2);
        export.change("backfill: {months: 2}").annotate(RUN_REQUESTED_AT, "now");

        startOperator();

        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(List.of("..", period(closed()), period(closed()), period(closed().minusMonths(1))), asked(export));
        awaitHandled(export, closed(), 2);
    }

    @Test
    void aRunOfTheExportsOwnLastMonthIsAnother() {
        nextMonth(1);
        LiveExport export = export(
                        "last-month", "{dataset: {timeframe: TheLastMonth}, closedMonth: {rerunOnDays: [2, 5]}}")
                .awaitReady();
        export.annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");
        String own = export.status().lastRun().id();
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.Failed("InternalError", "no luck"));
        next(2);

        awaitHandled(export, closed(), 2);
        next(5);
        awaitHandled(export, closed(), 2, 5);

        assertEquals(own, export.status().lastRun().id());
        assertEquals(own, export.status().lastSuccessfulRun().id());
        assertEquals("Completed", export.condition("LastRunSucceeded").reason());
    }
}
