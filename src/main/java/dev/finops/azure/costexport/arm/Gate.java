package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps calls back that Azure would refuse: a bucket that it said is dry until it fills, and runs at the pace that a scope
 * takes. Nobody waits here; the answer is how long to stay away.
 */
public final class Gate {
  private static final Detail PACED = new Detail(0, "", "the scope takes no more runs in this minute (RUNS_PER_MINUTE)", "");
  /** A bucket that Azure calls dry for 0 seconds is dry all the same. */
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final int runsPerMinute;
  private final Map<String, Frozen> frozen = new ConcurrentHashMap<>();
  private final Map<String, RunPace> runs = new ConcurrentHashMap<>();

  public Gate(InstantSource clock, int runsPerMinute) {
    this.clock = clock;
    this.runsPerMinute = runsPerMinute;
  }

  /** @param detail what Azure said when it closed the bucket */
  private record Frozen(Instant until, Detail detail) {}

  /** Empty when the call may go. */
  Optional<Throttled> admit(Identity identity, Scope scope, Operation operation) {
    Instant now = clock.instant();
    Frozen bucket = frozen.get(bucket(identity, scope, operation));
    if (bucket != null && bucket.until.isAfter(now)) {
      return Optional.of(new Throttled(bucket.detail, Duration.between(now, bucket.until)));
    }
    return Optional.empty();
  }

  /** The same for a run, which is counted: the pace is the scope's, whoever asks. */
  Optional<Throttled> admitRun(Identity identity, ExportId id, boolean ofMonth) {
    return admit(identity, id.scope(), Operation.RUN)
        .or(() -> runs.computeIfAbsent(id.scope().key(), key -> new RunPace(runsPerMinute)).admit(id.key(), ofMonth, clock.instant())
            .map(wait -> new Throttled(PACED, wait)));
  }

  void freeze(Identity identity, Scope scope, Operation operation, Throttled throttled) {
    Duration wait = throttled.retryAfter().compareTo(LEAST) < 0 ? LEAST : throttled.retryAfter();
    Frozen closed = new Frozen(clock.instant().plus(wait), throttled.detail());
    frozen.merge(bucket(identity, scope, operation), closed, (one, other) -> one.until.isAfter(other.until) ? one : other);
  }

  /** ARM counts per application, subscription or tenant, and kind of call; runs have a limit of their own at each scope. */
  private static String bucket(Identity identity, Scope scope, Operation operation) {
    return identity.quota() + switch (operation) {
      case LIST, GET, HISTORY -> "read " + scope.quotaOwner();
      case PUT -> "write " + scope.quotaOwner();
      case DELETE -> "delete " + scope.quotaOwner();
      case RUN -> "run " + scope.key();
    };
  }
}
