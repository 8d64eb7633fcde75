package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Refusal;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.SasToken;
import dev.finops.azure.export.plan.Outcome.Stuck.By;
import dev.finops.azure.export.plan.TransientState.Writes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The reasons against sending a document to Azure once more. */
public final class RetryGuard {
    /** So many PUTs that Azure accepted without the field, and Azure ignores it. */
    private static final int IN_VAIN = 2;

    /** After so many corrections within an hour, another client has another target. */
    private static final int CONTESTED = 5;

    /** So many corrected fields: the status keeps no more, and several may be of one second. */
    private static final int CONTESTED_FIELDS = 10;

    /** Refusals that the same request would meet again. */
    private static final Set<String> REFUSALS = Set.of(
            Reason.INVALID_REQUEST.toString(), Reason.DISALLOWED_BY_POLICY.toString(), Reason.FIELD_IGNORED.toString());

    private RetryGuard() {}

    /** Whether a reason is of a refusal that stands in the status. */
    static boolean isOfAzure(String reason) {
        return REFUSALS.contains(reason)
                || Reason.NOT_VISIBLE_IN_API_VERSION.toString().equals(reason);
    }

    /** A outcome that a further PUT would not change; empty when one may. */
    static Optional<Outcome.Stuck> standing(ReconcileState s, List<Difference> differences) {
        return before(s, differences).or(() -> ignored(s, differences));
    }

    /** What a rejection depends on in addition to the spec, as a part of its message. */
    static String circumstances(ReconcileState s) {
        return " (" + s.settings().apiVersion() + SasTokenSync.mark(s) + ")"
                + s.settings().apiVersion().remedy();
    }

    /** Whether the document is the one that our last PUT was answered with. */
    static boolean unedited(ReconcileState s, ObservedExport export) {
        return export.isAt(s.status().eTag());
    }

    /** Drift that another client makes again and again is reverted only once in a while. */
    static Optional<Outcome> contested(ReconcileState s, Step.Cause cause, List<Difference> differences) {
        if (cause != Step.Cause.DRIFT || s.status().corrections() == null) {
            return Optional.empty();
        }
        List<Instant> fields = s.status().corrections().stream()
                .flatMap(correction -> Timestamps.start(correction.time()).stream())
                .filter(at -> at.isAfter(s.now().minus(Duration.ofHours(1))))
                .sorted()
                .toList();
        List<Instant> lately = fields.stream().distinct().toList();
        if (lately.size() < CONTESTED && fields.size() < CONTESTED_FIELDS
                || !s.now()
                        .isBefore(lately.getLast().plus(s.settings().backoff().max()))) {
            return Optional.empty();
        }
        String who = s.status().corrections().getFirst().changedBy();
        Detail detail = new Detail(
                0,
                "",
                "The operator reverted drift of the export " + lately.size() + " times within an hour"
                        + (who == null ? "" : ", last after a change by " + who) + ". It reverts the drift again at "
                        + Timestamps.write(
                                lately.getLast().plus(s.settings().backoff().max()))
                        + ". Find the other writer, or set managementPolicy: Observe.",
                "");
        return Optional.of(new Outcome.Failing(new ArmFailure.Conflict(detail), true, differences));
    }

    /** The answers to the operator's PUTs decide: a value in them that a later read lacks was changed by another client. */
    private static Optional<Outcome.Stuck> ignored(ReconcileState s, List<Difference> differences) {
        Writes writes = s.transientState().writes();
        boolean ignores = !differences.isEmpty()
                && differences.stream()
                        .allMatch(d -> writes.sentInVain(d.field(), s.resource().generation(), IN_VAIN));
        if (!ignores
                || !s.now().isBefore(writes.at().plus(s.settings().backoff().terminal()))) {
            return Optional.empty();
        }
        return Optional.of(new Outcome.Stuck(
                Reason.FIELD_IGNORED,
                "Azure accepted the export " + IN_VAIN + " times and has "
                        + differences.stream().map(RetryGuard::kept).collect(Collectors.joining("; ")) + " ("
                        + s.settings().apiVersion() + SasTokenSync.mark(s) + "). "
                        + remedy(s, differences),
                differences,
                By.AZURE));
    }

