package dev.finops.azure.simulator;

/** What a request asks for: an operation on exports, a token, or anything else that ARM clients ask on their way. */
public enum Operation {
    LIST,
    GET,
    PUT,
    DELETE,
    RUN,
    HISTORY,
    TOKEN,
    OTHER;

    public boolean writes() {
        return this == PUT || this == DELETE || this == RUN;
    }
}
