package dev.finops.azure.costexport.observe;

import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Packed;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Observation.Source;
import dev.finops.azure.costexport.quota.Caller;
import dev.finops.azure.costexport.quota.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What Azure has at one scope, and who is to be woken when that changes. One list at a time is made, and nobody waits for it. */
final class ScopeSnapshot {
  /** Objects of one scope that come at once share a failure as they share a success. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private static final int ABSENT = 0;
  private static final int NOTHING = -1;

  private final Scope scope;
  private final ExportsClient client;
  private final InstantSource clock;
  private final Map<String, Watcher> watchers = new HashMap<>();
  private final Map<String, Runnable> awaiting = new HashMap<>();
  private Map<String, Known> exports = new HashMap<>();
  private boolean whole = true;
  private Instant readAt = Instant.MIN;
  private ArmFailure failure;
  private Instant failedAt = Instant.MIN;
  private boolean listing;

  /** What was learned of single exports while a list was on its way, which may be older. */
  private final Map<String, Known> meanwhile = new HashMap<>();
  private boolean doubted;

  ScopeSnapshot(Scope scope, ExportsClient client, InstantSource clock) {
    this.scope = scope;
    this.client = client;
    this.clock = clock;
  }

  /** @param seen stands for what the object saw of its export when it last looked */
  private record Watcher(String name, int seen, Runnable wake) {}

  /** @param news of the document, which is packed */
  private record Known(Packed document, int news, Source from) {}

  /** Empty for whoever comes while a list is on its way or stands in line: it is woken, one call for all. */
  Optional<Observation> shared(ExportId id, Duration maxAge, Caller caller) {
    synchronized (this) {
      if (isFresh(maxAge) || failedAt.isAfter(clock.instant().minus(SHARED_FAILURE))) {
        return Optional.of(known(id, caller));
      }
      awaiting.put(caller.key(), caller.wake());
      if (listing) {
        return Optional.empty();
      }
      listing = true;
    }
    boolean answered = list(caller.urgency(), caller.key());
    return answered ? Optional.of(known(id, caller)) : Optional.empty();
  }

  private boolean isFresh(Duration maxAge) {
    return !readAt.isBefore(clock.instant().minus(maxAge)) && !failedAt.isAfter(readAt);
  }

  private Observation known(ExportId id, Caller caller) {
    Known export;
    Instant at;
    synchronized (this) {
      if (failedAt.isAfter(readAt)) {
        return new Observation.Unanswered(failure);
      }
      export = exports.get(key(id));
      at = readAt;
      if (export == null && whole) {
        return new Observation.Absent(at, Source.LIST);
      }
    }
    // What a list does not show that could not be read whole may be there.
    return export == null ? single(id, caller) : new Observation.Present(ObservedExport.of(export.document), at, Source.LIST);
  }

  Observation single(ExportId id, Caller caller) {
    Instant asked = clock.instant();
    return switch (client.get(id, caller)) {
      case Answer.Ok<ObservedExport>(var export) -> {
        put(id, export);
        yield new Observation.Present(export, asked, Source.GET);
      }
      case Answer.Failed<ObservedExport>(ArmFailure.ExportNotFound absent) -> new Observation.Absent(asked, Source.GET);
      case Answer.Failed<ObservedExport>(var why) -> new Observation.Unanswered(ofRead(why));
    };
  }

  synchronized void put(ExportId id, ObservedExport export) {
    Known known = new Known(export.packed(), export.news(), Source.GET);
    exports.put(key(id), known);
    if (listing) {
      meanwhile.put(key(id), known);
    }
  }

  /** The list says nothing any more. */
  synchronized void doubt() {
    readAt = Instant.MIN;
    doubted = listing;
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
    awaiting.remove(object);
  }

  synchronized boolean watched() {
    return !watchers.isEmpty() || !awaiting.isEmpty();
  }

  /** The names of exports that no object means. */
  synchronized Set<String> unclaimed() {
    Set<String> claimed = watchers.values().stream().map(Watcher::name).collect(Collectors.toSet());
    return exports.keySet().stream().filter(name -> !claimed.contains(name)).collect(Collectors.toSet());
  }

  synchronized Instant readAt() {
    return readAt;
  }

  /** Lists the scope, unless somebody is at it, or just failed. */
  void refresh() {
    synchronized (this) {
      if (listing || failedAt.isAfter(clock.instant().minus(SHARED_FAILURE))) {
        return;
      }
      listing = true;
    }
    list(Urgency.POLL, "");
  }

  /**
   * Lists the scope, and wakes whoever waits for that or whose export has changed; a failure that begins is news for all.
   *
   * @param asking who need not be woken
   * @return whether there is an answer; else it stands in line for one
   */
  private boolean list(Urgency urgency, String asking) {
    Instant asked = clock.instant();
    Answer<ExportsClient.Listing<Known>> answer = null;
    List<Runnable> wakes;
    try {
      answer = client.list(scope, new Caller("list " + scope.key(), "", urgency, () -> Thread.startVirtualThread(() -> turn(asked))), this::listed);
    } finally {
      wakes = answered(answer, asked, asking);
      wakes.forEach(Runnable::run);
    }
    return !inLine(answer);
  }

  /** The turn has come that this list waited for since then. */
  private void turn(Instant since) {
    if (readAt().isBefore(since)) {
      refresh();
    }
  }

  private static boolean inLine(Answer<ExportsClient.Listing<Known>> answer) {
    return answer instanceof Answer.Failed<ExportsClient.Listing<Known>>(ArmFailure.Throttled throttled) && throttled.keptBack();
  }

  private synchronized List<Runnable> answered(Answer<ExportsClient.Listing<Known>> answer, Instant asked, String asking) {
    listing = false;
    List<Runnable> wakes = new ArrayList<>();
    if (inLine(answer)) {
      return wakes;
    }
    if (answer instanceof Answer.Ok<ExportsClient.Listing<Known>>(var listing)) {
      readAt = doubted ? Instant.MIN : asked;
      failedAt = Instant.MIN;
      exports = listing.byName();
      exports.putAll(meanwhile);
      whole = listing.whole();
      watchers.forEach((object, watcher) -> {
        if (!object.equals(asking) && watcher.seen != news(watcher.name)) {
          wakes.add(watcher.wake);
        }
      });
    } else if (answer instanceof Answer.Failed<ExportsClient.Listing<Known>>(var why)) {
      boolean begins = !failedAt.isAfter(readAt);
      failure = ofRead(why);
      failedAt = clock.instant();
      if (begins) {
        watchers.values().stream().map(Watcher::wake).forEach(wakes::add);
      }
    }
    meanwhile.clear();
    doubted = false;
    awaiting.remove(asking);
    wakes.addAll(awaiting.values());
    awaiting.clear();
    return wakes;
  }

  /** What the last list showed too is not packed again. */
  private Known listed(ObservedExport export) {
    int news = export.news();
    Known before;
    synchronized (this) {
      before = exports.get(export.name().map(ScopeSnapshot::key).orElse(""));
    }
    return before != null && before.news == news && before.from == Source.LIST ? before : new Known(export.packed(), news, Source.LIST);
  }

  private int news(String name) {
    return Optional.ofNullable(exports.get(name)).map(Known::news).orElse(ABSENT);
  }

  private static String key(ExportId id) {
    return key(id.name());
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
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
