package dev.finops.azure.time;

import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs code of others. A callback that fails is logged, and stops neither the next one nor the loop that runs them. */
public final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private Callbacks() {}

    public static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("A callback failed; this is a fault of the operator. Please report it.", fault);
        }
    }

    public static void runAll(Collection<? extends Runnable> callbacks) {
        callbacks.forEach(Callbacks::run);
    }
}
