package dev.finops.azure.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Tasks are run in the thread of the test, when it lets time pass. */
public final class ManualScheduler implements Scheduler {
    private final SettableClock clock;
    private final List<Task> tasks = new ArrayList<>();
    private boolean refuses;

    public ManualScheduler(SettableClock clock) {
        this.clock = clock;
    }

    private record Task(Instant at, FutureTask<?> task) {}

    @Override
    public Future<?> after(Duration wait, Runnable task) {
        if (refuses) {
            throw new IllegalStateException("no more tasks");
        }
        FutureTask<?> future = new FutureTask<>(() -> Callbacks.run(task), null);
        tasks.add(new Task(clock.instant().plus(wait.isNegative() ? Duration.ZERO : wait), future));
        return future;
    }

    public void refuses(boolean value) {
        refuses = value;
    }

    /** Lets the time pass, and runs each task when it is due. */
    public void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        for (Task next = next(end); next != null; next = next(end)) {
            tasks.remove(next);
            clock.pass(Duration.between(clock.instant(), next.at.isAfter(clock.instant()) ? next.at : clock.instant()));
            next.task.run();
        }
        clock.pass(Duration.between(clock.instant(), end));
    }

    private Task next(Instant end) {
        return tasks.stream()
                .filter(task -> !task.at.isAfter(end) && !task.task.isCancelled())
                .min(Comparator.comparing(Task::at))
                .orElse(null);
    }

    /** How many are to come. */
    public long size() {
        return tasks.stream().filter(task -> !task.task.isDone()).count();
    }
}
