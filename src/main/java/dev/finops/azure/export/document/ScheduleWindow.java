package dev.finops.azure.export.document;

import dev.finops.azure.api.v1alpha1.CostExportSpec.Schedule;
import dev.finops.azure.document.Recurrence;
import dev.finops.azure.document.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The start and the end of the schedule in Azure. Azure requires a start in the future for a new schedule and always an
 * end (docs/azure.md, "Schedule"). Manifests outlive their start, and most state no end.
 */
public record ScheduleWindow(Phase phase, Instant from, Instant to) {
    /** A start nearer than this may have passed when the request arrives. */
    private static final Duration LEAD = Duration.ofMinutes(1);

    /** How long before its end a window is announced, or renewed where its end was ours. */
    static final Duration ENDING = Duration.ofDays(30);

    private static final int FAR_YEARS = 10;

    public enum Phase {
        /** Azure runs the export. */
        ACTIVE,
        /** Azure runs the export, and the stated end is less than 30 days away. */
        ENDING,
        /** Does not run because the spec says so. */
        SUSPENDED,
        /** Does not run because the stated end has passed, or no start is left before it. */
        ENDED
    }

    /**
     * @param observedFrom the start that Azure shows; kept while it is on the stated rhythm
     * @param observedRuns whether Azure runs it; one that does not runs only when a start is left before its end
     * @param observedTo the end that Azure shows; kept while it is far enough, unless the spec states one
     * @param moveStart whether Azure refused the start that it had as past
     */
    static ScheduleWindow of(
            Schedule schedule,
            boolean observedRuns,
            Optional<Instant> observedFrom,
            Optional<Instant> observedTo,
            Instant now,
            boolean moveStart) {
        Optional<Instant> statedFrom = Timestamps.start(schedule.from()).map(ScheduleWindow::asSent);
        Optional<Instant> statedTo = Timestamps.end(schedule.to()).map(ScheduleWindow::asSent);
        Instant from = from(schedule.recurrence(), statedFrom, observedFrom, now, moveStart);
        Instant to = statedTo.orElseGet(
                () -> observedTo.filter(end -> end.isAfter(now.plus(ENDING))).orElseGet(() -> farEnd(now)));
        Instant next = from.isAfter(now) ? from : new Recurrence(from, schedule.recurrence()).nextAfter(now);
        boolean ended = statedTo.isPresent() && !(to.isAfter(now) && to.isAfter(observedRuns ? from : next));
        if (ended) {
            // Nothing will start any more: the stated window is shown as it was written.
            return new ScheduleWindow(
                    Phase.ENDED,
                    observedFrom
                            .or(() -> statedFrom)
                            .filter(start -> start.isBefore(to))
                            .orElse(to.minus(1, ChronoUnit.DAYS)),
                    to);
        }
        if (Boolean.TRUE.equals(schedule.suspend())) {
            return new ScheduleWindow(Phase.SUSPENDED, from, to);
        }
        boolean ending = statedTo.isPresent() && to.isBefore(now.plus(ENDING));
        return new ScheduleWindow(ending ? Phase.ENDING : Phase.ACTIVE, from, to);
    }

    private static Instant from(
            String recurrence, Optional<Instant> stated, Optional<Instant> observed, Instant now, boolean moveStart) {
        Instant soonest = now.plus(LEAD);
        if (stated.isPresent() && stated.get().isAfter(now)) {
            return moveStart ? new Recurrence(stated.get(), recurrence).nextAfter(soonest) : stated.get();
        }
        Optional<Instant> valid = observed.filter(
                start -> stated.isEmpty() || new Recurrence(stated.get(), recurrence).hits(asSent(start)));
        if (valid.isPresent() && !(moveStart && valid.get().isBefore(soonest))) {
            return valid.get();
        }
        return stated.or(() -> valid)
                .map(start -> new Recurrence(start, recurrence).nextAfter(soonest))
                .orElseGet(() -> nextMidnight(soonest));
    }

    /** A fraction of a second is not sent, so that Azure's start would never be on the rhythm of one that has it. */
    private static Instant asSent(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant nextMidnight(Instant instant) {
        return instant.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
    }

    /** The end where none is stated. */
    static Instant farEnd(Instant now) {
        return now.truncatedTo(ChronoUnit.DAYS)
                .atOffset(ZoneOffset.UTC)
                .plusYears(FAR_YEARS)
                .toInstant();
    }
}
