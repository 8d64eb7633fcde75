package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.Evidence.Label.ASSUMED;
import static dev.finops.azure.simulator.Evidence.Label.RECORDED;
import static dev.finops.azure.simulator.Evidence.Label.REPORTED;
import static dev.finops.azure.simulator.Evidence.Label.SPECIFIED;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The behaviors of the simulator and the evidence for each: the table of docs/azure.md. */
final class Evidence {

    /** The weight of a source. */
    enum Label {
        /** A recorded session of a client of Azure's shows the behavior. */
        RECORDED,
        /** An issue, an article of a third party or a program of somebody else reports the behavior. */
        REPORTED,
        /** Azure's specification or documentation states the behavior. */
        SPECIFIED,
        /** No source decides: the behavior has a switch, and the operator is tested with both answers. */
        ASSUMED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One behavior.
     *
     * @param choice the constant that switches the behavior on; empty for a behavior that always holds
     */
    record Row(String area, String what, Label label, String source, Optional<Enum<?>> choice) {

        /** Whether this is the other answer of a switch, not the one that the simulator gives by default. */
        boolean isAlternative() {
            return choice.filter(constant -> constant instanceof Choice other && !other.isDefault())
                    .isPresent();
        }

        String switchName() {
            return choice.map(constant -> constant.getDeclaringClass().getSimpleName() + "." + constant.name())
                    .orElse("");
        }
    }

    private static final String CLI = "azure-cli-extensions, recordings of 2020 and 2022";
    private static final String POWERSHELL = "azure-powershell, recordings of 2021-01-20";
    private static final String NET = "azure-sdk-for-net, recordings of 2023-05";
    private static final String SPECIFICATION = "specification 2025-03-01";
    private static final String ARTICLE = "article on exports";

    private final List<Row> rows = new ArrayList<>();
    private String area = "";

    private Evidence() {
        resource();
        writes();
        documents();
        refusals();
        runs();
        deliveries();
        lists();
        callers();
        throttling();
        surroundings();
    }

    static List<Row> rows() {
        return List.copyOf(new Evidence().rows);
    }

    private void row(Label label, String what, String source) {
        rows.add(new Row(area, what, label, source, Optional.empty()));
    }

    private void row(Enum<?> choice, Label label, String what, String source) {
        rows.add(new Row(area, what, label, source, Optional.of(choice)));
    }

    private void resource() {
        area = "Names, ids and stores";
        row(
                Choice.Names.CASE_SENSITIVE,
                RECORDED,
                "Names that differ in letter case alone are two exports.",
                "azure-cli-extensions, list of 2022-03-15: six pairs");
        row(
                Choice.Names.CASE_INSENSITIVE,
                SPECIFIED,
                "A name means the same export in any letter case.",
                "ARM resource provider contract");
        row(
                Respelling.SLASHLESS_IDS,
                RECORDED,
                "Ids of exports come without a leading slash.",
                CLI + "; " + POWERSHELL);
        row(
                Respelling.SLASHLESS_STORAGE_ID,
                ASSUMED,
                "The id of the storage account comes without a leading slash.",
                "none");
        row(Respelling.LOWER_CASE_IDS, SPECIFIED, "Ids come in lower case.", "ARM resource provider contract");
        row(SPECIFIED, "Scopes mean the same in any letter case.", "ARM resource provider contract");
        row(
                REPORTED,
                "Exports that a newer api-version wrote are invisible to the older ones: an empty list, a 404.",
                "azure-cli#32769, azure-cli-extensions#9072, terraform-provider-azurerm#31981");
        row(REPORTED, "The newer api-versions show the exports of the older ones.", "azure-cli#32769");
        row(
                SPECIFIED,
                "`exportDescription`, `compressionMode`, `dataOverwriteBehavior`, `dataVersion`, "
                        + "`filters`, Parquet and the newer "
                        + "data types are unknown to the older api-versions.",
                "specifications 2019-01-01 to 2026-06-01");
        row(
                Choice.OldOverNew.WANTS_ETAG,
                ASSUMED,
                "An older api-version cannot create over an export that it cannot see: it wants an eTag.",
                "none");
        row(
                Choice.OldOverNew.OVERWRITES,
                ASSUMED,
                "An older api-version replaces an export that it cannot see.",
                "none");
        row(
                REPORTED,
                "An api-version that does not exist answers InvalidApiVersionParameter, none answers "
                        + "MissingApiVersionParameter.",
                "ARM errors in public reports");
        row(
                SPECIFIED,
                "A path without a scope answers 404 MissingSubscription.",
                "article on error codes; terraform-provider-azurerm#20242");
        row(
                Choice.ETags.FILETIME,
                RECORDED,
                "An eTag is the time of the last write as hexadecimal FILETIME, in inner quotes.",
                CLI + "; " + NET);
        row(Choice.ETags.GUID, SPECIFIED, "An eTag is a GUID in inner quotes.", SPECIFICATION + ", examples");
        row(
                Respelling.ETAG_RESPELLED,
                ASSUMED,
                "The same eTag comes with quotes, without, as a weak one, and in capitals.",
                "none");
        row(RECORDED, "The eTag is in the body. There is no header ETag.", CLI + "; " + POWERSHELL + "; " + NET);
    }

