package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/** The days that a run covers, both included. */
record DateRange(LocalDate from, LocalDate to) {

    private static final DateTimeFormatter COMPACT = DateTimeFormatter.ofPattern("yyyyMMdd");

    static Optional<Instant> instant(JsonNode document, String path) {
        try {
            return Json.text(document, path).map(DateRange::instant);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** A time without a zone is UTC: the old store kept such times as they were sent. */
    static Instant instant(String text) {
        boolean zoned = text.matches(".*(?:[zZ]|[+-]\\d\\d:\\d\\d)");
        return OffsetDateTime.parse(zoned ? text : text + "Z").toInstant();
    }

    static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    /** What an export's timeframe means on a day. */
    static DateRange of(JsonNode definition, LocalDate today) {
        var month = YearMonth.from(today);
        return switch (Json.text(definition, "timeframe").orElse("").toLowerCase()) {
            case "thelastmonth", "thelastbillingmonth" ->
                new DateRange(
                        month.minusMonths(1).atDay(1), month.minusMonths(1).atEndOfMonth());
            case "weektodate" -> new DateRange(today.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY)), today);
            case "thelast7days" -> new DateRange(today.minusDays(7), today.minusDays(1));
            case "custom" ->
                new DateRange(
                        day(instant(definition, "timePeriod.from").orElseThrow()),
                        day(instant(definition, "timePeriod.to").orElseThrow()));
            default -> new DateRange(month.atDay(1), today);
        };
    }

    /** The folder of the delivered files is named after whole months, also for month-to-date runs. */
    String folder() {
        return COMPACT.format(YearMonth.from(from).atDay(1)) + "-"
                + COMPACT.format(YearMonth.from(to).atEndOfMonth());
    }
}
