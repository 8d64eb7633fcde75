package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.document.Scope;
import dev.finops.azure.document.Scope.Kind;
import dev.finops.azure.export.plan.ReconcileState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What Azure is known to answer, why, and what to do about it: of those that fit, the first counts. Messages end with
 * the
 * remedy; docs/reference/azure-errors.md is written from this table.
 *
 * <p>In a remedy a command is between backticks, and what is in braces is filled in by {@link Remedy}.
 */
public enum KnownError {
    // Runs
    RUN_BY_SERVICE_PRINCIPAL(
            Reason.AUTHORIZATION_FAILED,
            Place.RUN_AT_CUSTOMER_AGREEMENT,
            "RBACAccessDenied",
            "Azure starts no run there for a service principal or a managed identity, whatever its roles",
            "Azure starts no run at this scope for a service principal; its schedule needs no such "
                    + "right, and scheduled runs are followed; "
                    + "a user with a billing role can start one: `az rest --method post --url {run-url}`",
            said(
                    401,
                    "RBACAccessDenied",
                    "The client does not have authorization to perform action. Request ID: NoHttpContext")),
    EMAIL_CLAIM(
            Reason.AUTHORIZATION_FAILED,
            "email claim",
            "an old api-version, which wants a user for it where the operator is a service principal",
            "Azure wants a signed-in user for this; a newer api-version may not (EXPORTS_API_VERSION, "
                    + "2025-03-01 or later), and a user can "
                    + "start a run: `az rest --method post --url {run-url}`",
            said(400, "400", "A valid email claim is required. Email claim is missing in the request header.")),

    // The storage account
    PROVIDER_OF_SCOPE(
            Reason.PROVIDER_NOT_REGISTERED,
            "namespace '?Microsoft\\.CostManagement\\b(?!Exports)",
            "the subscription of the scope is not registered for Cost Management",
            "`az provider register --namespace Microsoft.CostManagement --subscription "
                    + "{scope-subscription}`; it takes up to ten minutes",
            said(
                    409,
                    "MissingSubscriptionRegistration",
                    "The subscription is not registered to use namespace 'Microsoft.CostManagement'.")),
    PROVIDER_OF_STORAGE(
            Reason.PROVIDER_NOT_REGISTERED,
            "RP Not Registered|SubscriptionRegistration|RegisteredProvider|SubscriptionNotRegistered",
            "the subscription of the storage account is not registered for exports",
            "`az provider register --namespace Microsoft.CostManagementExports --subscription "
                    + "{storage-subscription}`; it takes up to ten minutes",
            said(
                    400,
                    "400",
                    "RP Not Registered. Register destination storage account subscription with "
                            + "Microsoft.CostManagementExports. Please refer "
                            + "https://docs.microsoft.com/en-us/rest/api/resources/providers/register"),
            said(
                    409,
                    "MissingSubscriptionRegistration",
                    "The subscription is not registered to use namespace 'Microsoft.CostManagementExports'.")),
    KEY_ACCESS_DISABLED(
            Reason.INVALID_REQUEST,
            "Key-based authentication is (currently )?disabled",
            "an export without an identity delivers with the account's keys, and the account allows none",
            "let the export deliver with an identity of its own (identity: {type: SystemAssigned, "
                    + "location: REGION}), or allow the account's keys: "
                    + "`az storage account update --ids {storage-account} --allow-shared-key-access true`; "
                    + "then `{apply}`",
            said(
                    400,
                    "400",
                    "Key-based authentication is currently disabled on this storage account. To proceed, "
                            + "please enable \"Allow storage account "
                            + "key access\" in the storage account configuration.")),
    ROLE_ASSIGNMENT(
            Reason.AUTHORIZATION_FAILED,
            "roleAssignments/write",
            "for an export with an identity, or an account behind a firewall, Azure assigns a role on "
                    + "the account, which the caller must be "
                    + "allowed to do when the export is created or changed",
            "let the operator assign roles on the storage account: `az role assignment create --role "
                    + "Owner {assignee} --scope {storage-account}`, or a "
                    + "custom role with Microsoft.Authorization/roleAssignments/write and "
                    + "Microsoft.Authorization/permissions/read",
            said(
                    401,
                    "Unauthorized",
                    "The user does not have authorization to perform "
                            + "'Microsoft.Authorization/roleAssignments/write' action on specified "
                            + "storage account, please use a storage account with sufficient permissions. "
                            + "If the permissions have changed recently then retry after "
                            + "some time.")),
    STORAGE_ACCOUNT_RIGHT(
            Reason.AUTHORIZATION_FAILED,
            "LinkedAuthorizationFailed|Microsoft\\.Storage/",
            "whoever names a storage account as destination needs write access to it",
            "`az role assignment create --role 'Storage Account Contributor' {assignee} --scope {storage-account}`",
            said(
                    403,
                    "LinkedAuthorizationFailed",
                    "The client has permission to perform action "
                            + "'Microsoft.CostManagement/exports/write' on scope '…', "
                            + "however the linked scope '…/providers/Microsoft.Storage/storageAccounts/…' "
                            + "is not accessible.")),
    STORAGE_CLOSED(
            Reason.INVALID_REQUEST,
            "not authorized to access the specified storage account",
            "the account's network rules keep Azure's services out, or it allows no keys",
            "let trusted services in: `az storage account update --ids {storage-account} --bypass "
                    + "AzureServices`, and give the export an identity "
                    + "(identity: {type: SystemAssigned, location: REGION}); then `{apply}`",
            said(
                    400,
                    "BadRequest",
                    "Export creation failed. The exports service is not authorized to access the "
                            + "specified storage account")),
    SAS(
            Reason.INVALID_REQUEST,
            "SAS token is valid|Storage service error code",
            "the SAS token lacks a service, a resource type or a permission, or has expired",
            "put another token into {sas-secret}: `az storage account generate-sas --account-name "
                    + "{storage-name} --services b --resource-types sco "
                    + "--permissions acdlrw --https-only --expiry EXPIRY --output tsv`; then `{apply}`",
            said(
                    400,
                    "BadRequest",
                    "Please ensure the SAS token is valid for blob service, is valid for container and "
                            + "object resource types, and has "
                            + "permissions: add create read write delete. (Storage service error code: "
                            + "AuthorizationResourceTypeMismatch)")),
    BLOBS_NOT_READABLE(
            Reason.STORAGE_UNREACHABLE,
            "AuthorizationPermissionMismatch",
            "the operator may not read the container; whether Azure delivers does not depend on it",
            "let the operator read: `az role assignment create --role 'Storage Blob Data Reader' "
                    + "{assignee} --scope {container}`, or give the SAS "
                    + "Read and List",
            said(
                    403,
                    "AuthorizationPermissionMismatch",
                    "This request is not authorized to perform this operation using this permission.")),

