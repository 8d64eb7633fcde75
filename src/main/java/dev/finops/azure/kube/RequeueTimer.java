package dev.finops.azure.kube;

import dev.finops.azure.time.Scheduler;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Reconciles an object again after a while. The SDK's own timer goes by the machine's clock: when that is set back, it
 * fires only once the
 * clock has caught up.
 */
public final class RequeueTimer {
    private final Scheduler scheduler;
    private final Consumer<ResourceID> wake;
    private final Map<ResourceID, Future<?>> timers = new HashMap<>();

    public RequeueTimer(Scheduler scheduler, Consumer<ResourceID> wake) {
        this.scheduler = scheduler;
        this.wake = wake;
    }

    /** Takes the place of what was set for the object before. */
    public synchronized void set(ResourceID object, Duration wait) {
        cancel(object);
        timers.put(object, scheduler.after(wait, () -> wake.accept(object)));
    }

    public synchronized void cancel(ResourceID object) {
        Future<?> before = timers.remove(object);
        if (before != null) {
            before.cancel(false);
        }
    }
}
