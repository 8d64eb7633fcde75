package dev.finops.azure.time;

import java.time.Duration;
import java.util.concurrent.Future;

/** Runs tasks later, each in a thread of its own, by a clock that nobody sets. */
public interface Scheduler {
    /** @return cancels the task when it is no longer wanted */
    Future<?> after(Duration wait, Runnable task);
}
