package dev.finops.azure.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * So many at work at a time, the most urgent first. Nobody waits here: who finds no free place stands in line and is
 * woken when one
 * is. A place that is lent while its holder waits for something else is taken back without asking, so that nobody waits
 * for that either.
 */
public final class PrioritySemaphore {
    private final int count;
    private final FairQueue line = new FairQueue();
    private int taken;

    public PrioritySemaphore(int count) {
        this.count = count;
    }

    /** Whether there is a place, which is taken; else it is to be asked for {@link #next}. */
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
