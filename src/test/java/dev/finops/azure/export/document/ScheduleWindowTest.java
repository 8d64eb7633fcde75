package dev.finops.azure.export.document;

import static dev.finops.azure.export.document.Specs.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.api.v1alpha1.CostExportSpec.Schedule;
import dev.finops.azure.export.document.ScheduleWindow.Phase;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of Azure at 2026-11-15T10:00:00Z. */
class ScheduleWindowTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
      # what                            | recurrence | from                 | to         | Azure's from         | Azure's to           | phase  | from sent            | to sent
      nothing stated                    | Daily      |                      |            |                      |                      | ACTIVE | 2026-11-16T00:00:00Z | 2036-11-15T00:00:00Z
      a start to come                   | Daily      | 2026-12-01           |            |                      |                      | ACTIVE | 2026-12-01T00:00:00Z | 2036-11-15T00:00:00Z
      a start to come, another in Azure | Daily      | 2026-12-01           |            | 2026-01-01T00:00:00Z |                      | ACTIVE | 2026-12-01T00:00:00Z | 2036-11-15T00:00:00Z
      a start of the past               | Weekly     | 2020-06-01           |            |                      |                      | ACTIVE | 2026-11-16T00:00:00Z | 2036-11-15T00:00:00Z
      a start this minute               | Daily      | 2026-11-15T10:00:00Z |            |                      |                      | ACTIVE | 2026-11-16T10:00:00Z | 2036-11-15T00:00:00Z
      a start in half a minute          | Daily      | 2026-11-15T10:00:30Z |            |                      |                      | ACTIVE | 2026-11-15T10:00:30Z | 2036-11-15T00:00:00Z
      kept: on the rhythm               | Weekly     | 2020-06-01           |            | 2026-10-05T00:00:00Z | 2036-01-01T00:00:00Z | ACTIVE | 2026-10-05T00:00:00Z | 2036-01-01T00:00:00Z
      moved: off the rhythm             | Weekly     | 2020-06-01           |            | 2026-10-06T00:00:00Z | 2036-01-01T00:00:00Z | ACTIVE | 2026-11-16T00:00:00Z | 2036-01-01T00:00:00Z
      kept: no start is stated          | Monthly    |                      |            | 2025-03-07T00:00:00Z | 2036-01-01T00:00:00Z | ACTIVE | 2025-03-07T00:00:00Z | 2036-01-01T00:00:00Z
      our end lapses                    | Daily      |                      |            | 2016-12-01T00:00:00Z | 2026-12-01T00:00:00Z | ACTIVE | 2016-12-01T00:00:00Z | 2036-11-15T00:00:00Z
      our end is 31 days off            | Daily      |                      |            | 2016-12-01T00:00:00Z | 2026-12-16T00:00:00Z | ACTIVE | 2016-12-01T00:00:00Z | 2026-12-16T00:00:00Z
      the stated end is far             | Daily      |                      | 2027-12-31 |                      | 2030-01-01T00:00:00Z | ACTIVE | 2026-11-16T00:00:00Z | 2027-12-31T23:59:59Z
      the stated end is near            | Daily      |                      | 2026-12-10 | 2026-01-01T00:00:00Z | 2026-12-10T23:59:59Z | ENDING | 2026-01-01T00:00:00Z | 2026-12-10T23:59:59Z
      the stated end is today           | Daily      |                      | 2026-11-15T23:00:00Z | 2026-01-01T00:00:00Z |            | ENDING | 2026-01-01T00:00:00Z | 2026-11-15T23:00:00Z
      ended                             | Daily      | 2026-01-01           | 2026-10-31 | 2026-01-01T00:00:00Z | 2026-10-31T23:59:59Z | ENDED  | 2026-01-01T00:00:00Z | 2026-10-31T23:59:59Z
      ended before it was created       | Weekly     | 2020-06-01           | 2020-10-31 |                      |                      | ENDED  | 2020-06-01T00:00:00Z | 2020-10-31T23:59:59Z
      ended, never started              | Daily      |                      | 2026-10-31 |                      |                      | ENDED  | 2026-10-30T23:59:59Z | 2026-10-31T23:59:59Z
      no start left before the end      | Monthly    | 2026-01-10           | 2026-12-01 |                      |                      | ENDED  | 2026-01-10T00:00:00Z | 2026-12-01T23:59:59Z
      """)
    void isAlwaysOneThatAzureTakes(
            String what,
            String recurrence,
            String from,
            String to,
            Instant azuresFrom,
            Instant azuresTo,
            Phase phase,
            Instant sentFrom,
            Instant sentTo) {
        ScheduleWindow window = ScheduleWindow.of(
                new Schedule(recurrence, from, to, null),
                azuresFrom != null,
                Optional.ofNullable(azuresFrom),
                Optional.ofNullable(azuresTo),
                NOW,
                false);

        assertEquals(new ScheduleWindow(phase, sentFrom, sentTo), window);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
      # what                       | from                 | Azure's from         | from sent
      no start was stated          |                      | 2026-11-15T00:00:00Z | 2026-11-16T00:00:00Z
      a start to come stays        |                      | 2026-12-24T00:00:00Z | 2026-12-24T00:00:00Z
      the stated one passed        | 2026-01-01T06:00:00Z | 2026-11-15T06:00:00Z | 2026-11-16T06:00:00Z
      the stated one is too near   | 2026-11-15T10:00:30Z |                      | 2026-11-16T10:00:30Z
      the stated one is far enough | 2026-12-01           |                      | 2026-12-01T00:00:00Z
      """)
    void movesItsStartWhenAzureRefusedItAsPast(String what, String from, Instant azuresFrom, Instant sentFrom) {
        ScheduleWindow window = ScheduleWindow.of(
                new Schedule("Daily", from, null, null),
                azuresFrom != null,
                Optional.ofNullable(azuresFrom),
                Optional.empty(),
                NOW,
                true);

        assertEquals(sentFrom, window.from());
    }

    @ParameterizedTest
    @CsvSource({"2027-12-31, SUSPENDED", ", SUSPENDED", "2026-12-01, SUSPENDED", "2026-10-31, ENDED"})
    void isSuspendedUntilItHasEnded(String to, Phase phase) {
        assertEquals(
                phase,
                ScheduleWindow.of(
                                new Schedule("Daily", null, to, true),
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                NOW,
                                false)
                        .phase());
    }

    @ParameterizedTest
    @CsvSource({"false, ENDED", "true, ENDING"})
    void isNotStartedForAnEndBeforeTheNextStart(boolean runs, Phase phase) {
        Optional<Instant> yesterday = Optional.of(Instant.parse("2026-11-14T23:59:59Z"));
        ScheduleWindow window = ScheduleWindow.of(
                new Schedule("Daily", null, "2026-11-15", null), runs, yesterday, Optional.empty(), NOW, false);

        assertEquals(phase, window.phase());
        assertEquals(yesterday.get(), window.from());
    }
}
