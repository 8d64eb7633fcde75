package dev.finops.azure.arm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * How long Azure asks to wait. It may name several times: the longest counts (docs/azure.md, "Throttling").
 */
public final class RetryAfter {
    /** A longer wait than this is a fault of the header. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private RetryAfter() {}

    public static Optional<Duration> of(Map<String, String> headers, Instant now) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().endsWith("retry-after")
                        || header.getKey().endsWith("retry-after-ms"))
                .flatMap(header -> parse(header.getKey(), header.getValue().strip(), now).stream())
                .max(Comparator.naturalOrder())
                .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
    }

    private static Optional<Duration> parse(String name, String value, Instant now) {
        try {
            double amount = Double.parseDouble(value);
            boolean usable = amount >= 0 && amount <= Integer.MAX_VALUE;
            return usable
                    ? Optional.of(Duration.ofMillis((long) (name.endsWith("-ms") ? amount : amount * 1000)))
                    : Optional.empty();
        } catch (NumberFormatException notANumber) {
            return date(value).map(until -> Duration.between(now, until)).filter(Duration::isPositive);
        }
    }

    static Optional<Instant> date(String value) {
        try {
            return Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
