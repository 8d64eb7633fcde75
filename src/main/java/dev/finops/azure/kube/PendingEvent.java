package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.Reason;

/** An Event to be written. */
public record PendingEvent(boolean warning, Reason reason, String message) {
    public static PendingEvent normal(Reason reason, String message) {
        return new PendingEvent(false, reason, message);
    }

    public static PendingEvent warning(Reason reason, String message) {
        return new PendingEvent(true, reason, message);
    }
}