    private static String kept(Difference difference) {
        String sent = difference.desired() == null ? "taken out" : "sent as " + difference.desiredText();
        return (difference.observed() == null ? "no value" : "the value " + difference.observedText()) + " for "
                + difference.path() + ", which was " + sent;
    }

    private static String remedy(ReconcileState s, List<Difference> differences) {
        if (differences.stream().allMatch(Difference::onlySpelledOtherwise)) {
            return "Azure uses another spelling. Set "
                    + differences.stream().map(d -> "spec." + d.path()).collect(Collectors.joining(", "))
                    + " to the value that Azure has.";
        }
        return s.settings().apiVersion().isNewGeneration()
                ? "Remove or change the field."
                : "Remove the field, or set EXPORTS_API_VERSION to " + ApiVersion.COMPLETE
                        + " if that version knows it.";
    }

    /** The refusal that stands in the status, for as long as nothing has changed that could make a difference. */
    static Optional<Outcome.Stuck> before(ReconcileState s, List<Difference> differences) {
        return standing(s, differences, REFUSALS);
    }

    private static Optional<Outcome.Stuck> standing(
            ReconcileState s, List<Difference> differences, Set<String> reasons) {
        return Conditions.find(s.status().conditions(), Conditions.STALLED)
                .filter(stalled -> "True".equals(stalled.status()) && reasons.contains(stalled.reason()))
                .filter(stalled -> stalled.observedGeneration() != null
                        && stalled.observedGeneration() == s.resource().generation())
                .filter(stalled ->
                        !stalled.reason().equals(Reason.FIELD_IGNORED.toString()) || sameFields(s, differences))
                .filter(stalled -> stands(s)
                        && Planner.applyRequest(s).isEmpty()
                        && !s.transientState().moveStart())
                .map(stalled -> new Outcome.Stuck(reason(stalled), stalled.message(), differences, By.STANDING));
    }

    /** Whether the last refusal is of a request that would be sent again, and younger than the wait after it. */
    private static boolean stands(ReconcileState s) {
        Refusal refusal = s.status().refusal();
        return refusal != null
                && s.settings().apiVersion().name().equals(refusal.apiVersion())
                && SasTokenSync.isToken(s, refusal.sasTokenHash())
                && Timestamps.start(refusal.time())
                        .filter(at ->
                                s.now().isBefore(at.plus(s.settings().backoff().terminal())))
                        .isPresent();
    }

    /** What a refusal that Azure has just answered with depends on. */
    public static Refusal refusal(ReconcileState s) {
        return new Refusal(
                s.settings().apiVersion().name(),
                s.secrets().token().map(SasToken::hash).orElse(null),
                Timestamps.write(s.now()));
    }

    /**
     * An export that Azure says exists and that this api-version does not show: a newer one made it (docs/azure.md,
     * "Two stores").
     */
    static Optional<Outcome.Stuck> hidden(ReconcileState s) {
        boolean found = s.transientState().writes().conflicts() > 1
                && !s.settings().apiVersion().isNewGeneration();
        return standing(s, List.of(), Set.of(Reason.NOT_VISIBLE_IN_API_VERSION.toString()))
                .or(() -> !found
                        ? Optional.empty()
                        : Optional.of(new Outcome.Stuck(
                                Reason.NOT_VISIBLE_IN_API_VERSION,
                                "Azure says that " + s.exportId() + " exists already, and does not return it with "
                                        + s.settings().apiVersion() + SasTokenSync.mark(s)
                                        + ". Exports of newer api-versions and of the portal are hidden from it. "
                                        + "Set EXPORTS_API_VERSION to "
                                        + ApiVersion.COMPLETE + ", or choose another exportName.",
                                List.of(),
                                By.AZURE)));
    }

    private static Reason reason(Condition condition) {
        for (Reason reason : Reason.values()) {
            if (reason.toString().equals(condition.reason())) {
                return reason;
            }
        }
        return Reason.INVALID_REQUEST;
    }

    private static boolean sameFields(ReconcileState s, List<Difference> differences) {
        Set<String> known = s.status().difference() == null
                ? Set.of()
                : s.status().difference().stream()
                        .map(CostExportStatus.Difference::path)
                        .collect(Collectors.toSet());
        return !differences.isEmpty() && differences.stream().allMatch(d -> known.contains(d.path()));
    }
}
