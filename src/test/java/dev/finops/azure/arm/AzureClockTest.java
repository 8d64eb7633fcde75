package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.time.MonotonicClock;
import dev.finops.azure.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureClockTest {
    private final SettableClock machine = new SettableClock();
    private final SettableClock monotonic = new SettableClock();
    private final AzureClock clock = new AzureClock(machine, monotonic);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      Sun, 15 Nov 2026 10:00:00 GMT | PT0S        | PT0S
      Sun, 15 Nov 2026 10:00:01 GMT | PT0S        | PT0S
      Sun, 15 Nov 2026 09:59:59 GMT | PT0S        | PT0S
      Sun, 15 Nov 2026 10:03:00 GMT | PT3M0.5S    | PT0S
      Sun, 15 Nov 2026 10:10:00 GMT | PT10M0.5S   | PT10M0.5S
      Sun, 15 Nov 2026 09:50:00 GMT | PT-9M-59.5S | PT-9M-59.5S
      """)
    void goesByAzuresDateAndWarnsFromFiveMinutesOn(String date, Duration offset, Duration skew) {
        hears(date);
        hears(date);

        assertEquals(machine.instant().plus(offset), clock.instant());
        assertEquals(skew, clock.skew());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-15T10:10:00Z",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Thu, 01 Jan 1970 00:00:00 GMT"
            })
    void hearsNothingElse(String noDate) {
        hears(noDate);
        hears(noDate);

        assertEquals(machine.instant(), clock.instant());
    }

    @Test
    void doesNotTrembleWithTheSecondsOfTheHeader() {
        hears("Sun, 15 Nov 2026 10:10:00 GMT");
        hears("Sun, 15 Nov 2026 10:10:00 GMT");
        hears("Sun, 15 Nov 2026 10:10:01 GMT");

        assertEquals(machine.instant().plus(Duration.ofMillis(600_500)), clock.instant());
    }

    @Test
    void returnsWhenTheClocksAgreeAgain() {
        hears("Sun, 15 Nov 2026 10:10:00 GMT");
        hears("Sun, 15 Nov 2026 10:10:00 GMT");
        hears("Sun, 15 Nov 2026 10:00:00 GMT");
        hears("Sun, 15 Nov 2026 10:00:00 GMT");

        assertEquals(machine.instant(), clock.instant());
        assertEquals(Duration.ZERO, clock.skew());
    }

    /** In each row the last Date leaves the clock where it was. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "12:00",
                "10:00 12:00",
                "12:00 10:00 12:00",
                "12:00 14:00",
                "08:00 12:00 08:00",
                "12:00 10:00 12:00 10:00 12:00",
                "12:00 10:04"
            })
    void aJumpIsBelievedOnlyWhenTwoAnswersInARowAgree(String times) {
        for (String time : times.split(" ")) {
            hears("Sun, 15 Nov 2026 " + time + ":00 GMT");
        }

        assertTrue(
                Duration.between(machine.instant(), clock.instant()).abs().compareTo(Duration.ofMinutes(5)) < 0,
                () -> clock.instant().toString());
    }

    /** What a cache kept shows the same Date however much later it is served. */
    @Test
    void oneStoredAnswerDoesNotAgreeWithItself() {
        hears("Sun, 15 Nov 2026 08:00:00 GMT");
        monotonic.pass(Duration.ofSeconds(30));
        hears("Sun, 15 Nov 2026 08:00:00 GMT");

        assertEquals(monotonic.instant(), clock.instant());
    }

    @Test
    void aSlowAnswerIsNoDifferenceBetweenClocks() {
        clock.heard("Sun, 15 Nov 2026 09:59:15 GMT", Duration.ofSeconds(50));

        assertEquals(monotonic.instant(), clock.instant());
    }

    @ParameterizedTest
    @ValueSource(longs = {-6, 6})
    void theMachinesClockMayBeSet(long hours) {
        machine.pass(Duration.ofHours(hours));

        assertEquals(monotonic.instant(), clock.instant());
        assertEquals(Duration.ofHours(-hours), clock.skew());
    }

    @Test
    void theMonotonicClockIsNotSetWithTheMachines() {
        AtomicLong nanos = new AtomicLong(4711);
        MonotonicClock passing = new MonotonicClock(machine, nanos::get);
        Instant start = machine.instant();
        machine.pass(Duration.ofHours(-6));
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());

        assertEquals(start.plusSeconds(3), passing.instant());
    }

    private void hears(String date) {
        clock.heard(date, Duration.ZERO);
    }
}
