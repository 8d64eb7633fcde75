package dev.finops.azure.costexport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** What is known of the export. Times are ISO 8601 in UTC. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CostExportStatus(
    Long observedGeneration,
    String exportId,
    String origin,
    String apiVersion,
    String eTag,
    Identity identity,
    String nextRunTime,
    String sasTokenHash,
    List<String> appliedFields,
    List<Condition> conditions,
    Summary summary,
    List<Difference> difference,
    List<Correction> corrections,
    Run lastRun,
    Run lastSuccessfulRun,
    List<Run> runs,
    PendingRun pendingRun,
    Delivery delivery,
    Backfill backfill,
    List<ClosedMonth> closedMonths,
    String lastHandledRunRequest,
    String lastHandledReconcileRequest,
    String lastHandledApplyRequest) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Identity(String principalId, String tenantId) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Condition(
      String type,
      String status,
      String reason,
      String message,
      String lastTransitionTime,
      Long observedGeneration) {}

  /** What the columns print. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Summary(String schedule, String backfill) {}

  /** Values are JSON text of at most 256 characters; secrets are {@code ***}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Difference(String path, String desired, String observed) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Correction(String time, String path, String observed, String desired, String changedBy) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Run(
      String id,
      String executionType,
      String status,
      String submittedBy,
      String submittedTime,
      String processingStartTime,
      String processingEndTime,
      TimePeriod timePeriod,
      String fileName,
      String manifestFile,
      RunError error) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TimePeriod(String from, String to) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RunError(String code, String message) {}

  /** A run that is to be, or may have been, posted; written before the POST. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PendingRun(String cause, String request, TimePeriod timePeriod, String requestedTime, Integer attempts) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Delivery(
      String runId, String manifest, Integer blobs, Long bytes, Long rows, String dataVersion, String verifiedTime) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Backfill(String until, Integer total, Integer completed, Integer failed, List<Month> months) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Month(String month, String state, String runId, Integer attempts, String message) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ClosedMonth(
      String month, List<Integer> handledDays, String runId, String time, Long rows, Long bytes) {}
}
