package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.plan.Conditions;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Proof;
import dev.finops.azure.costexport.plan.Situation;
import java.util.Optional;

/** What is known of the last good run's blobs, with {@code delivery.verify}. */
record DeliveryReport(Situation s, RunReport runs, Delivery delivery, Optional<Proof> proof) {
  static boolean verifies(Situation s) {
    return s.spec().delivery() != null && Boolean.TRUE.equals(s.spec().delivery().verify());
  }

  /** A completed run that this delivery does not prove. One that found no data delivered nothing that could be. */
  static Optional<Report.Unproven> open(Situation s, RunReport runs, Delivery delivery) {
    Run last = runs.lastSuccessfulRun();
    boolean proven = last != null && delivery != null && last.id().equals(delivery.runId());
    if (last == null || proven || !RunHistory.is(last, "Completed")) {
      return Optional.empty();
    }
    boolean newer = runs.runs() != null && !runs.runs().getFirst().id().equals(last.id());
    return Optional.of(new Report.Unproven(last, newer && overwrites(s)));
  }

  /** Azure knows it also where the spec does not say. */
  static boolean overwrites(Situation s) {
    String behavior = s.observation() instanceof Present(var export, var at, var source)
        ? Field.OVERWRITE.text(export) : s.spec().dataOverwriteBehavior();
    return "OverwritePreviousReport".equalsIgnoreCase(behavior);
  }

  /** Tells what storage said; false when there is nothing against the delivery. */
  boolean tell(ConditionSet set) {
    if (!verifies(s) || open(s, runs, delivery).isEmpty()) {
      return false;
    }
    switch (proof.orElse(null)) {
      case Proof.Failed(var reason, var message) -> set.quote(Conditions.DELIVERED, "False", reason, message);
      case Proof.Unreachable unreachable -> set.quote(Conditions.DELIVERED, "Unknown", unreachable.reason(),
          unreachable.message() + Advice.of(unreachable.reason(), unreachable.message(), s));
      case null, default -> { } // not asked now, or the newer run will tell: the last verdict stands
    }
    return true;
  }

  /** What was proven, for the message. */
  String summary() {
    return delivery == null || !verifies(s) ? "" : "; proven in storage: " + delivery.blobs() + " blobs, " + delivery.bytes() + " bytes";
  }
}
