package dev.finops.azure.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The machine's time at the start of the process, plus the time that has passed since. A correction of the machine's
 * clock does not move it,
 * so that ages, intervals and deadlines of the operator itself are measured by it.
 */
public final class MonotonicClock implements InstantSource {
    private final Instant start;
    private final LongSupplier nanos;
    private final long startNanos;

    /**
     * @param machine the machine's clock, read once
     * @param nanos as {@link System#nanoTime()}
     */
    public MonotonicClock(InstantSource machine, LongSupplier nanos) {
        this.start = machine.instant();
        this.nanos = nanos;
        this.startNanos = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.getAsLong() - startNanos);
    }
}
