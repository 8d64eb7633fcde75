package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.SasToken;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides when a PUT includes the SAS token: for a new export, for another storage account, when the Secret has another
 * token, and on request. Azure returns it masked, so its hash in the status says what was sent.
 */
final class SasTokenSync {
    private static final TextNode MASK = TextNode.valueOf("***");
    private static final Set<ExportField> DESTINATION =
            Set.of(ExportField.STORAGE_ACCOUNT_NAME, ExportField.STORAGE_ACCOUNT_ID);

    private SasTokenSync() {}

    /** The differences with that of the token, when it is due. */
    static List<Difference> with(ReconcileState s, ObservedExport export, List<Difference> differences) {
        boolean elsewhere = differences.stream().anyMatch(d -> DESTINATION.contains(d.field()));
        return named(s) && (elsewhere || isNew(s) || Planner.applyRequest(s).isPresent())
                ? Stream.concat(
                                differences.stream(),
                                Stream.of(new Difference(
                                        ExportField.SAS_TOKEN,
                                        MASK,
                                        ExportField.SAS_TOKEN.documentPath().in(export.document()))))
                        .toList()
                : differences;
    }

    /** What speaks against sending the token; empty when none is to be sent. */
    static Optional<Outcome> obstacle(ReconcileState s, boolean due, List<Difference> differences) {
        return switch (s.secrets().sas()) {
            case ResolvedSecrets.Sas.Missing(var why)
            when due -> Optional.of(ResolvedSecrets.missing(why, true, differences));
            case ResolvedSecrets.Sas.Known(var token)
            when due && !token.faults(s.now()).isEmpty() ->
                Optional.of(new Outcome.Stuck(
                        Reason.INVALID_REQUEST,
                        "The operator did not send the SAS token of spec.destination.sasTokenSecretRef, because Azure could "
                                + "not deliver with it: "
                                + String.join("; ", token.faults(s.now()))
                                + ". Put an account SAS for the Blob service into the Secret. The operator reads it "
                                + "within a minute.",
                        differences));
            default -> Optional.empty();
        };
    }

    /** The body with the token, where Azure does not have it already. */
    static ObjectNode into(ObjectNode body, ReconcileState s, Collection<Difference> differences) {
        boolean shown = ExportField.SAS_TOKEN.documentPath().in(body) != null;
        s.secrets()
                .token()
                .filter(token -> !shown || isDue(differences))
                .ifPresent(token -> ExportField.SAS_TOKEN.documentPath().set(body, TextNode.valueOf(token.value())));
        return body;
    }

    static boolean isDue(Collection<Difference> differences) {
        return differences.stream().anyMatch(d -> d.field() == ExportField.SAS_TOKEN && d.desired() != null);
    }

    /** For a refusal that stands until there is another token; empty without one. */
    static String mark(ReconcileState s) {
        return s.secrets()
                .token()
                .map(token -> ", SAS token " + token.hash().substring(0, 8))
                .orElse("");
    }

    /** Whether a hash is of the token that would be sent now. Release 0.1.0 kept eight digits of it. */
    static boolean isToken(ReconcileState s, String hash) {
        return hash == null
                ? s.secrets().token().isEmpty()
                : s.secrets()
                        .token()
                        .filter(token -> token.hash().startsWith(hash))
                        .isPresent();
    }

    /** For the status, after a PUT. */
    static String hashAfter(ReconcileState s, DesiredExport sent, boolean tokenSent) {
        boolean stated = sent.stated().contains(ExportField.SAS_TOKEN);
        return !stated
                ? null
                : tokenSent
                        ? s.secrets().token().map(SasToken::hash).orElse(null)
                        : s.status().sasTokenHash();
    }

    private static boolean isNew(ReconcileState s) {
        String sent = s.status().sasTokenHash();
        return sent == null
                || s.secrets()
                        .token()
                        .filter(token -> !token.hash().equals(sent))
                        .isPresent();
    }

    private static boolean named(ReconcileState s) {
        return s.spec().destination().sasTokenSecretRef() != null;
    }
}