    // The operator
    API_VERSION(
            Reason.API_VERSION_REJECTED,
            null,
            "Azure does not serve the api-version of the operator any more, or not yet in this cloud",
            "set EXPORTS_API_VERSION in the operator's environment to a version that Azure serves "
                    + "(azure.exportsApiVersion of the chart); "
                    + "this concerns every CostExport, and their specs are not at fault",
            said(
                    400,
                    "NoRegisteredProviderFound",
                    "No registered resource provider found for location '…' and API version '2025-03-01' for type "
                            + "'exports'. The supported api-versions are '…'."),
            said(
                    400,
                    "InvalidApiVersionParameter",
                    "The api-version '2025-03-01' is invalid. The supported versions are '…'."),
            said(
                    404,
                    "InvalidResourceType",
                    "The resource type 'exports' could not be found in the namespace "
                            + "'Microsoft.CostManagement' for api "
                            + "version '2025-03-01'. The supported api-versions are '…'.")),

    // Rights and agreements
    ACCOUNT_COST_DISABLED(
            Reason.AUTHORIZATION_FAILED,
            "AccountCostDisabled",
            "account owners of the enrollment may not see charges",
            "an enterprise administrator turns on 'AO view charges' in the policies of the enrollment, "
                    + "or the export goes to the enrollment's own scope",
            said(403, "AccountCostDisabled", "")),
    DEPARTMENT_COST_DISABLED(
            Reason.AUTHORIZATION_FAILED,
            "DepartmentCostDisabled",
            "department administrators of the enrollment may not see charges",
            "an enterprise administrator turns on 'DA view charges' in the policies of the enrollment, "
                    + "or the export goes to the enrollment's own scope",
            said(403, "DepartmentCostDisabled", "")),
    INDIRECT_COST_DISABLED(
            Reason.AUTHORIZATION_FAILED,
            "IndirectCostDisabled",
            "the partner of an indirect enrollment has not published prices",
            "ask the partner to publish the prices of the enrollment",
            said(403, "IndirectCostDisabled", "")),
    DISALLOWED_OPERATION(
            Reason.INVALID_REQUEST,
            "DisallowedOperation|DisallowedProvider|SubscriptionTypeNotSupported",
            "this type of subscription has no charges to export",
            "export another subscription, or a billing scope that has its charges",
            said(400, "DisallowedOperation", ""),
            said(403, "SubscriptionTypeNotSupported", ""),
            said(
                    403,
                    "DisallowedProvider",
                    "The operation is not permitted for namespace 'Microsoft.CostManagement'.")),
    READ_ONLY_SUBSCRIPTION(
            Reason.AUTHORIZATION_FAILED,
            "ReadOnlyDisabledSubscription",
            "the subscription is disabled: nothing in it can be created or changed",
            "have subscription {scope-subscription} reactivated; the export is sent again by itself",
            said(403, "ReadOnlyDisabledSubscription", "")),
    SUBSCRIPTION_TOO_NEW(
            Reason.SUBSCRIPTION_TOO_NEW,
            "Cost management data is not supported for subscription",
            "a new subscription; the api-version that Azure names has nothing to do with it",
            "the subscription is new, and the api-version has nothing to do with it: wait up to 48 "
                    + "hours, Azure is asked again by itself",
            said(
                    400,
                    "BadRequest",
                    "Cost management data is not supported for subscription(s) … in the provided "
                            + "api-version. Please use api-version "
                            + "2019-10-01 or later.")),
    PRICE_SHEET_ELSEWHERE(
            Reason.AUTHORIZATION_FAILED,
            Place.PRICE_SHEET_IN_SUBSCRIPTION,
            "Unauthorized",
            "price sheets exist at an enrollment and at a billing profile, and Azure does not say so",
            "make a CostExport with the scope of the enrollment or of the billing profile: price sheets "
                    + "exist nowhere else",
            said(401, "Unauthorized", "Unauthorized. Authentication failed.")),
    IDENTITY_BY_SERVICE_PRINCIPAL(
            Reason.AUTHORIZATION_FAILED,
            Place.IDENTITY_AT_CUSTOMER_AGREEMENT,
            "HTTP 401",
            "Azure refuses an export with an identity of its own to the token of an application there, "
                    + "whatever its roles; a user's is accepted",
            "Azure refuses exports with identity.type SystemAssigned from an application at this scope, "
                    + "whatever its roles. Remove identity from the "
                    + "spec, or let a user with a billing role create the export and set managementPolicy: "
                    + "Observe here",
            said(401, "401", "")),
    NO_BILLING_ROLE_EA(
            Reason.AUTHORIZATION_FAILED,
            Place.ENROLLMENT,
            null,
            "no role in the enrollment; Azure roles do not reach it. Price sheets may take more than EnrollmentReader",
            "an Azure role does not reach an enrollment; an enterprise administrator gives the operator "
                    + "the billing role EnrollmentReader: "
                    + Remedy.ENROLLMENT_READER,
            said(401, "Unauthorized", "Unauthorized. Authentication failed."),
            said(
                    401,
                    "RBACAccessDenied",
                    "The client does not have authorization to perform action. Request ID: NoHttpContext"),
            said(403, "BillingAccessDenied", "")),
    NO_BILLING_ROLE(
            Reason.AUTHORIZATION_FAILED,
            Place.CUSTOMER_AGREEMENT,
            null,
            "no role at the billing scope; Azure roles do not reach it",
            "an Azure role does not reach a billing scope; its owner gives the operator the billing role "
                    + "Contributor there: "
                    + Remedy.BILLING_CONTRIBUTOR,
            said(
                    401,
                    "RBACAccessDenied",
                    "The client does not have authorization to perform action. Request ID: NoHttpContext"),
            said(401, "Unauthorized", "Unauthorized. Authentication failed."),
            said(403, "BillingAccessDenied", "")),
    NO_ROLE(
            Reason.AUTHORIZATION_FAILED,
            null,
            "no role at the scope or on the storage account of the destination, or one that has not spread yet (up "
                    + "to 15 minutes); subscriptions of pay-as-you-go and of individual agreements refuse "
                    + "applications whatever their roles",
            "give the operator both roles: `az role assignment create --role 'Cost Management "
                    + "Contributor' {assignee} --scope {scope}` and "
                    + "`az role assignment create --role 'Storage Account Contributor' {assignee} --scope "
                    + "{storage-account}`. A role takes up to 15 minutes "
                    + "to arrive. Azure refuses applications at subscriptions of pay-as-you-go and of "
                    + "individual agreements, whatever their roles: export "
                    + "such a subscription as a user",
            said(
                    401,
                    "RBACAccessDenied",
                    "The client does not have authorization to perform action. Request ID: NoHttpContext"),
            said(
                    403,
                    "AuthorizationFailed",
                    "The client '…' with object id '…' does not have authorization to perform action "
                            + "'Microsoft.CostManagement/exports/write' over scope '…' or the scope is "
                            + "invalid. If access was recently granted, please refresh your credentials."),
            said(401, "Unauthorized", "Unauthorized. Authentication failed.")),
    WRONG_TENANT(
            Reason.AUTHENTICATION_FAILED,
            "InvalidAuthenticationTokenTenant",
            "the token is of another tenant than the scope",
            "set AZURE_TENANT_ID in {credentials} to the tenant of the scope",
            said(401, "InvalidAuthenticationTokenTenant", "")),
    SECRET_WRONG(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000215\\b",
            "the client secret is not one of the application: often the secret's ID was taken "
                    + "for its value, or the secret was deleted",
            "put the value of a client secret, not its ID, into AZURE_CLIENT_SECRET in {credentials}; a new one: "
                    + "`az ad app credential reset --id {client-id} --append`",
            token("AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the "
                    + "request is the client secret value, not the client secret ID, "
                    + "for a secret added to app '…'.")),
    SECRET_EXPIRED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000222\\b",
            "the client secret has expired",
            "make a new client secret, `az ad app credential reset --id {client-id} --append`, and put "
                    + "its value into AZURE_CLIENT_SECRET in {credentials}",
            token("AADSTS7000222: The provided client secret keys for app '…' are expired.")),
    APPLICATION_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS700016\\b|AADSTS7000229\\b",
            "the tenant has no such application",
            "check AZURE_CLIENT_ID and AZURE_TENANT_ID in {credentials}: the application has to be one of that tenant, "
                    + "`az ad sp show --id {client-id}`",
            token("AADSTS700016: Application with identifier '…' was not found in the directory '…'.")),
    APPLICATION_DISABLED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000112\\b",
            "the application is disabled in the tenant",
            "let an administrator of the tenant enable the application: Enterprise applications, "
                    + "Properties, Enabled for users to sign in",
            token("AADSTS7000112: Application '…' is disabled.")),
    FEDERATED_CREDENTIAL(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS70021\\b|AADSTS70021[0-9]\\b|AADSTS7002[0-9]{2}\\b",
            "no federated credential of the application fits the token of the service account",
            "compare issuer, subject (system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT of the operator) "
                    + "and audience with those of the application: "
                    + "`az ad app federated-credential list --id {client-id}`; a new one takes some minutes",
            token("AADSTS70021: No matching federated identity record found for presented assertion.")),
    ASSERTION_OUTDATED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS700024\\b",
            "the token of the service account has expired, or a clock is wrong",
            "check that AZURE_FEDERATED_TOKEN_FILE is a projected token that the kubelet renews, and the "
                    + "clock of the node",
            token("AADSTS700024: Client assertion is not within its valid time range.")),
    TENANT_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS90002\\b|AADSTS900023\\b",
            "there is no such tenant in this cloud",
            "check AZURE_TENANT_ID in {credentials}, and AZURE_AUTHORITY_HOST for another cloud than the public one: "
                    + "`az account list --query '[].tenantId' --output tsv` lists the tenants that you see",
            token("AADSTS90002: Tenant '…' not found. Check to make sure you have the correct tenant "
                    + "ID and are signing into the correct cloud.")),
    CONDITIONAL_ACCESS(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS53003\\b|AADSTS53000\\b|AADSTS530[0-9]{2}\\b",
            "a Conditional Access policy of the tenant blocks the application, as from an address that "
                    + "is not a trusted location",
            "let an administrator of the tenant exempt the service principal from the Conditional Access "
                    + "policy, or add the operator's outgoing address to "
                    + "its locations; the sign-in log of the service principal names the policy",
            token("AADSTS53003: Access has been blocked by Conditional Access policies. The access "
                    + "policy does not allow token issuance.")),
    AUDIENCE_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS500011\\b|AADSTS1002012\\b",
            "the tenant does not know the audience of the token",
            "check AZURE_RESOURCE_MANAGER_AUDIENCE in the operator's environment",
            token("AADSTS500011: The resource principal named … was not found in the tenant named ….")),
    NO_TOKEN(
            Reason.AUTHENTICATION_FAILED,
            null,
            "no token, or one that Azure does not take",
            "check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or token file in {credentials}",
            said(401, "InvalidAuthenticationToken", "The access token is invalid.")),
    TENANT_LEVEL(
            Reason.SCOPE_NOT_FOUND,
            "MissingSubscription\\b",
            "the scope's path leads nowhere, as with a wrong billing account",
            "check the parts of spec.scope: `az billing account list --output table` lists the billing "
                    + "accounts that you see",
            said(
                    404,
                    "MissingSubscription",
                    "The request did not have a subscription or a valid tenant level resource provider.")),
    SCOPE_NOT_FOUND(
            Reason.SCOPE_NOT_FOUND,
            null,
            "the scope is not there, not there yet, or in another tenant",
            "check spec.scope; it is asked again until it is there, and a new subscription may take 48 hours",
            said(404, "SubscriptionNotFound", "The subscription '…' could not be found."),
            said(404, "ResourceGroupNotFound", "Resource group '…' could not be found.")),
    SCOPE_LOCKED(
            Reason.SCOPE_LOCKED,
            "ScopeLocked",
            "a lock forbids writes",
            "`az lock list --subscription {scope-subscription} --output table` shows the lock to remove",
            said(
                    409,
                    "ScopeLocked",
                    "The scope '…' cannot perform write operation because following scope(s) are locked: "
                            + "'…'. Please remove the lock and try again.")),
    POLICY(
            Reason.DISALLOWED_BY_POLICY,
            null,
            "an Azure Policy forbids it",
            "ask for an exemption from the Azure Policy; then `{apply}`",
            said(403, "RequestDisallowedByPolicy", "Resource '…' was disallowed by policy.")),

    // The document
    PARTITION(
            Reason.INVALID_REQUEST,
            "partitionData",
            "some subscriptions have no partitioned exports",
            "take partitionData out of the spec, or set it to false",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: partitionData is not supported for this subscription.")),
    USAGE_ONLY(
            Reason.INVALID_REQUEST,
            Place.MANAGEMENT_GROUP,
            "definition type '.*'; valid values: 'Usage'\\.",
            "a management group has the dataset Usage alone",
            "set dataset: {type: Usage} with format: Csv, without compression; other datasets are to be "
                    + "had from each subscription or from a billing scope",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid definition type 'ActualCost'; valid "
                            + "values: 'Usage'.")),
    DATASET_OF_AGREEMENT(
            Reason.INVALID_REQUEST,
            "is not supported for Agreement Type",
            "the subscription's offer or agreement has no such data, as pay-as-you-go (WebDirect) has no FOCUS",
            "this agreement has no such dataset: set dataset.type: ActualCost and take out "
                    + "dataset.version, or export a scope of another agreement",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Export type: FocusCost is not supported for "
                            + "Agreement Type: WebDirect "
                            + "and Subscription.")),
    ACTUAL_COST(
            Reason.INVALID_REQUEST,
            "ActualCost'? (type )?is not supported|ActualCost.*not supported",
            "the subscription has the dataset Usage alone",
            "set dataset.type: Usage, with format: Csv and without compression",
            said(400, "BadRequest", "Request properties validation failed: Export type: ActualCost is not supported.")),
    DATASET(
            Reason.INVALID_REQUEST,
            "Invalid definition type '",
            "the scope, its offer or the api-version has no such dataset",
            "set dataset.type to one of the values that Azure names",
            said(
                    400,
                    "400",
                    "Request properties validation failed: Invalid definition type 'AmortizedCost'; "
                            + "valid values: 'Usage'.")),
    TIMEFRAME(
            Reason.INVALID_REQUEST,
            "Invalid definition timeframe",
            "the api-version has no such timeframe",
            "set dataset.timeframe to one of the values that Azure names",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid definition timeframe: '…'; valid "
                            + "values: 'WeekToDate', "
                            + "'MonthToDate', 'TheLastMonth', 'BillingMonthToDate', 'TheLastBillingMonth', "
                            + "'TheLast7Days', 'Custom'.")),
    TIMEFRAME_AND_RECURRENCE(
            Reason.INVALID_REQUEST,
            "Invalid timeframe .*recurrence .*combination",
            "not every timeframe goes with every recurrence",
            "known to be accepted: MonthToDate with Daily, TheLastMonth with Monthly, TheCurrentMonth "
                    + "with Daily for a PriceSheet",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid timeframe … and schedule recurrence … combination")),
    PERIOD_MISSING(
            Reason.INVALID_REQUEST,
            "Missing definition timePeriod",
            "Custom without its days",
            "set dataset.timePeriod",
            said(
                    400,
                    "400",
                    "Request properties validation failed: Missing definition timePeriod; specify a "
                            + "period for the 'Custom' timeframe.")),
    PERIOD_IN_FUTURE(
            Reason.INVALID_REQUEST,
            "timePeriod; 'to' value cannot be in the future",
            "the period is not over",
            "let dataset.timePeriod.to be yesterday (UTC) or earlier",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid definition timePeriod; 'to' value "
                            + "cannot be in the future.")),
    PERIOD_INVALID(
            Reason.INVALID_REQUEST,
            Place.RUN,
            "Invalid time period provided",
            "the days that a run is asked for are no period that Azure takes",
            "ask for whole months, with the annotation azure.finops.dev/run-period",
            said(400, "BadRequest", "Request properties validation failed: Invalid time period provided.")),
    START_IN_PAST(
            Reason.INVALID_REQUEST,
            "'from' value cannot be in the past",
            "the start passed before Azure had it",
            "take out schedule.from, or set a later one",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                            + "value cannot be in the past.")),
    END_BEFORE_START(
            Reason.INVALID_REQUEST,
            "recurrencePeriod; 'from' value cannot be after 'to' value",
            "the schedule ends before it starts",
            "set a later schedule.to, or take it out",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                            + "value cannot be after 'to' value")),
    FOLDER(
            Reason.INVALID_REQUEST,
            "destination rootFolderPath|reserved url characters",
            "a character that a folder's path cannot have, such as the colon of a billing account id",
            "write destination.rootFolderPath without a slash at its beginning and without : ? # [ ] @ ! "
                    + "$ & ' ( ) * + , ; =; a dash may stand for the colon",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid deliveryInfo destination "
                            + "rootFolderPath; value cannot begin "
                            + "with a forward slash"),
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid deliveryInfo destination "
                            + "rootFolderPath; Value cannot contain "
                            + "any reserved url characters except forward slashes(/)")),
    UNKNOWN_MEMBER(
            Reason.INVALID_REQUEST,
            "Invalid member :",
            "the api-version knows no such field",
            "take the field out that Azure names",
            said(400, "BadRequest", "Invalid request payload, Invalid member :properties.schedule.recurrence")),
    CUT_REQUEST(
            Reason.INVALID_REQUEST,
            "Unexpected end when reading JSON",
            "the request came to Azure cut or empty",
            "look at the proxy between the operator and Azure; then `{apply}`",
            said(400, "BadRequest", "Invalid request payload: Unexpected end when reading JSON")),
    RUN_REFUSED(Reason.INVALID_REQUEST, Place.RUN, null, "Azure does not take the run", "mend what Azure names"),
    REFUSED(
            Reason.INVALID_REQUEST,
            null,
            "Azure does not take the document",
            "mend the spec, or ask again with `{apply}`"),

    // No answer that means anything
    ETAG(
            Reason.CONTESTED_BY_ANOTHER_WRITER,
            "Etag value",
            "somebody else wrote the export at the same moment",
            "it is looked at again by itself; if it lasts, find the other writer or set managementPolicy: Observe",
            said(
                    400,
                    "400",
                    "Etag value required for update operation of report: ….Please get the latest to avoid overwrite.")),
    REDIRECT(
            Reason.UNEXPECTED_REDIRECT,
            null,
            "another host than Azure Resource Manager answers",
            "check AZURE_RESOURCE_MANAGER_ENDPOINT"),
    UNREACHABLE(
            Reason.ARM_UNREACHABLE,
            null,
            "no answer, or a 5xx",
            "it is tried again by itself",
            said(504, "GatewayTimeout", ""),
            said(500, "ServerTimeout", "")),
    UNAVAILABLE(
            Reason.ARM_UNAVAILABLE,
            null,
            "Azure is busy, or a provider is being registered (ten minutes)",
            "it is tried again by itself",
            said(503, "ServiceUnavailable", ""),
            said(406, "NotAcceptable", "")),
    NOT_ARM(
            Reason.BAD_ARM_RESPONSE,
            null,
            "a proxy answers, or the answer was cut",
            "it is tried again by itself; if it lasts, look at the proxy");

    /** Where a row counts. */
    public enum Place {
        ANYWHERE(""),
        RUN("a run"),
        RUN_AT_CUSTOMER_AGREEMENT("a run at a billing scope of a Microsoft Customer Agreement"),
        ENROLLMENT("an enrollment (EA), its departments and accounts"),
        IDENTITY_AT_CUSTOMER_AGREEMENT(
                "with identity SystemAssigned, at a billing scope of a Microsoft Customer Agreement"),
        CUSTOMER_AGREEMENT("billing scopes of a Microsoft Customer or Partner Agreement"),
        MANAGEMENT_GROUP("a management group"),
        PRICE_SHEET_IN_SUBSCRIPTION("a PriceSheet in a subscription");

        private final String words;

        Place(String words) {
            this.words = words;
        }

        boolean ofRun() {
            return this == RUN || this == RUN_AT_CUSTOMER_AGREEMENT;
        }

        boolean is(ReconcileState s, boolean run) {
            Kind kind = new Scope(s.spec().scope()).kind();
            return switch (this) {
                case ANYWHERE -> true;
                case RUN -> run;
                case RUN_AT_CUSTOMER_AGREEMENT -> run && kind == Kind.CUSTOMER_AGREEMENT;
                case ENROLLMENT -> kind == Kind.ENROLLMENT;
                case IDENTITY_AT_CUSTOMER_AGREEMENT ->
                    kind == Kind.CUSTOMER_AGREEMENT
                            && !run
                            && s.spec().identity() != null
                            && "SystemAssigned".equals(s.spec().identity().type());
                case CUSTOMER_AGREEMENT -> kind == Kind.CUSTOMER_AGREEMENT;
                case MANAGEMENT_GROUP -> kind == Kind.MANAGEMENT_GROUP;
                case PRICE_SHEET_IN_SUBSCRIPTION ->
                    kind == Kind.SUBSCRIPTION
                            && "PriceSheet".equals(s.spec().dataset().type());
            };
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private final Reason reason;
    private final Place place;
    private final Pattern says;
    private final String cause;
    private final String remedy;
    private final List<Detail> examples;

    KnownError(Reason reason, String says, String cause, String remedy, Detail... examples) {
        this(reason, Place.ANYWHERE, says, cause, remedy, examples);
    }

    /** @param says what tells it by Azure's words; null: whatever else has the reason */
    KnownError(Reason reason, Place place, String says, String cause, String remedy, Detail... examples) {
        this.reason = reason;
        this.place = place;
        this.says = says == null ? null : Pattern.compile(says, Pattern.CASE_INSENSITIVE);
        this.cause = cause;
        this.remedy = remedy;
        this.examples = List.of(examples);
    }

    /** Entra's words; no answer of Azure Resource Manager. */
    private static Detail token(String message) {
        return new Detail(0, "", "no token: " + message, "");
    }

    private static Detail said(int status, String code, String message) {
        return new Detail(status, code, message, "");
    }

    /**
     * @param reason null when only Azure's words tell, as of a run that has failed
     * @param run whether it was said of a run
     */
    static Optional<KnownError> of(Reason reason, String words, ReconcileState s, boolean run) {
        return Arrays.stream(values())
                .filter(known -> known.reason == reason || reason == null && known.says != null)
                .filter(known ->
                        (known.says == null || known.says.matcher(words).find()) && known.place.is(s, run))
                .findFirst();
    }

    public Reason reason() {
        return reason;
    }

    public Place place() {
        return place;
    }

    /** What Azure says then, in its words. */
    public List<Detail> examples() {
        return examples;
    }

    public String cause() {
        return cause;
    }

    public String remedy() {
        return remedy;
    }
}
