package dev.finops.azure.arm.quota;

import dev.finops.azure.queue.FairQueue;
import dev.finops.azure.queue.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A token bucket as Azure fills it. It never blocks: a caller that comes too early is queued and woken later. The rate
 * is learned: a 429 halves it and empties the bucket, then it grows back to what Azure documents.
 */
public final class TokenBucket {
    /**
     * Azure counts by its own clock: what is used stays so much below what it grants that a late call does not meet an
     * empty bucket.
     */
    private static final double OF_RATE = 0.97;

    private static final double OF_BURST = 0.98;

    private static final double SLOWEST = 1 / 600.0;
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    /** A bucket that Azure calls dry for 0 seconds is dry all the same. */
    public static final Duration LEAST_FREEZE = Duration.ofSeconds(1);

    private final double burst;
    private final double fullRate;
    private final FairQueue line = new FairQueue();
    private double rate;
    private double calls;
    private Instant filledAt = Instant.MIN;
    private Instant frozenUntil = Instant.MIN;

    /**
     * @param burst how many calls a full bucket has
     * @param perSecond how many are added in a second
     */
    public TokenBucket(int burst, double perSecond) {
        this.burst = Math.max(1, burst * OF_BURST);
        this.fullRate = perSecond * OF_RATE;
        this.rate = fullRate;
        this.calls = this.burst;
    }

    /**
     * Empty when the call can go, which counts it; otherwise the time until then, as far as known now.
     */
    public synchronized Optional<Duration> admit(Waiter caller, Instant now) {
        fill(now);
        if (line.comes(caller.key())) {
            return Optional.empty();
        }
        if (line.isEmpty() && !frozen(now) && calls >= 1) {
            calls--;
            return Optional.empty();
        }
        line.join(caller);
        double missing = Math.max(0, line.ahead(caller) + 1 - calls);
        return Optional.of(thaw(now).plusMillis((long) Math.ceil(missing / rate * 1000)));
    }

    /** The callers whose call can go: one call is reserved for each. */
    public synchronized List<Waiter> next(Instant now) {
        fill(now);
        List<Waiter> next = new ArrayList<>();
        while (!line.isEmpty() && !frozen(now) && calls >= 1) {
            next.add(line.call(now));
            calls--;
        }
        return next;
    }

    /** The time until the next queued call can go; empty when the queue is empty. */
    public synchronized Optional<Duration> due(Instant now) {
        fill(now);
        return line.isEmpty()
                ? Optional.empty()
                : Optional.of(thaw(now).plusMillis((long) Math.ceil(Math.max(0, 1 - calls) / rate * 1000)));
    }

    /**
     * Azure refused a call for so long. Those that it refuses while it is known to be dry say nothing new, but for the
     * time.
     */
    public synchronized void refused(Duration named, Instant now) {
        fill(now);
        if (!frozen(now)) {
            rate = Math.max(fullRate * SLOWEST, rate / 2);
        }
        Duration slowest = Duration.ofMillis((long) (1000 / rate));
        close(Collections.max(List.of(named, LEAST_FREEZE, slowest)), now);
    }

    /** Azure grants nothing for so long, whatever was used. */
    public synchronized void close(Duration time, Instant now) {
        fill(now);
        frozenUntil = Collections.max(List.of(frozenUntil, now.plus(time)));
        calls = Math.min(calls, 1); // one call finds out
    }

    /** Removes and returns the queued callers. */
    public synchronized List<Waiter> release() {
        return line.leaveAll();
    }

    /** Azure said how many calls the bucket has left. */
    public synchronized void remaining(long left, Instant now) {
        fill(now);
        calls = Math.min(calls, left);
    }

    /** A call is made whatever is left; those that come next wait for it. */
    public synchronized void charge() {
        calls--;
    }

    /** A call that was admitted was not made. */
    public synchronized void unused() {
        calls++;
    }

    /** Whether a new bucket would be the same: it is full, and its queue is empty. */
    public synchronized boolean isAsNew(Instant now) {
        fill(now);
        return line.isEmpty() && !frozen(now) && calls >= burst && rate >= fullRate;
    }

    /** Whether a rejection has no effect any more: the queue is empty, and the rate is as before. */
    public synchronized boolean isRecovered(Instant now) {
        fill(now);
        return line.isEmpty() && !frozen(now) && rate >= fullRate;
    }

    public synchronized int waiting() {
        return line.size();
    }

    public synchronized double level() {
        return calls;
    }

    private void fill(Instant now) {
        calls += line.passed(now);
        Instant from = Collections.max(List.of(filledAt, frozenUntil));
        if (from.isBefore(now) && from.isAfter(Instant.MIN)) {
            double seconds = Duration.between(from, now).toNanos() / 1e9;
            calls += seconds * rate;
            rate = Math.min(fullRate, rate + fullRate * seconds / RECOVERY.toSeconds());
        }
        calls = Math.min(burst, calls);
        filledAt = now;
    }

    private boolean frozen(Instant now) {
        return frozenUntil.isAfter(now);
    }

    private Duration thaw(Instant now) {
        return frozen(now) ? Duration.between(now, frozenUntil) : Duration.ZERO;
    }
}
