package dev.finops.azure.export.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunPeriodTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 15);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      2026-03              | 2026-03
      2026-01..2026-03     | 2026-03 2026-02 2026-01
      2025-12 .. 2026-01   | 2026-01 2025-12
      2026-11              | 2026-11
      2019-11              | 2019-11
      """)
    void namesMonthsNewestFirst(String text, String months) {
        RunPeriod.Months named = assertInstanceOf(RunPeriod.Months.class, RunPeriod.parse(text, TODAY));

        assertEquals(months, named.months().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      March                     | is not a month
      2026-13                   | is not a month
      2026-01..                 | is not a month
      ..2026-01                 | is not a month
      2026-01-01                | is not a month
      2026-03..2026-01          | ends before it begins
      2026-01..2026-02..2026-03 | ends before it begins
      2026-12                   | has not begun
      2026-10..2027-01          | has not begun
      2019-10                   | is more than 84 months ago
      """)
    void isRefusedWithTheRemedy(String text, String why) {
        RunPeriod.Unusable unusable = assertInstanceOf(RunPeriod.Unusable.class, RunPeriod.parse(text, TODAY));

        assertTrue(unusable.why().contains(why), unusable.why());
    }

    @ParameterizedTest
    @CsvSource({"2026-11-01, false", "2026-11-02, true"})
    void theCurrentMonthHasDataFromItsSecondDay(LocalDate today, boolean usable) {
        assertEquals(usable, RunPeriod.parse("2026-11", today) instanceof RunPeriod.Months);
    }
}
