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
 * So many passes at work at once, the most urgent first: else a change would wait behind thousands of new objects for
 * its share of this
 * machine and of the API server. While a pass waits for Azure its place is another's.
 */
public final class ReconcileLimiter {
    /** As many as keep the API server busy, and so few that the next in line is soon at it. */
    private static final int AT_ONCE = 16;

    /** Whose turn does not come by a wake, since it was lost, comes by itself. */
    private static final Duration UNCALLED = Duration.ofSeconds(30);

    private static final ScopedValue<ReconcileLimiter> TAKEN = ScopedValue.newInstance();

    private final InstantSource clock;
    private final PrioritySemaphore places = new PrioritySemaphore(AT_ONCE);

    public ReconcileLimiter(InstantSource clock) {
        this.clock = clock;
    }

    /** Makes the pass if it is its turn, else it is woken when it is. */
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

    /** From here on the pass waits for somebody else. */
    private static void waiting() {
        if (TAKEN.isBound()) {
            TAKEN.get().places.leave();
            TAKEN.get().call();
        }
    }

    private static void goingOn() {
        if (TAKEN.isBound()) {
            TAKEN.get().places.takeBack();
        }
    }

    /** Waits for the work of somebody else, without the place. */
    public static <T> T outside(Supplier<T> work) {
        waiting();
        try {
            return work.get();
        } finally {
            goingOn();
        }
    }

    private List<Waiter> call() {
        List<Waiter> next = places.next(clock.instant());
        Callbacks.runAll(next.stream().map(Waiter::wake).toList());
        return next;
    }
}
