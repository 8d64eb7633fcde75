package dev.finops.azure.costexport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** What Azure should have. A field that is null was not stated, and is Azure's. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CostExportSpec(
    String scope,
    String exportName,
    Dataset dataset,
    Schedule schedule,
    Destination destination,
    String format,
    String compressionMode,
    Boolean partitionData,
    String dataOverwriteBehavior,
    String description,
    Identity identity,
    Boolean runOnCreate,
    Backfill backfill,
    ClosedMonth closedMonth,
    Freshness freshness,
    Delivery delivery,
    String managementPolicy,
    String adoptionPolicy,
    String deletionPolicy,
    CredentialsSecretRef credentialsSecretRef) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Dataset(
      String type,
      String version,
      String timeframe,
      TimePeriod timePeriod,
      String granularity,
      List<String> columns,
      List<Filter> filters) {}

  /** Dates ({@code to} = the end of that day) or date-times. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TimePeriod(String from, String to) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Filter(String name, String value) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Schedule(String recurrence, String from, String to, Boolean suspend) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Destination(
      String storageAccountId,
      String storageAccountName,
      SasTokenSecretRef sasTokenSecretRef,
      String container,
      String rootFolderPath) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SasTokenSecretRef(String name, String key) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Identity(String type, String location) {}

  /** Either the number of complete months, or the first and the last month ({@code 2025-01}). */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Backfill(Integer months, String from, String to) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ClosedMonth(List<Integer> rerunOnDays) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Freshness(String maxAge) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Delivery(Boolean verify) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CredentialsSecretRef(String name) {}
}
