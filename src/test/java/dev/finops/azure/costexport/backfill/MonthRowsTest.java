package dev.finops.azure.costexport.backfill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.RunError;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
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

class MonthRowsTest {

  @Test
  void noneAreNoBackfill() {
    MonthRows none = MonthRows.of(null);

    assertTrue(none.isEmpty());
    assertNull(none.backfill());
    assertNull(none.summary());
  }

  @Test
  void askingAddsMonthsAndBeginsEndedOnesAnew() {
    MonthRows asked = rows("2026-04 Completed a1", "2026-03 Failed a2", "2026-02 Running a3", "2026-01 NoData a4")
        .ask(months("2026-05", "2026-04", "2026-03", "2026-02"));

    assertEquals(List.of("2026-05 Pending", "2026-04 Pending", "2026-03 Pending", "2026-02 Running a3", "2026-01 NoData a4"), told(asked));
    assertEquals("1/5", asked.summary());
    assertEquals(4, asked.open());
  }

  @Test
  void theNextIsTheNewestThatWaits() {
    assertEquals(Optional.of("2026-03"), next(rows("2026-04 Completed a1", "2026-03 Pending", "2026-02 Pending")));
    assertEquals(Optional.empty(), next(rows("2026-04 Completed a1", "2026-03 Failed a2")));
  }

  @Test
  void atMostFiveAreUnderWay() {
    String[] running = {"2026-09 Running a", "2026-08 Running b", "2026-07 Running c", "2026-06 Running d", "2026-05 Pending", "2026-04 Pending"};
    assertEquals(Optional.of("2026-05"), next(rows(running)));

    running[4] = "2026-05 Running e";
    assertEquals(Optional.empty(), next(rows(running)));
  }

  @Test
  void aRowGoesFromRequestedToRunningToItsEnd() {
    MonthRows rows = rows("2026-03 Pending");
    String march = "2026-03";

    assertTrue(rows.requested(march, 1).underWay());
    assertFalse(rows.underWay());
    assertEquals(List.of("2026-03 Running a1"), told(rows.requested(march, 1).running(march, "a1")));
    assertEquals(1, rows.requested(march, 1).running(march, "a1").rows().getFirst().attempts());
    assertEquals("no", rows.refused(march, "no").rows().getFirst().message());
    assertEquals(1, rows.refused(march, "no").failed());
  }

  @ParameterizedTest
  @CsvSource({"Completed, Completed", "NewDataNotAvailable, NoData", "DataNotAvailable, NoData", "Failed, Pending", "Timeout, Pending",
      "InProgress, Running", "Queued, Running"})
  void followsItsRun(String run, String row) {
    assertEquals("2026-03 " + row + " a1", told(rows("2026-03 Running a1").follow(List.of(run("a1", run)))).getFirst());
  }

  @Test
  void followsNoOtherRun() {
    assertEquals(List.of("2026-03 Running a1", "2026-02 Completed a2"),
        told(rows("2026-03 Running a1", "2026-02 Completed a2").follow(List.of(run("a3", "Failed"), run("a2", "Failed")))));
  }

  @Test
  void saysWhyAMonthFailed() {
    Run failed = new Run("a1", null, "Failed", null, null, null, null, null, null, null, new RunError("StorageFault", "no such container"));

    assertEquals("StorageFault: no such container", rows("2026-03 Running a1").follow(List.of(failed)).rows().getFirst().message());
    assertEquals("the run ended as Timeout", rows("2026-03 Running a1").follow(List.of(run("a1", "Timeout"))).rows().getFirst().message());
  }

  @ParameterizedTest
  @CsvSource({"2026-02, 2026-02-28", "2024-02, 2024-02-29", "2026-11, 2026-11-14", "2026-12, 2026-12-31"})
  void aMonthEndsWithItsLastDayAndTheCurrentOneYesterday(YearMonth month, LocalDate last) {
    assertEquals(new TimePeriod(month + "-01T00:00:00Z", last + "T23:59:59Z"), MonthRows.period(month, LocalDate.of(2026, 11, 15)));
  }

