package dev.finops.azure.export.document;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.runs.RunHistory;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The days that a run of an export covers, by the timeframe of its definition. Azure writes the last day of a run as
 * yesterday,
 * today, the end of the month or the midnight after it, so that each of these counts (docs/azure.md, "Runs").
 *
 * @param custom the days of the timeframe Custom; empty also where the definition does not name them
 */
public record Timeframe(String name, Optional<Days> custom) {
    private static final Set<String> TO_DATE =
            Set.of("monthtodate", "billingmonthtodate", "weektodate", "thecurrentmonth");

    /** A history may cut the time of submission to the minute. */
    private static final Duration CUT = Duration.ofSeconds(61);

    /** No month, and no billing period, is longer. */
    private static final int LONGEST_MONTH = 31;

    private static final int SHORTEST_MONTH = 28;

    /** Both included. */
    public record Days(LocalDate from, LocalDate to) {
        static Optional<Days> of(String from, String to) {
            return Timestamps.start(from)
                    .flatMap(start -> Timestamps.start(to).map(end -> new Days(day(start), day(end))));
        }

        long length() {
            return ChronoUnit.DAYS.between(from, to) + 1;
        }

        /** The last day may be written as the midnight after it. */
        boolean ends(LocalDate last) {
            return to.equals(last) || to.equals(last.plusDays(1));
        }

        /** Whether the last day is yesterday, today or the midnight after it. */
        boolean endsAbout(LocalDate today) {
            return !to.isBefore(today.minusDays(1)) && !to.isAfter(today.plusDays(1));
        }

        boolean isMonth(YearMonth month) {
            return from.equals(month.atDay(1)) && ends(month.atEndOfMonth());
        }
    }

    public static Timeframe of(String name, String from, String to) {
        return new Timeframe(name == null ? "" : name.toLowerCase(Locale.ROOT), Days.of(from, to));
    }

    /** The definition that Azure has. */
    public static Timeframe of(ObservedExport export) {
        return of(
                ExportField.TIMEFRAME.text(export),
                ExportField.PERIOD_FROM.text(export),
                ExportField.PERIOD_TO.text(export));
    }

    /** Whether a run ends with the present, so that one of days long past is not the definition's. */
    public boolean isToDate() {
        return TO_DATE.contains(name);
    }

    /**
     * Whether a run covers the days that the timeframe gives on the day of the run. A run that names no days does:
     * older
     * api-versions name none. Where the days cannot be known, each run does.
     */
    public boolean gives(Run run) {
        Optional<Days> covered = covered(run);
        Set<LocalDate> today = days(run);
        return covered.isEmpty() || today.isEmpty() || today.stream().anyMatch(day -> gives(covered.get(), day));
    }

    /** Whether a run covers days of which the last was over long before the run. */
    public boolean isPast(Run run) {
        return covered(run)
                .filter(days -> days(run).stream().allMatch(day -> days.to().isBefore(day.minusDays(1))))
                .isPresent();
    }

    private boolean gives(Days covered, LocalDate day) {
        YearMonth month = YearMonth.from(day);
        return switch (name) {
            case "monthtodate", "thecurrentmonth" ->
                covered.from().equals(month.atDay(1)) && (covered.endsAbout(day) || covered.ends(month.atEndOfMonth()));
            case "thelastmonth" -> covered.isMonth(month.minusMonths(1));
            case "weektodate" ->
                weekdays(day).anyMatch(covered.from()::equals)
                        && (covered.endsAbout(day)
                                || covered.ends(covered.from().plusDays(6)));
            case "billingmonthtodate" -> givesBillingMonthToDate(covered, day);
            case "thelastbillingmonth" -> givesLastBillingMonth(covered, day);
            case "custom" ->
                custom.isEmpty()
                        || covered.from().equals(custom.get().from())
                                && covered.ends(custom.get().to());
            default -> true;
        };
    }

    /**
     * Only Azure knows on which day a billing period begins: a month or less that lasts until now, and not a calendar
     * month that is over.
     */
    private static boolean givesBillingMonthToDate(Days covered, LocalDate day) {
        YearMonth first = YearMonth.from(covered.from());
        boolean monthIsOver = first.isBefore(YearMonth.from(day)) && covered.isMonth(first);
        boolean lasts =
                !covered.to().isBefore(day.minusDays(1)) && !covered.from().isAfter(day);
        return lasts && !monthIsOver && covered.length() <= LONGEST_MONTH + 1;
    }

    /** A period as long as a month that has ended within the last month. */
    private static boolean givesLastBillingMonth(Days covered, LocalDate day) {
        boolean ended = !covered.to().isAfter(day) && !covered.to().isBefore(day.minusDays(LONGEST_MONTH));
        return ended && covered.length() >= SHORTEST_MONTH && covered.length() <= LONGEST_MONTH + 1;
    }

    /** No source says on which day Azure's week begins. */
    private static Stream<LocalDate> weekdays(LocalDate day) {
        return Stream.of(DayOfWeek.SUNDAY, DayOfWeek.MONDAY)
                .map(first -> day.with(TemporalAdjusters.previousOrSame(first)));
    }

    private static Optional<Days> covered(Run run) {
        return run.timePeriod() == null
                ? Optional.empty()
                : Days.of(run.timePeriod().from(), run.timePeriod().to());
    }

    /** A run that is submitted before midnight may be worked on after it. */
    private static Set<LocalDate> days(Run run) {
        Optional<Instant> submitted = RunHistory.submitted(run);
        return Stream.of(submitted, submitted.map(at -> at.plus(CUT)), Timestamps.start(run.processingStartTime()))
                .flatMap(Optional::stream)
                .map(Timeframe::day)
                .collect(Collectors.toSet());
    }

    private static LocalDate day(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC).toLocalDate();
    }
}
