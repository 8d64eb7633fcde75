package dev.finops.azure.soak;

/** What must not grow with the days of an operator's life. */
enum Vital {
    RESIDENT("resident", "MB"),
    HEAP("heap, after a collection", "MB"),
    THREADS("threads", ""),
    VIRTUAL("virtual threads", ""),
    FILES("open file handles", ""),
    SERIES("metric series", ""),
    LARGEST("largest status", "bytes"),
    MEAN("mean status", "bytes"),
    EVENTS("Events written a day", ""),
    CALLS("ARM calls a day, lists aside", ""),
    TOKENS("tokens asked for a day", "");

    final String what;
    final String unit;

    Vital(String what, String unit) {
        this.what = what;
        this.unit = unit;
    }
}
