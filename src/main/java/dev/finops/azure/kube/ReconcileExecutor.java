package dev.finops.azure.kube;

import dev.finops.azure.time.Callbacks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs each reconciliation in a virtual thread. A reconciliation can leave something to be done after the SDK has
 * finished with it:
 * the SDK drops the events that arrive while it handles a deletion.
 */
public final class ReconcileExecutor extends AbstractExecutorService {
    private static final ScopedValue<List<Runnable>> AFTERWARDS = ScopedValue.newInstance();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** To be called within a reconciliation. */
    public static void afterwards(Runnable task) {
        AFTERWARDS.get().add(task);
    }

    @Override
    public void execute(Runnable reconciliation) {
        threads.execute(() -> {
            List<Runnable> afterwards = new ArrayList<>();
            try {
                ScopedValue.where(AFTERWARDS, afterwards).run(reconciliation);
            } finally {
                Callbacks.runAll(afterwards);
            }
        });
    }

    @Override
    public void shutdown() {
        threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }
}
