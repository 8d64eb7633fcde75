package dev.finops.azure.costexport.observe;

import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Observation.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What Azure has at one scope, and who is to be woken when that changes. */
final class ScopeSnapshot {
  /** Objects of one scope that come at once share a failure as they share a success. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private static final int ABSENT = 0;
  private static final int NOTHING = -1;

  private final Scope scope;
  private final ExportsClient client;
  private final InstantSource clock;
  private final Map<String, Watcher> watchers = new HashMap<>();
  private Map<String, ObservedExport> exports = new HashMap<>();
  private boolean whole = true;
  private Instant readAt = Instant.MIN;
  private ArmFailure failure;
  private Instant failedAt = Instant.MIN;

  ScopeSnapshot(Scope scope, ExportsClient client, InstantSource clock) {
    this.scope = scope;
    this.client = client;
    this.clock = clock;
  }

  /** @param seen stands for what the object saw of its export when it last looked */
  private record Watcher(String name, int seen, Runnable wake) {}

  /** Whoever comes while a list is on its way waits for it: one call for all. */
  synchronized Observation shared(ExportId id, Duration maxAge) {
    if (readAt.isBefore(clock.instant().minus(maxAge)) || failedAt.isAfter(readAt)) {
      refresh();
      if (failedAt.isAfter(readAt)) {
        return new Observation.Unanswered(failure);
      }
    }
    ObservedExport export = exports.get(key(id));
    if (export == null && !whole) {
      return single(id); // what a list does not show that could not be read whole may be there
    }
    return export == null ? new Observation.Absent(readAt, Source.LIST) : new Observation.Present(export, readAt, Source.LIST);
  }

  Observation single(ExportId id) {
    Instant asked = clock.instant();
    return switch (client.get(id)) {
      case Answer.Ok<ObservedExport>(var export) -> {
        put(id, export);
        yield new Observation.Present(export, asked, Source.GET);
      }
      case Answer.Failed<ObservedExport>(ArmFailure.ExportNotFound absent) -> new Observation.Absent(asked, Source.GET);
      case Answer.Failed<ObservedExport>(var why) -> new Observation.Unanswered(ofRead(why));
    };
  }

  synchronized void put(ExportId id, ObservedExport export) {
    exports.put(key(id), export);
  }

  /** The list says nothing any more. */
  synchronized void doubt() {
    readAt = Instant.MIN;
  }

  /** From now on the object is woken when a list shows something else than it saw. */
  synchronized void watch(String object, ExportId id, Observation seen, Runnable wake) {
    int news = switch (seen) {
      case Observation.Present(var export, var at, var source) -> export.news();
      case Observation.Absent absent -> ABSENT;
      case Observation.Unanswered unanswered -> NOTHING;
      case Observation.NotAsked nothing -> NOTHING;
    };
    watchers.put(object, new Watcher(key(id), news, wake));
  }

  synchronized void forget(String object) {
    watchers.remove(object);
  }

  synchronized boolean watched() {
    return !watchers.isEmpty();
  }

  /** The names of exports that no object means. */
  synchronized Set<String> unclaimed() {
    Set<String> claimed = watchers.values().stream().map(Watcher::name).collect(Collectors.toSet());
    return exports.keySet().stream().filter(name -> !claimed.contains(name)).collect(Collectors.toSet());
  }

  synchronized Instant readAt() {
    return readAt;
  }

  /** Lists the scope, and wakes whoever's export has changed; a failure that begins is news for all. */
  synchronized void refresh() {
    Instant now = clock.instant();
    if (failedAt.isAfter(now.minus(SHARED_FAILURE))) {
      return;
    }
    boolean failed = failedAt.isAfter(readAt);
    switch (client.list(scope)) {
      case Answer.Failed<ExportsClient.Listing>(var why) -> {
        failure = ofRead(why);
        failedAt = clock.instant();
        if (!failed) {
          watchers.values().forEach(watcher -> watcher.wake.run());
        }
      }
      case Answer.Ok<ExportsClient.Listing>(var listing) -> {
        readAt = now;
        failedAt = Instant.MIN;
        exports = new HashMap<>(listing.byName());
        whole = listing.whole();
        watchers.values().stream().filter(watcher -> watcher.seen != news(watcher.name)).forEach(watcher -> watcher.wake.run());
      }
    }
  }

  private int news(String name) {
    return Optional.ofNullable(exports.get(name)).map(ObservedExport::news).orElse(ABSENT);
  }

  private static String key(ExportId id) {
    return id.name().toLowerCase(Locale.ROOT);
  }

  /** A read that is refused says nothing of any export, and is asked again as one that lacks a right is. */
  private static ArmFailure ofRead(ArmFailure failure) {
    return switch (failure) {
      case ArmFailure.Refused(var detail, var reason) -> new ArmFailure.Denied(detail, reason);
      case ArmFailure.Outdated(var detail) -> new ArmFailure.Denied(detail, Reason.INVALID_REQUEST);
      case ArmFailure.ExportNotFound(var detail) -> new ArmFailure.Denied(detail, Reason.SCOPE_NOT_FOUND);
      default -> failure;
    };
  }
}
