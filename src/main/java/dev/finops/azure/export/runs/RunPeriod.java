package dev.finops.azure.export.runs;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;

/** The months that a run request names: {@code 2026-03} or {@code 2026-01..2026-03}. */
public sealed interface RunPeriod {
    /** Azure keeps seven years (docs/azure.md, "Runs"). */
    int MAX_MONTHS = 84;

    /** Newest first. */
    record Months(List<YearMonth> months) implements RunPeriod {}

    /** @param why what is wrong with it and what to write instead */
    record Unusable(String why) implements RunPeriod {}

    static RunPeriod parse(String text, LocalDate today) {
        String[] ends = text.strip().split("\\.\\.", -1);
        YearMonth first;
        YearMonth last;
        try {
            first = YearMonth.parse(ends[0].strip());
            last = ends.length == 1 ? first : YearMonth.parse(ends[1].strip());
        } catch (DateTimeException notAMonth) {
            return new Unusable("'" + text + "' is not a month. Write 2026-03 or 2026-01..2026-03.");
        }
        YearMonth current = YearMonth.from(today);
        if (ends.length > 2 || last.isBefore(first)) {
            return new Unusable(
                    "'" + text + "' ends before it begins. Write the earlier month first, as in 2026-01..2026-03.");
        }
        if (last.isAfter(current)) {
            return new Unusable(last + " has not begun. Name months up to " + current + ".");
        }
        if (last.equals(current) && today.getDayOfMonth() == 1) {
            return new Unusable(current + " began today, so Azure has no data yet. Request it again tomorrow.");
        }
        if (first.isBefore(current.minusMonths(MAX_MONTHS))) {
            return new Unusable(first + " is more than " + MAX_MONTHS + " months ago, and Azure does not export it.");
        }
        List<YearMonth> months = new ArrayList<>();
        for (YearMonth month = last; !month.isBefore(first); month = month.minusMonths(1)) {
            months.add(month);
        }
        return new Months(List.copyOf(months));
    }
}
