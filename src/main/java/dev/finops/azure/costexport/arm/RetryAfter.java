package dev.finops.azure.costexport.arm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How long Azure asks to wait. Cost Management names the bucket that ran dry in the header ({@code
 * x-ms-ratelimit-microsoft.costmanagement-entity-retry-after} and its siblings), and may send several: the longest counts
 * (docs/azure.md, "Throttling").
 */
final class RetryAfter {
  /** A longer wait than this is a fault of the header. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final Pattern BUCKET = Pattern.compile("x-ms-ratelimit-microsoft\\.(?:costmanagement|consumption)-([a-z]+)-retry-after");

  private RetryAfter() {}

  static Optional<Duration> of(Map<String, String> headers, Instant now) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().endsWith("retry-after") || header.getKey().endsWith("retry-after-ms"))
        .flatMap(header -> parse(header.getKey(), header.getValue().strip(), now).stream())
        .max(Comparator.naturalOrder())
        .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  /** The names of the buckets that Cost Management says are dry, such as {@code entity}. */
  static Set<String> buckets(Map<String, String> headers) {
    return headers.keySet().stream().map(BUCKET::matcher).filter(Matcher::matches).map(name -> name.group(1)).collect(Collectors.toSet());
  }

  private static Optional<Duration> parse(String name, String value, Instant now) {
    try {
      double amount = Double.parseDouble(value);
      boolean usable = amount >= 0 && amount <= Integer.MAX_VALUE;
      return usable ? Optional.of(Duration.ofMillis((long) (name.endsWith("-ms") ? amount : amount * 1000))) : Optional.empty();
    } catch (NumberFormatException notANumber) {
      return date(value).map(until -> Duration.between(now, until)).filter(Duration::isPositive);
    }
  }

  static Optional<Instant> date(String value) {
    try {
      return Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }
}
