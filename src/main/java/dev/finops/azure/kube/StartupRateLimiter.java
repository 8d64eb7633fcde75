package dev.finops.azure.kube;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Thousands of objects at once, as at a start, are begun one after the other: the SDK keeps each object that it has
 * begun in memory, in
 * full. It is far above what is otherwise reached, so that nothing waits for it in operation.
 */
public final class StartupRateLimiter implements RateLimiter<StartupRateLimiter.Begun> {
    private static final long EACH = Duration.ofMillis(1).toNanos();

    /** As many can begin without a wait. */
    private static final int AT_ONCE = 200;

    private final LongSupplier nanos;
    private long free;

    /** When an object that waits is to begin. */
    public static final class Begun implements RateLimitState {
        private boolean waits;
        private long at;
    }

    /** @param nanos as {@link System#nanoTime()}: a wall clock that is set back would hold everything up */
    public StartupRateLimiter(LongSupplier nanos) {
        this.nanos = nanos;
        this.free = nanos.getAsLong() - AT_ONCE * EACH;
    }

    @Override
    public Begun initState() {
        return new Begun();
    }

    @Override
    public synchronized Optional<Duration> isLimited(RateLimitState object) {
        Begun begun = (Begun) object;
        long now = nanos.getAsLong();
        if (!begun.waits) {
            long soonest = now - AT_ONCE * EACH;
            begun.at = soonest + Math.max(0, free - soonest);
            free = begun.at + EACH;
        }
        begun.waits = begun.at - now > 0;
        return begun.waits ? Optional.of(Duration.ofNanos(begun.at - now)) : Optional.empty();
    }
}
