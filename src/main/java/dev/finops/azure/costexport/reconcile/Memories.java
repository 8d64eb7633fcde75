package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.plan.Memory;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this process remembers of each object, by UID. */
final class Memories {
  private final Map<String, Memory> byUid = new ConcurrentHashMap<>();

  /** An object that is new to this process counts as answered now: silence is measured from here. */
  Memory of(CostExport object, Instant now) {
    return byUid.computeIfAbsent(object.getMetadata().getUid(), uid -> Memory.NONE.answered(now));
  }

  void keep(CostExport object, Memory memory) {
    byUid.put(object.getMetadata().getUid(), memory);
  }

  void forget(CostExport object) {
    byUid.remove(object.getMetadata().getUid());
  }
}
