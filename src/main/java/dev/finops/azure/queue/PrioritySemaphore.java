package dev.finops.azure.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A non-blocking semaphore with priorities: a caller that gets no permit is queued and woken later. A permit that is
 * released during I/O is taken back unconditionally, so the count may exceed the limit for a moment.
 */
public final class PrioritySemaphore {
    private final int count;
    private final FairQueue line = new FairQueue();
    private int taken;

    public PrioritySemaphore(int count) {
        this.count = count;
    }

    /** Takes a free permit; without one, the caller waits for {@link #next}. */
    public synchronized boolean enter(Waiter caller, Instant now) {
        line.passed(now);
        if (line.comes(caller.key()) || line.isEmpty() && hasPlace()) {
            taken++;
            return true;
        }
        line.join(caller);
        return false;
    }

    /** Gives the place back, also for as long as it is lent. */
    public synchronized void leave() {
        taken--;
    }

    public synchronized void takeBack() {
        taken++;
    }

    /** Those for whom there is a place now. */
    public synchronized List<Waiter> next(Instant now) {
        line.passed(now);
        List<Waiter> next = new ArrayList<>();
        while (!line.isEmpty() && hasPlace()) {
            next.add(line.call(now));
        }
        return next;
    }

    private boolean hasPlace() {
        return taken + line.called() < count;
    }
}
