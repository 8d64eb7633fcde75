package dev.finops.azure.arm;

/**
 * What a call does, for rate limits and metrics.
 *
 * @param name the label of its metrics
 * @param kind which counter of Azure Resource Manager the documentation charges it to
 * @param limitedPerScope whether the service itself limits such calls at each scope, in addition to Azure Resource Manager
 */
public record Operation(String name, Kind kind, boolean limitedPerScope) {
    /** Azure Resource Manager counts the calls of an identity by their method. */
    public enum Kind {
        READ,
        WRITE,
        DELETE
    }

    public Operation(String name, Kind kind) {
        this(name, kind, false);
    }

    @Override
    public String toString() {
        return name;
    }
}
