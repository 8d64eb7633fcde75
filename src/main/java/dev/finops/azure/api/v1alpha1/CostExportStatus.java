package dev.finops.azure.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/**
 * The observed state of the export. Times are ISO 8601 in UTC.
 *
 * <p>The schema bounds nothing here: a value that Azure invents must never make a status write fail.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CostExportStatus(
        @JsonPropertyDescription("Generation of the spec that the conditions describe.")
        Long observedGeneration,

        @JsonPropertyDescription("ARM id of the export that this object created or adopted.")
        String exportId,

        @JsonPropertyDescription("Created or Adopted.") String origin,

        @JsonPropertyDescription("API version of the last successful write, or of the adoption.")
        String apiVersion,

        @JsonPropertyDescription("ETag of the export after the last successful write.")
        String eTag,

        @JsonPropertyDescription("Identity that Azure gave the export; grant it access to the storage account.")
        Identity identity,

        @JsonPropertyDescription("Tenant of the credential that last read or wrote the export.")
        String tenantId,

        @JsonPropertyDescription("Next run by the schedule that Azure has; absent while none is active.")
        String nextRunTime,

        @JsonPropertyDescription("Hash of the SAS token that Azure has; a new token in the Secret is sent.")
        String sasTokenHash,

        @JsonPropertyDescription("""
        Paths of all fields that the spec has set; the operator removes a field from the export when the spec no longer sets it.""") List<String> appliedFields,

        @JsonPropertyDescription("Ready, Synced, LastRunSucceeded, Delivered, Backfilled, Reconciling and Stalled.")
        List<Condition> conditions,

        @JsonPropertyDescription("What the columns of kubectl get print.")
        Summary summary,

        @JsonPropertyDescription("""
        Where Azure differs from the spec, at most 50; with managementPolicy Observe, what would change.""") List<Difference> difference,

        @JsonPropertyDescription("The last 10 changes by other clients in Azure that the operator reverted.")
        List<Correction> corrections,

        @JsonPropertyDescription("The newest run of the export's own definition.")
        Run lastRun,

        @JsonPropertyDescription("The newest run that completed.")
        Run lastSuccessfulRun,

        @JsonPropertyDescription("The last 10 runs, newest first.")
        List<Run> runs,

        @JsonPropertyDescription("A run that is about to be, or may have been, requested from Azure.")
        PendingRun pendingRun,

        @JsonPropertyDescription("Circumstances of a rejection by Azure that still applies; a change of them ends it.")
        Refusal refusal,

        @JsonPropertyDescription("What the last verified run left in the storage account.")
        Delivery delivery,

        @JsonPropertyDescription("Progress of the backfill.")
        Backfill backfill,

        @JsonPropertyDescription(
                "The last 13 closed months, newest first, and the days on which they were exported again.")
        List<ClosedMonth> closedMonths,

        @JsonPropertyDescription("Last value of the annotation azure.finops.dev/run-requested-at that was acted on.")
        String lastHandledRunRequest,

        @JsonPropertyDescription(
                "Last value of the annotation azure.finops.dev/reconcile-requested-at that was acted on.")
        String lastHandledReconcileRequest,

        @JsonPropertyDescription("Last value of the annotation azure.finops.dev/apply-requested-at that was acted on.")
        String lastHandledApplyRequest) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Identity(
            @JsonPropertyDescription("Object id of the service principal.")
            String principalId,

            @JsonPropertyDescription("Tenant of the service principal.")
            String tenantId) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Condition(
            @JsonPropertyDescription("Name of the condition.") @Required
            String type,

            @JsonPropertyDescription("True, False or Unknown.") @Required
            String status,

            @JsonPropertyDescription("Why, as a constant that the reference explains.")
            String reason,

            @JsonPropertyDescription("Why and what to do, for people.")
            String message,

            @JsonPropertyDescription("When status changed last.")
            String lastTransitionTime,

            @JsonPropertyDescription("Generation of the spec that this condition describes.")
            Long observedGeneration) {}

    /** What the columns print. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Summary(
            @JsonPropertyDescription("Recurrence, with (suspended) if it is; ended; or - without a schedule.")
            String schedule,

            @JsonPropertyDescription("Months done of all months. Example: 7/12")
            String backfill) {}

    /** Values are JSON text of at most 256 characters; secrets are {@code ***}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Difference(
            @JsonPropertyDescription("""
          Field of the spec, or arm: and the path in the ARM document. Example: dataset.timeframe""") String path,

            @JsonPropertyDescription("What the spec states, as JSON; a secret is ***.")
            String desired,

            @JsonPropertyDescription("What Azure has, as JSON; a secret is ***.")
            String observed) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Correction(
            @JsonPropertyDescription("When the operator reverted it.")
            String time,

            @JsonPropertyDescription("Field, as in difference.")
            String path,

            @JsonPropertyDescription("What was found, as JSON.")
            String observed,

            @JsonPropertyDescription("What was restored, as JSON.")
            String desired,

            @JsonPropertyDescription("Who made the change, where Azure says so.")
            String changedBy) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Run(
            @JsonPropertyDescription("Id that Azure gave the run.")
            String id,

            @JsonPropertyDescription("OnDemand or Scheduled.")
            String executionType,

            @JsonPropertyDescription("State in Azure's words, as Completed or Failed.")
            String status,

            @JsonPropertyDescription("Who requested the run; System for a scheduled run.")
            String submittedBy,

            @JsonPropertyDescription("When the run was queued.")
            String submittedTime,

            @JsonPropertyDescription("When Azure began to work on it.")
            String processingStartTime,

            @JsonPropertyDescription("When it ended.") String processingEndTime,

            @JsonPropertyDescription("The days whose data it exports.")
            TimePeriod timePeriod,

            @JsonPropertyDescription("Path of the file or folder in the container.")
            String fileName,

            @JsonPropertyDescription("Path of the manifest in the container.")
            String manifestFile,

            @JsonPropertyDescription("Why it failed.") RunError error) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TimePeriod(
            @JsonPropertyDescription("First day.") String from,
            @JsonPropertyDescription("Last day.") String to) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record RunError(
            @JsonPropertyDescription("Azure's error code.") String code,
            @JsonPropertyDescription("Azure's explanation.") String message) {}

    /** A run that is to be, or may have been, posted; written before the POST. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PendingRun(
            @JsonPropertyDescription("Request, OnCreate, ClosedMonth or Backfill.")
            String cause,

            @JsonPropertyDescription(
                    "Value of the annotation that requested it; the month of a Backfill, the day of a ClosedMonth.")
            String request,

            @JsonPropertyDescription("The days to export; absent: those of the export's definition.")
            TimePeriod timePeriod,

            @JsonPropertyDescription("When it was decided.") String requestedTime,

            @JsonPropertyDescription("How often it has been tried.")
            Integer attempts,

            @JsonPropertyDescription("When Azure last denied the run; absent unless the denial is the latest answer.")
            String deniedTime) {}

    /** Azure refuses the same request again until one of these changes, or the spec does. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Refusal(
            @JsonPropertyDescription("API version of the request that Azure rejected.")
            String apiVersion,

            @JsonPropertyDescription("Hash of the SAS token in that request.")
            String sasTokenHash,

            @JsonPropertyDescription("When Azure last rejected it.")
            String time) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Delivery(
            @JsonPropertyDescription("The run that was verified.")
            String runId,

            @JsonPropertyDescription("Path of its manifest in the container.")
            String manifest,

            @JsonPropertyDescription("Number of blobs.") Integer blobs,

            @JsonPropertyDescription("Size of all blobs, in bytes.")
            Long bytes,

            @JsonPropertyDescription("Number of rows, as the manifest says.")
            Long rows,

            @JsonPropertyDescription("Schema version of the data.")
            String dataVersion,

            @JsonPropertyDescription("When it was verified.")
            String verifiedTime) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Backfill(
            @JsonPropertyDescription(
                    "Last month of a window of spec.backfill.months, fixed when it was first accepted.")
            String until,

            @JsonPropertyDescription("Number of months.") Integer total,

            @JsonPropertyDescription("Months that are done.")
            Integer completed,

            @JsonPropertyDescription("Months that failed for good.")
            Integer failed,

            @JsonPropertyDescription("The months, newest first.")
            List<Month> months) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Month(
            @JsonPropertyDescription("The month. Example: 2026-03")
            String month,

            @JsonPropertyDescription("How far it is, as Pending or Completed.")
            String state,

            @JsonPropertyDescription("The run that exports it.")
            String runId,

            @JsonPropertyDescription("How often it has been tried.")
            Integer attempts,

            @JsonPropertyDescription("Why it failed or has no data.")
            String message,

            @JsonPropertyDescription("""
          True if the annotation azure.finops.dev/run-requested-at requested the month, and not spec.backfill.""") Boolean requested) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ClosedMonth(
            @JsonPropertyDescription("The month. Example: 2026-03")
            String month,

            @JsonPropertyDescription("Days of rerunOnDays that are handled, including missed days.")
            List<Integer> handledDays,

            @JsonPropertyDescription("The last run that was to export it again.")
            String runId,

            @JsonPropertyDescription("""
          When that run completed; absent while it is under way and after it has failed. Without a run: the days from here \
          on count.""") String time,

            @JsonPropertyDescription("Number of rows when it was last found in storage, with delivery.verify.")
            Long rows,

            @JsonPropertyDescription("Size in bytes when it was last found in storage, with delivery.verify.")
            Long bytes,

            @JsonPropertyDescription("State of the latest run, for example Running, Completed, Failed or RunDenied.")
            String state,

            @JsonPropertyDescription("Why the latest run failed or was denied.")
            String message,

            @JsonPropertyDescription("Number of attempts to run the month for the latest day.")
            Integer attempts,

            @JsonPropertyDescription("When the operator last looked for the run's data in storage.")
            String verifiedTime) {}
}
