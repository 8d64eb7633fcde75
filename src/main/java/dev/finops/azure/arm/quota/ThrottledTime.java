package dev.finops.azure.arm.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;

/** How long something has been closed until now, all closures together; those that overlap count once. */
public final class ThrottledTime {
    private final InstantSource clock;
    private Duration sum = Duration.ZERO;
    private Instant until = Instant.MIN;

    public ThrottledTime(InstantSource clock) {
        this.clock = clock;
    }

    public synchronized void close(Instant end) {
        Instant from = Collections.max(List.of(clock.instant(), until));
        if (end.isAfter(from)) {
            sum = sum.plus(Duration.between(from, end));
            until = end;
        }
    }

    public synchronized Duration total() {
        Instant now = clock.instant();
        return until.isAfter(now) ? sum.minus(Duration.between(now, until)) : sum;
    }
}
