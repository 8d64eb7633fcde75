package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import java.util.List;
import java.util.Optional;

/** The types of condition that a CostExport has. */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String SYNCED = "Synced";
    public static final String LAST_RUN_SUCCEEDED = "LastRunSucceeded";
    public static final String DELIVERED = "Delivered";
    public static final String BACKFILLED = "Backfilled";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private Conditions() {}

    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions == null
                ? Optional.empty()
                : conditions.stream().filter(c -> type.equals(c.type())).findFirst();
    }
}
