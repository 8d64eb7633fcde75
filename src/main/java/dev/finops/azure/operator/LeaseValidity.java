package dev.finops.azure.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * How long a leader acts: so long after the time that it last wrote into the lease, which is what the others judge by.
 * Of two clocks the one
 * that shows more counts: the monotonic one may stand still while the machine sleeps, the other may be put back.
 */
final class LeaseValidity {
    private final Duration length;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private volatile Renewal last;

    private record Renewal(Instant written, long nanos) {}

    LeaseValidity(Duration length, InstantSource clock, LongSupplier nanos) {
        this.length = length;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** @param written what the API server has taken as the time of renewal: a while ago, where it was slow */
    void renewed(Instant written) {
        Duration ago = Duration.between(written, clock.instant());
        last = new Renewal(written, nanos.getAsLong() - (ago.isNegative() ? 0 : ago.toNanos()));
    }

    void ended() {
        last = null;
    }

    boolean holds() {
        Renewal renewal = last;
        return renewal != null
                && Duration.between(renewal.written, clock.instant()).compareTo(length) < 0
                && nanos.getAsLong() - renewal.nanos < length.toNanos();
    }
}
