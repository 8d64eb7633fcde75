package dev.finops.azure.costexport.observe;

import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.arm.ExportReads;
import dev.finops.azure.costexport.arm.ExportsClient.Listing;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.quota.Caller;
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
  Runnable underWay = () -> { };
  Caller lister;

  @Override
  public <T> Answer<Listing<T>> list(Scope scope, Caller caller, Function<ObservedExport, T> keep) {
    lists.merge(scope.key(), 1, Integer::sum);
    lister = caller;
    Map<String, T> kept = exports.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, export -> keep.apply(export.getValue())));
    Optional<ArmFailure> failure = listFailure;
    Runnable meanwhile = underWay;
    underWay = () -> { };
    meanwhile.run();
    return failure.<Answer<Listing<T>>>map(Answer.Failed::new).orElseGet(() -> new Answer.Ok<>(new Listing<>(kept, whole)));
  }

  @Override
  public Answer<ObservedExport> get(ExportId id, Caller caller) {
    gets++;
    ObservedExport export = exports.get(id.name());
    return export == null ? new Answer.Failed<>(new ArmFailure.ExportNotFound(new Detail(404, "404", "", ""))) : new Answer.Ok<>(export);
  }

  int listed(ExportId id) {
    return lists.getOrDefault(id.scope().key(), 0);
  }
}