    private void writes() {
        area = "Writes";
        row(RECORDED, "A PUT answers 201 for a new export and 200 for an existing one.", CLI + "; " + POWERSHELL);
        row(
                RECORDED,
                "A 201 has a Location outside Azure Resource Manager, a 200 has none.",
                CLI + "; " + POWERSHELL + "; " + NET);
        row(RECORDED, "A DELETE answers 200 with an empty body.", CLI + "; " + NET);
        row(
                RECORDED,
                "Answers carry `X-Powered-By`, `session-id` and the client's request id, and neither "
                        + "ETag nor Retry-After.",
                POWERSHELL + "; " + NET);
        row(
                REPORTED,
                "An update without an eTag answers 400 \"Etag value required for update operation\".",
                "bicep#6404");
        row(Choice.StaleETag.STATUS_412, ASSUMED, "An eTag that is not the latest answers 412.", "none");
        row(Choice.StaleETag.STATUS_409, ASSUMED, "An eTag that is not the latest answers 409.", "none");
        row(Choice.StaleETag.STATUS_400, ASSUMED, "An eTag that is not the latest answers 400.", "none");
        row(
                Choice.IfNoneMatch.IGNORED,
                REPORTED,
                "`If-None-Match: *` changes nothing.",
                "a public client sends it; its effect is not shown");
        row(
                Choice.IfNoneMatch.HONOURED,
                SPECIFIED,
                "`If-None-Match: *` makes a PUT of an existing export a 412.",
                "RFC 9110");
        row(Choice.IfNoneMatch.REFUSED, ASSUMED, "`If-None-Match: *` answers 400.", "none");
        row(
                Choice.MissingDelete.STATUS_200,
                SPECIFIED,
                "A DELETE of a missing export answers 200.",
                SPECIFICATION + ": the only status");
        row(
                Choice.MissingDelete.STATUS_204,
                SPECIFIED,
                "A DELETE of a missing export answers 204.",
                "ARM resource provider contract");
        row(Choice.MissingDelete.STATUS_404, ASSUMED, "A DELETE of a missing export answers 404.", "none");
        row(
                Pace.READS_LAG,
                REPORTED,
                "A read can answer the state before the last write for a while.",
                "terraform-provider-azurerm#18268");
        row(SPECIFIED, "`systemData` names the last writer. Older api-versions leave it out.", SPECIFICATION);
    }

