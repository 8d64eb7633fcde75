package dev.finops.azure.arm.quota;

import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Throttled;
import dev.finops.azure.arm.ArmFailure.Throttled.By;
import dev.finops.azure.arm.ArmResponse;
import dev.finops.azure.arm.Operation;
import dev.finops.azure.arm.RetryAfter;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.document.Scope;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.Callbacks;
import dev.finops.azure.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Client-side rate limiter for the rate limits of Azure Resource Manager and Cost Management. Calls queue by priority
 * for each bucket, and each scope accepts a number of runs a minute. It never blocks: the caller gets the time to stay
 * away, and a queued caller is woken.
 */
public final class ArmRateLimiter {
    private static final Detail EMPTY =
            new Detail(0, "", "Cost Management has answered that no calls are left for now", "");
    private static final Detail PACED =
            new Detail(0, "", "the scope takes no more runs in this minute (RUNS_PER_MINUTE)", "");

    /** In whose name Cost Management refuses for all scopes at once (docs/azure.md, "Throttling"). */
    private static final Set<String> OF_ALL_SCOPES = Set.of("tenant", "client", "clienttype", "clientappid");

    /** Azure Resource Manager's own refusals are of its buckets, not of the exports' runs. */
    private static final Set<String> OF_ARM = Set.of("subscriptionrequeststhrottled", "tenantrequeststhrottled");

    /** Whose refusals are counted apart from those of the writes that they are too. */
    private static final String RUN = "run";

    /** With fewer buckets, finding the unused ones is not worth the time. */
    private static final int FEW = 100;

    private final InstantSource clock;
    private final Scheduler scheduler;
    private final int runsPerMinute;
    private final Map<Key, TokenBucket> buckets = new ConcurrentHashMap<>();

    /** The counters that the last answer named, see {@link #charged}. */
    private final Map<Charge, Set<Kind>> charged = new ConcurrentHashMap<>();

    private final Map<Key, Refusal> refusals = new ConcurrentHashMap<>();
    private final Map<String, ThrottledTime> throttledTime;
    private final Map<String, RunRateLimiter> runs = new ConcurrentHashMap<>();
    private final Set<TokenBucket> timed = ConcurrentHashMap.newKeySet();

