package dev.finops.azure.costexport.observe;

import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Look;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Observation.Source;
import dev.finops.azure.costexport.plan.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What Azure has at each scope: one list serves all exports of the scope. */
public final class ScopeSnapshots {
  private static final Duration RECENT = Duration.ofSeconds(8);

  /** Objects of one scope that come at once share a failure as they share a success. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private final ExportsClient client;
  private final InstantSource clock;
  private final Duration shared;
  private final Duration recent;
  private final Map<String, Snapshot> byScope = new ConcurrentHashMap<>();

  public ScopeSnapshots(ExportsClient client, InstantSource clock, Settings settings) {
    this.client = client;
    this.clock = clock;
    this.shared = settings.observeInterval().multipliedBy(8).dividedBy(10); // objects wake up to a tenth before their interval
    this.recent = settings.runPollInterval().compareTo(RECENT) < 0 ? settings.runPollInterval() : RECENT;
  }

  public Observation look(ExportId id, Look look) {
    Snapshot snapshot = byScope.computeIfAbsent(id.scope().key(), key -> new Snapshot(id.scope()));
    return look == Look.SINGLE ? snapshot.single(id) : snapshot.shared(id, look == Look.RECENT ? recent : shared);
  }

  /** Azure answered a PUT with this document. */
  public void learned(ExportId id, ObservedExport export) {
    Snapshot snapshot = byScope.get(id.scope().key());
    if (snapshot != null) {
      snapshot.put(id, export);
    }
  }

  /** A write may have taken effect or not: the list says nothing of this export any more. */
  public void doubt(ExportId id) {
    byScope.remove(id.scope().key());
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

  private final class Snapshot {
    private final Scope scope;
    private Map<String, ObservedExport> exports = new HashMap<>();
    private boolean whole = true;
    private Instant readAt = Instant.MIN;
    private ArmFailure failure;
    private Instant failedAt = Instant.MIN;

    Snapshot(Scope scope) {
      this.scope = scope;
    }

    /** Whoever comes while a list is on its way waits for it: one call for all. */
    synchronized Observation shared(ExportId id, Duration maxAge) {
      Instant now = clock.instant();
      if (readAt.isBefore(now.minus(maxAge))) {
        if (failedAt.isAfter(now.minus(SHARED_FAILURE))) {
          return new Observation.Unanswered(failure);
        }
        switch (client.list(scope)) {
          case Answer.Failed<ExportsClient.Listing>(var why) -> {
            failure = ofRead(why);
            failedAt = clock.instant();
            return new Observation.Unanswered(failure);
          }
          case Answer.Ok<ExportsClient.Listing>(var listing) -> {
            readAt = now;
            exports = new HashMap<>(listing.byName());
            whole = listing.whole();
          }
        }
      }
      ObservedExport export = exports.get(key(id.name()));
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
      exports.put(key(id.name()), export);
    }

    private static String key(String name) {
      return name.toLowerCase(Locale.ROOT);
    }
  }
}