    private void documents() {
        area = "Documents";
        row(
                Choice.Estimate.MOVES_WITH_THE_READ,
                RECORDED,
                "`nextRunTimeEstimate` is the time of the read and twelve hours, or a later start.",
                POWERSHELL + "; azure-cli-extensions, 2022-03-15");
        row(
                Choice.Estimate.ON_SCHEDULE,
                SPECIFIED,
                "`nextRunTimeEstimate` is the next run of the schedule, at 23:00.",
                SPECIFICATION + ", examples");
        row(
                Choice.EstimateAfterPut.ABSENT,
                RECORDED,
                "The answer to a PUT has no `nextRunTimeEstimate`.",
                CLI + "; " + POWERSHELL);
        row(
                Choice.EstimateAfterPut.PRESENT,
                SPECIFIED,
                "The answer to a PUT has `nextRunTimeEstimate`.",
                SPECIFICATION + ", examples");
        row(
                RECORDED,
                "An inactive export, and an active one whose period has ended, have no `nextRunTimeEstimate`.",
                POWERSHELL);
        row(RECORDED, "A fraction of a second has up to seven digits, without zeros at its end.", POWERSHELL);
        row(
                Respelling.SHORT_DATES,
                RECORDED,
                "`…:00.000Z` and `…:00.0000000Z` come back as `…:00Z`.",
                CLI + "; " + POWERSHELL);
        row(Respelling.LONG_DATES, SPECIFIED, "Times come back as `…:00.0000000+00:00`.", SPECIFICATION + ", examples");
        row(
                Respelling.ZONELESS_DATES,
                RECORDED,
                "A time comes without a zone.",
                "azure-powershell, recordings of 2020-11");
        row(RECORDED, "A time that was sent without a zone is one of UTC.", POWERSHELL);
        row(RECORDED, "Milliseconds of older exports stay.", "azure-cli-extensions, list of 2022-03-15");
        row(
                Respelling.INACTIVE_SCHEDULE,
                RECORDED,
                "A schedule that was not sent comes back inactive.",
                CLI + "; " + NET);
        row(
                Respelling.NULL_FOLDER,
                RECORDED,
                "A `rootFolderPath` that was not sent comes back as null.",
                CLI + "; " + NET);
        row(Respelling.NO_EMPTY_DATA_SET, RECORDED, "Without a granularity the definition has no `dataSet`.", NET);
        row(
                RECORDED,
                "The older api-versions accept `dataset`, and an export without a type is one of Usage.",
                "azure-cli-extensions, 2020-05");
        row(
                RECORDED,
                "Exports of 2019 and 2020 still have `aggregation`, `grouping` and `configuration.columns`.",
                POWERSHELL);
        row(
                Choice.LegacyMembers.ACCEPTED,
                ASSUMED,
                "A PUT accepts `aggregation` and `grouping`.",
                "none for the newer api-versions");
        row(
                Choice.LegacyMembers.REFUSED,
                SPECIFIED,
                "A PUT refuses `aggregation` and `grouping`.",
                "specifications since 2020-06-01");
        row(
                Choice.InactiveWithoutRecurrence.REFUSED,
                REPORTED,
                "A period without a recurrence is refused, also in an inactive schedule.",
                "azure-powershell#27730, since 2025-05");
        row(
                Choice.InactiveWithoutRecurrence.ACCEPTED,
                RECORDED,
                "An inactive schedule can have a period without a recurrence.",
                CLI);
        row(
                Respelling.DEFAULTS,
                SPECIFIED,
                "The newer api-versions answer the defaults of what was not sent.",
                ARTICLE);
        row(
                Respelling.NULLS,
                SPECIFIED,
                "The newer api-versions answer null for what has no value.",
                SPECIFICATION + ", examples");
        row(
                Respelling.OTHER_CASE,
                REPORTED,
                "Enumerated words come back in another letter case.",
                "finops-toolkit: `None`, `GZip`, `Snappy`");
        row(
                Respelling.SPACED_VERSION,
                REPORTED,
                "`1.0-preview(v1)` comes back as `1.0-preview (v1)`.",
                "public reports on FOCUS exports");
        row(Respelling.SLASH_AFTER_FOLDER, ASSUMED, "A folder comes back with a slash at its end.", "none");
        row(Respelling.NO_SLASH_AFTER_FOLDER, ASSUMED, "A folder comes back without the slash at its end.", "none");
        row(Respelling.COLUMNS_REORDERED, ASSUMED, "Columns come back in another order.", "none");
        row(
                Respelling.MEMBERS_SHUFFLED,
                SPECIFIED,
                "Members come in another order with each read.",
                "RFC 8259: an object is unordered");
        row(
                Respelling.UNKNOWN_MEMBER,
                SPECIFIED,
                "An answer has a member that no specification has.",
                "ARM resource provider contract");
        row(SPECIFIED, "A SAS token is answered masked. The mask in a PUT keeps the token.", SPECIFICATION);
        row(
                SPECIFIED,
                "`deliveryInfo.destination.type` is accepted and left out of answers.",
                SPECIFICATION + ", examples");
        row(
                SPECIFIED,
                "An export with an identity gets a principal that stays, and keeps its first location.",
                SPECIFICATION);
        row(
                SPECIFIED,
                "`systemSuspensionContext` says that Azure stopped a schedule. A PUT activates it again.",
                "specification 2023-07-01-preview");
        row(
                SPECIFIED,
                "The two previews show the suspension as the schedule's status.",
                "specifications 2023-07-01-preview, 2024-10-01-preview");
    }

