package dev.finops.azure.export.status;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.reported;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.ResourceView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows Azure's words: the right sentence, with commands that can be run as they are. */
class KnownErrorTest {
    private static final String CLIENT = "22222222-2222-2222-2222-222222222222";
    private static final String ACCOUNT =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports";
    private static final String PROFILE =
            "/providers/Microsoft.Billing/billingAccounts/c0ffee00-0000-0000-0000-000000000000:"
                    + "00000000-0000-0000-0000-000000000001_2019-05-31/billingProfiles/AB12-CD34-EF5-GHI";

    private static final ReconcileState SUBSCRIPTION = at(FOCUS);
    private static final ReconcileState GROUP =
            scoped("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/it's-$(odd)");
    private static final ReconcileState MANAGEMENT_GROUP =
            scoped("/providers/Microsoft.Management/managementGroups/corp");
    private static final ReconcileState ENROLLMENT = scoped("/providers/Microsoft.Billing/billingAccounts/1234567");
    private static final ReconcileState DEPARTMENT =
            scoped("/providers/Microsoft.Billing/billingAccounts/1234567/departments/42");
    private static final ReconcileState BILLING_PROFILE = scoped(PROFILE);
    private static final ReconcileState IDENTITY = at(
            with(with(FOCUS, "scope", PROFILE), "identity", Map.of("type", "SystemAssigned", "location", "centralus")));
    private static final ReconcileState PRICE_SHEET = at(with(FOCUS, "dataset.type", "PriceSheet"));

    private static ReconcileState scoped(String scope) {
        return at(with(FOCUS, "scope", scope));
    }

    private static ReconcileState at(CostExportSpec spec) {
        return fresh(spec)
                .with(new ResolvedSecrets(Optional.empty(), Optional.of(CLIENT), new ResolvedSecrets.Sas.NotNamed()));
    }

    private static ReconcileState state(KnownError.Place place) {
        return switch (place) {
            case ANYWHERE, RUN -> SUBSCRIPTION;
            case IDENTITY_AT_CUSTOMER_AGREEMENT -> IDENTITY;
            case RUN_AT_CUSTOMER_AGREEMENT, CUSTOMER_AGREEMENT -> BILLING_PROFILE;
            case ENROLLMENT -> ENROLLMENT;
            case MANAGEMENT_GROUP -> MANAGEMENT_GROUP;
            case PRICE_SHEET_IN_SUBSCRIPTION -> PRICE_SHEET;
        };
    }

    @ParameterizedTest
    @EnumSource(KnownError.class)
    void aRowIsFoundByItsOwnExamples(KnownError known) {
        for (Detail said : known.examples()) {
            assertEquals(
                    Optional.of(known),
                    KnownError.of(
                            known.reason(),
                            said.text(),
                            state(known.place()),
                            known.place().ofRun()),
                    said.text());
        }
    }

