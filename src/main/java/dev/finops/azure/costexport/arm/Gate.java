package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled;
import dev.finops.azure.costexport.quota.Bucket;
import dev.finops.azure.costexport.quota.Callbacks;
import dev.finops.azure.costexport.quota.Caller;
import dev.finops.azure.costexport.quota.ClosedTime;
import dev.finops.azure.costexport.quota.RunPace;
import dev.finops.azure.costexport.quota.Scheduler;
import dev.finops.azure.costexport.quota.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Keeps calls back that Azure would refuse: each of its buckets has a line in which the most urgent goes first, and a scope takes so
 * many runs in a minute. Nobody waits here; the answer is how long to stay away, and who stands in a line is woken.
 */
public final class Gate {
  private static final Detail PACED = new Detail(0, "", "the scope takes no more runs in this minute (RUNS_PER_MINUTE)", "");

  /** In whose name Cost Management refuses for all scopes at once (docs/azure.md, "Throttling"). */
  private static final Set<String> OF_ALL_SCOPES = Set.of("tenant", "client", "clienttype", "clientappid");

  /** Azure Resource Manager's own refusals are of its buckets, not of the exports' runs. */
  private static final Set<String> OF_ARM = Set.of("subscriptionrequeststhrottled", "tenantrequeststhrottled");

  /** Whose refusals are counted apart from those of the writes that they are too. */
  private static final String RUN = "run";

  /** So many buckets are not worth a look at which of them nobody needs any more. */
  private static final int FEW = 100;

  private final InstantSource clock;
  private final Scheduler scheduler;
  private final int runsPerMinute;
  private final Map<Key, Bucket> buckets = new ConcurrentHashMap<>();
  private final Map<Key, Refusal> refusals = new ConcurrentHashMap<>();
  private final Map<String, ClosedTime> throttledTime;
  private final Map<String, RunPace> runs = new ConcurrentHashMap<>();
  private final Set<Bucket> timed = ConcurrentHashMap.newKeySet();

