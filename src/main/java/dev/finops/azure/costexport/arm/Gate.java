package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps calls back that Azure would refuse: a bucket that it said is dry until it fills, and runs at the pace that a scope
 * takes. Nobody waits here; the answer is how long to stay away.
 */
public final class Gate {
  private static final Detail PACED = new Detail(0, "", "the scope takes no more runs in this minute (RUNS_PER_MINUTE)", "");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final int runsPerMinute;
  private final Map<String, Frozen> frozen = new ConcurrentHashMap<>();
  private final Map<String, Deque<Instant>> runs = new ConcurrentHashMap<>();

  public Gate(InstantSource clock, int runsPerMinute) {
    this.clock = clock;
    this.runsPerMinute = runsPerMinute;
  }

  /** @param detail what Azure said when it closed the bucket */
  private record Frozen(Instant until, Detail detail) {}

  /** Empty when the call may go, and counts it; the pace of runs is the scope's, whoever asks. */
  Optional<Throttled> admit(Identity identity, Scope scope, Operation operation) {
    Instant now = clock.instant();
    Frozen bucket = frozen.get(bucket(identity, scope, operation));
    if (bucket != null && bucket.until.isAfter(now)) {
      return Optional.of(new Throttled(bucket.detail, Duration.between(now, bucket.until)));
    }
    return operation == Operation.RUN ? admitRun(scope, now).map(wait -> new Throttled(PACED, wait)) : Optional.empty();
  }

  void freeze(Identity identity, Scope scope, Operation operation, Throttled throttled) {
    Frozen closed = new Frozen(clock.instant().plus(throttled.retryAfter()), throttled.detail());
    frozen.merge(bucket(identity, scope, operation), closed, (one, other) -> one.until.isAfter(other.until) ? one : other);
  }

  private Optional<Duration> admitRun(Scope scope, Instant now) {
    Deque<Instant> recent = runs.computeIfAbsent(scope.key(), key -> new ArrayDeque<>());
    synchronized (recent) {
      while (!recent.isEmpty() && !recent.peekFirst().isAfter(now.minus(MINUTE))) {
        recent.removeFirst();
      }
      if (recent.size() >= runsPerMinute) {
        return Optional.of(Duration.between(now, recent.peekFirst().plus(MINUTE)));
      }
      recent.addLast(now);
      return Optional.empty();
    }
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
