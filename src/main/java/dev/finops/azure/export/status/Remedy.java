package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec.Destination;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ResolvedSecrets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The remedy for a failure: a sentence after Azure's text, with commands that run as pasted. */
final class Remedy {
    /**
     * The role of an enrollment that a service principal can have and that may manage exports (docs/azure.md, "Roles").
     */
    static final String ENROLLMENT_READER = """
      `az rest --method put --url "/providers/Microsoft.Billing/billingAccounts/{billing-account}/billingRoleAssignments/$(uuidgen)\
      ?api-version=2019-10-01-preview" --body "{\\"properties\\":{\\"principalId\\":\\"{principal}\\",\\"principalTenantId\\":\\"{tenant}\\",\
      \\"roleDefinitionId\\":\\"/providers/Microsoft.Billing/billingAccounts/{billing-account}/billingRoleDefinitions/\
      24f8edb6-1668-4659-b5e2-40bb5f3a7d7e\\"}}"`""";

    static final String BILLING_CONTRIBUTOR = """
      `az rest --method post --url "{billing-scope}/createBillingRoleAssignment?api-version=2024-04-01" --body "{\\"principalId\\":\
      \\"{principal}\\",\\"principalTenantId\\":\\"{tenant}\\",\\"roleDefinitionId\\":\\"{billing-scope}/billingRoleDefinitions/{billing-role}\\"}"`""";

