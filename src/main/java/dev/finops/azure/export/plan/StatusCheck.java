package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.plan.TransientState.Left;
import dev.finops.azure.export.plan.TransientState.Trust;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Corrects status fields that another client changed, where the spec or this process knows better. */
public final class StatusCheck {
    /** An intent to run that is older comes out of a backup: what became of it is unknown. */
    private static final Duration OLD = Duration.ofHours(24);

    private StatusCheck() {}

    /** The state with what this process left in the status, where another client changed that. */
    public static ReconcileState restored(ReconcileState s) {
        Left left = s.transientState().own().left();
        String exportId = s.status().exportId();
        if (s.transientState().own().trust() != Trust.FOREIGN
                || left == null
                || exportId == null
                || !exportId.equals(left.exportId())) {
            return s; // without its export's id the object is as one without a status
        }
        StatusDraft draft = new StatusDraft(s.status());
        draft.origin = left.origin();
        draft.apiVersion = left.apiVersion();
        draft.eTag = left.eTag();
        draft.sasTokenHash = left.sasTokenHash();
        draft.appliedFields = left.appliedFields();
        draft.pendingRun = left.pendingRun();
        draft.lastHandledRunRequest = left.lastHandledRunRequest();
        draft.lastHandledApplyRequest = left.lastHandledApplyRequest();
        return s.with(draft.build());
    }

    /** Whether the status names another export than the spec. A spec that this release reads in part names none. */
    static boolean namesAnother(ReconcileState s) {
        return s.status().exportId() != null
                && RequiredFields.missing(s.spec()).isEmpty()
                && (s.recorded().isEmpty() || s.namesTwin());
    }

    /**
     * Drops an export id that another client wrote, and all that belongs to that export: the object is as one without a
     * status.
     */
    static Optional<Step> dropped(ReconcileState s) {
        if (!namesAnother(s)) {
            return Optional.empty();
        }
        StatusDraft draft = new StatusDraft(s.status());
        draft.observedGeneration = null;
        draft.exportId = null;
        draft.origin = null;
        draft.apiVersion = null;
        draft.eTag = null;
        draft.identity = null;
        draft.tenantId = null;
        draft.nextRunTime = null;
        draft.sasTokenHash = null;
        draft.appliedFields = null;
        draft.difference = null;
        draft.corrections = null;
        draft.lastRun = null;
        draft.lastSuccessfulRun = null;
        draft.runs = null;
        draft.refusal = null;
        draft.delivery = null;
        if (draft.pendingRun != null) {
            handled(draft, draft.pendingRun);
            RunPlanner.dropPending(draft);
        }
        return Optional.of(new Step.WriteStatus(
                draft.build(),
                List.of(PendingEvent.warning(
                        Reason.STATUS_CORRECTED,
                        another(s)
                                + " The operator dropped the id. An export that equals the "
                                + "spec is adopted, and another one only with "
                                + "adoptionPolicy: Adopt."))));
    }

    static String another(ReconcileState s) {
        if (s.recorded().isPresent()) {
            return "status.exportId names " + s.status().exportId() + ", and Azure has the export " + s.stated()
                    + ", which is spelled as the spec spells it.";
        }
        return "Another client wrote the status: status.exportId named "
                + s.status().exportId() + ", and the export of this object is " + s.stated() + ".";
    }

    /**
     * Drops an intent to run that is too old to be posted: the run may have ended long ago, and its entry left the
     * history.
     */
    static Optional<Step> lapsed(ReconcileState s) {
        PendingRun pending = s.status().pendingRun();
        boolean old = pending != null
                && !RunPlanner.isDenied(pending)
                && !s.transientState().runs().toPost()
                && Timestamps.start(pending.requestedTime())
                        .filter(at -> s.now().isAfter(at.plus(OLD)))
                        .isPresent();
        if (!old) {
            return Optional.empty();
        }
        StatusDraft draft = new StatusDraft(s.status());
        handled(draft, pending);
        RunPlanner.dropPending(draft);
        return Optional.of(new Step.WriteStatus(
                draft.build(),
                List.of(PendingEvent.warning(
                        Reason.REQUEST_SKIPPED,
                        "The status names a run that was to start at "
                                + pending.requestedTime() + ", more than " + OLD.toHours()
                                + " hours ago. The run may have ended already, so the operator does not start it."
                                + again(s)))));
    }

    /** Takes the requests in the annotations as handled: an earlier object may have requested the same. */
    static Optional<PendingEvent> handled(ReconcileState s, StatusDraft draft) {
        Optional<String> run = s.resource().request(Annotations.RUN_REQUESTED_AT, draft.lastHandledRunRequest);
        Optional<String> apply = s.resource().request(Annotations.APPLY_REQUESTED_AT, draft.lastHandledApplyRequest);
        run.ifPresent(value -> draft.lastHandledRunRequest = value);
        apply.ifPresent(value -> draft.lastHandledApplyRequest = value);
        return run.or(() -> apply)
                .map(value -> PendingEvent.warning(
                        Reason.REQUEST_SKIPPED,
                        "The request in the annotations (" + value
                                + ") counts as handled: the export existed before this object had a "
                                + "status, so the request may have been handled then."
                                + again(s)));
    }

    private static void handled(StatusDraft draft, PendingRun pending) {
        draft.lastHandledRunRequest =
                RunPlanner.REQUEST.equals(pending.cause()) ? pending.request() : draft.lastHandledRunRequest;
    }

    private static String again(ReconcileState s) {
        return " To run the export: " + s.resource().kubectl("annotate") + " --overwrite "
                + Annotations.RUN_REQUESTED_AT + "=\"$(date)\"";
    }

    /** The generation that the status may claim to judge: never one to come. */
    public static Long observedGeneration(CostExportStatus status, long generation) {
        return status.observedGeneration() == null || status.observedGeneration() <= generation
                ? status.observedGeneration()
                : null;
    }
}
