package dev.finops.azure.operator;

import dev.finops.azure.time.Callbacks;
import dev.finops.azure.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One timer for the whole process. It only starts threads, so that a task that blocks delays no other. */
final class TaskScheduler implements Scheduler {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("timer").factory());

    TaskScheduler() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Future<?> after(Duration wait, Runnable task) {
        long millis = Math.max(0, wait.plusNanos(999_999).toMillis());
        return timer.schedule(
                () -> Thread.startVirtualThread(() -> Callbacks.run(task)), millis, TimeUnit.MILLISECONDS);
    }
}
