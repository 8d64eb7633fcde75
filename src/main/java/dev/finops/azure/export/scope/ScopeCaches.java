package dev.finops.azure.export.scope;

import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.export.ExportReads;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.ReadConsistency;
import dev.finops.azure.export.plan.Settings;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exports of each scope: one list serves all exports of the scope. A watched scope is listed again every observe
 * interval, and an object is woken when its own export has changed.
 */
public final class ScopeCaches {
    private static final Logger LOG = LoggerFactory.getLogger(ScopeCaches.class);
    private static final Duration RECENT = Duration.ofSeconds(8);
    private static final int NAMED = 10;

    /** After so many intervals without an answer the objects of a scope report it. */
    private static final int SILENT_INTERVALS = 3;

    private final ExportReads client;
    private final AzureClock clock;
    private final Scheduler scheduler;
    private final Duration interval;
    private final Duration recent;
    private final Map<String, ScopeCache> byScope = new ConcurrentHashMap<>();

    /**
     * The scopes whose next list is scheduled; the lock of what must not happen between a look at a scopeCache and its
     * end.
     */
    private final Set<String> timed = new HashSet<>();

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    public ScopeCaches(ExportReads client, AzureClock clock, Scheduler scheduler, Settings settings) {
        this.client = client;
        this.clock = clock;
        this.scheduler = scheduler;
        this.interval = settings.observeInterval();
        this.recent = settings.runPollInterval().compareTo(RECENT) < 0 ? settings.runPollInterval() : RECENT;
    }

    /** Empty when the scope is being listed for another: the caller is woken when that is done. */
    public Optional<Observation> get(ExportId id, ReadConsistency look, Waiter caller) {
        return switch (look) {
            case DIRECT -> Optional.of(single(id, caller));
            case RECENT -> of(id).shared(id, recent, caller);
            case CACHED -> of(id).shared(id, interval.multipliedBy(2), caller); // the poll lists the scope before that
        };
    }

    public Observation single(ExportId id, Waiter caller) {
        return of(id).single(id, caller);
    }

    /**
     * The names at the scope that are like the export's but for letter case, as Azure spelled them last; none when it
     * was not asked.
     */
    public Set<String> alike(ExportId id) {
        return Optional.ofNullable(byScope.get(id.scope().key()))
                .map(scopeCache -> scopeCache.alike(id.name()))
                .orElse(Set.of());
    }

    /** Azure answered a PUT with this document. */
    public void put(ExportId id, ObservedExport export) {
        of(id).put(id, export);
    }

    /** A write may have taken effect or not: the list says nothing of this export any more. */
    public void invalidate(ExportId id) {
        of(id).invalidate();
    }

    /**
     * @param seen how the object last saw its export
     * @param wake called when a list shows it otherwise
     */
    public void watch(String object, ExportId id, Observation seen, Runnable wake) {
        String scope = id.scope().key();
        synchronized (timed) {
            of(id).watch(object, id, seen, wake);
            if (timed.contains(scope)) {
                return;
            }
            later(scope, jittered());
            timed.add(scope);
        }
    }

    public void forget(String object) {
        synchronized (timed) {
            byScope.values().removeIf(scopeCache -> {
                scopeCache.forget(object);
                return !scopeCache.inUse();
            });
        }
    }

    /** When Azure last answered a list of the scope, by its clock. */
    public Optional<Instant> lastAnswered(ExportId id) {
        return Optional.ofNullable(byScope.get(id.scope().key())).flatMap(ScopeCache::lastAnswered);
    }

    /** How many exports there are at the scopes that no object means. */
    public int unclaimed() {
        return byScope.values().stream()
                .mapToInt(scopeCache -> scopeCache.unclaimed().size())
                .sum();
    }

    private ScopeCache of(ExportId id) {
        return byScope.computeIfAbsent(
                id.scope().key(),
                key -> new ScopeCache(id.scope(), client, clock, scheduler, interval.multipliedBy(SILENT_INTERVALS)));
    }

    private void later(String scope, Duration wait) {
        scheduler.after(wait, () -> refresh(scope));
    }

    /** The polls of a scope continue after a failed list, until no object watches the scope. */
    private void refresh(String scope) {
        ScopeCache scopeCache;
        synchronized (timed) {
            scopeCache = byScope.get(scope);
            if (scopeCache == null || !scopeCache.inUse()) {
                timed.remove(scope);
                byScope.remove(scope);
                told.remove(scope);
                return;
            }
        }
        Duration next = jittered();
        try {
            Optional<Duration> young = scopeCache
                    .age()
                    .filter(age -> age.compareTo(interval.multipliedBy(8).dividedBy(10)) < 0);
            if (young.isPresent()) {
                next = next.minus(young.get()); // an object listed the scope in between
            } else {
                scopeCache.refresh();
                scopeCache.tellSilence();
                tellUnclaimed(scope, scopeCache.unclaimed());
            }
        } finally {
            later(scope, next);
        }
    }

    private void tellUnclaimed(String scope, Set<String> names) {
        if (!names.isEmpty() && told.add(scope)) {
            LOG.info(
                    "No CostExport names these exports at {} ({}): {}",
                    scope,
                    names.size(),
                    String.join(", ", names.stream().sorted().limit(NAMED).toList())
                            + (names.size() > NAMED ? ", …" : ""));
        }
    }

    /** Up to a tenth sooner or later, so that not all scopes are listed at once. */
    private Duration jittered() {
        long tenth = Math.max(1, interval.toMillis() / 10);
        return interval.plusMillis(ThreadLocalRandom.current().nextLong(-tenth, tenth));
    }
}
