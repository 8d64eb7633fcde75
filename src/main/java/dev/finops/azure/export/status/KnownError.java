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
 * the remedy; docs/reference/azure-errors.md is written from this table.
 *
 * <p>In a remedy a command is between backticks, and what is in braces is filled in by {@link Remedy}.
 */
public enum KnownError {
    // Runs
    RUN_BY_SERVICE_PRINCIPAL(
            Reason.AUTHORIZATION_FAILED,
            Place.RUN_AT_CUSTOMER_AGREEMENT,
            "RBACAccessDenied",
            "Azure starts no run there for a service principal or a managed identity, whatever its " + "roles.",
            "Azure starts no on-demand run at this scope for a service principal. Scheduled runs need"
                    + " no such permission, and the operator follows them. A user with a billing role can start"
                    + " a run: `az rest --method post --url {run-url}`",
            said(
                    401,
                    "RBACAccessDenied",
                    "The client does not have authorization to perform action. Request ID: NoHttpContext")),
    EMAIL_CLAIM(
            Reason.AUTHORIZATION_FAILED,
            "email claim",
            "An old api-version requires a user, and the operator is a service principal.",
            "Azure requires a signed-in user. Set EXPORTS_API_VERSION to 2025-03-01 or later, or let "
                    + "a user start the run: `az rest --method post --url {run-url}`",
            said(400, "400", "A valid email claim is required. Email claim is missing in the request header.")),

    // The storage account
    PROVIDER_OF_SCOPE(
            Reason.PROVIDER_NOT_REGISTERED,
            "namespace '?Microsoft\\.CostManagement\\b(?!Exports)",
            "The subscription of the scope is not registered for Cost Management.",
            "Register the provider, which takes up to ten minutes: `az provider register --namespace "
                    + "Microsoft.CostManagement --subscription {scope-subscription}`",
            said(
                    409,
                    "MissingSubscriptionRegistration",
                    "The subscription is not registered to use namespace 'Microsoft.CostManagement'.")),
    PROVIDER_OF_STORAGE(
            Reason.PROVIDER_NOT_REGISTERED,
            "RP Not Registered|SubscriptionRegistration|RegisteredProvider|SubscriptionNotRegistered",
            "The subscription of the storage account is not registered for exports.",
            "Register the provider, which takes up to ten minutes: `az provider register --namespace "
                    + "Microsoft.CostManagementExports --subscription {storage-subscription}`",
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
            "An export without an identity delivers with the account's keys, and the account does not" + " allow keys.",
            "Give the export an identity (identity: {type: SystemAssigned, location: REGION}), or "
                    + "allow the account's keys: `az storage account update --ids {storage-account} "
                    + "--allow-shared-key-access true`. Then send the export again: `{apply}`",
            said(
                    400,
                    "400",
                    "Key-based authentication is currently disabled on this storage account. To proceed, "
                            + "please enable \"Allow storage account "
                            + "key access\" in the storage account configuration.")),
    ROLE_ASSIGNMENT(
            Reason.AUTHORIZATION_FAILED,
            "roleAssignments/write",
            "For an export with an identity, or an account behind a firewall, Azure assigns a role on"
                    + " the account. The caller needs the permission to assign roles whenever the export is "
                    + "created or changed.",
            "Let the operator assign roles on the storage account, with the role Owner or with a "
                    + "custom role that has Microsoft.Authorization/roleAssignments/write and "
                    + "Microsoft.Authorization/permissions/read: `az role assignment create --role Owner "
                    + "{assignee} --scope {storage-account}`",
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
            "The caller needs write access to the storage account of the destination.",
            "Assign the role on the storage account: `az role assignment create --role 'Storage "
                    + "Account Contributor' {assignee} --scope {storage-account}`",
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
            "The account's network rules block Azure's services, or the account does not allow keys.",
            "Give the export an identity (identity: {type: SystemAssigned, location: REGION}), and "
                    + "allow trusted services: `az storage account update --ids {storage-account} --bypass "
                    + "AzureServices`. Then send the export again: `{apply}`",
            said(
                    400,
                    "BadRequest",
                    "Export creation failed. The exports service is not authorized to access the "
                            + "specified storage account")),
    SAS(
            Reason.INVALID_REQUEST,
            "SAS token is valid|Storage service error code",
            "The SAS token lacks a service, a resource type or a permission, or has expired.",
            "Put a new token into {sas-secret}: `az storage account generate-sas --account-name "
                    + "{storage-name} --services b --resource-types sco --permissions acdlrw --https-only "
                    + "--expiry EXPIRY --output tsv`. Then send the export again: `{apply}`",
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
            "The operator has no permission to read the container. Azure's delivery does not depend "
                    + "on that permission.",
            "Put a SAS with Read and List into the Secret, or let the operator read: `az role "
                    + "assignment create --role 'Storage Blob Data Reader' {assignee} --scope {container}`",
            said(
                    403,
                    "AuthorizationPermissionMismatch",
                    "This request is not authorized to perform this operation using this permission.")),

