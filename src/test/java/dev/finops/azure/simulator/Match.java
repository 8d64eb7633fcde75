package dev.finops.azure.simulator;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Which requests a fault hits: those of the operations whose path contains a text, in any letter case. */
public record Match(Set<Operation> operations, String pathContains) {

    public static Match any() {
        return new Match(EnumSet.complementOf(EnumSet.of(Operation.TOKEN)), "");
    }

    public static Match on(Operation first, Operation... more) {
        return new Match(EnumSet.of(first, more), "");
    }

    /** By HTTP method. */
    public static Match method(String method) {
        return switch (method.toUpperCase(Locale.ROOT)) {
            case "GET" -> on(Operation.LIST, Operation.GET, Operation.HISTORY);
            case "PUT" -> on(Operation.PUT);
            case "DELETE" -> on(Operation.DELETE);
            case "POST" -> on(Operation.RUN);
            default -> throw new IllegalArgumentException("no operation on exports uses " + method);
        };
    }

    public static Match writes() {
        return on(Operation.PUT, Operation.DELETE, Operation.RUN);
    }

    public static Match token() {
        return on(Operation.TOKEN);
    }

    /** The same, only below a scope or for an export: any part of the path. */
    public Match path(String part) {
        return new Match(operations, part);
    }

    boolean hits(Operation operation, String path) {
        return operations.contains(operation)
                && path.toLowerCase(Locale.ROOT).contains(pathContains.toLowerCase(Locale.ROOT));
    }
}
