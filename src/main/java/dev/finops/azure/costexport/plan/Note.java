package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.failure.Reason;

/** Something that happened and that a person should find in {@code kubectl describe}; becomes an Event. */
public record Note(boolean warning, Reason reason, String message) {
  public static Note normal(Reason reason, String message) {
    return new Note(false, reason, message);
  }

  public static Note warning(Reason reason, String message) {
    return new Note(true, reason, message);
  }
}
