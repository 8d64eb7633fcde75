package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The CostExport object, as far as a decision depends on it.
 *
 * @param owner the older object that means the same export, as {@code namespace/name}; empty when this one owns it
 */
public record Subject(String namespace, String name, long generation, Instant created, boolean deleting,
    Map<String, String> annotations, Optional<String> owner) {

  /** The same, by another clock. */
  public Subject createdAt(Instant at) {
    return new Subject(namespace, name, generation, at, deleting, annotations, owner);
  }

  boolean paused() {
    return "true".equals(annotations.get(Annotations.PAUSED));
  }

  /** The value of a request annotation that was not handled yet. */
  Optional<String> request(String annotation, String lastHandled) {
    return Optional.ofNullable(annotations.get(annotation)).filter(value -> !value.isEmpty() && !value.equals(lastHandled));
  }

  /** For a command in a message. */
  public String kubectl(String verb) {
    return "kubectl -n " + namespace + " " + verb + " costexport " + name;
  }
}
