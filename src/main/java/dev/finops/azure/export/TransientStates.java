package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.export.plan.TransientState;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this process remembers of each object, by UID. */
final class TransientStates {
    private final Map<String, TransientState> byUid = new ConcurrentHashMap<>();
    private final Map<String, Integer> notWritten = new ConcurrentHashMap<>();

    /**
     * An object that is new to this process counts as answered now: silence is measured from here. What another process
     * meant to create it
     * may have sent a moment ago.
     */
    TransientState of(CostExport object, Instant now) {
        return byUid.computeIfAbsent(
                object.getMetadata().getUid(),
                uid -> meansToCreate(object)
                        ? TransientState.NONE.answered(now).unanswered(now)
                        : TransientState.NONE.answered(now));
    }

    private static boolean meansToCreate(CostExport object) {
        return object.getStatus() != null
                && object.getStatus().exportId() != null
                && object.getStatus().eTag() == null;
    }

    /** Another client wrote the object's status. */
    void distrust(CostExport object) {
        byUid.computeIfPresent(object.getMetadata().getUid(), (uid, memory) -> memory.distrusting());
    }

    void keep(CostExport object, TransientState memory) {
        byUid.put(object.getMetadata().getUid(), memory);
    }

    /** How often in a row the API server has failed the object. */
    int notWritten(CostExport object) {
        return notWritten.merge(object.getMetadata().getUid(), 1, Integer::sum);
    }

    void written(CostExport object) {
        notWritten.remove(object.getMetadata().getUid());
    }

    void forget(String uid) {
        byUid.remove(uid);
        notWritten.remove(uid);
    }
}
