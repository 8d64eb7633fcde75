package dev.finops.azure.export.scope;

import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.ExportReads;
import dev.finops.azure.export.ExportReads.Listing;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.queue.Waiter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers reads as a test says, and counts them. */
final class ScriptedAzure implements ExportReads {
    final Map<String, ObservedExport> exports = new LinkedHashMap<>();
    final Map<String, Integer> lists = new HashMap<>();
    int gets;
    boolean whole = true;
    Optional<ArmFailure> listFailure = Optional.empty();

    /** Runs while a list is on its way, once. */
    Runnable underWay = () -> {};

    Waiter lister;

    @Override
    public <T> ArmResult<Listing<T>> list(Scope scope, Waiter caller, Function<ObservedExport, T> keep) {
        lists.merge(scope.key(), 1, Integer::sum);
        lister = caller;
        Map<String, T> kept = exports.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, export -> keep.apply(export.getValue())));
        Optional<ArmFailure> failure = listFailure;
        Runnable meanwhile = underWay;
        underWay = () -> {};
        meanwhile.run();
        return failure.<ArmResult<Listing<T>>>map(ArmResult.Failed::new)
                .orElseGet(() -> new ArmResult.Ok<>(new Listing<>(kept, whole)));
    }

    @Override
    public ArmResult<ObservedExport> get(ExportId id, Waiter caller) {
        gets++;
        ObservedExport export = exports.get(id.name());
        return export == null
                ? new ArmResult.Failed<>(new ArmFailure.ResourceNotFound(new Detail(404, "404", "", "")))
                : new ArmResult.Ok<>(export);
    }

    int listed(ExportId id) {
        return lists.getOrDefault(id.scope().key(), 0);
    }
}
