package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Correction;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Difference;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Identity;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Refusal;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Summary;
import java.util.List;

/** A mutable copy of a status. It never leaves the method that made it. */
public final class StatusDraft {
    public Long observedGeneration;
    public String exportId;
    public String origin;
    public String apiVersion;
    public String eTag;
    public Identity identity;
    public String tenantId;
    public String nextRunTime;
    public String sasTokenHash;
    public List<String> appliedFields;
    public List<Condition> conditions;
    public Summary summary;
    public List<Difference> difference;
    public List<Correction> corrections;
    public Run lastRun;
    public Run lastSuccessfulRun;
    public List<Run> runs;
    public PendingRun pendingRun;
    public Refusal refusal;
    public Delivery delivery;
    public Backfill backfill;
    public List<ClosedMonth> closedMonths;
    public String lastHandledRunRequest;
    public String lastHandledReconcileRequest;
    public String lastHandledApplyRequest;

    /** Of an object before its first reconciliation. */
    public static final CostExportStatus EMPTY = new CostExportStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null, null);

    public StatusDraft(CostExportStatus from) {
        observedGeneration = from.observedGeneration();
        exportId = from.exportId();
        origin = from.origin();
        apiVersion = from.apiVersion();
        eTag = from.eTag();
        identity = from.identity();
        tenantId = from.tenantId();
        nextRunTime = from.nextRunTime();
        sasTokenHash = from.sasTokenHash();
        appliedFields = from.appliedFields();
        conditions = from.conditions();
        summary = from.summary();
        difference = from.difference();
        corrections = from.corrections();
        lastRun = from.lastRun();
        lastSuccessfulRun = from.lastSuccessfulRun();
        runs = from.runs();
        pendingRun = from.pendingRun();
        refusal = from.refusal();
        delivery = from.delivery();
        backfill = from.backfill();
        closedMonths = from.closedMonths();
        lastHandledRunRequest = from.lastHandledRunRequest();
        lastHandledReconcileRequest = from.lastHandledReconcileRequest();
        lastHandledApplyRequest = from.lastHandledApplyRequest();
    }

    public CostExportStatus build() {
        return new CostExportStatus(
                observedGeneration,
                exportId,
                origin,
                apiVersion,
                eTag,
                identity,
                tenantId,
                nextRunTime,
                sasTokenHash,
                appliedFields,
                conditions,
                summary,
                difference,
                corrections,
                lastRun,
                lastSuccessfulRun,
                runs,
                pendingRun,
                refusal,
                delivery,
                backfill,
                closedMonths,
                lastHandledRunRequest,
                lastHandledReconcileRequest,
                lastHandledApplyRequest);
    }
}