  @Test
  void aFailedMonthIsTriedAgainAfterItsWaitAndFiveTimesInAll() {
    Run failed = new Run("a1", null, "Failed", null, "2026-11-15T10:00:00Z", null, "2026-11-15T10:05:00Z", null, null, null, null);
    MonthRows once = rows("2026-03 Running a1").requested("2026-03", 1).running("2026-03", "a1").follow(List.of(failed));

    assertEquals(Optional.empty(), once.next(Instant.parse("2026-11-15T10:05:59Z"), List.of(failed), attempts -> Duration.ofMinutes(attempts)));
    assertTrue(once.next(Instant.parse("2026-11-15T10:06:00Z"), List.of(failed), attempts -> Duration.ofMinutes(attempts)).isPresent());
    assertEquals("2026-03 Failed a1",
        told(rows("2026-03 Running a1").requested("2026-03", MonthRows.MAX_ATTEMPTS).running("2026-03", "a1").follow(List.of(failed))).getFirst());
  }

  @Test
  void theWindowOfMonthsIsFixedWhenItIsFirstAccepted() {
    MonthRows first = rows().fit(BackfillWindow.of(new CostExportSpec.Backfill(2, null, null), null, LocalDate.of(2026, 11, 15)), List.of());
    assertEquals(List.of("2026-10 Pending", "2026-09 Pending"), told(first));

    MonthRows later = first.fit(BackfillWindow.of(new CostExportSpec.Backfill(3, null, null), first.until(), LocalDate.of(2027, 2, 1)), List.of());
    assertEquals(List.of("2026-10 Pending", "2026-09 Pending", "2026-08 Pending"), told(later));
  }

  @Test
  void aSmallerWindowDropsOnlyWhatWaitsUnasked() {
    MonthRows rows = rows("2026-10 Completed a1", "2026-09 Pending", "2026-08 Running a2").ask(months("2026-07"));

    assertEquals(List.of("2026-10 Completed a1", "2026-08 Running a2", "2026-07 Pending"), told(rows.fit(Optional.empty(), List.of())));
  }

  @Test
  void monthsThatAreNotCompleteWait() {
    MonthRows rows = rows().fit(BackfillWindow.of(new CostExportSpec.Backfill(null, "2026-10", "2026-12"), null, LocalDate.of(2026, 11, 15)), List.of());

    assertEquals(List.of("2026-12 Pending", "2026-11 Pending", "2026-10 Pending"), told(rows));
    assertEquals(Optional.of("2026-10"), next(rows));
    assertEquals(Optional.of("2026-11"), next(rows.ask(months("2026-11"))), "but a person may ask for the current one");
  }

  @Test
  void anAdoptedExportsCompletedMonthsAreDone() {
    Run october = new Run("a1", "OnDemand", "Completed", null, "2026-11-02T00:00:00Z", null, null,
        new TimePeriod("2026-10-01T00:00:00", "2026-10-31T00:00:00"), null, null, null);

    assertEquals(List.of("2026-10 Completed a1", "2026-09 Pending"), told(rows().fit(
        BackfillWindow.of(new CostExportSpec.Backfill(2, null, null), null, LocalDate.of(2026, 11, 15)), List.of(october))));
  }

  private static Optional<String> next(MonthRows rows) {
    return rows.next(Instant.parse("2026-11-15T12:00:00Z"), List.of(), attempts -> Duration.ZERO).map(Month::month);
  }

  private static MonthRows rows(String... rows) {
    return new MonthRows(null, Arrays.stream(rows).map(row -> row.split(" "))
        .map(words -> new Month(words[0], words[1], words.length > 2 ? words[2] : null, 0, null)).toList());
  }

  private static List<String> told(MonthRows rows) {
    return rows.rows().stream().map(row -> row.month() + " " + row.state() + (row.runId() == null ? "" : " " + row.runId())).toList();
  }

  private static List<YearMonth> months(String... months) {
    return Arrays.stream(months).map(YearMonth::parse).toList();
  }

  private static Run run(String id, String status) {
    return new Run(id, "OnDemand", status, null, null, null, null, null, null, null, null);
  }
}