    /** @param clock a monotonic one: intervals are measured by it, and no correction of a clock may stretch them */
    public ArmRateLimiter(InstantSource clock, Scheduler scheduler, int runsPerMinute) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.runsPerMinute = runsPerMinute;
        this.throttledTime = Stream.concat(Stream.of(Kind.values()).map(Kind::toString), Stream.of(RUN))
                .collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new ThrottledTime(clock)));
    }

    /**
     * What Azure Resource Manager counts apart, and how much it grants: at once, and in each second (docs/azure.md,
     * "Throttling").
     */
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
            return switch (operation.kind()) {
                case READ -> READ;
                case WRITE -> WRITE;
                case DELETE -> DELETE;
            };
        }
    }

    /** Azure Resource Manager's counters are known; Cost Management's are known only from what it refuses. */
    private enum Service {
        ARM,
        COST_MANAGEMENT
    }

    /** @param owner the subscription, the tenant, or one scope; of all scopes of the identity when it is empty */
    private record Key(String quota, Service service, String owner, Kind kind) {}

    /** Calls that Azure Resource Manager charges alike. */
    private record Charge(String quota, String owner, Operation operation) {}

    private record Owner(String quota, String owner) {}

    private record Refusal(Instant until, Detail detail, By by) {}

    /** Empty when the call may go. */
    public Optional<Throttled> tryAcquire(AzureIdentity identity, Scope scope, Operation operation, Waiter caller) {
        Instant now = clock.instant();
        Optional<Throttled> closed =
                operation.limitedPerScope() ? refused(ofRuns(identity, scope), now) : Optional.empty();
        if (closed.isPresent()) {
            return closed;
        }
        List<TokenBucket> admitted = new ArrayList<>();
        for (Key key : keys(identity, scope, operation, now)) {
            TokenBucket bucket = bucket(key, now);
            Optional<Duration> wait = bucket.admit(caller, now);
            if (wait.isPresent()) {
                wake(bucket);
                admitted.forEach(TokenBucket::unused);
                return Optional.of(refused(key, now)
                        .map(refusal -> new Throttled(refusal.detail(), wait.get(), refusal.by()))
                        .orElseGet(() -> new Throttled(line(key), wait.get(), By.OPERATOR)));
            }
            admitted.add(bucket);
        }
        Optional<Throttled> paced = operation.limitedPerScope() ? pace(scope, caller, now) : Optional.empty();
        paced.ifPresent(run -> admitted.forEach(TokenBucket::unused));
        return paced;
    }

    /** A further call of one that was admitted: it is counted and not queued. Empty when it may go. */
    public Optional<Throttled> continueCall(AzureIdentity identity, Scope scope, Operation operation) {
        Instant now = clock.instant();
        List<Key> keys = keys(identity, scope, operation, now);
        Optional<Throttled> closed =
                keys.stream().flatMap(key -> refused(key, now).stream()).findFirst();
        if (closed.isEmpty()) {
            keys.forEach(key -> bucket(key, now).charge());
        }
        return closed;
    }

    /**
     * What a call needs: those of Cost Management's buckets that were closed lately, and Azure Resource Manager's that
     * it is charged to.
     */
    private List<Key> keys(AzureIdentity identity, Scope scope, Operation operation, Instant now) {
        Kind kind = Kind.of(operation);
        Stream<Key> closed = Stream.of("", scope.quotaOwner(), ofScope(scope))
                .map(owner -> new Key(identity.quota(), Service.COST_MANAGEMENT, owner, kind))
                .filter(key ->
                        buckets.computeIfPresent(key, (_, bucket) -> bucket.isRecovered(now) ? null : bucket) != null);
        Stream<Key> counted = charged(identity, scope, operation).stream()
                .map(counter -> new Key(identity.quota(), Service.ARM, scope.quotaOwner(), counter));
        return Stream.concat(closed, counted).toList();
    }

    /**
     * The counters that the last answer to such a call named. Recorded answers name the reads for every operation of
     * exports, where the documentation counts by method (docs/azure.md, "Throttling"); until an answer came, both are
     * charged.
     */
    private Set<Kind> charged(AzureIdentity identity, Scope scope, Operation operation) {
        Set<Kind> known = charged.get(new Charge(identity.quota(), scope.quotaOwner(), operation));
        return known == null ? EnumSet.of(Kind.of(operation), Kind.READ) : known;
    }

    private static String ofScope(Scope scope) {
        return "scope " + scope.key();
    }

    /** The pace of runs belongs to the scope, whatever the caller. */
    private Optional<Throttled> pace(Scope scope, Waiter caller, Instant now) {
        return runs.computeIfAbsent(scope.key(), key -> new RunRateLimiter(runsPerMinute))
                .admit(caller.key(), caller.priority() == Priority.BACKFILL, now)
                .map(wait -> new Throttled(PACED, wait, By.OPERATOR));
    }

    /** Azure's answer may name the counters that it charges, and how many calls are left. */
    public void onResponse(AzureIdentity identity, Scope scope, Operation operation, ArmResponse answer) {
        Instant now = clock.instant();
        Map<Kind, Long> left = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            QuotaHeaders.left(answer.headers(), kind.toString()).ifPresent(calls -> left.put(kind, calls));
        }
        if (!left.isEmpty()) {
            Set<Kind> before = charged(identity, scope, operation);
            charged.put(new Charge(identity.quota(), scope.quotaOwner(), operation), Set.copyOf(left.keySet()));
            left.forEach((kind, calls) -> bucket(new Key(identity.quota(), Service.ARM, scope.quotaOwner(), kind), now)
                    .remaining(calls, now));
            before.stream()
                    .filter(kind -> !left.containsKey(kind))
                    .forEach(kind -> release(new Key(identity.quota(), Service.ARM, scope.quotaOwner(), kind)));
        }
        Set<String> empty = QuotaHeaders.empty(answer.headers());
        if (answer.ok() && !empty.isEmpty()) { // a retry header alone closes nothing: answers carry it with calls left
            Duration named = RetryAfter.of(answer.headers(), now).orElse(TokenBucket.LEAST_FREEZE);
            close(
                    new Key(
                            identity.quota(),
                            Service.COST_MANAGEMENT,
                            ofAllScopes(empty) ? "" : scope.quotaOwner(),
                            Kind.of(operation)),
                    new Refusal(now.plus(named), EMPTY, By.OPERATOR),
                    bucket -> bucket.close(named, now));
        }
    }

    /** Wakes the callers that wait for a counter that is no longer charged. */
    private void release(Key key) {
        Optional.ofNullable(buckets.get(key))
                .map(TokenBucket::release)
                .filter(callers -> !callers.isEmpty())
                .ifPresent(callers -> scheduler.after(
                        Duration.ZERO,
                        () -> Callbacks.runAll(
                                callers.stream().map(Waiter::wake).toList())));
    }

    /** Closes exactly the bucket that the answer names, for the longest time that it names. */
    public void onThrottled(
            AzureIdentity identity, Scope scope, Operation operation, Throttled throttled, ArmResponse answer) {
        Instant now = clock.instant();
        Refusal refusal = new Refusal(
                now.plus(longer(throttled.retryAfter(), TokenBucket.LEAST_FREEZE)), throttled.detail(), By.AZURE);
        Consumer<TokenBucket> refuse = bucket -> bucket.refused(throttled.retryAfter(), now);
        Kind kind = Kind.of(operation);
        if (OF_ARM.contains(throttled.detail().code().toLowerCase(Locale.ROOT))) {
            Set<Kind> counters =
                    charged.getOrDefault(new Charge(identity.quota(), scope.quotaOwner(), operation), Set.of(kind));
            for (Kind counter : counters) {
                throttledTime.get(counter.toString()).close(refusal.until);
                close(new Key(identity.quota(), Service.ARM, scope.quotaOwner(), counter), refusal, refuse);
            }
        } else if (ofAllScopes(QuotaHeaders.refusing(answer.headers()))) {
            throttledTime.get(kind.toString()).close(refusal.until);
            close(new Key(identity.quota(), Service.COST_MANAGEMENT, "", kind), refusal, refuse);
        } else if (operation.limitedPerScope()) {
            throttledTime.get(RUN).close(refusal.until);
            close(ofRuns(identity, scope), refusal);
        } else {
            throttledTime.get(kind.toString()).close(refusal.until);
            close(new Key(identity.quota(), Service.COST_MANAGEMENT, scope.quotaOwner(), kind), refusal, refuse);
        }
    }

    /**
     * A service that is unavailable for a time that it names is left alone where it said so: that is not a matter of
     * quota.
     */
    public void unavailable(AzureIdentity identity, Scope scope, Operation operation, Detail detail, Duration named) {
        Instant now = clock.instant();
        Refusal refusal = new Refusal(now.plus(named), detail, By.AZURE);
        if (operation.limitedPerScope()) {
            close(ofRuns(identity, scope), refusal);
        } else {
            close(
                    new Key(identity.quota(), Service.COST_MANAGEMENT, ofScope(scope), Kind.of(operation)),
                    refusal,
                    bucket -> bucket.close(named, now));
        }
    }

    private static boolean ofAllScopes(Set<String> names) {
        return names.stream().anyMatch(OF_ALL_SCOPES::contains);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** How many calls are queued. */
    public int waiting(Kind kind) {
        return buckets.entrySet().stream()
                .filter(entry -> entry.getKey().kind == kind)
                .mapToInt(entry -> entry.getValue().waiting())
                .sum();
    }

    /** How many calls the emptiest bucket has left; NaN when there is none yet. */
    public double minRemaining(Kind kind) {
        return buckets.entrySet().stream()
                .filter(entry -> entry.getKey().service == Service.ARM && entry.getKey().kind == kind)
                .flatMapToDouble(entry -> DoubleStream.of(entry.getValue().level()))
                .min()
                .orElse(Double.NaN);
    }

    /**
     * How long Azure has kept calls back after it refused one, by kind, whichever bucket it was; of runs at a scope, as
     * {@code run}.
     */
    public Map<String, ThrottledTime> throttled() {
        return throttledTime;
    }

    /** Runs are writes for Azure Resource Manager, and Cost Management also counts the runs of each scope. */
    private static Key ofRuns(AzureIdentity identity, Scope scope) {
        return new Key(identity.quota(), Service.COST_MANAGEMENT, "runs at " + scope.key(), Kind.WRITE);
    }

    /**
     * Subscriptions and identities come and go: what a new bucket would be just like is not kept for those that have
     * gone.
     */
    private void forget(Instant now) {
        buckets.values().removeIf(bucket -> bucket.isAsNew(now));
        runs.values().removeIf(pace -> pace.isAsNew(now));
        refusals.values().removeIf(refusal -> refusal.until.isBefore(now));
        Set<Owner> used = buckets.keySet().stream()
                .map(key -> new Owner(key.quota, key.owner))
                .collect(Collectors.toSet());
        charged.keySet().removeIf(charge -> !used.contains(new Owner(charge.quota, charge.owner)));
    }

    /** How much is kept. */
    int size() {
        return buckets.size() + runs.size() + refusals.size() + charged.size();
    }

    private TokenBucket bucket(Key key, Instant now) {
        if (buckets.size() >= FEW && !buckets.containsKey(key)) {
            forget(now);
        }
        return buckets.computeIfAbsent(key, missing -> new TokenBucket(key.kind.burst, key.kind.perSecond));
    }

    private void close(Key key, Refusal refusal, Consumer<TokenBucket> how) {
        close(key, refusal);
        how.accept(bucket(key, clock.instant()));
    }

    private void close(Key key, Refusal refusal) {
        refusals.merge(key, refusal, (one, other) -> one.until.isAfter(other.until) ? one : other);
    }

    private Optional<Throttled> refused(Key key, Instant now) {
        return Optional.ofNullable(refusals.get(key))
                .filter(refusal -> refusal.until.isAfter(now))
                .map(refusal -> new Throttled(refusal.detail, Duration.between(now, refusal.until), refusal.by));
    }

    private static Detail line(Key key) {
        if (key.service == Service.COST_MANAGEMENT) {
            return new Detail(
                    0,
                    "",
                    "other calls go first: Cost Management refused calls to " + key.kind + " a short time ago ("
                            + key.owner + ")",
                    "");
        }
        return new Detail(
                0,
                "",
                "other calls go first: Azure Resource Manager takes " + key.kind.burst + " calls to " + key.kind
                        + " at once and " + key.kind.perSecond + " more a second (" + key.owner + ")",
                "");
    }

    /** Wakes queued callers, each when its call can go. */
    private void wake(TokenBucket bucket) {
        if (timed.add(bucket)) {
            later(bucket);
        }
    }

    private void later(TokenBucket bucket) {
        Optional<Duration> due = bucket.due(clock.instant());
        if (due.isEmpty()) {
            timed.remove(bucket);
            bucket.due(clock.instant()).ifPresent(joined -> wake(bucket)); // a caller was queued in between
            return;
        }
        boolean scheduled = false;
        try {
            scheduler.after(due.get().plusMillis(1), () -> next(bucket));
            scheduled = true;
        } finally {
            if (!scheduled) {
                timed.remove(bucket); // the next caller tries again
            }
        }
    }

    private void next(TokenBucket bucket) {
        try {
            Callbacks.runAll(
                    bucket.next(clock.instant()).stream().map(Waiter::wake).toList());
        } finally {
            later(bucket);
        }
    }
}
