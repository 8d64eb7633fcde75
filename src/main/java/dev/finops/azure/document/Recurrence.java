package dev.finops.azure.document;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The beat of a recurrence, Daily when none is stated: all starts that a schedule with this one has. */
public record Recurrence(Instant start, String recurrence) {

    public static final String UNSTATED = "Daily";
    private static final List<String> KNOWN = List.of("Daily", "Weekly", "Monthly", "Annually");

    public Recurrence {
        recurrence = recurrence == null ? UNSTATED : known(recurrence).orElse(recurrence);
    }

    /** A recurrence as the specification spells it; empty when that has none like it. */
    public static Optional<String> known(String recurrence) {
        return KNOWN.stream().filter(recurrence::equalsIgnoreCase).findFirst();
    }

    /** The first start that is after the given instant; the start itself when that is. */
    public Instant nextAfter(Instant instant) {
        if (start.isAfter(instant)) {
            return start;
        }
        long beat = Math.max(0, beatsUntil(instant) - 1);
        while (!beat(beat).isAfter(instant)) {
            beat++;
        }
        return beat(beat);
    }

    public boolean hits(Instant instant) {
        if (instant.isBefore(start)) {
            return false;
        }
        long near = beatsUntil(instant);
        // A month's end is clamped, so the count of whole months may be one short.
        return beat(near).equals(instant) || beat(near + 1).equals(instant);
    }

    private long beatsUntil(Instant instant) {
        return unit().between(utc(start), utc(instant));
    }

    private Instant beat(long count) {
        return utc(start).plus(count, unit()).toInstant();
    }

    private ChronoUnit unit() {
        return switch (recurrence) {
            case "Weekly" -> ChronoUnit.WEEKS;
            case "Monthly" -> ChronoUnit.MONTHS;
            case "Annually" -> ChronoUnit.YEARS;
            case null, default ->
                ChronoUnit.DAYS; // Daily, none stated, and what a newer API may add: the finest beat is never wrong
        };
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