    private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:/@%+=-]+");
    private static final Pattern PRINCIPAL = Pattern.compile("object id '([0-9a-f-]{36})'", Pattern.CASE_INSENSITIVE);

    private Remedy() {}

    /** To follow what Azure said to a read or a write; begins with a space. */
    static String of(Reason reason, String words, ReconcileState s) {
        return KnownError.of(reason, words, s, false)
                .map(known -> " " + fill(known, words, s))
                .orElse("");
    }

    /** Of an object that is being deleted, however long Azure does not answer. */
    static String wayOut(ReconcileState s) {
        return s.resource().deleting()
                ? " To delete the object and leave the export in Azure: "
                        + s.resource().kubectl("patch")
                        + " --type merge -p '{\"spec\":{\"deletionPolicy\":\"Orphan\"}}'"
                : "";
    }

    /** To follow what Azure said of a run that has failed. */
    static String ofFailedRun(String words, ReconcileState s) {
        return KnownError.of(null, words, s, true)
                .map(known -> "; " + fill(known, words, s))
                .orElse("");
    }

    /**
     * To follow Azure's refusal to start a run.
     *
     * @param forGood whether the operator does not request it again
     * @param period of the requested month; null for the export's own days
     */
    static String ofRefusedRun(Reason reason, String words, ReconcileState s, boolean forGood, TimePeriod period) {
        return ofRefusedRun(KnownError.of(reason, words, s, true), words, s, forGood, period);
    }

    /** The same for a month that is requested again later, when only Azure's words are known. */
    static String ofDeniedMonth(String words, ReconcileState s, TimePeriod period) {
        return ofRefusedRun(
                KnownError.of(null, words, s, true)
                        .or(() -> KnownError.of(Reason.AUTHORIZATION_FAILED, words, s, true)),
                words,
                s,
                false,
                period);
    }

    private static String ofRefusedRun(
            Optional<KnownError> error, String words, ReconcileState s, boolean forGood, TimePeriod period) {
        return error.map(known -> " " + fill(known, words, s)).orElse("")
                + (forGood
                        ? " To request it again: "
                        : " The operator requests it again after "
                                + text(s.settings().backoff().terminal()) + ". To request it at once: ")
                + again(s, period);
    }

    /** To follow what became of a run that Azure accepted in no attempt. */
    static String ofGivenUpRun(ReconcileState s, TimePeriod period) {
        return " To request it again: " + again(s, period);
    }

    private static String again(ReconcileState s, TimePeriod period) {
        String month = period == null
                ? ""
                : " " + Annotations.RUN_PERIOD + "=" + period.from().substring(0, 7);
        return s.resource().kubectl("annotate") + " --overwrite" + month + " " + Annotations.RUN_REQUESTED_AT
                + "=\"$(date)\"";
    }

    private static String fill(KnownError known, String words, ReconcileState s) {
        return filled(known, words, s).replace("`", "");
    }

    /** With its commands between backticks. */
    static String filled(KnownError known, String words, ReconcileState s) {
        return filled(known.remedy(), values(s, words));
    }

    /** A value that is not known is left to be filled in: {@code CLIENT_ID}. */
    static String filled(String remedy, Map<String, String> values) {
        String whole = remedy;
        for (int depth = 0; depth < 2; depth++) { // a value may have another one in it
            whole = PLACE.matcher(whole)
                    .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(
                            place.group(1),
                            place.group(1).toUpperCase(Locale.ROOT).replace('-', '_'))));
        }
        return whole;
    }

    private static Map<String, String> values(ReconcileState s, String words) {
        Scope scope = new Scope(s.spec().scope());
        Destination destination = s.spec().destination();
        Optional<String> storage =
                Optional.ofNullable(destination.storageAccountId()).map(id -> id.replaceFirst("/$", ""));
        Map<String, String> values = new HashMap<>(commands(s));
        values.put("scope", word(scope.path()));
        subscription(scope.path()).ifPresent(id -> values.put("scope-subscription", id));
        storage.flatMap(Remedy::subscription).ifPresent(id -> values.put("storage-subscription", id));
        storage.ifPresent(id -> values.put("storage-account", word(id)));
        storage.ifPresent(id ->
                values.put("container", word(id + "/blobServices/default/containers/" + destination.container())));
        Optional.ofNullable(destination.storageAccountName()).ifPresent(name -> values.put("storage-name", word(name)));
        Optional.ofNullable(destination.sasTokenSecretRef())
                .ifPresent(ref -> values.put(
                        "sas-secret", "Secret " + s.resource().namespace() + "/" + ref.name() + ", key " + ref.key()));
        billing(scope, values);
        identity(s, words, values);
        return values;
    }

    private static Map<String, String> commands(ReconcileState s) {
        return Map.of(
                "apply",
                s.resource().kubectl("annotate") + " --overwrite " + Annotations.APPLY_REQUESTED_AT + "=\"$(date)\"",
                "run-url",
                word(s.exportId().path() + "/run?api-version="
                        + s.settings().apiVersion().name()));
    }

    /** Into double quotes: ids that are no plain words, which Azure's are not, are left to be filled in. */
    private static void billing(Scope scope, Map<String, String> values) {
        String[] parts = scope.path().split("/");
        if (parts.length > 4
                && scope.kind() != Scope.Kind.SUBSCRIPTION
                && PLAIN.matcher(scope.path()).matches()) {
            values.put("billing-account", parts[4]);
            values.put("billing-scope", scope.path());
        }
        switch (parts.length < 2 ? "" : parts[parts.length - 2].toLowerCase(Locale.ROOT)) {
            case "billingaccounts" -> values.put("billing-role", "50000000-aaaa-bbbb-cccc-100000000001");
            case "billingprofiles" -> values.put("billing-role", "40000000-aaaa-bbbb-cccc-100000000001");
            case "invoicesections" -> values.put("billing-role", "30000000-aaaa-bbbb-cccc-100000000001");
            default -> {} // no source has the roles of a partner's customers
        }
    }

    /** The identity of the calls: its client id, which the operator knows, or its object id, which Azure names. */
    private static void identity(ReconcileState s, String words, Map<String, String> values) {
        Optional<String> client = s.secrets().clientId().or(s.settings()::clientId);
        Matcher named = PRINCIPAL.matcher(words);
        Optional<String> principal = named.find() ? Optional.of(named.group(1)) : Optional.empty();
        client.ifPresent(id -> values.put("client-id", word(id)));
        values.put("principal", principal.orElse("$(az ad sp show --id {client-id} --query id --output tsv)"));
        values.put("tenant", "$(az account show --query tenantId --output tsv)");
        values.put(
                "assignee",
                principal
                        .filter(id -> client.isEmpty())
                        .map(id -> "--assignee-object-id " + id + " --assignee-principal-type ServicePrincipal")
                        .orElse("--assignee {client-id}"));
        var ref = s.spec().credentialsSecretRef();
        values.put(
                "credentials",
                s.secrets().clientId().isEmpty()
                        ? "the operator's environment"
                        : "Secret " + s.resource().namespace() + "/"
                                + (ref == null ? ResolvedSecrets.OF_NAMESPACE : ref.name()));
    }

    private static Optional<String> subscription(String id) {
        String[] parts = id.split("/");
        return parts.length > 2 && parts[1].equalsIgnoreCase("subscriptions")
                ? Optional.of(parts[2])
                : Optional.empty();
    }

    /** As one word of a shell, whatever is in it. */
    static String word(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String text(Duration wait) {
        return wait.compareTo(Duration.ofHours(1)) < 0 ? wait.toSeconds() + " s" : wait.toHours() + " h";
    }
}
