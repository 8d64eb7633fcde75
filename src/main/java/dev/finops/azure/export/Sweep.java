package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.kube.UpdateFilter;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Finds objects that no event and no timer brought to a reconciliation: it compares the cache with what the last
 * reconciliation of each object saw and left.
 */
final class Sweep {
    /** An event is this late at most on a busy machine. */
    private static final Duration LATE = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    private final long grace;
    private final Map<ResourceID, Reconciled> reconciled = new ConcurrentHashMap<>();

    /** Only the sweep itself uses it: the objects that were found at an earlier sweep. */
    private Map<ResourceID, Suspect> suspects = Map.of();

    /** Why an object has to be requeued. */
    enum Why {
        NOT_RECONCILED("it was never reconciled"),
        MISSED_CHANGE("a change of it was never reconciled"),
        NO_FINALIZER("it has no finalizer"),
        OVERDUE("its timer did not fire"),
        STATUS_CHANGED("another client changed its status");

        private final String words;

        Why(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** @param again whether the object was found, and requeued, before */
    record Found(ResourceID id, Why why, boolean again) {}

    /**
     * The last reconciliation of the objects of one name.
     *
     * @param version of the object as the reconciliation left it
     * @param status hash of the status as the reconciliation left it
     * @param due when the next reconciliation is due, in nanoseconds; null when only a change of the object brings one
     */
    private record Reconciled(UpdateFilter.Facts saw, boolean underWay, long version, int status, Long due) {}

    private record Suspect(String uid, Why why, long since, boolean requeued) {}

    /** @param nanos as {@link System#nanoTime()}: a wall clock that is set back would hide what is overdue */
    Sweep(Duration interval, LongSupplier nanos) {
        this.nanos = nanos;
        this.grace = (interval.compareTo(LATE) > 0 ? interval : LATE).toNanos();
    }

    /** A reconciliation begins. Returns the UID of an earlier object of that name, which was deleted unseen. */
    Optional<String> began(CostExport object) {
        UpdateFilter.Facts facts = UpdateFilter.facts(object);
        Reconciled before = reconciled.get(ResourceID.fromResource(object));
        boolean same = before != null && before.saw.uid().equals(facts.uid());
        reconciled.put(
                ResourceID.fromResource(object),
                new Reconciled(facts, true, same ? before.version : 0, same ? before.status : 0, null));
        return same ? Optional.empty() : Optional.ofNullable(before).map(last -> last.saw.uid());
    }

    /**
     * Whether another client has written the status since the last reconciliation. Call it before {@link #began}.
     */
    boolean statusChanged(CostExport object) {
        Reconciled last = reconciled.get(ResourceID.fromResource(object));
        return last != null && last.saw.uid().equals(object.getMetadata().getUid()) && isForeign(object, last);
    }

    /**
     * A reconciliation ended.
     *
     * @param left the object as it is now, as far as this process knows
     * @param next after which time the next reconciliation is due; empty: when the object changes
     */
    void ended(CostExport left, Optional<Duration> next) {
        Long due = next.map(wait -> nanos.getAsLong() + wait.toNanos()).orElse(null);
        reconciled.computeIfPresent(ResourceID.fromResource(left), (id, begun) -> {
            boolean older = version(left)
                    < begun.version; // the watch is late, and what an earlier reconciliation left is newer
            return new Reconciled(
                    begun.saw,
                    false,
                    older ? begun.version : version(left),
                    older ? begun.status : hash(left.getStatus()),
                    due);
        });
    }

    /** No object of that name is left. Returns the UID of the last one. */
    Optional<String> forget(ResourceID id) {
        return Optional.ofNullable(reconciled.remove(id)).map(last -> last.saw.uid());
    }

    /**
     * What has to be requeued. The first reconciliation says that this process is in charge: before it, nothing is
     * missing.
     */
    List<Found> find(Stream<CostExport> objects) {
        if (reconciled.isEmpty()) {
            return List.of();
        }
        long now = nanos.getAsLong();
        Map<ResourceID, Suspect> still = new ConcurrentHashMap<>();
        List<Found> found = new ArrayList<>();
        objects.forEach(object -> why(object, now).ifPresent(why -> {
            ResourceID id = ResourceID.fromResource(object);
            String uid = object.getMetadata().getUid();
            Suspect before = Optional.ofNullable(suspects.get(id))
                    .filter(known -> known.uid.equals(uid) && known.why == why)
                    .orElseGet(() -> new Suspect(uid, why, now, false));
            boolean certain = why == Why.STATUS_CHANGED || now - before.since >= grace;
            if (certain) {
                found.add(new Found(id, why, before.requeued));
            }
            still.put(id, new Suspect(uid, why, before.since, certain));
        }));
        suspects = still;
        return found;
    }

    private Optional<Why> why(CostExport object, long now) {
        boolean released = object.isMarkedForDeletion() && !object.hasFinalizer(CostExport.FINALIZER);
        Reconciled last = reconciled.get(ResourceID.fromResource(object));
        if (released || last != null && last.underWay) {
            return Optional.empty();
        }
        UpdateFilter.Facts facts = UpdateFilter.facts(object);
        if (last == null || !last.saw.uid().equals(facts.uid())) {
            return Optional.of(Why.NOT_RECONCILED);
        }
        if (!last.saw.equals(facts)) {
            return Optional.of(Why.MISSED_CHANGE);
        }
        if (!object.isMarkedForDeletion() && !object.hasFinalizer(CostExport.FINALIZER)) {
            return Optional.of(Why.NO_FINALIZER);
        }
        if (last.due != null && now - last.due > 0) {
            return Optional.of(Why.OVERDUE);
        }
        return isForeign(object, last) ? Optional.of(Why.STATUS_CHANGED) : Optional.empty();
    }

    /** The cache may also show an older object than the one that the reconciliation left. */
    private static boolean isForeign(CostExport object, Reconciled last) {
        return !last.underWay && version(object) > last.version && hash(object.getStatus()) != last.status;
    }

    static long version(CostExport object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private static int hash(CostExportStatus status) {
        return Objects.hashCode(status);
    }
}
