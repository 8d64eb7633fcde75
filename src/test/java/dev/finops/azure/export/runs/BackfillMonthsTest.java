package dev.finops.azure.export.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.RunError;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackfillMonthsTest {
    private static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 15);
    private static final String ENDED = "2026-11-15T09:00:00Z";

    @Test
    void noneAreNoBackfill() {
        BackfillMonths none = BackfillMonths.of(null);

        assertTrue(none.isEmpty());
        assertNull(none.backfill());
        assertNull(none.summary());
    }

    @Test
    void askingAddsMonthsAndBeginsEndedOnesAnew() {
        BackfillMonths asked = rows(
                        "2026-04 Completed a1", "2026-03 Failed a2", "2026-02 Running a3", "2026-01 NoData a4")
                .ask(months("2026-05", "2026-04", "2026-03", "2026-02"));

        assertEquals(
                List.of(
                        "2026-05 Pending",
                        "2026-04 Pending",
                        "2026-03 Pending",
                        "2026-02 Running a3",
                        "2026-01 NoData a4"),
                told(asked));
        assertEquals("1/5", asked.summary());
        assertEquals(4, asked.open());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      months: 3                     | -       | 2026-10 2026-09 2026-08
      months: 3                     | 2026-06 | 2026-06 2026-05 2026-04
      from: 2025-12, to: 2026-02    | -       | 2026-02 2026-01 2025-12
      from: 2026-10, to: 2026-12    | -       | 2026-12 2026-11 2026-10
      from: 2025-12                 | -       | -
      from: soon, to: later         | -       | -
      """)
    void aWindowIsFixedWhenItIsFirstAccepted(String backfill, String until, String months) {
        Optional<BackfillWindow> window = BackfillWindow.of(backfill(backfill), until, TODAY);

        assertEquals(
                Optional.ofNullable(months),
                window.map(w -> String.join(
                        " ", w.months().stream().map(String::valueOf).toList())));
    }

    @Test
    void fittingAnotherWindowAddsMonthsAndDropsOnlyThoseThatNothingHappenedTo() {
        BackfillMonths fit = rows("2026-10 Completed a1", "2026-09 Pending", "2026-08 Failed a2", "2026-07 Running a3")
                .fit(BackfillWindow.of(backfill("from: 2026-04, to: 2026-05"), null, TODAY), List.of());

        assertEquals(
                List.of(
                        "2026-10 Completed a1",
                        "2026-08 Failed a2",
                        "2026-07 Running a3",
                        "2026-05 Pending",
                        "2026-04 Pending"),
                told(fit));
        assertNull(fit.until(), "a window of from and to is as it is stated");
    }

    @Test
    void aMonthThatAPersonAskedForIsDroppedByNoWindow() {
        assertEquals(
                List.of("2026-09 Pending"), told(rows().ask(months("2026-09")).fit(Optional.empty(), List.of())));
    }

    @Test
    void theNextIsTheNewestCompleteMonthThatWaits() {
        assertEquals(Optional.of("2026-03"), next(rows("2026-04 Completed a1", "2026-03 Pending", "2026-02 Pending")));
        assertEquals(Optional.of("2026-10"), next(rows("2026-12 Pending", "2026-11 Pending", "2026-10 Pending")));
        assertEquals(Optional.of("2026-11"), next(rows("2026-10 Completed a1").ask(months("2026-11"))));
        assertEquals(Optional.empty(), next(rows("2026-04 Completed a1", "2026-03 Failed a2")));
    }

    @Test
    void atMostFiveAreUnderWay() {
        String[] running = {
            "2026-09 Running a",
            "2026-08 Running b",
            "2026-07 Running c",
            "2026-06 Running d",
            "2026-05 Pending",
            "2026-04 Pending"
        };
        assertFalse(rows(running).full(0));
        assertTrue(rows(running).full(1));

        running[4] = "2026-05 Requested";
        assertTrue(rows(running).full(0));
    }

    @Test
    void aMonthThatAPersonAskedForGoesFirst() {
        assertEquals(
                Optional.of("2026-03"),
                next(rows("2026-10 Pending", "2026-09 Pending").ask(months("2026-03", "2026-02"))));
    }

    @Test
    void aMonthIsTriedAgainAfterAWaitAndFiveTimesInAll() {
        BackfillMonths rows = rows("2026-03 Pending");
        for (int attempt = 1; attempt <= 5; attempt++) {
            rows = rows.requested("2026-03").running("2026-03", "a1").follow(List.of(run("a1", "Failed")), NOW);
            assertEquals(
                    attempt < 5 ? "2026-03 Pending a1" : "2026-03 Failed a1",
                    told(rows).getFirst());
        }
    }

    @ParameterizedTest
    @CsvSource({"59, false", "60, true"})
    void theWaitIsCountedFromTheEndOfTheLastTry(long minutes, boolean again) {
        Instant now = Instant.parse(ENDED).plus(Duration.ofMinutes(minutes));
        Optional<Month> next = rows("2026-03 Pending a1")
                .next(now, List.of(run("a1", "Failed")), attempts -> Duration.ofHours(1), row -> false);

        assertEquals(again, next.isPresent());
    }

    @Test
    void aRowGoesFromRequestedToRunning() {
        BackfillMonths requested = rows("2026-03 Pending").requested("2026-03");

        assertFalse(rows("2026-03 Pending").underWay());
        assertTrue(requested.underWay());
        assertEquals(List.of("2026-03 Running a1"), told(requested.running("2026-03", "a1")));
        assertEquals(1, requested.running("2026-03", "a1").rows().getFirst().attempts());
        assertEquals(0, requested.pending("2026-03", "later").rows().getFirst().attempts());
    }

    @Test
    void aRowKeepsWhoAskedForIt() {
        BackfillMonths asked = rows().ask(months("2026-03"));

        assertNull(rows("2026-03 Requested")
                .pending("2026-03", null)
                .rows()
                .getFirst()
                .requested());
        for (BackfillMonths rows : List.of(
                asked.requested("2026-03"),
                asked.running("2026-03", "a1"),
                asked.pending("2026-03", "later"),
                asked.failed("2026-03", "no"),
                asked.refused("2026-03", "no"),
                asked.tooOld("2026-03", "no"))) {
            assertTrue(BackfillMonths.asked(rows.rows().getFirst()), rows.toString());
        }
    }

    @Test
    void aRefusalIsForGoodAndOneAsTooOldMeansNoData() {
        BackfillMonths rows = rows("2026-03 Requested");

        assertEquals(
                new Month("2026-03", "Failed", null, 1, "no", null),
                rows.refused("2026-03", "no").rows().getFirst());
        assertEquals(
                new Month("2026-03", "NoData", null, 1, "TooOld: no", null),
                rows.tooOld("2026-03", "no").rows().getFirst());
    }

    @Test
    void eachRunThatAzureDoesNotAcceptIsAnAttempt() {
        BackfillMonths rows = rows("2026-03 Pending");
        for (int attempt = 1; attempt <= 5; attempt++) {
            rows = rows.requested("2026-03").failed("2026-03", "500");
            assertEquals(
                    new Month("2026-03", attempt < 5 ? "Pending" : "Failed", null, attempt, "500", null),
                    rows.rows().getFirst());
        }
    }

    @Test
    void aRunWithoutAnEndIsWaitedForForADay() {
        BackfillMonths running = rows("2026-03 Running a1");
        Run run = new Run(
                "a1", "OnDemand", "InProgress", null, "2026-11-14T10:00:01Z", null, null, null, null, null, null);

        assertEquals(
                "2026-03 Running a1", told(running.follow(List.of(run), NOW)).getFirst());
        Month late = running.follow(List.of(run), NOW.plusSeconds(1)).rows().getFirst();
        assertEquals(
                "Pending: Azure returned no end of the run within 24 hours.", late.state() + ": " + late.message());
    }

    @ParameterizedTest
    @CsvSource({"months: 12, 2025-11, 2026-10", "months: 3, 2026-08, 2026-10"})
    void monthsAfterFromAndToAreThoseBeforeNow(String backfill, YearMonth first, YearMonth last) {
        BackfillMonths known =
                rows().fit(BackfillWindow.of(backfill("from: 2025-01, to: 2025-03"), null, TODAY), List.of());
        BackfillWindow window =
                BackfillWindow.of(backfill(backfill), known.until(), TODAY).orElseThrow();

        assertEquals(first + ".." + last, window.first() + ".." + window.last());
    }

    @ParameterizedTest
    @CsvSource({
        "Completed, Completed",
        "NewDataNotAvailable, NoData",
        "DataNotAvailable, NoData",
        "Failed, Pending",
        "Timeout, Pending",
        "InProgress, Running",
        "Queued, Running",
        "DataReady, Running"
    })
    void followsItsRun(String run, String row) {
        assertEquals(
                "2026-03 " + row + " a1",
                told(rows("2026-03 Running a1").follow(List.of(run("a1", run)), NOW))
                        .getFirst());
    }

    @Test
    void followsNoOtherRun() {
        assertEquals(
                List.of("2026-03 Running a1", "2026-02 Completed a2"),
                told(rows("2026-03 Running a1", "2026-02 Completed a2")
                        .follow(List.of(run("a3", "Failed"), run("a2", "Failed")), NOW)));
    }

    @ParameterizedTest
    @CsvSource({
        "a1, OnDemand,  2026-11-15, 2026-03-01, false, true",
        "a9, OnDemand,  2026-11-15, 2026-03-01, false, true", // what the row named before it was tried again
        "a9, OnDemand,  2026-11-15, 2026-03-01, true,  false",
        "a9, Scheduled, 2026-11-15, 2026-03-01, false, false",
        "a9, OnDemand,  2026-11-15, 2026-04-01, false, false",
        "a9, OnDemand,  2026-03-15, 2026-03-01, false, false"
    })
    void tellsARunOfAMonthFromTheExportsOwn(
            String id, String type, String submitted, String from, boolean ownMayBePast, boolean ofMonth) {
        Run run =
                new Run(id, type, "Failed", null, submitted, null, null, new TimePeriod(from, null), null, null, null);

        assertEquals(ofMonth, rows("2026-03 Running a1").has(run, ownMayBePast));
    }

    @Test
    void saysWhyAMonthFailed() {
        Run failed = new Run(
                "a1",
                null,
                "Failed",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                new RunError("StorageFault", "no such container"));

        assertEquals(
                "StorageFault: no such container",
                rows("2026-03 Running a1")
                        .follow(List.of(failed), NOW)
                        .rows()
                        .getFirst()
                        .message());
        assertEquals(
                "The run ended as Timeout.",
                rows("2026-03 Running a1")
                        .follow(List.of(run("a1", "Timeout")), NOW)
                        .rows()
                        .getFirst()
                        .message());
    }

    @ParameterizedTest
    @CsvSource({"2026-02, 2026-02-28", "2024-02, 2024-02-29", "2026-11, 2026-11-14", "2026-12, 2026-12-31"})
    void aMonthEndsWithItsLastDayAndTheCurrentOneYesterday(YearMonth month, LocalDate last) {
        assertEquals(new TimePeriod(month + "-01T00:00:00Z", last + "T23:59:59Z"), BackfillMonths.period(month, TODAY));
    }

    private static Optional<String> next(BackfillMonths rows) {
        return rows.next(NOW, List.of(), attempts -> Duration.ZERO, row -> false)
                .map(Month::month);
    }

    private static CostExportSpec.Backfill backfill(String words) {
        String months = value(words, "months");
        return new CostExportSpec.Backfill(
                months == null ? null : Integer.valueOf(months), value(words, "from"), value(words, "to"));
    }

    private static String value(String words, String name) {
        return Arrays.stream(words.split(", "))
                .filter(word -> word.startsWith(name + ": "))
                .map(word -> word.substring(name.length() + 2))
                .findFirst()
                .orElse(null);
    }

    private static BackfillMonths rows(String... rows) {
        return new BackfillMonths(
                null,
                Arrays.stream(rows)
                        .map(row -> row.split(" "))
                        .map(words -> new Month(words[0], words[1], words.length > 2 ? words[2] : null, 0, null, null))
                        .toList());
    }

    private static List<String> told(BackfillMonths rows) {
        return rows.rows().stream()
                .map(row -> row.month() + " " + row.state() + (row.runId() == null ? "" : " " + row.runId()))
                .toList();
    }

    private static List<YearMonth> months(String... months) {
        return Arrays.stream(months).map(YearMonth::parse).toList();
    }

    private static Run run(String id, String status) {
        return new Run(id, "OnDemand", status, null, ENDED, null, ENDED, null, null, null, null);
    }
}
