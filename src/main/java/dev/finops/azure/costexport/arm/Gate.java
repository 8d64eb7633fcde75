package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.export.Scope;
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
final class Gate {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final int runsPerMinute;
  private final Map<String, Instant> frozenUntil = new ConcurrentHashMap<>();
  private final Map<String, Deque<Instant>> runs = new ConcurrentHashMap<>();

  Gate(InstantSource clock, int runsPerMinute) {
    this.clock = clock;
    this.runsPerMinute = runsPerMinute;
  }

  /** Empty when the call may go, and counts it. */
  Optional<Duration> admit(Scope scope, Operation operation) {
    Instant now = clock.instant();
    Instant frozen = frozenUntil.getOrDefault(bucket(scope, operation), Instant.MIN);
    if (frozen.isAfter(now)) {
      return Optional.of(Duration.between(now, frozen));
    }
    return operation == Operation.RUN ? admitRun(scope, now) : Optional.empty();
  }

  void freeze(Scope scope, Operation operation, Duration wait) {
    frozenUntil.merge(bucket(scope, operation), clock.instant().plus(wait), (one, other) -> one.isAfter(other) ? one : other);
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

  /** ARM counts per subscription or tenant and kind of call; runs have a limit of their own at each scope. */
  private static String bucket(Scope scope, Operation operation) {
    return switch (operation) {
      case LIST, GET -> "read " + scope.quotaOwner();
      case PUT -> "write " + scope.quotaOwner();
      case DELETE -> "delete " + scope.quotaOwner();
      case RUN -> "run " + scope.key();
    };
  }
}
