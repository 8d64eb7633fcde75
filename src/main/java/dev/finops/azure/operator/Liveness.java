package dev.finops.azure.operator;

import dev.finops.azure.time.Scheduler;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether this process can still do its work. A restart fixes a dead thread. It does not fix an API server that is
 * unavailable, so a watch that is being opened again counts as alive.
 */
final class Liveness {
    private static final Duration BEAT = Duration.ofSeconds(5);

    /** The scheduler is dead after so long without a beat. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final Scheduler scheduler;
    private final InstantSource monotonic;
    private final Supplier<List<String>> deadWatches;
    private volatile Instant beatAt;

    /** @param deadWatches names of event sources that have stopped for good */
    Liveness(Scheduler scheduler, InstantSource monotonic, Supplier<List<String>> deadWatches) {
        this.scheduler = scheduler;
        this.monotonic = monotonic;
        this.deadWatches = deadWatches;
    }

    void start() {
        beatAt = monotonic.instant();
        scheduler.after(BEAT, this::start);
    }

    /** Why the process has to be restarted; empty while it is alive. */
    Optional<String> dead() {
        Instant beat = beatAt;
        if (beat != null && monotonic.instant().isAfter(beat.plus(SILENCE))) {
            return Optional.of("the scheduler is dead: it has run nothing for "
                    + Duration.between(beat, monotonic.instant()).toSeconds() + " s");
        }
        List<String> dead = deadWatches.get();
        return dead.isEmpty() ? Optional.empty() : Optional.of("event sources are dead: " + String.join(", ", dead));
    }

    /** The event sources of the operator whose informers have stopped. */
    @SuppressWarnings("rawtypes") // the SDK's signature has them
    static List<String> stopped(RuntimeInfo operator) {
        return operator.unhealthyInformerWrappingEventSourceHealthIndicator().values().stream()
                .flatMap(sources -> sources.entrySet().stream())
                .filter(source -> isStopped(source.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static boolean isStopped(InformerWrappingEventSourceHealthIndicator<?> source) {
        return source.informerHealthIndicators().values().stream()
                .anyMatch(informer -> informer.hasSynced() && !informer.isRunning());
    }
}
