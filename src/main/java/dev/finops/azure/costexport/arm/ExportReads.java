package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.arm.ExportsClient.Listing;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.quota.Caller;
import java.util.function.Function;

/** The reads that snapshots of a scope are made of. */
public interface ExportReads {
  /**
   * All exports of one scope, not of those below it, each with its newest run.
   *
   * @param keep what is to be kept of an export; the whole documents of a large scope are never in memory together
   */
  <T> Answer<Listing<T>> list(Scope scope, Caller caller, Function<ObservedExport, T> keep);

  /** One export with its last ten runs. */
  Answer<ObservedExport> get(ExportId id, Caller caller);
}
