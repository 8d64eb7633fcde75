package dev.finops.azure.export.scope;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.document.Deflated;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.ExportReads;
import dev.finops.azure.export.ExportReads.Listing;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ExportNames;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.Callbacks;
import dev.finops.azure.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The exports of one scope and their watchers. One list at a time is in flight, and no caller blocks on it. */
final class ScopeCache {
    /** Objects of one scope that come at once share a failure as they share a success. */
    private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

    private static final int ABSENT = 0;
    private static final int NOTHING = -1;

    private final Scope scope;
    private final ExportReads client;
    private final AzureClock clock;
    private final Scheduler scheduler;
    private final Duration silence;
    private final Map<String, Watcher> watchers = new HashMap<>();
    private final Map<String, Runnable> awaiting = new HashMap<>();
    private Map<String, Known> exports = new HashMap<>();
    private boolean whole = true;

    // All times are of the monotonic clock: a wrong Date header must not make a list look new, nor a failure recent.
    private final Instant createdAt;
    private Optional<Instant> answeredAt = Optional.empty();
    private Optional<Failed> failed = Optional.empty();
    private boolean listing;
    private boolean doubted;

    /**
     * What was learned of single exports while a list was on its way, which may be older; empty for one that is absent.
     */
    private final Map<String, Optional<Known>> meanwhile = new HashMap<>();

    private boolean doubtedMeanwhile;

    /** @param silence after such a time without an answer the objects are woken, even while a list is in progress */
    ScopeCache(Scope scope, ExportReads client, AzureClock clock, Scheduler scheduler, Duration silence) {
        this.scope = scope;
        this.client = client;
        this.clock = clock;
        this.scheduler = scheduler;
        this.silence = silence;
        this.createdAt = now();
    }

    /** @param seen stands for what the object saw of its export when it last looked */
    private record Watcher(String name, int seen, Runnable wake) {}

    /** @param news of the document, which is packed */
    private record Known(Deflated document, int fingerprint, Source from) {}

    /** The last list failed. */
    private record Failed(ArmFailure failure, Instant at) {}

    private Instant now() {
        return clock.monotonic().instant();
    }

    /** Empty while a list is in progress or queued: the caller is woken, and one call serves all callers. */
    Optional<Observation> shared(ExportId id, Duration maxAge, Waiter caller) {
        synchronized (this) {
            if (isFresh(maxAge) || justFailed()) {
                return Optional.of(known(id, caller));
            }
            awaiting.put(caller.key(), caller.wake());
            if (listing) {
                return Optional.empty(); // it ends within a minute, one way or the other
            }
            listing = true;
        }
        Optional<ArmFailure> keptBack = list(caller.priority(), caller.key());
        if (keptBack.isEmpty()) {
            return Optional.of(known(id, caller));
        }
        return keptBack.filter(_ -> isSilent()).map(Observation.Unanswered::new);
    }

    private boolean isFresh(Duration maxAge) {
        return failed.isEmpty()
                && !doubted
                && answeredAt.filter(at -> !at.isBefore(now().minus(maxAge))).isPresent();
    }

    private boolean justFailed() {
        return failed.filter(last -> last.at.isAfter(now().minus(SHARED_FAILURE)))
                .isPresent();
    }

    private Observation known(ExportId id, Waiter caller) {
        Known export;
        Instant at;
        synchronized (this) {
            if (failed.isPresent()) {
                return new Observation.Unanswered(failed.get().failure);
            }
            export = find(id.name()).orElse(null);
            at = azureTime(answeredAt.orElse(createdAt));
            if (export == null && whole) {
                return new Observation.Absent(at, Source.LIST);
            }
        }
        // If the list was incomplete, absence from it proves nothing: fall back to GET.
        return export == null
                ? single(id, caller)
                : new Observation.Present(ObservedExport.of(export.document), at, Source.LIST);
    }

    /** A moment of the monotonic clock by Azure's clock, as that goes now. */
    private Instant azureTime(Instant at) {
        return clock.instant().minus(Duration.between(at, now()));
    }

