package dev.finops.azure.api.v1alpha1;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The annotations by which a user requests a one-time action or pauses an object. */
public final class Annotations {
    /** Each new value runs the export once. */
    public static final String RUN_REQUESTED_AT = CostExport.GROUP + "/run-requested-at";
    /** {@code 2026-03} or {@code 2026-01..2026-03}: the months that a run request is for. */
    public static final String RUN_PERIOD = CostExport.GROUP + "/run-period";
    /** Each new value reads Azure at once. */
    public static final String RECONCILE_REQUESTED_AT = CostExport.GROUP + "/reconcile-requested-at";
    /** Each new value sends one PUT even without a difference. */
    public static final String APPLY_REQUESTED_AT = CostExport.GROUP + "/apply-requested-at";
    /**
     * {@code "true"}: no Azure call at all. So does each value but {@code "false"} and the empty one, as it is a switch
     * for safety.
     */
    public static final String PAUSED = CostExport.GROUP + "/paused";

    private Annotations() {}

    /** @param annotations null when there are none */
    public static boolean pauses(Map<String, String> annotations) {
        return !paused(annotations).isEmpty() && !paused(annotations).equals("false");
    }

    /** The value of {@link #PAUSED}, when it pauses without being {@code true}. */
    public static Optional<String> unknownPause(Map<String, String> annotations) {
        return pauses(annotations) && !paused(annotations).equals("true")
                ? Optional.of(annotations.get(PAUSED))
                : Optional.empty();
    }

    private static String paused(Map<String, String> annotations) {
        return Objects.requireNonNullElse(annotations == null ? null : annotations.get(PAUSED), "")
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
