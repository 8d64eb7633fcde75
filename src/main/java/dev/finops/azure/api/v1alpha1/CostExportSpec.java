package dev.finops.azure.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** The export that Azure should have. A null field was not set by the user and keeps its value in Azure. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CostExportSpec(
        @JsonPropertyDescription("""
        ARM id of the scope whose costs are exported: a subscription, resource group, management group, billing account, \
        department, enrollment account, billing profile, invoice section or customer. Letter case and one trailing \
        slash do not matter.
        Immutable.
        Example: /subscriptions/00000000-0000-0000-0000-000000000000""") @Required @Size(max = 500)
        String scope,

        @JsonPropertyDescription("""
        Name of the export in Azure, also the name of its folder in the container.
        Immutable.
        Default: metadata.name.
        Example: focus-daily""") @Size(min = 1, max = 260)
        String exportName,

        @JsonPropertyDescription("""
        Selects the data to export.
        Example: {type: FocusCost, version: 1.2-preview, timeframe: MonthToDate, granularity: Daily}""") @Required Dataset dataset,
        @JsonPropertyDescription("""
        Schedule on which Azure runs the export. Without one, the export runs only on request (annotation \
        azure.finops.dev/run-requested-at), for backfill or for closed months.
        Default: an inactive schedule.
        Example: {recurrence: Daily}""") Schedule schedule,
        @JsonPropertyDescription("""
        Destination of the files: storageAccountId, or (partners only) storageAccountName with sasTokenSecretRef.
        Example: {storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000\
        /resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports, container: msexports}""") @Required Destination destination,

        @JsonPropertyDescription(
                "File format. Reservation datasets: Csv only.\nAzure's default: Csv.\nExample: Parquet")
        String format,

        @JsonPropertyDescription("""
        Compression of the files: Gzip for Csv, Snappy for Parquet, or None.
        Azure's default: None.
        Example: Snappy""") String compressionMode,
        @JsonPropertyDescription("""
        Splits files at about 1 GB and lists them in a manifest.
        Azure's default depends on the scope and the \
        API version.
        Example: true""") Boolean partitionData,
        @JsonPropertyDescription("""
        OverwritePreviousReport keeps one run for each month, CreateNewReport keeps every run.
        Azure's default: CreateNewReport.
        Example: OverwritePreviousReport""") String dataOverwriteBehavior,
        @JsonPropertyDescription("""
        Purpose of the export, shown in the Azure portal.
        Azure's default: empty.
        Example: FOCUS for the finance hub""") String description,
        @JsonPropertyDescription("""
        Identity with which the export writes to the storage account; needed when shared key access is off or the \
        account has a firewall.
        Azure's default: None.
        Example: {type: SystemAssigned, location: centralus}""") Identity identity,

        @JsonPropertyDescription("Runs the export once as soon as it exists.\nDefault: false.\nExample: true")
        Boolean runOnCreate,

        @JsonPropertyDescription("""
        Past months to export once, newest first: either months, or from and to.
        Default: none.
        Example: {months: 12}""") Backfill backfill,
        @JsonPropertyDescription("""
        Exports the previous month again after its end, for late charges.
        Default: never.
        Example: {rerunOnDays: [2, 5, 19]}""") ClosedMonth closedMonth,
        @JsonPropertyDescription("""
        Limits the age of the last data: beyond the limit, the condition Delivered becomes False.
        Default: by the recurrence, see maxAge.
        Example: {maxAge: 36h}""") Freshness freshness,
        @JsonPropertyDescription("""
        Verifies the delivery of each run in the storage account.
        Default: not verified.
        Example: {verify: true}""") Delivery delivery,
        @JsonPropertyDescription("""
        Manage: the operator keeps the export equal to this spec. Observe: it writes nothing to Azure, and the condition Synced and \
        status.difference show what it would change.
        Default: Manage.
        Example: Observe""") String managementPolicy,
        @JsonPropertyDescription("""
        Decides about an export of this name that exists in Azure and differs from this spec: Refuse leaves it \
        unchanged, Adopt takes it over.
        Default: Refuse.
        Example: Adopt""") String adoptionPolicy,
        @JsonPropertyDescription("""
        Decides about the export in Azure when this object is deleted: Delete or Orphan.
        Default: Delete for an export that this object created, Orphan for an adopted one.
        Example: Orphan""") String deletionPolicy,
        @JsonPropertyDescription("""
        Secret in this namespace with the keys AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
        Default: the Secret azure-finops-credentials of this namespace, else the operator's own identity.
        Example: {name: finance-azure}""") CredentialsSecretRef credentialsSecretRef) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Dataset(
            @JsonPropertyDescription("""
          Kind of data. PriceSheet and the Reservation datasets exist at an EA billing account and at a billing \
          profile; FocusCost exists everywhere but at a management group.
          Example: FocusCost""") @Required String type,
            @JsonPropertyDescription("""
          Schema version of the data (dataVersion).
          Azure's default: its latest.
          Example: 1.2-preview""") @Size(max = 64) String version,
            @JsonPropertyDescription("""
          Period that a run exports, relative to the day of the run. Custom needs timePeriod; \
          TheLast7Days is known to older API versions only.
          Example: MonthToDate""") @Required String timeframe,
            @JsonPropertyDescription("""
          The days to export, for timeframe Custom; at most three calendar months.
          Default: none, for the other \
          timeframes.
          Example: {from: 2026-01-01, to: 2026-01-31}""") TimePeriod timePeriod,
            @JsonPropertyDescription("""
          Period of one row. Not for PriceSheet, ReservationRecommendations and ReservationTransactions.
          Azure's default depends on the type.
          Example: Daily""") String granularity,
            @JsonPropertyDescription("""
          Columns to export; an empty list means all of them, and the order does not matter.
          Azure's default: all.
          Example: [Date, ResourceId, Quantity]""") @Size(max = 500) List<@Size(max = 256) String> columns,
            @JsonPropertyDescription("""
          Filters of ReservationRecommendations.
          Azure's default: none.
          Example: [{name: LookBackPeriod, value: Last30Days}]""") @Size(max = 20) List<Filter> filters) {}

    /** Dates ({@code to} = the end of that day) or date-times. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TimePeriod(
            @JsonPropertyDescription("First day, or date-time with Z or an offset.\nExample: 2026-01-01")
            @Required
            @Size(max = 35)
            String from,

            @JsonPropertyDescription("Last day (to its end), or date-time with Z or an offset.\nExample: 2026-01-31")
            @Required
            @Size(max = 35)
            String to) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Filter(
            @JsonPropertyDescription("ReservationScope, LookBackPeriod or ResourceType.\nExample: LookBackPeriod")
            @Required
            @Size(max = 256)
            String name,

            @JsonPropertyDescription("Value of that filter.\nExample: Last30Days") @Required @Size(max = 256)
            String value) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Schedule(
            @JsonPropertyDescription("""
          How often Azure runs the export; the hour is Azure's. PriceSheet: Daily only.
          Azure's default: none.
          Example: Daily""") String recurrence,
            @JsonPropertyDescription("""
          Start, a date or a date-time in UTC or with an offset; a start in the past means the next start of the recurrence.
          Default: as soon as possible.
          Example: 2026-12-01T00:00:00Z""") @Size(max = 35) String from,
            @JsonPropertyDescription("""
          End, a date or a date-time after from; once past, the schedule is inactive.
          Default: a far end that is renewed before it lapses.
          Example: 2036-12-01T00:00:00Z""") @Size(max = 35) String to,

            @JsonPropertyDescription("Keeps the schedule in Azure, inactive.\nDefault: false.\nExample: true")
            Boolean suspend) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Destination(
            @JsonPropertyDescription("""
          ARM id of the storage account, in any letter case.
          Default: none; then storageAccountName is needed.
          Example: /subscriptions/00000000-0000-0000-0000-000000000000\
          /resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports""") @Size(max = 500) String storageAccountId,
            @JsonPropertyDescription("""
          Name of a storage account of any tenant, for partners with a Microsoft Partner Agreement; \
          needs sasTokenSecretRef.
          Default: none; then storageAccountId is needed.
          Example: finopsexports""") @Size(max = 24) String storageAccountName,
            @JsonPropertyDescription("""
          The SAS token with which Azure writes to storageAccountName.
          Default: none; needed with that name.
          Example: {name: finopsexports-sas, key: token}""") SasTokenSecretRef sasTokenSecretRef,

            @JsonPropertyDescription("Blob container; Azure creates it when it is missing.\nExample: exports")
            @Required
            @Size(max = 63)
            String container,

            @JsonPropertyDescription("""
          Folder in the container, above the one with the export's name.
          Azure's default: none.
          Example: finops/focus""") @Size(max = 1024) String rootFolderPath) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record SasTokenSecretRef(
            @JsonPropertyDescription("Name of a Secret in this namespace.\nExample: finopsexports-sas") @Required
            String name,

            @JsonPropertyDescription("Key in that Secret.\nExample: token") @Required
            String key) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Identity(
            @JsonPropertyDescription("SystemAssigned (needs location) or None.\nExample: SystemAssigned") @Required
            String type,

            @JsonPropertyDescription("""
          Azure region of the identity, needed with SystemAssigned.
          Immutable once set.
          Default: none.
          Example: centralus""") @Size(max = 64) String location) {}

    /** Either the number of complete months, or the first and the last month ({@code 2025-01}). */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Backfill(
            @JsonPropertyDescription("""
          Number of complete months (UTC) before the month in which this was first accepted, 1 to 84.
          Default: none; then from and to are needed.
          Example: 12""") Integer months,

            @JsonPropertyDescription("First month.\nDefault: none; then months is needed.\nExample: 2025-01")
            @Size(max = 7)
            String from,

            @JsonPropertyDescription("""
          Last month; at most 84 months in all.
          Default: none; then months is needed.
          Example: 2025-12""") @Size(max = 7) String to) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ClosedMonth(
            @JsonPropertyDescription("""
          Days of the month (UTC), 1 to 28, on which the previous month is exported again, once each; missed days are \
          caught up by one run.
          Default: none.
          Example: [2, 5, 19]""") @Size(max = 28) List<Integer> rerunOnDays) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Freshness(
            @JsonPropertyDescription("""
          Age limit of the last successful run, with the unit ms, s, m or h.
          Default while a schedule is active: \
          Daily 36h, Weekly 192h, Monthly 792h, else none.
          Example: 36h""") @Size(max = 12) String maxAge) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Delivery(@JsonPropertyDescription("""
          Checks the manifest and the blobs of each run in the storage account.
          Requires: the role \
          Storage Blob Data Reader.
          Default: false.
          Example: true""") Boolean verify) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record CredentialsSecretRef(
            @JsonPropertyDescription(
                    "Name of the Secret. While it is missing, the operator makes no calls to Azure.\nExample: finance-azure")
            @Required
            String name) {}
}
