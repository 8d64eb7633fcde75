package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.document.VolatileParts;
import dev.finops.azure.export.plan.Conditions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Builds the conditions of one object: an unchanged status keeps its transition time, and a foreign text with the same
 * meaning stays.
 */
final class ConditionSet {
    /** Azure's words of at most 1,024 characters and ours, with the longest ids, always fit. */
    static final int MAX_MESSAGE = 4096;

    private final Map<String, Condition> conditions = new LinkedHashMap<>();
    private final long generation;
    private final String now;

    ConditionSet(List<Condition> known, long generation, Instant now) {
        this.generation = generation;
        this.now = Timestamps.write(now);
        if (known != null) {
            known.forEach(condition -> conditions.put(condition.type(), condition));
        }
    }

    void set(String type, boolean status, Reason reason, String message) {
        set(type, status ? "True" : "False", reason, message, generation);
    }

    void unknown(String type, Reason reason, String message) {
        set(type, "Unknown", reason, message, generation);
    }

    /**
     * In words of others, of which the first of a streak stay for as long as they say the same: with the id of the
     * first request.
     */
    void quote(String type, String status, Reason reason, String message) {
        Optional<Condition> said = find(type)
                .filter(known -> status.equals(known.status())
                        && reason.toString().equals(known.reason())
                        && Objects.equals(known.observedGeneration(), generation)
                        && VolatileParts.without(known.message()).equals(VolatileParts.without(shortened(message))));
        set(type, status, reason, said.map(Condition::message).orElse(message), generation);
    }

    /** Another reason for the status that it has, and no judgement of another generation. */
    void explain(String type, Reason reason, String message) {
        Optional<Condition> known = find(type);
        set(
                type,
                known.map(Condition::status).orElse("Unknown"),
                reason,
                message,
                known.map(Condition::observedGeneration)
                        .filter(judged -> judged <= generation)
                        .orElse(null));
    }

    void remove(String type) {
        conditions.remove(type);
    }

    Optional<Condition> find(String type) {
        return Optional.ofNullable(conditions.get(type));
    }

    boolean is(String type, String status) {
        return find(type).filter(condition -> status.equals(condition.status())).isPresent();
    }

    /** In an order that reads well: the outcome first. */
    List<Condition> list() {
        List<Condition> list = new ArrayList<>();
        for (String type : List.of(
                Conditions.READY,
                Conditions.SYNCED,
                Conditions.LAST_RUN_SUCCEEDED,
                Conditions.DELIVERED,
                Conditions.BACKFILLED,
                Conditions.RECONCILING,
                Conditions.STALLED)) {
            find(type).ifPresent(list::add);
        }
        conditions.values().stream()
                .filter(condition -> !list.contains(condition))
                .forEach(list::add);
        return List.copyOf(list);
    }

    private void set(String type, String status, Reason reason, String message, Long observedGeneration) {
        Condition known = conditions.get(type);
        boolean sameStatus = known != null && status.equals(known.status());
        conditions.put(
                type,
                new Condition(
                        type,
                        status,
                        reason.toString(),
                        shortened(message),
                        sameStatus ? known.lastTransitionTime() : now,
                        observedGeneration));
    }

    private static String shortened(String message) {
        return Json.shortened(message, MAX_MESSAGE);
    }
}
