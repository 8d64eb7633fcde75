package dev.finops.azure.arm.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits the runs of one scope in each minute and shares them: exports with fewer runs in the minute go first, then
 * those that wait longer. Runs of an export's own definition go before those of past months.
 */
public final class RunRateLimiter {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int perMinute;
    private final Deque<Run> recent = new ArrayDeque<>();
    private final Map<String, Waiting> waiting = new HashMap<>();

    public RunRateLimiter(int perMinute) {
        this.perMinute = perMinute;
    }

    private record Run(String export, Instant at) {}

    /** @param until after which it is not expected to come back */
    private record Waiting(Instant since, boolean ofMonth, Instant until) {}

    /**
     * Empty when the run may go, and counts it; else how long to stay away.
     *
     * @param export the caller
     * @param ofMonth whether the run has a period of its own
     */
    public synchronized Optional<Duration> admit(String export, boolean ofMonth, Instant now) {
        pass(now);
        Instant since = Optional.ofNullable(waiting.get(export))
                .filter(known -> known.ofMonth == ofMonth)
                .map(Waiting::since)
                .orElse(now);
        long claimed = waiting.entrySet().stream()
                .filter(other -> !other.getKey().equals(export))
                .mapToLong(other -> claim(other.getKey(), other.getValue(), export, ofMonth, since))
                .sum();
        int free = perMinute - recent.size();
        if (claimed < free) {
            waiting.remove(export);
            recent.addLast(new Run(export, now));
            return Optional.empty();
        }
        Duration wait = Duration.between(now, leaves(claimed - free).plus(MINUTE));
        waiting.put(export, new Waiting(since, ofMonth, now.plus(wait).plus(MINUTE)));
        return Optional.of(wait);
    }

    /** Whether a new one would do as well. */
    public synchronized boolean isAsNew(Instant now) {
        pass(now);
        return recent.isEmpty() && waiting.isEmpty();
    }

    private void pass(Instant now) {
        while (!recent.isEmpty() && !recent.peekFirst().at.isAfter(now.minus(MINUTE))) {
            recent.removeFirst();
        }
        waiting.values().removeIf(other -> other.until.isBefore(now));
    }

    /** How many runs another that waits may have before this one has its next. */
    private long claim(String other, Waiting its, String export, boolean ofMonth, Instant since) {
        if (its.ofMonth != ofMonth) {
            return its.ofMonth ? 0 : 1;
        }
        long fewer = had(export) - had(other);
        return fewer == 0 ? its.since.isBefore(since) ? 1 : 0 : Math.max(0, fewer);
    }

    private long had(String export) {
        return recent.stream().filter(run -> run.export.equals(export)).count();
    }

    /** When the n-th of the recent runs was, from 0; of more than there are the last. */
    private Instant leaves(long n) {
        return recent.stream().skip(Math.min(n, recent.size() - 1)).findFirst().orElseThrow().at;
    }
}
