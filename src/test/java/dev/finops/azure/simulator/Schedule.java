package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Optional;

/** When an active export runs by itself. */
record Schedule(OffsetDateTime first, Period step, Instant end) {

    /** The hour of the specification's own example of nextRunTimeEstimate. */
    private static final LocalTime HOUR = LocalTime.of(23, 0);

    static Optional<Schedule> active(JsonNode properties) {
        var schedule = properties.path("schedule");
        if (!Json.text(schedule, "status").orElse("").equalsIgnoreCase("Active")) return Optional.empty();
        var step = switch (Json.text(schedule, "recurrence").orElse("").toLowerCase()) {
            case "daily" -> Period.ofDays(1);
            case "weekly" -> Period.ofWeeks(1);
            case "monthly" -> Period.ofMonths(1);
            case "annually" -> Period.ofYears(1);
            default -> Period.ZERO;
        };
        if (step.isZero()) return Optional.empty();
        return DateRange.instant(schedule, "recurrencePeriod.from")
                .map(from -> new Schedule(
                        from.atOffset(ZoneOffset.UTC).with(HOUR),
                        step,
                        DateRange.instant(schedule, "recurrencePeriod.to").orElse(Instant.MAX)));
    }

    /** Steps are counted from the first run, so that a schedule that starts on the 31st comes back to it. */
    Optional<Instant> nextAfter(Instant instant) {
        long longestStep = step.getDays() + 31L * step.getMonths() + 366L * step.getYears();
        int n = (int) Math.max(0, Duration.between(first.toInstant(), instant).toDays() / longestStep);
        while (!run(n).isAfter(instant)) n++;
        return Optional.of(run(n)).filter(next -> !next.isAfter(end));
    }

    private Instant run(int n) {
        return first.plus(step.multipliedBy(n)).toInstant();
    }
}
