package dev.finops.azure.costexport.reconcile;

import java.time.Instant;
import java.util.Optional;

/** Is told when the SAS tokens of destinations expire. */
@FunctionalInterface
public interface SasExpiries {
  /** @param at empty when the object has no such token, or is gone */
  void expires(String object, Optional<Instant> at);
}
