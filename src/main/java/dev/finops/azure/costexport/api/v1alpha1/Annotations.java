package dev.finops.azure.costexport.api.v1alpha1;

/** The annotations that a person sets to ask for something once. */
public final class Annotations {
  /** Each new value runs the export once. */
  public static final String RUN_REQUESTED_AT = CostExport.GROUP + "/run-requested-at";
  /** {@code 2026-03} or {@code 2026-01..2026-03}: the months that a run request is for. */
  public static final String RUN_PERIOD = CostExport.GROUP + "/run-period";
  /** Each new value asks Azure at once. */
  public static final String RECONCILE_REQUESTED_AT = CostExport.GROUP + "/reconcile-requested-at";
  /** Each new value sends one PUT even without a difference. */
  public static final String APPLY_REQUESTED_AT = CostExport.GROUP + "/apply-requested-at";
  /** {@code "true"}: no Azure call at all. */
  public static final String PAUSED = CostExport.GROUP + "/paused";

  private Annotations() {}
}