    private void refusals() {
        area = "Refusals of a document";
        row(
                REPORTED,
                "An unknown member answers 400 \"Invalid request payload, Invalid member\".",
                "azure-powershell#27730");
        row(
                REPORTED,
                "A body that is not JSON answers 400 \"Unexpected end when reading JSON\".",
                "azure-powershell#27730");
        row(
                REPORTED,
                "A value outside the enumeration answers 400 with the valid values.",
                "azure-rest-api-specs#23707");
        row(SPECIFIED, "A required member that is missing answers 400.", SPECIFICATION);
        row(
                REPORTED,
                "`rootFolderPath` has no leading slash and no reserved character.",
                "terraform-provider-azurerm#26219, finops-toolkit#1239");
        row(
                REPORTED,
                "A start in the past is refused for an active schedule and accepted for an inactive one.",
                "terraform-provider-azurerm#20597, finops-toolkit");
        row(
                Choice.PastStart.MAY_BE_REPEATED,
                REPORTED,
                "An update can repeat its past start.",
                "a community note: the rule is checked on create");
        row(Choice.PastStart.REFUSED, ASSUMED, "An update cannot repeat its past start.", "none");
        row(REPORTED, "A schedule without an end answers \"'from' value cannot be after 'to' value\".", "bicep#6519");
        row(REPORTED, "Custom without a period is refused.", "azapi#184");
        row(REPORTED, "A period that reaches today is refused.", "finops-toolkit#988");
        row(
                SPECIFIED,
                "A custom period has at most three months, with the newer api-versions one calendar month.",
                "specifications 2020-06-01, 2025-03-01");
        row(
                REPORTED,
                "At a management group there is Usage alone, as Csv without compression.",
                "azure-powershell#19453, azure-cli-extensions#2021");
        row(SPECIFIED, "Price sheets and reservations exist at an EA billing account or a billing profile.", ARTICLE);
        row(
                REPORTED,
                "A price sheet at a subscription answers \"Unauthorized. Authentication failed.\".",
                "finops-toolkit");
        row(REPORTED, "A price sheet is of the current month, daily and without a granularity.", "finops-toolkit");
        row(SPECIFIED, "Gzip belongs to Csv, Snappy to Parquet. Reservations are Csv without compression.", ARTICLE);
        row(SPECIFIED, "Filters belong to ReservationRecommendations.", SPECIFICATION);
        row(
                Place.PAY_AS_YOU_GO,
                REPORTED,
                "FocusCost is not supported for pay-as-you-go subscriptions.",
                "finops-toolkit");
        row(
                Place.USAGE_ONLY,
                REPORTED,
                "Where ActualCost answers \"not supported\", Usage works.",
                "onboarding scripts of 2026");
        row(
                Place.WITHOUT_PARTITIONS,
                REPORTED,
                "Some subscriptions refuse `partitionData`.",
                "onboarding scripts of 2026");
        row(
                Place.UNREGISTERED,
                REPORTED,
                "A storage account's subscription has to be registered: \"RP Not Registered\".",
                "finops-toolkit#1409");
        row(
                Pace.REGISTRATION_TAKES,
                SPECIFIED,
                "While a provider registers, a PUT answers 503.",
                ARTICLE + "; onboarding scripts of 2026");
        row(SPECIFIED, "An identity needs a location.", SPECIFICATION);
    }