    Observation single(ExportId id, Waiter caller) {
        Instant asked = now();
        return switch (client.get(id, caller)) {
            case ArmResult.Ok<ObservedExport>(var export) -> {
                put(id, export);
                yield new Observation.Present(export, azureTime(asked), Source.GET);
            }
            case ArmResult.Failed<ObservedExport>(ArmFailure.ResourceNotFound absent) -> {
                learn(id.name(), Optional.empty());
                yield new Observation.Absent(azureTime(asked), Source.GET);
            }
            case ArmResult.Failed<ObservedExport>(var why) -> new Observation.Unanswered(ofRead(why));
        };
    }

    void put(ExportId id, ObservedExport export) {
        learn(spelling(id.name(), export), Optional.of(new Known(export.packed(), export.fingerprint(), Source.GET)));
    }

    /**
     * Azure may answer for one spelling with another: then both are one export, and its list has one of them.
     */
    private synchronized String spelling(String asked, ObservedExport export) {
        String answered = export.name().orElse(asked);
        return answered.equals(asked)
                ? asked
                : ExportNames.meant(asked, exports.keySet()).orElse(answered);
    }

    private synchronized void learn(String name, Optional<Known> known) {
        set(exports, name, known);
        if (listing) {
            meanwhile.put(name, known);
        }
    }

    private Optional<Known> find(String name) {
        return ExportNames.meant(name, exports.keySet()).map(exports::get);
    }

    /** The names that are like this one but for letter case, as Azure spelled them last. */
    synchronized Set<String> alike(String name) {
        return Set.copyOf(ExportNames.alike(name, exports.keySet()));
    }

    private static void set(Map<String, Known> exports, String name, Optional<Known> known) {
        known.ifPresentOrElse(export -> exports.put(name, export), () -> exports.remove(name));
    }

    /** The list says nothing any more. */
    synchronized void invalidate() {
        doubted = true;
        doubtedMeanwhile = listing;
    }

    /** From now on the object is woken when a list shows something else than it saw. */
    synchronized void watch(String object, ExportId id, Observation seen, Runnable wake) {
        int fingerprint = switch (seen) {
            case Observation.Present(var export, var at, var source) -> export.fingerprint();
            case Observation.Absent absent -> ABSENT;
            case Observation.Unanswered unanswered -> NOTHING;
            case Observation.NotRead nothing -> NOTHING;
        };
        watchers.put(object, new Watcher(id.name(), fingerprint, wake));
    }

    synchronized void forget(String object) {
        watchers.remove(object);
        awaiting.remove(object);
    }

    /** Whether it serves an object, or is about to. */
    synchronized boolean inUse() {
        return !watchers.isEmpty() || !awaiting.isEmpty() || listing;
    }

    /** The names of exports that no object means. */
    synchronized Set<String> unclaimed() {
        Set<String> claimed = watchers.values().stream()
                .flatMap(watcher -> ExportNames.meant(watcher.name, exports.keySet()).stream())
                .collect(Collectors.toSet());
        return exports.keySet().stream().filter(name -> !claimed.contains(name)).collect(Collectors.toSet());
    }

    /** The age of the last list; empty without one, or when it is invalidated. */
    synchronized Optional<Duration> age() {
        return doubted ? Optional.empty() : answeredAt.map(at -> Duration.between(at, now()));
    }

    /** When the last answered list was requested, by Azure's clock. */
    synchronized Optional<Instant> lastAnswered() {
        return answeredAt.map(this::azureTime);
    }

    private synchronized boolean isSilent() {
        return now().isAfter(answeredAt.orElse(createdAt).plus(silence));
    }

    /** Lists the scope, unless another list is in progress or has just failed. */
    void refresh() {
        synchronized (this) {
            if (listing || justFailed()) {
                return;
            }
            listing = true;
        }
        list(Priority.POLL, "");
    }

    /** Wakes everybody while Azure has not answered for so long that the objects must say so. */
    void tellSilence() {
        List<Runnable> wakes;
        synchronized (this) {
            wakes = isSilent() ? watchers.values().stream().map(Watcher::wake).toList() : List.of();
        }
        Callbacks.runAll(wakes);
    }

