package dev.finops.azure.costexport.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.costexport.quota.SettableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureClockTest {
  private final SettableClock local = new SettableClock();
  private final AzureClock clock = new AzureClock(local);

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
    clock.heard(date);

    assertEquals(local.instant().plus(offset), clock.instant());
    assertEquals(skew, clock.skew());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-11-15T10:10:00Z", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"})
  void hearsNothingElse(String noDate) {
    clock.heard(noDate);

    assertEquals(local.instant(), clock.instant());
  }

  @Test
  void doesNotTrembleWithTheSecondsOfTheHeader() {
    clock.heard("Sun, 15 Nov 2026 10:10:00 GMT");
    clock.heard("Sun, 15 Nov 2026 10:10:01 GMT");

    assertEquals(local.instant().plus(Duration.ofMillis(600_500)), clock.instant());
  }

  @Test
  void returnsWhenTheClocksAgreeAgain() {
    clock.heard("Sun, 15 Nov 2026 10:10:00 GMT");
    clock.heard("Sun, 15 Nov 2026 10:00:00 GMT");

    assertEquals(local.instant(), clock.instant());
    assertEquals(Duration.ZERO, clock.skew());
  }
}