    private void runs() {
        area = "Runs";
        row(
                RECORDED,
                "POST run answers 200 with an empty body, without a Location and without the run's id.",
                POWERSHELL);
        row(
                Choice.ParallelRun.ACCEPTED,
                RECORDED,
                "A second run is accepted while one is in progress, and both run.",
                POWERSHELL);
        row(Choice.ParallelRun.REFUSED, ASSUMED, "A second run is refused while one is in progress.", "none");
        row(Choice.RunBegin.IN_PROGRESS, RECORDED, "A run is InProgress before it is processed.", POWERSHELL);
        row(Choice.RunBegin.QUEUED, SPECIFIED, "A run is Queued before it is processed.", SPECIFICATION);
        row(
                Pace.RUN_WAITS,
                RECORDED,
                "`processingStartTime`, `processingEndTime` and `fileName` are null until a run is processed.",
                POWERSHELL);
        row(
                Pace.RUN_TAKES,
                RECORDED,
                "A run takes its time: three quarters of a minute, or more than one.",
                POWERSHELL);
        row(
                Choice.RunIdentity.ONLY_IN_ID,
                RECORDED,
                "`name`, `type` and `eTag` of a run are null. The run's id is in `id`, after `Run/`.",
                POWERSHELL);
        row(Choice.RunIdentity.ALSO_AS_NAME, REPORTED, "`name` of a run is its id.", "finops-toolkit reads it");
        row(
                Choice.SubmittedTime.ONE_SECOND_EARLIER,
                RECORDED,
                "`submittedTime` is about one second before the Date of the POST's answer.",
                POWERSHELL);
        row(Choice.SubmittedTime.AS_ANSWERED, ASSUMED, "`submittedTime` is the Date of the POST's answer.", "none");
        row(Choice.HistoryOrder.OLDEST_FIRST, RECORDED, "The history begins with the oldest run.", POWERSHELL);
        row(
                Choice.HistoryOrder.NEWEST_FIRST,
                REPORTED,
                "The history begins with the newest run.",
                "a program of 2026 that reads 2025-03-01");
        row(
                Choice.HistoryAfterDelete.CLEARED,
                ASSUMED,
                "An export that is made again has none of the runs of its predecessor.",
                "none");
        row(
                Choice.HistoryAfterDelete.KEPT,
                ASSUMED,
                "An export that is made again has the runs of its predecessor.",
                "none");
        row(RECORDED, "Times of a run have seven digits of a second and `Z`.", POWERSHELL);
        row(RECORDED, "`runSettings` repeats the definition of the export.", POWERSHELL);
        row(SPECIFIED, "The newer api-versions show `startDate`, `endDate` and `manifestFile`.", SPECIFICATION);
        row(
                SPECIFIED,
                "A list shows one run of an export, a GET ten, `/runHistory` more.",
                SPECIFICATION + "; finops-toolkit#2063");
        row(REPORTED, "A body of `{}` is refused: \"Invalid time period provided.\".", "finops-toolkit#1370");
        row(
                REPORTED,
                "A period lies within one calendar month, not in the future and not before 84 months.",
                "finops-toolkit#1072, #988");
        row(Choice.OldRunBody.REFUSED, ASSUMED, "The older api-versions refuse a body of POST run.", "none");
        row(Choice.OldRunBody.IGNORED, ASSUMED, "The older api-versions ignore a body of POST run.", "none");
        row(
                REPORTED,
                "Ten runs of a scope are accepted in a minute; then 429 (`runsPerMinute`).",
                "finops-toolkit, `Start-FinOpsCostExport`");
        row(
                SPECIFIED,
                "An active schedule runs by itself, at 23:00 of its day, submitted by System.",
                SPECIFICATION + ", examples");
        row(
                SPECIFIED,
                "A run ends as Completed, Failed with an error, Timeout, NewDataNotAvailable or DataNotAvailable.",
                SPECIFICATION);
        row(REPORTED, "A run can be DataReady, which no specification has.", "a program of 2026");
        row(Choice.RunToken.ANY, REPORTED, "An application's token is accepted for a run.", "finops-toolkit");
        row(
                Choice.RunToken.WITH_EMAIL,
                REPORTED,
                "A run wants a token with an email claim.",
                "cloud-custodian#4701, api-version of 2019");
    }