    /**
     * Lists the scope, and wakes whoever waits for that or whose export has changed; a failure that begins is news for
     * all.
     *
     * @param asking the caller, which need not be woken
     * @return present when the list stands in line for quota
     */
    private Optional<ArmFailure> list(Priority urgency, String asking) {
        Instant asked = now();
        ArmResult<Listing<Known>> answer = null;
        Runnable wake = () -> scheduler.after(Duration.ZERO, () -> turn(asked));
        try {
            answer = client.list(scope, new Waiter("list " + scope.key(), "", urgency, wake), this::listed);
        } finally {
            Callbacks.runAll(answered(answer, asked, asking));
        }
        return keptBack(answer);
    }

    /** The queued list can go. */
    private void turn(Instant since) {
        boolean listedSince;
        synchronized (this) {
            listedSince =
                    !doubted && answeredAt.filter(at -> !at.isBefore(since)).isPresent();
        }
        if (!listedSince) {
            refresh();
        }
    }

    private static Optional<ArmFailure> keptBack(ArmResult<Listing<Known>> answer) {
        return answer instanceof ArmResult.Failed<Listing<Known>>(ArmFailure.Throttled throttled)
                        && throttled.keptBack()
                ? Optional.of(throttled)
                : Optional.empty();
    }

    private synchronized List<Runnable> answered(ArmResult<Listing<Known>> answer, Instant asked, String asking) {
        listing = false;
        List<Runnable> wakes = new ArrayList<>();
        if (keptBack(answer).isEmpty()) {
            switch (answer) {
                case null -> {} // a fault of the operator; the callers that wait for the list retry
                case ArmResult.Ok<Listing<Known>>(var listing) -> wakes.addAll(listed(listing, asked, asking));
                case ArmResult.Failed<Listing<Known>>(var why) -> {
                    if (failed.isEmpty()) {
                        watchers.values().stream().map(Watcher::wake).forEach(wakes::add);
                    }
                    failed = Optional.of(new Failed(ofRead(why), now()));
                }
            }
            awaiting.remove(asking);
            wakes.addAll(awaiting.values());
            awaiting.clear();
        }
        meanwhile.clear();
        doubtedMeanwhile = false;
        return wakes;
    }

    private List<Runnable> listed(Listing<Known> listing, Instant asked, String asking) {
        answeredAt = Optional.of(asked);
        doubted = doubtedMeanwhile;
        failed = Optional.empty();
        exports = new HashMap<>(listing.byName());
        meanwhile.forEach((name, known) -> set(exports, name, known));
        whole = listing.whole();
        return watchers.entrySet().stream()
                .filter(watcher -> !watcher.getKey().equals(asking)
                        && watcher.getValue().seen != fingerprint(watcher.getValue().name))
                .map(watcher -> watcher.getValue().wake)
                .toList();
    }

    /** What the last list showed too is not packed again. */
    private Known listed(ObservedExport export) {
        int fingerprint = export.fingerprint();
        Known before;
        synchronized (this) {
            before = exports.get(export.name().orElse(""));
        }
        return before != null && before.fingerprint == fingerprint && before.from == Source.LIST
                ? before
                : new Known(export.packed(), fingerprint, Source.LIST);
    }

    private int fingerprint(String name) {
        return find(name).map(Known::fingerprint).orElse(ABSENT);
    }

    /** A rejected read says nothing about an export. It is retried like a read without permission. */
    private static ArmFailure ofRead(ArmFailure failure) {
        return switch (failure) {
            case ArmFailure.Rejected(var detail, var reason, var because) -> new ArmFailure.Forbidden(detail, reason);
            case ArmFailure.Conflict(var detail) -> new ArmFailure.Forbidden(detail, Reason.INVALID_REQUEST);
            case ArmFailure.ResourceNotFound(var detail) -> new ArmFailure.Forbidden(detail, Reason.SCOPE_NOT_FOUND);
            default -> failure;
        };
    }
}
