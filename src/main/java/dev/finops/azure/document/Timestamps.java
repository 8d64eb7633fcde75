package dev.finops.azure.document;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Instants as people and Azure write them: a date, a date-time with {@code Z} or an offset, or without either (Azure's
 * manifests and some responses; docs/azure.md, "Times"), with up to nine digits of a second.
 */
public final class Timestamps {
    private static final LocalTime END_OF_DAY = LocalTime.of(23, 59, 59);
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Timestamps() {}

    /** The start of what was written: a bare date is its midnight in UTC. */
    public static Optional<Instant> start(String text) {
        return read(text, LocalTime.MIDNIGHT);
    }

    /** The end of what was written: a bare date is its last second in UTC. */
    public static Optional<Instant> end(String text) {
        return read(text, END_OF_DAY);
    }

    /** As it is sent to Azure and written to status: whole seconds, {@code Z}. */
    public static String write(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code 500ms}, {@code 30s}, {@code 5m} or {@code 36h}. */
    public static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    /** Azure's times have the years 1 to 9999; arithmetic with a year beyond Java's calendar would fail. */
    private static Optional<Instant> read(String text, LocalTime timeOfBareDate) {
        return parse(text, timeOfBareDate).filter(at -> !at.isBefore(FIRST) && !at.isAfter(LAST));
    }

    private static Optional<Instant> parse(String text, LocalTime timeOfBareDate) {
        if (text == null) {
            return Optional.empty();
        }
        String written = text.strip().toUpperCase(Locale.ROOT);
        try {
            if (!written.contains("T")) {
                return Optional.of(
                        LocalDate.parse(written).atTime(timeOfBareDate).toInstant(ZoneOffset.UTC));
            }
            boolean hasOffset = written.endsWith("Z") || written.lastIndexOf('+') > 10 || written.lastIndexOf('-') > 10;
            return Optional.of(
                    hasOffset
                            ? OffsetDateTime.parse(written).toInstant()
                            : LocalDateTime.parse(written).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
