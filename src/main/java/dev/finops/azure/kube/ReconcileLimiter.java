package dev.finops.azure.kube;

import dev.finops.azure.queue.PrioritySemaphore;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.Callbacks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Limits the reconciliations at work at once, by priority: a change does not share the machine and the API server with
 * thousands of new objects. A reconciliation that waits for Azure lends its slot.
 */
public final class ReconcileLimiter {
    /** As many as keep the API server busy, and so few that the next in line is soon at it. */
    private static final int AT_ONCE = 16;

    /** Fallback requeue in case a wake-up is lost. */
    private static final Duration UNCALLED = Duration.ofSeconds(30);

    private static final ScopedValue<ReconcileLimiter> TAKEN = ScopedValue.newInstance();

    private final InstantSource clock;
    private final PrioritySemaphore places = new PrioritySemaphore(AT_ONCE);

    public ReconcileLimiter(InstantSource clock) {
        this.clock = clock;
    }

    /** Reconciles if a worker slot is free; otherwise the object is woken when one is. */
    public Optional<Duration> take(Waiter caller, Supplier<Optional<Duration>> pass) {
        if (!places.enter(caller, clock.instant())
                && !(call().stream().anyMatch(next -> next.key().equals(caller.key()))
                        && places.enter(caller, clock.instant()))) {
            return Optional.of(UNCALLED);
        }
        try {
            return ScopedValue.where(TAKEN, this).call(pass::get);
        } finally {
            places.leave();
            call();
        }
    }

    /** Does slow work. Meanwhile the worker slot of the reconciliation, if it has one, is lent to another. */
    public static <T> T outside(Supplier<T> work) {
        return TAKEN.isBound() ? TAKEN.get().lent(work) : work.get();
    }

    private <T> T lent(Supplier<T> work) {
        places.leave();
        call();
        try {
            return work.get();
        } finally {
            places.takeBack();
        }
    }

    private List<Waiter> call() {
        List<Waiter> next = places.next(clock.instant());
        Callbacks.runAll(next.stream().map(Waiter::wake).toList());
        return next;
    }
}
