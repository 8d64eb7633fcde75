package dev.finops.azure.arm;

import java.util.Locale;

/** The operations of the Exports API that are used. */
public enum Operation {
    LIST,
    GET,
    PUT,
    DELETE,
    RUN,
    HISTORY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
