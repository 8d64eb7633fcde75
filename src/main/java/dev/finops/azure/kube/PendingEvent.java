package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.Reason;

/** Something that happened and that a person should find in {@code kubectl describe}; becomes an Event. */
public record PendingEvent(boolean warning, Reason reason, String message) {
    public static PendingEvent normal(Reason reason, String message) {
        return new PendingEvent(false, reason, message);
    }

    public static PendingEvent warning(Reason reason, String message) {
        return new PendingEvent(true, reason, message);
    }
}