  /** @param clock a monotonic one: intervals are measured by it, and no correction of a clock may stretch them */
  public Gate(InstantSource clock, Scheduler scheduler, int runsPerMinute) {
    this.clock = clock;
    this.scheduler = scheduler;
    this.runsPerMinute = runsPerMinute;
    this.throttledTime = Stream.concat(Stream.of(Kind.values()).map(Kind::toString), Stream.of(RUN))
        .collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new ClosedTime(clock)));
  }

  /** What Azure Resource Manager counts apart, and how much it grants: at once, and in each second (docs/azure.md, "Throttling"). */
  public enum Kind {
    READ(250, 25),
    WRITE(200, 10),
    DELETE(200, 10);

    private final int burst;
    private final int perSecond;

    Kind(int burst, int perSecond) {
      this.burst = burst;
      this.perSecond = perSecond;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Kind of(Operation operation) {
      return switch (operation) {
        case LIST, GET, HISTORY -> READ;
        case PUT, RUN -> WRITE;
        case DELETE -> DELETE;
      };
    }
  }

  /** ARM counts per application, subscription or tenant, and kind of call; of all owners when it is empty. */
  private record Key(String quota, String owner, Kind kind) {}

  private record Refusal(Instant until, Detail detail) {}

  /** Empty when the call may go. */
  Optional<Throttled> admit(Identity identity, Scope scope, Operation operation, Caller caller) {
    Instant now = clock.instant();
    Key key = new Key(identity.quota(), scope.quotaOwner(), Kind.of(operation));
    Optional<Throttled> closed = operation == Operation.RUN ? refused(ofRuns(identity, scope), now) : Optional.empty();
    if (closed.isPresent()) {
      return closed;
    }
    Bucket bucket = bucket(key, now);
    Optional<Duration> wait = bucket.admit(caller, now);
    if (wait.isPresent()) {
      wake(bucket);
      return Optional.of(new Throttled(refused(key, now).map(Throttled::detail).orElseGet(() -> line(key)), wait.get()));
    }
    Optional<Throttled> paced = operation == Operation.RUN ? pace(scope, caller, now) : Optional.empty();
    paced.ifPresent(run -> bucket.unused());
    return paced;
  }

  /** The pace of runs is the scope's, whoever asks. */
  private Optional<Throttled> pace(Scope scope, Caller caller, Instant now) {
    return runs.computeIfAbsent(scope.key(), key -> new RunPace(runsPerMinute)).admit(caller.key(), caller.urgency() == Urgency.BACKFILL, now)
        .map(wait -> new Throttled(PACED, wait));
  }

  /** Azure's answer may say how many calls are left. */
  void heard(Identity identity, Scope scope, Operation operation, RawAnswer answer) {
    Kind kind = Kind.of(operation);
    String left = answer.header("x-ms-ratelimit-remaining-subscription-" + kind + "s");
    if (!left.isEmpty() && left.length() < 10 && left.chars().allMatch(Character::isDigit)) {
      bucket(new Key(identity.quota(), scope.quotaOwner(), kind), clock.instant()).remaining(Long.parseLong(left));
    }
  }

  /** Closes exactly the bucket that the answer names. */
  void refused(Identity identity, Scope scope, Operation operation, Throttled throttled, RawAnswer answer) {
    Instant now = clock.instant();
    Refusal refusal = new Refusal(now.plus(Collections.max(List.of(throttled.retryAfter(), Bucket.LEAST_FREEZE))), throttled.detail());
    Kind kind = Kind.of(operation);
    if (OF_ALL_SCOPES.stream().anyMatch(RetryAfter.buckets(answer.headers())::contains)) {
      throttledTime.get(kind.toString()).close(refusal.until);
      close(new Key(identity.quota(), "", kind), refusal);
      buckets.forEach((key, bucket) -> {
        if (key.kind == kind && key.quota.equals(identity.quota())) {
          close(key, refusal);
          bucket.refused(throttled.retryAfter(), now);
        }
      });
    } else if (operation == Operation.RUN && !OF_ARM.contains(throttled.detail().code().toLowerCase(Locale.ROOT))) {
      throttledTime.get(RUN).close(refusal.until);
      close(ofRuns(identity, scope), refusal);
    } else {
      throttledTime.get(kind.toString()).close(refusal.until);
      Key key = new Key(identity.quota(), scope.quotaOwner(), kind);
      close(key, refusal);
      bucket(key, now).refused(throttled.retryAfter(), now);
    }
  }

  /** How many calls stand in line. */
  public int waiting(Kind kind) {
    return buckets.entrySet().stream().filter(entry -> entry.getKey().kind == kind).mapToInt(entry -> entry.getValue().waiting()).sum();
  }

  /** How many calls the emptiest bucket has left; NaN when there is none yet. */
  public double lowest(Kind kind) {
    return buckets.entrySet().stream().filter(entry -> entry.getKey().kind == kind).flatMapToDouble(entry -> DoubleStream.of(entry.getValue().level()))
        .min().orElse(Double.NaN);
  }

  /** How long Azure has kept calls back after it refused one, by kind, whichever bucket it was; of runs at a scope, as {@code run}. */
  public Map<String, ClosedTime> throttled() {
    return throttledTime;
  }

  /** Runs are writes for Azure Resource Manager, and Cost Management counts those of each scope besides. */
  private static Key ofRuns(Identity identity, Scope scope) {
    return new Key(identity.quota(), "runs at " + scope.key(), Kind.WRITE);
  }

  /** Subscriptions and identities come and go: what a new bucket would be just like is not kept for those that have gone. */
  private void forget(Instant now) {
    buckets.values().removeIf(bucket -> bucket.isAsNew(now));
    runs.values().removeIf(pace -> pace.isAsNew(now));
    refusals.values().removeIf(refusal -> refusal.until.isBefore(now));
  }

  /** How much is kept. */
  int size() {
    return buckets.size() + runs.size() + refusals.size();
  }

  private Bucket bucket(Key key, Instant now) {
    if (buckets.size() >= FEW && !buckets.containsKey(key)) {
      forget(now);
    }
    return buckets.computeIfAbsent(key, missing -> {
      Bucket bucket = new Bucket(key.kind.burst, key.kind.perSecond);
      refused(new Key(key.quota, "", key.kind), now).ifPresent(ofAll -> bucket.refused(ofAll.retryAfter(), now));
      return bucket;
    });
  }

  private void close(Key key, Refusal refusal) {
    refusals.merge(key, refusal, (one, other) -> one.until.isAfter(other.until) ? one : other);
  }

  private Optional<Throttled> refused(Key key, Instant now) {
    return Optional.ofNullable(refusals.get(key)).filter(refusal -> refusal.until.isAfter(now))
        .map(refusal -> new Throttled(refusal.detail, Duration.between(now, refusal.until)));
  }

  private static Detail line(Key key) {
    return new Detail(0, "", "other calls go first: Azure Resource Manager takes " + key.kind.burst + " calls to " + key.kind + " at once and " + key.kind.perSecond
        + " more a second (" + key.owner + ")", "");
  }

  /** Wakes those in line, each when its turn has come. */
  private void wake(Bucket bucket) {
    if (timed.add(bucket)) {
      later(bucket);
    }
  }

  private void later(Bucket bucket) {
    Optional<Duration> due = bucket.due(clock.instant());
    if (due.isEmpty()) {
      timed.remove(bucket);
      bucket.due(clock.instant()).ifPresent(joined -> wake(bucket)); // somebody came in between
      return;
    }
    boolean scheduled = false;
    try {
      scheduler.after(due.get().plusMillis(1), () -> next(bucket));
      scheduled = true;
    } finally {
      if (!scheduled) {
        timed.remove(bucket); // the next who comes tries again
      }
    }
  }

  private void next(Bucket bucket) {
    try {
      Callbacks.runAll(bucket.next(clock.instant()).stream().map(Caller::wake).toList());
    } finally {
      later(bucket);
    }
  }
}
