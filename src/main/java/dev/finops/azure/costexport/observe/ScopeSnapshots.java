package dev.finops.azure.costexport.observe;

import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.plan.Look;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Settings;
import dev.finops.azure.costexport.quota.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Azure has at each scope: one list serves all exports of the scope. A scope that objects watch is listed again every observe
 * interval, and an object is woken when its own export has changed.
 */
public final class ScopeSnapshots {
  private static final Logger LOG = LoggerFactory.getLogger(ScopeSnapshots.class);
  private static final Duration RECENT = Duration.ofSeconds(8);
  private static final int NAMED = 10;

  /** Only tells when; the lists themselves are made in threads of their own. */
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("observe").factory());

  private final ExportsClient client;
  private final InstantSource clock;
  private final Duration interval;
  private final Duration recent;
  private final Map<String, ScopeSnapshot> byScope = new ConcurrentHashMap<>();
  private final Set<String> timed = ConcurrentHashMap.newKeySet();
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  public ScopeSnapshots(ExportsClient client, InstantSource clock, Settings settings) {
    this.client = client;
    this.clock = clock;
    this.interval = settings.observeInterval();
    this.recent = settings.runPollInterval().compareTo(RECENT) < 0 ? settings.runPollInterval() : RECENT;
  }

  /** Empty when the scope is being listed for another: the caller is woken when that is done. */
  public Optional<Observation> look(ExportId id, Look look, Caller caller) {
    return switch (look) {
      case SINGLE -> Optional.of(single(id, caller));
      case RECENT -> of(id).shared(id, recent, caller);
      case SHARED -> of(id).shared(id, interval.multipliedBy(2), caller); // the next list comes by itself before that
    };
  }

  public Observation single(ExportId id, Caller caller) {
    return of(id).single(id, caller);
  }

  /** Azure answered a PUT with this document. */
  public void learned(ExportId id, ObservedExport export) {
    of(id).put(id, export);
  }

  /** A write may have taken effect or not: the list says nothing of this export any more. */
  public void doubt(ExportId id) {
    of(id).doubt();
  }

  /**
   * @param seen how the object last saw its export
   * @param wake called when a list shows it otherwise
   */
  public void watch(String object, ExportId id, Observation seen, Runnable wake) {
    of(id).watch(object, id, seen, wake);
    String scope = id.scope().key();
    if (timed.add(scope)) {
      later(scope, jittered());
    }
  }

  public void forget(String object) {
    byScope.values().forEach(snapshot -> snapshot.forget(object));
  }

  /** How many exports there are at the scopes that no object means. */
  public int unclaimed() {
    return byScope.values().stream().mapToInt(snapshot -> snapshot.unclaimed().size()).sum();
  }

  private ScopeSnapshot of(ExportId id) {
    return byScope.computeIfAbsent(id.scope().key(), key -> new ScopeSnapshot(id.scope(), client, clock));
  }

  private void later(String scope, Duration wait) {
    TIMER.schedule(() -> Thread.startVirtualThread(() -> refresh(scope)), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void refresh(String scope) {
    ScopeSnapshot snapshot = byScope.get(scope);
    if (snapshot == null || !snapshot.watched()) {
      timed.remove(scope);
      byScope.remove(scope);
      told.remove(scope);
      return;
    }
    Instant now = clock.instant();
    Duration next = jittered();
    if (snapshot.readAt().isAfter(now.minus(interval.multipliedBy(8).dividedBy(10)))) {
      next = next.minus(Duration.between(snapshot.readAt(), now)); // somebody asked in between
    } else {
      snapshot.refresh();
      tellUnclaimed(scope, snapshot.unclaimed());
    }
    later(scope, next);
  }

  private void tellUnclaimed(String scope, Set<String> names) {
    if (!names.isEmpty() && told.add(scope)) {
      LOG.info("exports at {} that no CostExport names ({}): {}", scope, names.size(), String.join(", ", names.stream().sorted().limit(NAMED).toList())
          + (names.size() > NAMED ? ", …" : ""));
    }
  }

  /** Up to a tenth sooner or later, so that not all scopes are listed at once. */
  private Duration jittered() {
    long tenth = Math.max(1, interval.toMillis() / 10);
    return interval.plusMillis(ThreadLocalRandom.current().nextLong(-tenth, tenth));
  }
}
