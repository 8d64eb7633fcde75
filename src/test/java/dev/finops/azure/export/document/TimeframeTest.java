package dev.finops.azure.export.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeframeTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      # timeframe          | the run was submitted | and covers              | the definition's own
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | true
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-14  | true
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-30  | true
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-12-01  | true
      # a person runs a past month, or other days of this one
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-10-01..2026-10-31  | false
      MonthToDate          | 2026-11-15T10:00:00Z  | 2025-11-01..2025-11-30  | false
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-03  | false
      MonthToDate          | 2026-11-15T10:00:00Z  | 2026-11-10..2026-11-15  | false
      # the ends of months
      MonthToDate          | 2026-11-30T23:58:00Z  | 2026-11-01..2026-11-30  | true
      MonthToDate          | 2026-12-01T00:00:00Z  | 2026-12-01..2026-12-01  | true
      MonthToDate          | 2026-12-01T00:00:00Z  | 2026-11-01..2026-11-30  | false
      MonthToDate          | 2028-02-29T12:00:00Z  | 2028-02-01..2028-02-29  | true
      MonthToDate          | 2026-12-31T12:00:00Z  | 2026-12-01..2026-12-31  | true
      MonthToDate          | 2027-01-01T12:00:00Z  | 2026-12-01..2026-12-31  | false
      # the second before midnight, and a history that cuts the time to the minute
      MonthToDate          | 2026-11-30T23:59:59Z  | 2026-12-01..2026-12-01  | true
      MonthToDate          | 2026-11-30T23:59:59Z  | 2026-11-01..2026-11-30  | true
      MonthToDate          | 2026-11-30T23:59:00Z  | 2026-12-01..2026-12-01  | true
      MonthToDate          | 2026-11-30T23:58:00Z  | 2026-12-01..2026-12-01  | false
      monthtodate          | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | true
      TheCurrentMonth      | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-30  | true
      TheCurrentMonth      | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | true
      TheCurrentMonth      | 2026-11-15T10:00:00Z  | 2026-10-01..2026-10-31  | false
      TheLastMonth         | 2026-11-15T10:00:00Z  | 2026-10-01..2026-10-31  | true
      TheLastMonth         | 2026-11-15T10:00:00Z  | 2026-10-01..2026-11-01  | true
      TheLastMonth         | 2026-11-15T10:00:00Z  | 2026-09-01..2026-09-30  | false
      TheLastMonth         | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | false
      TheLastMonth         | 2026-11-30T23:59:59Z  | 2026-11-01..2026-11-30  | true
      TheLastMonth         | 2026-11-30T23:00:00Z  | 2026-11-01..2026-11-30  | false
      TheLastMonth         | 2027-01-01T00:00:00Z  | 2026-12-01..2026-12-31  | true
      TheLastMonth         | 2028-03-01T00:00:00Z  | 2028-02-01..2028-02-29  | true
      # 2026-11-15 is a Sunday
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-11-15..2026-11-18  | true
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-11-16..2026-11-17  | true
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-11-15..2026-11-21  | true
      WeekToDate           | 2026-11-15T10:00:00Z  | 2026-11-09..2026-11-15  | true
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-11-01..2026-11-18  | false
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-11-08..2026-11-14  | false
      WeekToDate           | 2026-11-18T10:00:00Z  | 2026-10-01..2026-10-31  | false
      Custom               | 2026-11-18T10:00:00Z  | 2026-02-03..2026-03-04  | true
      Custom               | 2026-11-18T10:00:00Z  | 2026-02-03..2026-03-05  | true
      Custom               | 2026-11-18T10:00:00Z  | 2026-02-01..2026-02-28  | false
      # only Azure knows the billing period
      BillingMonthToDate   | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | true
      BillingMonthToDate   | 2026-11-15T10:00:00Z  | 2026-10-19..2026-11-14  | true
      BillingMonthToDate   | 2026-11-15T10:00:00Z  | 2026-10-19..2026-11-18  | true
      BillingMonthToDate   | 2026-11-15T10:00:00Z  | 2026-10-01..2026-10-31  | false
      BillingMonthToDate   | 2026-12-01T10:00:00Z  | 2026-11-01..2026-11-30  | false
      BillingMonthToDate   | 2026-11-15T10:00:00Z  | 2026-09-01..2026-11-15  | false
      TheLastBillingMonth  | 2026-11-15T10:00:00Z  | 2026-10-01..2026-10-31  | true
      TheLastBillingMonth  | 2026-11-15T10:00:00Z  | 2026-09-19..2026-10-18  | true
      TheLastBillingMonth  | 2026-11-15T10:00:00Z  | 2026-09-01..2026-09-30  | false
      TheLastBillingMonth  | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-15  | false
      TheLastBillingMonth  | 2026-11-15T10:00:00Z  | 2026-11-01..2026-11-30  | false
      # a timeframe of which no source says what it gives
      TheLastInvoiceMonth  | 2026-11-15T10:00:00Z  | 2026-03-01..2026-03-31  | true
      """)
    void aRunIsTheDefinitionsOwnByTheDaysThatItGivesOnTheDayOfTheRun(
            String name, String submitted, String days, boolean own) {
        Timeframe timeframe = Timeframe.of(name, "2026-02-03", "2026-03-04T23:59:59Z");
        String[] ends = days.split("\\.\\.");

        assertEquals(own, timeframe.gives(run(submitted, null, ends[0] + "T00:00:00", ends[1] + "T00:00:00Z")));
        assertEquals(
                own, timeframe.gives(run(submitted, null, ends[0] + "T00:00:00.0000000Z", ends[1] + "T23:59:59Z")));
    }

    @Test
    void aRunMayBeWorkedOnTheNextDay() {
        Timeframe timeframe = Timeframe.of("MonthToDate", null, null);

        assertTrue(timeframe.gives(run("2026-11-30T22:00:00Z", "2026-12-01T01:00:00Z", "2026-12-01", "2026-12-01")));
        assertTrue(timeframe.gives(run("2026-11-30T22:00:00Z", "2026-12-01T01:00:00Z", "2026-11-01", "2026-11-30")));
    }

    @Test
    void aRunWithoutDaysIsTheDefinitionsOwn() {
        Timeframe timeframe = Timeframe.of("MonthToDate", null, null);

        assertTrue(timeframe.gives(new Run(
                "a", "OnDemand", "Completed", null, "2026-11-15T10:00:00Z", null, null, null, null, null, null)));
        assertTrue(timeframe.gives(run("2026-11-15T10:00:00Z", null, "soon", null)));
        assertTrue(timeframe.gives(run(null, null, "2026-10-01", "2026-10-31")), "a run without a time");
        assertTrue(Timeframe.of("Custom", null, null)
                .gives(run("2026-11-15T10:00:00Z", null, "2026-10-01", "2026-10-31")));
        assertTrue(Timeframe.of(null, null, null).gives(run("2026-11-15T10:00:00Z", null, "2026-10-01", "2026-10-31")));
    }

    private static Run run(String submitted, String started, String from, String to) {
        return new Run(
                "a",
                "OnDemand",
                "Completed",
                null,
                submitted,
                started,
                null,
                new TimePeriod(from, to),
                null,
                null,
                null);
    }
}
