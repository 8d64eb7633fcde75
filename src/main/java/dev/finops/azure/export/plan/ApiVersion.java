package dev.finops.azure.export.plan;

import java.util.Set;

/**
 * An api-version of the Exports API. Date order is not feature order: there are two generations, and an older one
 * neither
 * knows the newer fields nor sees an export that a newer one wrote (docs/azure.md, "Two stores").
 */
public record ApiVersion(String name) {
    /** The first generally available version with every field of the spec. */
    public static final String COMPLETE = "2025-03-01";

    private static final Set<String> NEW_PREVIEWS = Set.of("2023-07-01-preview", "2024-10-01-preview");

    boolean isNewGeneration() {
        return NEW_PREVIEWS.contains(name) || name.compareTo(COMPLETE) >= 0;
    }

    /** Whether an export that was last written with the other version is visible to this one. */
    boolean sees(String writtenWith) {
        return writtenWith == null || isNewGeneration() || !new ApiVersion(writtenWith).isNewGeneration();
    }

    /** What to try when this version refuses what another one may know, as the end of a message. */
    public String remedy() {
        return isNewGeneration() ? "" : "; if " + COMPLETE + " knows it, set EXPORTS_API_VERSION to that";
    }

    public boolean runsPeriods() {
        return isNewGeneration();
    }

    @Override
    public String toString() {
        return "api-version " + name;
    }
}
