package dev.finops.azure.costexport.operator;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which changes of an object are news: its spec, its deletion, what it asks for, and that somebody took our finalizer off; not what we write. */
final class Triggers {
  private Triggers() {}

  static boolean concerns(CostExport now, CostExport before) {
    ObjectMeta one = now.getMetadata();
    ObjectMeta other = before.getMetadata();
    return !Objects.equals(one.getGeneration(), other.getGeneration())
        || !Objects.equals(one.getDeletionTimestamp(), other.getDeletionTimestamp())
        || before.hasFinalizer(CostExport.FINALIZER) && !now.hasFinalizer(CostExport.FINALIZER)
        || !requests(one).equals(requests(other));
  }

  private static Map<String, String> requests(ObjectMeta metadata) {
    return Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()).entrySet().stream()
        .filter(annotation -> annotation.getKey().startsWith(CostExport.GROUP + "/"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