    // The operator
    API_VERSION(
            Reason.API_VERSION_REJECTED,
            null,
            "Azure no longer serves the api-version of the operator, or does not serve it in this " + "cloud yet.",
            "Set EXPORTS_API_VERSION in the operator's environment to a version that Azure serves "
                    + "(azure.exportsApiVersion of the chart). Every CostExport is affected, and their specs "
                    + "are right.",
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
            "Account owners of the enrollment have no permission to see charges.",
            "Let an enterprise administrator turn on 'AO view charges' in the policies of the "
                    + "enrollment, or set spec.scope to the enrollment.",
            said(403, "AccountCostDisabled", "")),
    DEPARTMENT_COST_DISABLED(
            Reason.AUTHORIZATION_FAILED,
            "DepartmentCostDisabled",
            "Department administrators of the enrollment have no permission to see charges.",
            "Let an enterprise administrator turn on 'DA view charges' in the policies of the "
                    + "enrollment, or set spec.scope to the enrollment.",
            said(403, "DepartmentCostDisabled", "")),
    INDIRECT_COST_DISABLED(
            Reason.AUTHORIZATION_FAILED,
            "IndirectCostDisabled",
            "The partner of an indirect enrollment has not published its prices.",
            "Ask the partner to publish the prices of the enrollment.",
            said(403, "IndirectCostDisabled", "")),
    DISALLOWED_OPERATION(
            Reason.INVALID_REQUEST,
            "DisallowedOperation|DisallowedProvider|SubscriptionTypeNotSupported",
            "This type of subscription has no charges to export.",
            "Export another subscription, or a billing scope that has its charges.",
            said(400, "DisallowedOperation", ""),
            said(403, "SubscriptionTypeNotSupported", ""),
            said(
                    403,
                    "DisallowedProvider",
                    "The operation is not permitted for namespace 'Microsoft.CostManagement'.")),
    READ_ONLY_SUBSCRIPTION(
            Reason.AUTHORIZATION_FAILED,
            "ReadOnlyDisabledSubscription",
            "The subscription is disabled, so nothing in it can be created or changed.",
            "Reactivate subscription {scope-subscription}. The operator then sends the export again.",
            said(403, "ReadOnlyDisabledSubscription", "")),
    SUBSCRIPTION_TOO_NEW(
            Reason.SUBSCRIPTION_TOO_NEW,
            "Cost management data is not supported for subscription",
            "The subscription is new. The api-version that Azure names is not the cause.",
            "The subscription is new, and the api-version is not the cause. Wait up to 48 hours: the "
                    + "operator retries.",
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
            "Price sheets exist only at an enrollment and at a billing profile, and Azure's answer "
                    + "does not say so.",
            "Set spec.scope to the enrollment or to the billing profile. Price sheets exist nowhere " + "else.",
            said(401, "Unauthorized", "Unauthorized. Authentication failed.")),
    IDENTITY_BY_SERVICE_PRINCIPAL(
            Reason.AUTHORIZATION_FAILED,
            Place.IDENTITY_AT_CUSTOMER_AGREEMENT,
            "HTTP 401",
            "Azure rejects an export with an identity from an application there, whatever its roles, "
                    + "and accepts it from a user.",
            "Azure rejects exports with identity.type SystemAssigned from an application at this "
                    + "scope, whatever its roles. Remove spec.identity, or let a user with a billing role "
                    + "create the export and set managementPolicy: Observe here.",
            said(401, "401", "")),
    NO_BILLING_ROLE_EA(
            Reason.AUTHORIZATION_FAILED,
            Place.ENROLLMENT,
            null,
            "The operator has no role in the enrollment, where Azure roles have no effect. Price "
                    + "sheets may need more than EnrollmentReader.",
            "Azure roles have no effect in an enrollment. Let an enterprise administrator assign the "
                    + "billing role EnrollmentReader to the operator: "
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
            "The operator has no role at the billing scope, where Azure roles have no effect.",
            "Azure roles have no effect at a billing scope. Let its owner assign the billing role "
                    + "Contributor to the operator: "
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
            "The operator has no role at the scope or on the storage account, or a new role has no "
                    + "effect yet (up to 15 minutes). Subscriptions of pay-as-you-go and of individual "
                    + "agreements reject applications, whatever their roles.",
            "Assign both roles to the operator: `az role assignment create --role 'Cost Management "
                    + "Contributor' {assignee} --scope {scope}` and `az role assignment create --role 'Storage "
                    + "Account Contributor' {assignee} --scope {storage-account}`. A role takes up to 15 "
                    + "minutes to have effect. Azure rejects applications at subscriptions of pay-as-you-go and of "
                    + "individual agreements, whatever their roles. Export such a subscription as a user.",
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
            "The token is of another tenant than the scope.",
            "Set AZURE_TENANT_ID in {credentials} to the tenant of the scope.",
            said(401, "InvalidAuthenticationTokenTenant", "")),
    SECRET_WRONG(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000215\\b",
            "The application does not have this client secret. Often the value is the secret's ID, or"
                    + " the secret was deleted.",
            "Put the value of a client secret, not its ID, into AZURE_CLIENT_SECRET in {credentials}."
                    + " To create a new secret: `az ad app credential reset --id {client-id} --append`",
            token("AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the "
                    + "request is the client secret value, not the client secret ID, "
                    + "for a secret added to app '…'.")),
    SECRET_EXPIRED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000222\\b",
            "The client secret has expired.",
            "Put the value of a new client secret into AZURE_CLIENT_SECRET in {credentials}. To "
                    + "create a new secret: `az ad app credential reset --id {client-id} --append`",
            token("AADSTS7000222: The provided client secret keys for app '…' are expired.")),
    APPLICATION_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS700016\\b|AADSTS7000229\\b",
            "The tenant does not have the application.",
            "Check AZURE_CLIENT_ID and AZURE_TENANT_ID in {credentials}. To see whether the tenant "
                    + "has the application: `az ad sp show --id {client-id}`",
            token("AADSTS700016: Application with identifier '…' was not found in the directory '…'.")),
    APPLICATION_DISABLED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS7000112\\b",
            "The application is disabled in the tenant.",
            "Let an administrator of the tenant enable the application (Enterprise applications, "
                    + "Properties, Enabled for users to sign in).",
            token("AADSTS7000112: Application '…' is disabled.")),
    FEDERATED_CREDENTIAL(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS70021\\b|AADSTS70021[0-9]\\b|AADSTS7002[0-9]{2}\\b",
            "No federated credential of the application matches the token of the service account.",
            "Compare issuer, subject (system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT of the "
                    + "operator) and audience with those of the application. A new credential takes some "
                    + "minutes: `az ad app federated-credential list --id {client-id}`",
            token("AADSTS70021: No matching federated identity record found for presented assertion.")),
    ASSERTION_OUTDATED(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS700024\\b",
            "The token of the service account has expired, or a clock is wrong.",
            "Check that AZURE_FEDERATED_TOKEN_FILE is a projected token that the kubelet renews. "
                    + "Check the clock of the node.",
            token("AADSTS700024: Client assertion is not within its valid time range.")),
    TENANT_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS90002\\b|AADSTS900023\\b",
            "The tenant does not exist in this cloud.",
            "Check AZURE_TENANT_ID in {credentials}, and AZURE_AUTHORITY_HOST for another cloud than "
                    + "the public one. To list your tenants: `az account list --query '[].tenantId' --output "
                    + "tsv`",
            token("AADSTS90002: Tenant '…' not found. Check to make sure you have the correct tenant "
                    + "ID and are signing into the correct cloud.")),
    CONDITIONAL_ACCESS(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS53003\\b|AADSTS53000\\b|AADSTS530[0-9]{2}\\b",
            "A Conditional Access policy of the tenant blocks the application, for example from an "
                    + "address that is not a trusted location.",
            "Let an administrator of the tenant exempt the service principal from the Conditional "
                    + "Access policy, or add the operator's outgoing address to its locations. The sign-in log "
                    + "of the service principal names the policy.",
            token("AADSTS53003: Access has been blocked by Conditional Access policies. The access "
                    + "policy does not allow token issuance.")),
    AUDIENCE_UNKNOWN(
            Reason.AUTHENTICATION_FAILED,
            "AADSTS500011\\b|AADSTS1002012\\b",
            "The tenant does not know the audience of the token.",
            "Check AZURE_RESOURCE_MANAGER_AUDIENCE in the operator's environment.",
            token("AADSTS500011: The resource principal named … was not found in the tenant named ….")),
    NO_TOKEN(
            Reason.AUTHENTICATION_FAILED,
            null,
            "The operator gets no token, or Azure rejects the token.",
            "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or token file in {credentials}.",
            said(401, "InvalidAuthenticationToken", "The access token is invalid.")),
    TENANT_LEVEL(
            Reason.SCOPE_NOT_FOUND,
            "MissingSubscription\\b",
            "The path of the scope does not exist, for example because of a wrong billing account.",
            "Check the parts of spec.scope. To list your billing accounts: `az billing account list "
                    + "--output table`",
            said(
                    404,
                    "MissingSubscription",
                    "The request did not have a subscription or a valid tenant level resource provider.")),
    SCOPE_NOT_FOUND(
            Reason.SCOPE_NOT_FOUND,
            null,
            "The scope does not exist, does not exist yet, or is in another tenant.",
            "Check spec.scope. The operator retries until the scope exists. A new subscription can " + "take 48 hours.",
            said(404, "SubscriptionNotFound", "The subscription '…' could not be found."),
            said(404, "ResourceGroupNotFound", "Resource group '…' could not be found.")),
    SCOPE_LOCKED(
            Reason.SCOPE_LOCKED,
            "ScopeLocked",
            "A lock forbids writes.",
            "Remove the lock. To find it: `az lock list --subscription {scope-subscription} --output " + "table`",
            said(
                    409,
                    "ScopeLocked",
                    "The scope '…' cannot perform write operation because following scope(s) are locked: "
                            + "'…'. Please remove the lock and try again.")),
    POLICY(
            Reason.DISALLOWED_BY_POLICY,
            null,
            "An Azure Policy forbids the export.",
            "Request an exemption from the Azure Policy. Then send the export again: `{apply}`",
            said(403, "RequestDisallowedByPolicy", "Resource '…' was disallowed by policy.")),

    // The document
    PARTITION(
            Reason.INVALID_REQUEST,
            "partitionData",
            "Some subscriptions do not support partitioned exports.",
            "Remove spec.partitionData, or set it to false.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: partitionData is not supported for this subscription.")),
    USAGE_ONLY(
            Reason.INVALID_REQUEST,
            Place.MANAGEMENT_GROUP,
            "definition type '.*'; valid values: 'Usage'\\.",
            "A management group has only the dataset Usage.",
            "Set dataset: {type: Usage} with format: Csv and without compression. For other datasets,"
                    + " export each subscription or a billing scope.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid definition type 'ActualCost'; valid "
                            + "values: 'Usage'.")),
    DATASET_OF_AGREEMENT(
            Reason.INVALID_REQUEST,
            "is not supported for Agreement Type",
            "The subscription's offer or agreement does not have the dataset. Pay-as-you-go "
                    + "(WebDirect), for example, has no FOCUS data.",
            "This agreement does not have the dataset. Set dataset.type: ActualCost and remove "
                    + "dataset.version, or export a scope of another agreement.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Export type: FocusCost is not supported for "
                            + "Agreement Type: WebDirect "
                            + "and Subscription.")),
    ACTUAL_COST(
            Reason.INVALID_REQUEST,
            "ActualCost'? (type )?is not supported|ActualCost.*not supported",
            "The subscription has only the dataset Usage.",
            "Set dataset.type: Usage, with format: Csv and without compression.",
            said(400, "BadRequest", "Request properties validation failed: Export type: ActualCost is not supported.")),
    DATASET(
            Reason.INVALID_REQUEST,
            "Invalid definition type '",
            "The scope, its offer or the api-version does not have the dataset.",
            "Set spec.dataset.type to one of the values that Azure names.",
            said(
                    400,
                    "400",
                    "Request properties validation failed: Invalid definition type 'AmortizedCost'; "
                            + "valid values: 'Usage'.")),
    TIMEFRAME(
            Reason.INVALID_REQUEST,
            "Invalid definition timeframe",
            "The api-version does not have the timeframe.",
            "Set spec.dataset.timeframe to one of the values that Azure names.",
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
            "Azure does not accept each timeframe with each recurrence.",
            "Azure accepts MonthToDate with Daily, TheLastMonth with Monthly, and TheCurrentMonth "
                    + "with Daily for a PriceSheet.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid timeframe … and schedule recurrence … combination")),
    PERIOD_MISSING(
            Reason.INVALID_REQUEST,
            "Missing definition timePeriod",
            "The timeframe Custom needs its days.",
            "Set spec.dataset.timePeriod.",
            said(
                    400,
                    "400",
                    "Request properties validation failed: Missing definition timePeriod; specify a "
                            + "period for the 'Custom' timeframe.")),
    PERIOD_IN_FUTURE(
            Reason.INVALID_REQUEST,
            "timePeriod; 'to' value cannot be in the future",
            "The period has not ended.",
            "Set spec.dataset.timePeriod.to to yesterday (UTC) or earlier.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid definition timePeriod; 'to' value "
                            + "cannot be in the future.")),
    PERIOD_INVALID(
            Reason.INVALID_REQUEST,
            Place.RUN,
            "Invalid time period provided",
            "Azure does not accept the period of the run.",
            "Request whole months with the annotation azure.finops.dev/run-period.",
            said(400, "BadRequest", "Request properties validation failed: Invalid time period provided.")),
    START_IN_PAST(
            Reason.INVALID_REQUEST,
            "'from' value cannot be in the past",
            "The start passed before Azure received it.",
            "Remove spec.schedule.from, or set a later date.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                            + "value cannot be in the past.")),
    END_BEFORE_START(
            Reason.INVALID_REQUEST,
            "recurrencePeriod; 'from' value cannot be after 'to' value",
            "The schedule ends before it starts.",
            "Set a later spec.schedule.to, or remove it.",
            said(
                    400,
                    "BadRequest",
                    "Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                            + "value cannot be after 'to' value")),
    FOLDER(
            Reason.INVALID_REQUEST,
            "destination rootFolderPath|reserved url characters",
            "The path of the folder has a character that Azure does not accept, such as the colon of "
                    + "a billing account id.",
            "Set spec.destination.rootFolderPath without a leading slash and without : ? # [ ] @ ! $ "
                    + "& ' ( ) * + , ; =. Write a dash for the colon.",
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
            "The api-version does not have the field.",
            "Remove the field that Azure names.",
            said(400, "BadRequest", "Invalid request payload, Invalid member :properties.schedule.recurrence")),
    CUT_REQUEST(
            Reason.INVALID_REQUEST,
            "Unexpected end when reading JSON",
            "The request reached Azure truncated or empty.",
            "Check the proxy between the operator and Azure. Then send the export again: `{apply}`",
            said(400, "BadRequest", "Invalid request payload: Unexpected end when reading JSON")),
    RUN_REFUSED(Reason.INVALID_REQUEST, Place.RUN, null, "Azure rejects the run.", "Fix what Azure names."),
    REFUSED(
            Reason.INVALID_REQUEST,
            null,
            "Azure rejects the document.",
            "Fix the spec, or send the export again: `{apply}`"),

    // No answer that means anything
    ETAG(
            Reason.CONTESTED_BY_ANOTHER_WRITER,
            "Etag value",
            "Another client wrote the export at the same time.",
            "The operator reads the export again. If the conflicts continue, find the other writer or"
                    + " set managementPolicy: Observe.",
            said(
                    400,
                    "400",
                    "Etag value required for update operation of report: ….Please get the latest to avoid overwrite.")),
    REDIRECT(
            Reason.UNEXPECTED_REDIRECT,
            null,
            "Another host than Azure Resource Manager answers.",
            "Check AZURE_RESOURCE_MANAGER_ENDPOINT."),
    UNREACHABLE(
            Reason.ARM_UNREACHABLE,
            null,
            "Azure does not answer, or answers with a 5xx.",
            "The operator retries.",
            said(504, "GatewayTimeout", ""),
            said(500, "ServerTimeout", "")),
    UNAVAILABLE(
            Reason.ARM_UNAVAILABLE,
            null,
            "Azure is busy, or a provider is being registered (ten minutes).",
            "The operator retries.",
            said(503, "ServiceUnavailable", ""),
            said(406, "NotAcceptable", "")),
    NOT_ARM(
            Reason.BAD_ARM_RESPONSE,
            null,
            "A proxy answers, or the answer was truncated.",
            "The operator retries. If the failure lasts, check the proxy.");

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

    /** @param says the pattern in Azure's words; null for all other errors with the reason */
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
     * @param reason null when only Azure's words are known, as for a failed run
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
