package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.YearMonth;

/** What the service refuses in the body of a run, and the days that a run covers. */
record RunRules(ApiVersion version, Instant now, Behaviour behaviour) {

    private static final int MONTHS_KEPT = 84;

    DateRange check(Export export, String body) {
        boolean ignored = !version.isNew() && behaviour.is(Choice.OldRunBody.IGNORED);
        if (body.isBlank() || ignored) return DateRange.of(export.properties().path("definition"), DateRange.day(now));
        // No source says what versions without a body in their specification do with one.
        if (!version.isNew()) throw version.refusal(400, "Invalid request payload");
        return range(Json.parse(body)
                .orElseThrow(() -> version.refusal(400, "Invalid request payload: Unexpected end when reading JSON")));
    }

    private DateRange range(JsonNode body) {
        var from = DateRange.instant(body, "timePeriod.from")
                .map(DateRange::day)
                .orElseThrow(() -> version.invalid("Invalid time period provided."));
        var to = DateRange.instant(body, "timePeriod.to")
                .map(DateRange::day)
                .orElseThrow(() -> version.invalid("Invalid time period provided."));
        if (from.isAfter(to))
            throw version.invalid("Invalid definition timePeriod; 'from' value cannot be after 'to' value");
        if (!to.isBefore(DateRange.day(now)))
            throw version.invalid("Invalid definition timePeriod; 'to' value cannot be in the future.");
        if (!YearMonth.from(from).equals(YearMonth.from(to))) {
            throw version.invalid("Invalid definition timePeriod; 'from' and 'to' must be in the same calendar month.");
        }
        if (YearMonth.from(from).isBefore(YearMonth.from(DateRange.day(now)).minusMonths(MONTHS_KEPT))) {
            throw version.invalid(
                    "Invalid definition timePeriod; 'from' value cannot be older than " + MONTHS_KEPT + " months.");
        }
        return new DateRange(from, to);
    }
}