    /** What Azure is known to say (docs/azure.md, "Errors"), and a part of what a person then reads. */
    static Stream<Arguments> said() {
        String storage = "--scope " + ACCOUNT;
        String noRole =
                "RBACAccessDenied: The client does not have authorization to perform action. Request ID: NoHttpContext";
        String unauthorized = "Unauthorized: Unauthorized. Authentication failed.";
        String invalid = "BadRequest: Request properties validation failed: ";
        Reason authorization = Reason.AUTHORIZATION_FAILED;
        Reason request = Reason.INVALID_REQUEST;
        return Stream.of(
                row(
                        SUBSCRIPTION,
                        authorization,
                        noRole,
                        "az role assignment create --role 'Cost Management Contributor' --assignee " + CLIENT
                                + " --scope /subscriptions/00000000-0000-0000-0000-000000000000 and "),
                row(
                        SUBSCRIPTION,
                        authorization,
                        noRole,
                        "--role 'Storage Account Contributor' --assignee " + CLIENT + " " + storage),
                row(
                        SUBSCRIPTION,
                        authorization,
                        noRole,
                        "pay-as-you-go and of individual agreements, whatever their roles"),
                row(
                        IDENTITY,
                        authorization,
                        "Azure refused the caller without a word (HTTP 401)",
                        "Remove spec.identity"),
                row(
                        BILLING_PROFILE,
                        authorization,
                        "Azure refused the caller without a word (HTTP 401)",
                        "createBillingRoleAssignment"),
                row(
                        SUBSCRIPTION,
                        authorization,
                        "Azure refused the caller without a word (HTTP 401)",
                        "'Cost Management Contributor'"),
                row(
                        SUBSCRIPTION,
                        Reason.API_VERSION_REJECTED,
                        "InvalidApiVersionParameter: no",
                        "Set EXPORTS_API_VERSION"),
                row(SUBSCRIPTION, request, "DisallowedProvider: no", "Export another subscription"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Export type: ActualCost is not supported.",
                        "Set dataset.type: Usage"),
                row(SUBSCRIPTION, request, invalid + "partitionData is not supported", "Remove spec.partitionData"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS7000215: no",
                        "not its ID, into AZURE_CLIENT_SECRET in Secret finance/azure-finops-credentials"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS7000222: no",
                        "az ad app credential reset --id " + CLIENT + " --append"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS700016: no",
                        "az ad sp show --id " + CLIENT),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS70021: no",
                        "az ad app federated-credential list --id " + CLIENT),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS700213: no",
                        "az ad app federated-credential list --id " + CLIENT),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS700024: no",
                        "AZURE_FEDERATED_TOKEN_FILE"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS90002: no",
                        "Check AZURE_TENANT_ID in Secret finance/azure-finops-credentials"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS53003: no",
                        "Conditional Access policy"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "no token: AADSTS50034: no",
                        "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret"),
                row(
                        GROUP,
                        authorization,
                        noRole,
                        "--scope '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/it'\\''s-$(odd)' and "),
                row(
                        MANAGEMENT_GROUP,
                        authorization,
                        noRole,
                        "--scope /providers/Microsoft.Management/managementGroups/corp and "),
                row(ENROLLMENT, authorization, unauthorized, "Azure roles have no effect in an enrollment"),
                row(
                        ENROLLMENT,
                        authorization,
                        unauthorized,
                        "--url \"/providers/Microsoft.Billing/billingAccounts/1234567/billingRoleAssignments/"),
                row(
                        DEPARTMENT,
                        authorization,
                        unauthorized,
                        "--url \"/providers/Microsoft.Billing/billingAccounts/1234567/billingRoleAssignments/"),
                row(ENROLLMENT, authorization, noRole, "$(az ad sp show --id " + CLIENT + " --query id --output tsv)"),
                row(
                        BILLING_PROFILE,
                        authorization,
                        noRole,
                        "--url \"" + PROFILE + "/createBillingRoleAssignment?api-version=2024-04-01\""),
                row(
                        BILLING_PROFILE,
                        authorization,
                        unauthorized,
                        PROFILE + "/billingRoleDefinitions/40000000-aaaa-bbbb-cccc-100000000001"),
                row(PRICE_SHEET, authorization, unauthorized, "Price sheets exist nowhere else"),
                row(
                        SUBSCRIPTION,
                        authorization,
                        "Unauthorized: The user does not have authorization to perform "
                                + "'Microsoft.Authorization/roleAssignments/write' action "
                                + "on specified storage account, please use a storage account with "
                                + "sufficient permissions.",
                        "--role Owner --assignee " + CLIENT + " " + storage),
                row(
                        ENROLLMENT,
                        authorization,
                        "LinkedAuthorizationFailed: no access to the linked scope",
                        "--role 'Storage Account Contributor' --assignee " + CLIENT + " " + storage),
                row(SUBSCRIPTION, authorization, "AccountCostDisabled: HTTP 403", "'AO view charges'"),
                row(SUBSCRIPTION, authorization, "DepartmentCostDisabled: HTTP 403", "'DA view charges'"),
                row(SUBSCRIPTION, authorization, "IndirectCostDisabled: HTTP 403", "Ask the partner"),
                row(
                        SUBSCRIPTION,
                        authorization,
                        "ReadOnlyDisabledSubscription: HTTP 409",
                        "Reactivate subscription 00000000-0000-0000-0000-000000000000"),
                row(SUBSCRIPTION, request, "DisallowedOperation: HTTP 403", "Export another subscription"),
                row(
                        SUBSCRIPTION,
                        Reason.AUTHENTICATION_FAILED,
                        "InvalidAuthenticationTokenTenant: HTTP 401",
                        "Set AZURE_TENANT_ID in Secret finance/azure-finops-credentials"),
                row(
                        ENROLLMENT,
                        Reason.PROVIDER_NOT_REGISTERED,
                        "RP Not Registered. Register destination storage account subscription with "
                                + "Microsoft.CostManagementExports.",
                        "az provider register --namespace Microsoft.CostManagementExports --subscription "
                                + "00000000-0000-0000-0000-000000000000"),
                row(
                        SUBSCRIPTION,
                        request,
                        "Key-based authentication is currently disabled on this storage account. To "
                                + "proceed, please enable",
                        "az storage account update --ids " + ACCOUNT
                                + " --allow-shared-key-access true. Then send the export again: kubectl -n finance annotate "
                                + "costexport focus --overwrite "
                                + "azure.finops.dev/apply-requested-at=\"$(date)\""),
                row(
                        SUBSCRIPTION,
                        request,
                        "Export creation failed. The exports service is not authorized to access the "
                                + "specified storage account",
                        "--bypass AzureServices"),
                row(
                        SUBSCRIPTION,
                        request,
                        "Please ensure the SAS token is valid for blob service (Storage service error "
                                + "code: AuthorizationResourceTypeMismatch)",
                        "--resource-types sco"),
                row(
                        SUBSCRIPTION,
                        Reason.SUBSCRIPTION_TOO_NEW,
                        "Cost management data is not supported for subscription(s) 0 in the provided "
                                + "api-version. Please use api-version "
                                + "2019-10-01 or later.",
                        "Wait up to 48 hours"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid
                                + "Export type: FocusCost is not supported for Agreement Type: WebDirect "
                                + "and Subscription.",
                        "Set dataset.type: ActualCost"),
                row(
                        MANAGEMENT_GROUP,
                        request,
                        invalid + "Invalid definition type 'ActualCost'; valid values: 'Usage'.",
                        "Set dataset: {type: Usage} with format: Csv"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Invalid definition type 'AmortizedCost'; valid values: 'Usage'.",
                        "one of the values that Azure names"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Invalid definition timeframe: 'X'; valid values: 'WeekToDate'.",
                        "Set spec.dataset.timeframe"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Missing definition timePeriod; specify a pe…",
                        "Set spec.dataset.timePeriod"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Invalid definition timePeriod; 'to' value cannot be in the future.",
                        "dataset.timePeriod.to"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Invalid schedule recurrencePeriod; 'from' value cannot be in the past.",
                        "schedule.from"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid + "Invalid schedule recurrencePeriod; 'from' value cannot be after 'to' value",
                        "schedule.to"),
                row(
                        SUBSCRIPTION,
                        request,
                        "Invalid timeframe MonthToDate and schedule recurrence Monthly combination",
                        "TheLastMonth with Monthly"),
                row(
                        SUBSCRIPTION,
                        request,
                        invalid
                                + "Invalid deliveryInfo destination rootFolderPath; value cannot begin "
                                + "with a forward slash",
                        "without a leading slash"),
                row(
                        SUBSCRIPTION,
                        request,
                        "Value cannot contain any reserved url characters except forward slashes(/)",
                        "Write a dash for the colon"),
                row(
                        SUBSCRIPTION,
                        request,
                        "Invalid request payload, Invalid member :properties.schedule.recurrence",
                        "Remove the field"),
                row(SUBSCRIPTION, request, "Invalid request payload: Unexpected end when reading JSON", "proxy"),
                row(
                        SUBSCRIPTION,
                        request,
                        "something new",
                        "Fix the spec, or send the export again: kubectl -n finance annotate costexport focus"),
                row(
                        ENROLLMENT,
                        Reason.SCOPE_NOT_FOUND,
                        "MissingSubscription: The request did not have a subscription",
                        "az billing account list"),
                row(
                        SUBSCRIPTION,
                        Reason.SCOPE_NOT_FOUND,
                        "SubscriptionNotFound: The subscription '0' could not be found.",
                        "Check spec.scope"),
                row(
                        SUBSCRIPTION,
                        Reason.SCOPE_LOCKED,
                        "ScopeLocked: locked",
                        "az lock list --subscription 00000000-0000-0000-0000-000000000000"),
                row(
                        SUBSCRIPTION,
                        Reason.STORAGE_UNREACHABLE,
                        "it answers AuthorizationPermissionMismatch: no",
                        ACCOUNT + "/blobServices/default/containers/exports"),
                row(
                        SUBSCRIPTION,
                        Reason.CONTESTED_BY_ANOTHER_WRITER,
                        "Etag value required for update operation of report: x.Please get the latest",
                        "the other writer"));
    }

    private static Arguments row(ReconcileState s, Reason reason, String words, String told) {
        return Arguments.of(words.length() > 60 ? words.substring(0, 60) : words, s, reason, words, told);
    }

    @ParameterizedTest(name = "{2} {0}")
    @MethodSource("said")
    void aPersonIsToldWhatToDo(String name, ReconcileState s, Reason reason, String words, String told) {
        String advice = Remedy.of(reason, words, s);

        assertTrue(advice.startsWith(" ") && advice.contains(told), () -> told + " | " + advice);
        assertTrue(advice.chars().noneMatch(c -> Character.isISOControl(c) || c == '`'), advice);
    }

    @Test
    void aRunThatIsRefusedSaysWhoMayStartIt() {
        String words =
                "RBACAccessDenied: The client does not have authorization to perform action. Request ID: NoHttpContext";
        String advice = Remedy.ofRefusedRun(
                Reason.AUTHORIZATION_FAILED,
                words,
                BILLING_PROFILE,
                false,
                new TimePeriod("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"));

        assertTrue(advice.contains("Scheduled runs need no such permission"), advice);
        assertTrue(
                advice.contains("az rest --method post --url '" + PROFILE
                        + "/providers/Microsoft.CostManagement/exports/focus-daily/run?api-version=2025-03-01'"),
                advice);
        assertTrue(
                advice.contains("after 24 h. To request it at once: kubectl -n finance annotate costexport focus "
                        + "--overwrite azure.finops.dev/run-period=2026-10 "),
                advice);
        assertTrue(Remedy.ofRefusedRun(Reason.AUTHORIZATION_FAILED, words, SUBSCRIPTION, false, null)
                .contains("'Cost Management Contributor'"));
        assertTrue(
                Remedy.ofRefusedRun(Reason.INVALID_REQUEST, "Invalid time period provided.", SUBSCRIPTION, true, null)
                        .contains(" To request it again: kubectl"));
    }

    @Test
    void whatIsNotKnownIsAWordInCapitals() {
        String noRole = "RBACAccessDenied: no";
        assertTrue(Remedy.of(Reason.AUTHORIZATION_FAILED, noRole, fresh(FOCUS)).contains("--assignee CLIENT_ID "));
        assertTrue(Remedy.of(
                        Reason.AUTHORIZATION_FAILED,
                        "The client 'x' with object id '" + CLIENT + "' does not have authorization",
                        fresh(FOCUS))
                .contains("--assignee-object-id " + CLIENT + " --assignee-principal-type ServicePrincipal "));
        assertTrue(Remedy.of(
                        Reason.AUTHORIZATION_FAILED,
                        noRole,
                        scoped("/providers/Microsoft.Billing/billingAccounts/$(odd):1"))
                .contains("--url \"BILLING_SCOPE/"));
    }

    @Test
    void aFailedRunIsExplainedByItsWordsAlone() {
        assertTrue(Remedy.ofFailedRun(
                        ": BadRequest: Key-based authentication is currently disabled on this storage account.",
                        SUBSCRIPTION)
                .contains("--allow-shared-key-access"));
        assertEquals("", Remedy.ofFailedRun(": StorageFault: no such container", SUBSCRIPTION));
    }

    /** Runs each command of each row in bash, with az and kubectl that print their arguments. */
    @ParameterizedTest
    @EnumSource(KnownError.class)
    void commandsCanBeRunAsTheyAre(KnownError known) throws IOException, InterruptedException {
        for (ReconcileState s : List.of(SUBSCRIPTION, GROUP, MANAGEMENT_GROUP, ENROLLMENT, BILLING_PROFILE)) {
            Matcher commands = Pattern.compile("`([^`]+)`").matcher(Remedy.filled(known, "no", s));
            while (commands.find()) {
                List<String> words = run(commands.group(1));
                assertTrue(List.of("az", "kubectl").contains(words.getFirst()), words.toString());
                int body = words.indexOf("--body");
                if (body > 0) {
                    assertTrue(new ObjectMapper().readTree(words.get(body + 1)).isObject(), words.toString());
                }
                int scope = words.indexOf("--scope");
                if (scope > 0) {
                    assertTrue(
                            List.of(s.spec().scope(), ACCOUNT, ACCOUNT + "/blobServices/default/containers/exports")
                                    .contains(words.get(scope + 1)),
                            words.toString());
                }
            }
        }
    }

    private static List<String> run(String command) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-euc", """
        print() { printf '%s\\n' "$@"; }
        az() { case "$1 $2" in "ad sp") case "$*" in *tsv) echo principal ;; *) print az "$@" ;; esac ;; "account show") echo tenant ;; *) print az "$@" ;; esac; }
        kubectl() { print kubectl "$@"; }
        uuidgen() { echo 1-2-3; }
        """ + command)
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), output);
        return output.lines().toList();
    }

    @ParameterizedTest
    @EnumSource(KnownError.class)
    void azuresWordsAndOursFitIntoACondition(KnownError known) {
        String longest = "/providers/Microsoft.Billing/billingAccounts/" + "1".repeat(220) + ":1/billingProfiles/"
                + "p".repeat(216);
        CostExportSpec spec = with(
                with(FOCUS, "scope", longest),
                "destination.storageAccountId",
                ACCOUNT.replace("finops/", "g".repeat(360) + "/"));
        ResourceView subject = new ResourceView(
                "n".repeat(63),
                "o".repeat(253),
                1,
                SUBSCRIPTION.now(),
                true,
                Map.of(),
                Optional.empty(),
                Optional.empty());
        ReconcileState s = new ReconcileState(
                subject,
                spec,
                SUBSCRIPTION.status(),
                SUBSCRIPTION.observation(),
                SUBSCRIPTION.transientState(),
                SUBSCRIPTION.settings(),
                SUBSCRIPTION.now(),
                SUBSCRIPTION.secrets());
        String words = new Detail(400, "C".repeat(64), "w".repeat(1024), "11111111-1111-1111-1111-111111111111").text()
                + " (api-version 2025-03-01)";

        int ours = ("; " + Remedy.filled(known, words, s)).length()
                + Remedy.wayOut(s).length();
        assertTrue(words.length() + ours <= ConditionSet.MAX_MESSAGE, () -> "" + (words.length() + ours));
    }

    @ParameterizedTest
    @EnumSource(KnownError.class)
    void aRefusalThatStandsDoesNotGrow(KnownError known) {
        List<Detail> said = new ArrayList<>(known.examples());
        said.add(new Detail(400, "BadRequest", "something new", ""));
        for (Detail detail : said) {
            ReconcileState s = state(known.place());
            ReconcileState first = reported(
                    s,
                    new Outcome.Stuck(
                            Reason.INVALID_REQUEST,
                            detail.text() + " (api-version 2025-03-01)",
                            List.of(),
                            Outcome.Stuck.By.AZURE));
            String told = message(first);
            ReconcileState again = reported(
                    first, new Outcome.Stuck(Reason.INVALID_REQUEST, told, List.of(), Outcome.Stuck.By.STANDING));

            assertEquals(told, message(again));
        }
    }

    @ParameterizedTest
    @CsvSource({"ALREADY_EXISTS", "FIELD_IGNORED", "CONFLICT", "INVALID_REQUEST"})
    void whatWeSayOurselvesNeedsNoMore(Reason reason) {
        assertEquals(
                "the export differs in destination.rootFolderPath.",
                message(reported(
                        SUBSCRIPTION,
                        new Outcome.Stuck(reason, "the export differs in destination.rootFolderPath", List.of()))));
    }

    @Test
    void aNewSubscriptionIsWaitedForAndNeverStalled() {
        ArmFailure failure = new ArmFailure.Forbidden(
                new Detail(400, "BadRequest", "Cost management data is not supported for subscription(s) 0", ""),
                Reason.SUBSCRIPTION_TOO_NEW);
        ReconcileState s = SUBSCRIPTION;
        for (int days = 0; days < 3; days++) {
            s = new ReconcileState(
                            s.resource(),
                            s.spec(),
                            s.status(),
                            s.observation(),
                            s.transientState(),
                            s.settings(),
                            s.now().plusSeconds(86_400),
                            s.secrets())
                    .failed(failure.reason());
            s = reported(s, new Outcome.Failing(failure, false, List.of()));
        }

        assertEquals(
                "SubscriptionTooNew",
                Conditions.find(s.status().conditions(), Conditions.RECONCILING)
                        .orElseThrow()
                        .reason());
        assertFalse(Conditions.find(s.status().conditions(), Conditions.STALLED).isPresent());
    }

    @Test
    void everyRowHasItsWords() {
        Arrays.stream(KnownError.values()).forEach(known -> {
            assertFalse(known.cause().isBlank() || known.remedy().isBlank(), known.name());
            assertTrue(known.cause().matches("[A-Z].*\\.") && known.remedy().matches("(?s)[A-Z].*[.`]"), known.name());
        });
    }

    private static String message(ReconcileState s) {
        return Conditions.find(s.status().conditions(), Conditions.READY)
                .orElseThrow()
                .message();
    }
}
