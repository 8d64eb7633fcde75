package dev.finops.azure.export;

import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.queue.Waiter;
import java.util.Map;
import java.util.function.Function;

/** The read operations that the scope cache needs. */
public interface ExportReads {
    /**
     * The exports of one scope.
     *
     * @param byName what is kept of each, by name as Azure spells it
     * @param whole whether an export that is not among them is absent; not when an entry was unreadable
     */
    record Listing<T>(Map<String, T> byName, boolean whole) {}

    /**
     * All exports of one scope, not of those below it, each with its newest run.
     *
     * @param keep what is to be kept of an export; the whole documents of a large scope are never in memory together
     */
    <T> ArmResult<Listing<T>> list(Scope scope, Waiter caller, Function<ObservedExport, T> keep);

    /** One export with its last ten runs. */
    ArmResult<ObservedExport> get(ExportId id, Waiter caller);
}
