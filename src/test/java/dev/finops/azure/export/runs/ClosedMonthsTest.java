package dev.finops.azure.export.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows are written as {@code month handled-days run time}, with - for what is not there. */
class ClosedMonthsTest {
    private static final Instant NOON = Instant.parse("2026-11-05T12:00:00Z");

    @Test
    void withoutTheFieldThereIsNothing() {
        ClosedMonths none = ClosedMonths.of(null, null);

        assertEquals(none, none.fit(NOON, NOON));
        assertNull(none.status());
        assertEquals(Optional.empty(), due(none, "2026-11-05"));
        assertEquals(Optional.empty(), none.wake(NOON, List.of(), tries -> Duration.ZERO, day -> Optional.empty()));
        assertEquals(
                ClosedMonths.of(new CostExportSpec.ClosedMonth(null), null),
                ClosedMonths.of(new CostExportSpec.ClosedMonth(List.of(0, 29)), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
      # created on  | days   | today      | the day that is due
      2026-11-01    | 2,5,19 | 2026-11-01 | none
      2026-11-01    | 2,5,19 | 2026-11-02 | 2026-11-02
      2026-11-02    | 2,5,19 | 2026-11-02 | 2026-11-02
      # some were missed: the last one stands for all
      2026-11-01    | 2,5,19 | 2026-11-04 | 2026-11-02
      2026-11-01    | 2,5,19 | 2026-11-28 | 2026-11-19
      2026-11-01    | 19,5,2 | 2026-11-28 | 2026-11-19
      # those before the object do not count
      2026-11-03    | 2,5,19 | 2026-11-03 | none
      2026-11-03    | 2,5,19 | 2026-11-05 | 2026-11-05
      2026-11-20    | 2,5,19 | 2026-11-30 | none
      2026-11-20    | 2,5,19 | 2026-12-01 | none
      # missed across the end of a month: of the newest month that has such a day
      2026-11-10    | 19     | 2026-12-03 | 2026-11-19
      2026-11-10    | 2,19   | 2026-12-03 | 2026-12-02
      2026-11-10    | 2,19   | 2027-03-01 | 2027-02-19
      2026-11-20    | 19     | 2026-12-03 | none
      """)
    void daysCountFromTheBeginning(LocalDate created, String days, LocalDate today, String due) {
        assertEquals(Optional.ofNullable(due), due(begun(days, created), today.toString()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
      2026-10 2 a1 2026-11-02T00:10:00Z    | 2,5,19 | 2026-11-04 | none
      2026-10 2 a1 2026-11-02T00:10:00Z    | 2,5,19 | 2026-11-05 | 2026-11-05
      2026-10 2,5 a1 2026-11-07T00:10:00Z  | 2,5,19 | 2026-11-30 | 2026-11-19
      # the next month
      2026-10 19 a1 2026-11-19T00:10:00Z   | 2,5,19 | 2026-12-01 | none
      2026-10 19 a1 2026-11-19T00:10:00Z   | 2,5,19 | 2026-12-02 | 2026-12-02
      2025-12 2 a1 2026-01-02T00:10:00Z    | 2      | 2026-02-02 | 2026-02-02
      # failed, refused and under way are handled
      2026-10 2 a1 -                       | 2,5,19 | 2026-11-04 | none
      2026-10 2 - 2026-11-01T00:00:00Z     | 2,5,19 | 2026-11-04 | none
      # other days: a later one is due, even when it was added on the day; one before the last run is not
      2026-10 5 a1 2026-11-05T00:10:00Z    | 7,19   | 2026-11-07 | 2026-11-07
      2026-10 5 a1 2026-11-05T00:10:00Z    | 2,5    | 2026-11-28 | none
      2026-10 2,5 a1 2026-11-05T00:10:00Z  | 19     | 2026-11-18 | none
      """)
    void daysAfterTheLastHandledOneAreDue(String row, String days, String today, String due) {
        assertEquals(Optional.ofNullable(due), due(months(days, row), today));
    }

    @Test
    void aFieldThatIsAddedLaterCountsFromThen() {
        ClosedMonths added = months("2,5,19").fit(Instant.parse("2026-11-05T12:00:00Z"), NOON);

        assertEquals(List.of("2026-10  - 2026-11-05T12:00:00Z"), told(added));
        assertEquals(Optional.of("2026-11-05"), due(added, "2026-11-05"), "the day itself counts");
        assertEquals(
                List.of(5),
                added.accepted(LocalDate.of(2026, 11, 5), "a1")
                        .rows()
                        .getFirst()
                        .handledDays());
    }

    @Test
    void aFieldThatIsTakenOutForgetsItsDaysAndKeepsWhatWasExported() {
        ClosedMonths out = months("", "2026-10 2,5 a1 2026-11-05T00:10:00Z", "2026-09 2,5 a0 2026-10-05T00:10:00Z")
                .fit(NOON, NOON);
        assertEquals(List.of("2026-10 - a1 2026-11-05T00:10:00Z", "2026-09 2,5 a0 2026-10-05T00:10:00Z"), told(out));
        assertEquals(out, out.fit(NOON, NOON));
        assertEquals(
                List.of(), told(months("", "2026-10  - 2026-11-05T12:00:00Z").fit(NOON, NOON)));

        ClosedMonths again = new ClosedMonths(out.rows(), List.of(2, 5, 19))
                .fit(Instant.parse("2026-12-07T12:00:00Z"), Instant.parse("2026-12-07T12:00:00Z"));
        assertEquals(Optional.empty(), due(again, "2026-12-18"));
        assertEquals(Optional.of("2026-12-19"), due(again, "2026-12-19"));
    }

    @Test
    void severalMissedDaysAreOneRun() {
        ClosedMonths accepted = begun("2,5,19", LocalDate.of(2026, 11, 1)).accepted(LocalDate.of(2026, 11, 19), "a1");

        assertEquals(List.of("2026-10 2,5,19 a1 -"), told(accepted));
        assertEquals(Optional.empty(), due(accepted, "2026-11-30"));
    }

    @Test
    void aDayThatWasTakenOutMeanwhileIsHandledAllTheSame() {
        assertEquals(
                List.of("2026-10 2,5 a2 -"),
                told(months("19", "2026-10 2 a1 2026-11-02T00:10:00Z").accepted(LocalDate.of(2026, 11, 5), "a2")));
    }

    @Test
    void aMonthBeginsWhenNothingIsLeftOfTheOneBefore() {
        Instant december = Instant.parse("2026-12-01T00:00:30Z");
        ClosedMonths missed = months("2,19", "2026-10 2 a1 2026-11-02T00:10:00Z");

        assertEquals(missed, missed.fit(NOON, december), "day 19 was missed");
        ClosedMonths running = missed.accepted(LocalDate.of(2026, 11, 19), "a2");
        assertEquals(
                running,
                running.follow(List.of(run("a2", "InProgress", "2026-12-01T00:00:10Z")), december)
                        .fit(NOON, december));
        assertEquals(
                List.of("2026-11  - 2026-12-01T00:00:00Z", "2026-10 2,19 a2 2026-12-01T00:00:20Z"),
                told(running.follow(List.of(run("a2", "Completed", "2026-12-01T00:00:20Z")), december)
                        .fit(NOON, december)));
    }

    @Test
    void aDayThatIsAddedInTheNextMonthRunsNoOlderOne() {
        ClosedMonths december =
                months("5", "2026-10 5 a1 2026-11-05T00:10:00Z").fit(NOON, Instant.parse("2026-12-01T00:00:30Z"));

        assertEquals(Optional.empty(), due(new ClosedMonths(december.rows(), List.of(5, 19)), "2026-12-03"));
    }

    @Test
    void thirteenMonthsAreKept() {
        ClosedMonths months = begun("2", LocalDate.of(2025, 1, 1));
        for (LocalDate day = LocalDate.of(2025, 1, 2); day.getYear() < 2027; day = day.plusMonths(1)) {
            months = months.accepted(day, "a" + day.getMonthValue());
        }

        assertEquals(
                IntStream.range(0, 13)
                        .mapToObj(i -> YearMonth.of(2026, 11).minusMonths(i).toString())
                        .toList(),
                months.rows().stream().map(ClosedMonth::month).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "Completed, 2026-11-02T00:10:00Z",
        "NewDataNotAvailable, 2026-11-02T00:10:00Z",
        "DataNotAvailable, 2026-11-02T00:10:00Z",
        "Failed, -",
        "Timeout, -",
        "InProgress, -",
        "Queued, -"
    })
    void aRowHasTheTimeAtWhichItsRunEndedWell(String status, String time) {
        assertEquals(
                List.of("2026-10 2 a1 " + time),
                told(months("2", "2026-10 2 a1 -")
                        .follow(
                                List.of(run("a1", status, "2026-11-02T00:10:00Z")),
                                Instant.parse("2026-11-02T12:00:00Z"))));
    }

    @Test
    void aRunThatFailedIsTriedAgainAfterAWaitAndFiveTimesInAll() {
        ClosedMonths months = begun("2,5", LocalDate.of(2026, 11, 1));
        List<Run> runs = List.of();
        for (int number = 1; number <= 5; number++) {
            ClosedMonths.Attempt attempt =
                    next(months, "2026-11-02T23:00:00Z", runs).orElseThrow();
            assertEquals(number, attempt.number());
            assertEquals(
                    "2026-11-02T%02d:00:00Z".formatted(number == 1 ? 0 : 2 * number - 2),
                    attempt.at().toString());
            runs = with(runs, run("a" + number, "Failed", "2026-11-02T%02d:00:00Z".formatted(number)));
            months = months.accepted(attempt.day(), "a" + number).follow(List.of(runs.getLast()), NOON);
            assertEquals(number < 5, months.open());
            assertEquals(
                    number < 5
                            ? ""
                            : " The operator does not retry 2026-10 before the next day of spec.closedMonth.rerunOnDays.",
                    months.lastTry(runs.getLast()));
        }
        assertEquals(Optional.empty(), next(months, "2026-11-04T00:00:00Z", runs));

        ClosedMonths.Attempt afresh = next(months, "2026-11-05T00:00:00Z", runs).orElseThrow();
        assertEquals(
                new ClosedMonths.Attempt(LocalDate.of(2026, 11, 5), 1, Instant.parse("2026-11-05T00:00:00Z")), afresh);
        months = months.accepted(afresh.day(), "b1");
        assertEquals(
                2,
                next(months, "2026-11-05T02:00:00Z", with(runs, run("b1", "Failed", "2026-11-05T01:00:00Z")))
                        .orElseThrow()
                        .number());
    }

    @Test
    void aDayThatBeginsComesBeforeAnotherTry() {
        ClosedMonths months = months("2,5", "2026-10 2 a1 -");
        List<Run> failed = List.of(run("a1", "Failed", "2026-11-02T00:10:00Z"));

        assertEquals(
                LocalDate.of(2026, 11, 2),
                next(months, "2026-11-04T00:00:00Z", failed).orElseThrow().day());
        assertEquals(
                LocalDate.of(2026, 11, 5),
                next(months, "2026-11-05T00:00:00Z", failed).orElseThrow().day());
    }

    @ParameterizedTest
    @CsvSource({"InProgress", "Completed", "gone"})
    void nothingElseIsTriedAgain(String status) {
        List<Run> runs = status.equals("gone") ? List.of() : List.of(run("a1", status, "2026-11-02T00:10:00Z"));
        ClosedMonths months = months("2", "2026-10 2 a1 -").follow(runs, Instant.parse("2026-11-02T12:00:00Z"));

        assertEquals(
                Optional.empty(),
                months.next(
                        Instant.parse("2026-11-04T00:00:00Z"), runs, tries -> Duration.ZERO, day -> Optional.empty()));
        assertEquals(!status.equals("Completed"), months.open());
        assertEquals(status.equals("Completed") ? 0 : 1, months.underWay());
        assertEquals(!status.equals("Completed"), months.awaited().isPresent(), "its end was not seen");
    }

    @Test
    void aFailureIsNotTriedAgainOnceTheFieldIsGone() {
        assertEquals(
                Optional.empty(),
                next(
                        months("", "2026-10 2 a1 -"),
                        "2026-11-04T00:00:00Z",
                        List.of(run("a1", "Failed", "2026-11-02T00:10:00Z"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      2026-10 2 a1 2026-11-02T00:10:00Z | 2026-10 2,5 a1 2026-11-02T00:10:00Z
      2026-10  - 2026-11-01T00:00:00Z   | 2026-10 2,5 - 2026-11-01T00:00:00Z
      2026-10 2,5 a1 -                  | 2026-10 2,5 - -
      """)
    void aRefusalLeavesTheLastGoodRunAndIsNotTriedAgain(String before, String after) {
        ClosedMonths refused = months("2,5", before).refused(LocalDate.of(2026, 11, 5), "no");
        List<Run> failed = List.of(run("a1", before.endsWith("-") ? "Failed" : "Completed", "2026-11-02T00:10:00Z"));

        assertEquals(List.of(after), told(refused));
        assertEquals(Optional.empty(), next(refused, "2026-11-30T00:00:00Z", failed));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
      2026-10 2 a1 2026-11-02T00:10:00Z | 2,5,19 | 2026-11-04T10:00:00Z | 2026-11-05T00:00:00Z
      2026-10 2 a1 2026-11-02T00:10:00Z | 2      | 2026-11-04T10:00:00Z | 2026-12-02T00:00:00Z
      2026-10 2 a1 2026-11-02T00:10:00Z | 2      | 2026-12-31T10:00:00Z | 2027-01-02T00:00:00Z
      # the run failed at ten past midnight: an hour after
      2026-10 2 a1 -                    | 2,5    | 2026-11-02T00:30:00Z | 2026-11-02T01:10:00Z
      # it is due and waits for something else
      2026-10 2 a1 2026-11-02T00:10:00Z | 5      | 2026-11-05T10:00:00Z | 2026-12-05T00:00:00Z
      """)
    void theNextDayOrTryWakesTheObject(String row, String days, Instant now, Instant wake) {
        List<Run> runs = List.of(run("a1", row.endsWith("-") ? "Failed" : "Completed", "2026-11-02T00:10:00Z"));

        assertEquals(
                Optional.ofNullable(wake),
                months(days, row)
                        .follow(runs, now)
                        .wake(now, runs, tries -> Duration.ofHours(tries), day -> Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      # of an export of the current month: by its month
      a1 | OnDemand  | 2026-10 | 2026-11-05T00:00:00Z | false | true
      a9 | OnDemand  | 2026-10 | 2026-11-04T00:00:00Z | false | true
      a9 | Scheduled | 2026-10 | 2026-11-04T00:00:00Z | false | false
      a9 | OnDemand  | 2026-09 | 2026-11-04T00:00:00Z | false | false
      a9 | OnDemand  | 2026-11 | 2026-11-04T00:00:00Z | false | false
      # of one of the last month: those that the row named before, unless they are known as its own
      a1 | OnDemand  | 2026-10 | 2026-11-05T00:00:00Z | true  | true
      a9 | OnDemand  | 2026-10 | 2026-11-04T00:00:00Z | true  | true
      a9 | OnDemand  | 2026-10 | 2026-11-06T00:00:00Z | true  | false
      a9 | Scheduled | 2026-10 | 2026-11-04T00:00:00Z | true  | false
      o1 | OnDemand  | 2026-10 | 2026-11-04T00:00:00Z | true  | false
      """)
    void tellsARunOfAClosedMonthFromTheExportsOwn(
            String id, String type, YearMonth month, String submitted, boolean ownMayBePast, boolean of) {
        Run run = new Run(
                id,
                type,
                "Failed",
                null,
                submitted,
                null,
                submitted,
                new TimePeriod(month + "-01", month + "-28"),
                null,
                null,
                null);
        List<Run> all = List.of(run, run("a1", "Completed", "2026-11-05T00:00:00Z"));

        assertEquals(
                of,
                months("2", "2026-10 5 a1 2026-11-05T00:10:00Z")
                        .has(run, ownMayBePast, List.of(run("o1", "Failed", submitted)), all));
    }

    @Test
    void aFailedRunWhoseNextTryWasRefusedStaysOne() {
        Run failed = run("a1", "Failed", "2026-11-02T00:10:00Z");

        assertTrue(months("2", "2026-10 2 - -").has(failed, true, List.of(), List.of(failed)));
        assertFalse(months("2", "2026-10 2 - -").has(failed, true, List.of(failed), List.of(failed)));
    }

    @Test
    void aCompletedRunIsLookedForInStorageUntilItWasFoundOrGivenUp() {
        Run run = run("a1", "Completed", "2026-11-02T00:10:00Z");
        ClosedMonths ended = months("2", "2026-10 2 a1 -").follow(List.of(run), NOON);

        assertEquals(Optional.of(run), ended.unproven(List.of(run)));
        assertEquals(Optional.empty(), ended.unproven(List.of()));
        assertEquals(Optional.empty(), ended.looked(run, NOON).unproven(List.of(run)));
        assertEquals(
                Optional.empty(),
                ended.looked(run, Instant.parse("2026-11-02T00:10:00Z")).unproven(List.of(run)),
                "at its very end");
        ClosedMonths proven = ended.proven(run, NOON, 42L, 4242L);
        assertEquals(
                new ClosedMonth(
                        "2026-10",
                        List.of(2),
                        "a1",
                        "2026-11-02T00:10:00Z",
                        42L,
                        4242L,
                        "Completed",
                        null,
                        1,
                        "2026-11-05T12:00:00Z"),
                proven.rows().getFirst());
        assertEquals(Optional.empty(), proven.unproven(List.of(run)));
        ClosedMonth next =
                proven.accepted(LocalDate.of(2026, 11, 5), "a2").rows().getFirst();
        assertEquals(
                new ClosedMonth("2026-10", List.of(2, 5), "a2", null, 42L, 4242L, "Running", null, 1, null),
                next,
                "the next run is compared with it");
    }

    @Test
    void eachRunThatAzureDoesNotAcceptIsAnAttempt() {
        ClosedMonths months = begun("2,5", LocalDate.of(2026, 11, 1));
        for (int number = 1; number <= 5; number++) {
            Instant now = Instant.parse("2026-11-02T23:00:00Z");
            ClosedMonths.Attempt attempt = months.next(
                            now, List.of(), tries -> Duration.ofHours(tries), day -> Optional.of(now))
                    .orElseThrow();
            assertEquals(number, attempt.number());
            assertEquals(
                    number == 1 ? Instant.parse("2026-11-02T00:00:00Z") : now.plus(Duration.ofHours(number - 1)),
                    attempt.at());
            months = months.failed(attempt.day(), "500");
            ClosedMonth row = months.rows().getFirst();
            assertEquals(
                    (number < 5 ? "Pending" : "Failed") + " " + number + " 500",
                    row.state() + " " + row.attempts() + " " + row.message());
        }
        assertEquals(Optional.of("2026-11-05"), due(months, "2026-11-05"));
        assertFalse(months.open());
    }

    @Test
    void aDenialHandlesNoDay() {
        ClosedMonths denied = begun("2", LocalDate.of(2026, 11, 1)).denied(LocalDate.of(2026, 11, 2), "no right");

        assertEquals(
                "RunDenied: no right",
                denied.rows().getFirst().state() + ": "
                        + denied.rows().getFirst().message());
        assertEquals(Optional.of("2026-11-02"), due(denied, "2026-11-03"));
        assertEquals(
                "Running",
                denied.accepted(LocalDate.of(2026, 11, 2), "a1")
                        .rows()
                        .getFirst()
                        .state());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      # the row of 0.1.0                | its run in the history            | state     | attempts | verified
      2026-10 2 a1 2026-11-02T00:10:00Z | Completed 2026-11-02T00:10:00Z    | Completed | -        | -
      2026-10 2 a1 2026-11-02T00:10:01Z | Completed 2026-11-02T00:10:00Z    | Completed | -        | 2026-11-02T00:10:01Z
      2026-10 2 a1 2026-11-02T00:10:00Z | -                                 | Completed | -        | 2026-11-02T00:10:00Z
      2026-10 2 a1 2026-11-02T00:10:00Z | DataNotAvailable 2026-11-02T00:10:00Z | NoData | -       | -
      2026-10 2 a1 -                    | InProgress 2026-11-02T00:10:00Z   | Running   | 1        | -
      2026-10 2 a1 -                    | Failed 2026-11-02T00:10:00Z       | Running   | 1        | -
      2026-10 2 a1 -                    | -                                 | Running   | 1        | -
      2026-10 2 - -                     | -                                 | Failed    | -        | -
      2026-10 2 - 2026-11-01T00:00:00Z  | -                                 | -         | -        | -
      """)
    void aRowOfTheFirstReleaseHasItsStateFromTheHistory(
            String row, String run, String state, Integer attempts, String verified) {
        String[] words = row.split(" ", 4);
        List<Run> runs = run == null ? List.of() : List.of(run("a1", run.split(" ")[0], run.split(" ")[1]));
        ClosedMonth typed = ClosedMonths.typed(
                new ClosedMonth(
                        words[0],
                        numbers(words[1]),
                        absent(words[2]),
                        absent(words[3]),
                        7L,
                        42L,
                        null,
                        null,
                        null,
                        null),
                runs);

        assertEquals(
                new ClosedMonth(
                        words[0],
                        numbers(words[1]),
                        absent(words[2]),
                        absent(words[3]),
                        7L,
                        42L,
                        state,
                        null,
                        attempts,
                        verified),
                typed);
        assertEquals(typed, ClosedMonths.typed(typed, runs));
    }

    @Test
    void aRunWithoutDataIsNotLookedFor() {
        Run run = run("a1", "DataNotAvailable", "2026-11-02T00:10:00Z");

        assertEquals(
                Optional.empty(),
                months("2", "2026-10 2 a1 -").follow(List.of(run), NOON).unproven(List.of(run)));
    }

    private static ClosedMonths begun(String days, LocalDate created) {
        return months(days).fit(Instant.parse(created + "T12:00:00Z"), Instant.parse(created + "T12:00:01Z"));
    }

    private static Optional<String> due(ClosedMonths months, String today) {
        return next(months, today + "T12:00:00Z", List.of())
                .map(attempt -> attempt.day().toString());
    }

    private static Optional<ClosedMonths.Attempt> next(ClosedMonths months, String now, List<Run> runs) {
        return months.follow(runs, NOON)
                .next(Instant.parse(now), runs, tries -> Duration.ofHours(tries), day -> Optional.empty());
    }

    private static ClosedMonths months(String days, String... rows) {
        List<Integer> wanted = days.isEmpty() ? List.of() : numbers(days);
        return ClosedMonths.of(
                new CostExportSpec.ClosedMonth(wanted),
                Arrays.stream(rows)
                        .map(row -> row.split(" ", 4))
                        .map(words -> new ClosedMonth(
                                words[0],
                                words[1].equals("-") ? null : numbers(words[1]),
                                absent(words[2]),
                                absent(words[3]),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null))
                        .map(row -> ClosedMonths.typed(row, List.of()))
                        .toList());
    }

    private static List<Integer> numbers(String days) {
        return Arrays.stream(days.split(","))
                .filter(day -> !day.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }

    private static String absent(String word) {
        return word.equals("-") ? null : word;
    }

    private static List<String> told(ClosedMonths months) {
        return months.rows().stream()
                .map(row -> row.month() + " "
                        + (row.handledDays() == null
                                ? "-"
                                : String.join(
                                        ",",
                                        row.handledDays().stream()
                                                .map(String::valueOf)
                                                .toList()))
                        + " "
                        + (row.runId() == null ? "-" : row.runId()) + " " + (row.time() == null ? "-" : row.time()))
                .toList();
    }

    private static Run run(String id, String status, String ended) {
        return new Run(
                id,
                "OnDemand",
                status,
                null,
                ended,
                null,
                ended,
                new TimePeriod("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z"),
                null,
                null,
                null);
    }

    private static List<Run> with(List<Run> runs, Run last) {
        return Stream.concat(runs.stream(), Stream.of(last)).toList();
    }
}