    private void deliveries() {
        area = "Delivered blobs";
        row(
                RECORDED,
                "A run of an older api-version writes `{root}/{export}/{first day}-{last day}/{export}_{run}.csv`.",
                POWERSHELL);
        row(SPECIFIED, "A partitioned run writes into a folder named after its id, its manifest last.", ARTICLE);
        row(SPECIFIED, "The manifest lists each blob by its path from the container's root, with its size.", ARTICLE);
        row(SPECIFIED, "The older api-versions name the manifest `_manifest.json`.", ARTICLE + ", 2023");
        row(SPECIFIED, "OverwritePreviousReport deletes the folder of the run before.", ARTICLE);
        row(
                REPORTED,
                "CreateNewReport puts a folder `{yyyyMMddHHmm}` above the run's.",
                "an onboarding tool's verification of 2026-09; finops-toolkit");
        row(
                Choice.PartNumbers.FROM_ZERO,
                REPORTED,
                "Parts are `part_0_0001`, `part_1_0001` and so on.",
                "public programs that read exports");
        row(
                Choice.PartNumbers.FROM_ONE,
                REPORTED,
                "Parts are `part_1_0001`, `part_2_0001` and so on.",
                "an onboarding tool's verification of 2026-09");
        row(
                REPORTED,
                "A month without data can have a manifest with counts of 0.",
                "finops-toolkit, `Microsoft.FinOpsHubs/Exports`");
    }

    private void lists() {
        area = "Lists";
        row(
                SPECIFIED,
                "A list has the exports of its scope and none of the scopes below.",
                "finops-toolkit; " + SPECIFICATION);
        row(Choice.ListPages.ONE, RECORDED, "A list is one page and has no `nextLink`.", CLI + "; " + NET);
        row(
                Choice.ListPages.ONE_WITH_NULL_LINK,
                RECORDED,
                "`nextLink` is null.",
                NET + ": alerts and scheduled actions");
        row(Choice.ListPages.SEVERAL, ASSUMED, "A list has several pages.", "none");
        row(
                Choice.BillingList.COMPLETE,
                SPECIFIED,
                "A list at a billing scope has all exports of the scope.",
                SPECIFICATION);
        row(
                Choice.BillingList.EMPTY,
                REPORTED,
                "A list at a billing scope answers `[]` though a GET finds the export.",
                "azure-cli#29673");
        row(Respelling.LIST_SHUFFLED, ASSUMED, "Exports come in another order with each list.", "none");
    }

    private void callers() {
        area = "Callers and roles";
        row(
                Place.DENIED,
                REPORTED,
                "Without a role Cost Management answers 401 RBACAccessDenied.",
                "finops-toolkit#2113");
        row(Pace.GRANT_TAKES, REPORTED, "A role works up to 15 minutes after it was granted.", "a program of 2026");
        row(
                Place.STORAGE_DENIED,
                REPORTED,
                "A PUT answers RBACAccessDenied also when the caller lacks a role on the storage account.",
                "a program of 2026, confirmed 2026-07-30");
        row(
                Place.PERSONS_ONLY,
                REPORTED,
                "Subscriptions of individual agreements and of pay-as-you-go refuse applications, whatever their role.",
                "docs.cloudctrl.com.au, 2026");
        row(
                Choice.RunAtMca.REFUSED_TO_APPLICATIONS,
                REPORTED,
                "At billing scopes of a Microsoft Customer Agreement a run by an application answers RBACAccessDenied.",
                "finops-toolkit#2113");
        row(
                Choice.RunAtMca.ACCEPTED,
                SPECIFIED,
                "At billing scopes of a Microsoft Customer Agreement an application can run exports.",
                "article on roles of service principals");
        row(
                Choice.IdentityAtMca.BARE_401,
                REPORTED,
                "At billing scopes of a Microsoft Customer Agreement SystemAssigned by an application "
                        + "answers 401 without a body.",
                "learn.microsoft.com, question 5975849; terraform-provider-azurerm#22963");
        row(
                Choice.IdentityAtMca.ACCEPTED,
                SPECIFIED,
                "At billing scopes of a Microsoft Customer Agreement SystemAssigned is accepted.",
                ARTICLE);
        row(
                Place.DISALLOWED_PROVIDER,
                REPORTED,
                "A subscription can disallow the resource provider: DisallowedProvider.",
                "onboarding scripts of 2026");
        row(
                Pace.TOKEN_LIFETIME,
                SPECIFIED,
                "A token is good for about an hour. A token that is missing, expired or of another "
                        + "audience answers 401.",
                "documentation of the Microsoft identity platform");
        row(
                SPECIFIED,
                "Entra refuses an unknown application, a wrong secret and a wrong tenant with AADSTS codes.",
                "documentation of the Microsoft identity platform");
    }

