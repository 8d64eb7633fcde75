package dev.finops.azure.export.runs;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The months that {@code spec.backfill} asks for.
 *
 * @param fixed the last month of a window that {@code months} counts back from; a window of {@code from} and {@code to}
 *     has none
 */
public record BackfillWindow(YearMonth first, YearMonth last, Optional<YearMonth> fixed) {

    /**
     * @param until the last month as it was fixed when the backfill was first accepted; null when that is now
     */
    public static Optional<BackfillWindow> of(CostExportSpec.Backfill backfill, String until, LocalDate today) {
        try {
            if (backfill == null) {
                return Optional.empty();
            }
            if (backfill.months() != null) {
                YearMonth last = until == null ? YearMonth.from(today).minusMonths(1) : YearMonth.parse(until);
                return Optional.of(
                        new BackfillWindow(last.minusMonths(backfill.months() - 1L), last, Optional.of(last)));
            }
            return Optional.of(new BackfillWindow(
                    YearMonth.parse(backfill.from()), YearMonth.parse(backfill.to()), Optional.empty()));
        } catch (DateTimeException | NullPointerException fromAnotherSchema) {
            return Optional.empty();
        }
    }

    /** Newest first. */
    List<YearMonth> months() {
        return Stream.iterate(last, month -> !month.isBefore(first), month -> month.minusMonths(1))
                .toList();
    }
}
