package dev.finops.azure.arm.quota;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What answers say about quota. Azure Resource Manager names a counter ({@code
 * x-ms-ratelimit-remaining-subscription-reads}), Cost
 * Management its own buckets ({@code x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests} and {@code
 * x-ms-ratelimit-microsoft.costmanagement-entity-retry-after}; docs/azure.md, "Throttling").
 */
final class QuotaHeaders {
    private static final String SERVICE = "microsoft\\.(?:costmanagement|consumption)-([a-z]+)";
    private static final Pattern RETRY = Pattern.compile("x-ms-ratelimit-" + SERVICE + "-retry-after");
    private static final Pattern REMAINING = Pattern.compile("x-ms-ratelimit-remaining-" + SERVICE + "-requests");

    /** A plain number, or one behind the name of a quota; several are separated. */
    private static final Pattern NUMBER = Pattern.compile("(?:^|[:,;\\s])(\\d{1,9})(?=\\s*(?:[,;]|$))");

    /** The buckets of all scopes come last when an answer does not say which of several is empty. */
    private static final Set<String> NARROW = Set.of("entity", "qpu");

    private QuotaHeaders() {}

    /** How many calls a counter of Azure Resource Manager has left; empty when the answer does not name it. */
    static Optional<Long> left(Map<String, String> headers, String kind) {
        return Stream.of("subscription", "tenant")
                .map(owner -> headers.get("x-ms-ratelimit-remaining-" + owner + "-" + kind + "s"))
                .filter(value -> value != null)
                .flatMap(value -> least(value).stream().boxed())
                .min(Long::compare);
    }

    /** The buckets of Cost Management that have nothing left, such as {@code entity}. */
    static Set<String> empty(Map<String, String> headers) {
        Set<String> empty = new HashSet<>();
        remaining(headers).forEach((bucket, left) -> {
            if (left == 0) {
                empty.add(bucket);
            }
        });
        return empty;
    }

    /**
     * The buckets of Cost Management for which an answer refuses a call: the empty ones, else those that it names a
     * time for.
     */
    static Set<String> refusing(Map<String, String> headers) {
        Set<String> empty = empty(headers);
        if (!empty.isEmpty()) {
            return empty;
        }
        Set<String> named = new HashSet<>();
        headers.keySet().stream()
                .map(RETRY::matcher)
                .filter(Matcher::matches)
                .forEach(name -> named.add(name.group(1)));
        named.removeAll(remaining(headers).keySet()); // these have calls left
        boolean narrow = named.stream().anyMatch(NARROW::contains);
        named.removeIf(bucket -> narrow && !NARROW.contains(bucket));
        return named;
    }

    private static Map<String, Long> remaining(Map<String, String> headers) {
        Map<String, Long> remaining = new HashMap<>();
        headers.forEach((header, value) -> {
            Matcher name = REMAINING.matcher(header);
            if (name.matches()) {
                least(value).ifPresent(left -> remaining.merge(name.group(1), left, Math::min));
            }
        });
        return remaining;
    }

    private static OptionalLong least(String value) {
        return NUMBER.matcher(value.strip())
                .results()
                .map(MatchResult::group)
                .mapToLong(QuotaHeaders::digits)
                .min();
    }

    private static long digits(String number) {
        return Long.parseLong(number.replaceAll("\\D", ""));
    }
}