    private void throttling() {
        area = "Throttling";
        row(
                Choice.Counter.READS,
                RECORDED,
                "Each operation on exports is charged to subscription-reads.",
                POWERSHELL + "; " + NET);
        row(
                Choice.Counter.BY_METHOD,
                SPECIFIED,
                "PUT and POST are charged to writes, DELETE to deletes.",
                "article on request limits and throttling");
        row(
                RECORDED,
                "What is left is named `subscription-…` within a subscription and `tenant-…` elsewhere.",
                "azure-sdk-assets, operations list of 2023-05-09");
        row(
                Choice.ArmBuckets.OPEN,
                RECORDED,
                "A client that calls seldom meets no limit of Azure Resource Manager.",
                POWERSHELL);
        row(
                Choice.ArmBuckets.KEPT,
                SPECIFIED,
                "Azure Resource Manager has token buckets and answers 429 with Retry-After.",
                "article on request limits and throttling");
        row(
                Choice.QuotaHeaders.NONE,
                RECORDED,
                "Answers about exports have no headers of Cost Management's quota.",
                CLI + "; " + POWERSHELL + "; " + NET);
        row(
                Choice.QuotaHeaders.RETRY_HINTS_ON_SUCCESS,
                RECORDED,
                "A 200 names times to wait, though no bucket is exhausted.",
                "azure-cli-extensions, query of 2020-05");
        row(
                Choice.QuotaHeaders.QPU_ON_SUCCESS,
                REPORTED,
                "A 200 names `DefaultQuota:7` and the QPU left.",
                "AzureTRE#2835");
        row(
                REPORTED,
                "A 429 of Cost Management names the bucket and the time in a header of its own.",
                "azqr#745, azure-resourcemanager-exporter#20");
        row(Pace.LATENCY, RECORDED, "A call takes its time: about a second.", POWERSHELL);
    }

    private void surroundings() {
        area = "Around the exports";
        row(
                RECORDED,
                "The older api-versions repeat the status as the error's code and name the request in its text.",
                CLI);
        row(REPORTED, "The newer api-versions use words as codes.", "finops-toolkit#974, #988");
        row(
                RECORDED,
                "`operationResults` answers 400 with `message` and `messageDetail`, without `error`.",
                "azure-cli-extensions, 2024-01-25");
        row(RECORDED, "A query that succeeds has headers with times to wait.", "azure-cli-extensions, 2020-05");
        row(RECORDED, "Lists of alerts and scheduled actions have `nextLink: null`, the list of views has none.", NET);
        row(SPECIFIED, "A provider can be registered and says whether it is.", "Resource Manager's providers");
    }

    /** The tables of docs/azure.md. */
    static String page() {
        var page = new StringBuilder();
        page.append("| area | behavior | evidence | source | switch |\n|---|---|---|---|---|\n");
        rows().stream().filter(row -> !row.isAlternative()).forEach(row -> page.append(line(row)));
        page.append("\nThe other answers of the switches:\n\n| area | behavior | evidence | source | switch "
                + "|\n|---|---|---|---|---|\n");
        rows().stream().filter(Row::isAlternative).forEach(row -> page.append(line(row)));
        var counts = Stream.of(Label.values())
                .map(label -> count(label) + " " + label)
                .toList();
        return page.append("\nThe simulator has ")
                .append(defaults().count())
                .append(" behaviors: ")
                .append(String.join(", ", counts))
                .append(".\n")
                .toString();
    }

    private static String line(Row row) {
        var name = row.switchName();
        return "| %s | %s | %s | %s | %s |%n"
                .formatted(row.area, row.what, row.label, row.source, name.isEmpty() ? "" : "`" + name + "`");
    }

    static Stream<Row> defaults() {
        return rows().stream().filter(row -> !row.isAlternative());
    }

    static long count(Label label) {
        return defaults().filter(row -> row.label == label).count();
    }
}
