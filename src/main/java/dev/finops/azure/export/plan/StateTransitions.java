package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Correction;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.Progress.LastCall;
import dev.finops.azure.export.plan.TransientState.Fate;
import dev.finops.azure.export.plan.TransientState.RunKey;
import dev.finops.azure.export.plan.TransientState.Try;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The state after Azure's response to a call. Pure functions: the caller states what Azure returned and when. */
public final class StateTransitions {
    private static final int CORRECTIONS_KEPT = 10;

    private StateTransitions() {}

    /**
     * A read of the export ended.
     *
     * @param names the names at the scope that are like the export's, as the last list of it had them
     * @param lastList when Azure last answered a list of the scope: of the others' calls too; empty when never
     * @param created when the object was created, by Azure's clock as far as it is known
     */
    public static ReconcileState read(
            ReconcileState before,
            Observation seen,
            Set<String> names,
            Optional<Instant> lastList,
            Instant now,
            Instant created) {
        ReconcileState after =
                before.withNames(names).with(seen, now).with(before.progress().read(contested(before, seen)));
        Optional<Instant> answered = seen instanceof Observation.Unanswered
                ? lastList.filter(at -> at.isAfter(after.transientState().answeredAt()))
                : Optional.of(now);
        ReconcileState known = answered.map(
                        at -> after.with(after.transientState().answered(at)))
                .orElse(after);
        if (known.resource().deleting()) {
            return known;
        }
        ReconcileState own = seen instanceof Present present ? ForeignRuns.dropped(known, present) : known;
        boolean firstClosedMonth =
                own.spec().closedMonth() != null && own.status().closedMonths() == null;
        // The days of a closed month count from the object's creation, by the clock that Azure judges by.
        return firstClosedMonth ? own.with(own.resource().createdAt(created)) : own;
    }

    /** The fields that another client changed between a read and the read after a conflict. */
    private static Set<ExportField> contested(ReconcileState before, Observation seen) {
        Progress progress = before.progress();
        boolean conflict = progress.notWritten()
                .filter(failed -> failed.failure() instanceof ArmFailure.Conflict)
                .isPresent();
        if (!conflict
                || !(before.observation() instanceof Present then)
                || !(seen instanceof Present(var export, var at, var source))) {
            return progress.contested();
        }
        Set<ExportField> fields = EnumSet.noneOf(ExportField.class);
        fields.addAll(progress.contested());
        fields.addAll(export.changedSince(then.export().fieldHashes()));
        return fields;
    }

    /** Another reconciliation is listing the scope. */
    public static ReconcileState listAwaited(ReconcileState s) {
        return s.with(new LastCall.ListAwaited());
    }

    /** The names of the scope's exports were read, for {@link Step.ReadNames}. */
    public static ReconcileState namesRead(ReconcileState s, Set<String> names) {
        return s.withNames(names).with(s.progress().withNames());
    }

    /** @param history what Azure returned; empty when it returned nothing */
    public static ReconcileState runHistory(ReconcileState s, Optional<JsonNode> history, Instant now) {
        ReconcileState read = s.with(s.progress().withHistory());
        return history.isPresent() && s.observation() instanceof Present present
                ? read.with(
                        new Present(VanishedRuns.found(s, present, history.get()), present.at(), present.source()), now)
                : read;
    }

    /** The status was written, see {@link Step.WriteStatus}. */
    public static ReconcileState recorded(ReconcileState s, Step.WriteStatus step, CostExportStatus written) {
        return s.with(written).with(s.transientState().postingRun(step.runToPost()));
    }

    /** Azure accepted the PUT of a new export. */
    public static ReconcileState created(ReconcileState s, Step.Create step, ObservedExport answer, Instant now) {
        return put(s.with(s.observation(), now), step.desired(), List.of(), List.of(), answer);
    }

    /** Azure accepted the PUT of an update. */
    public static ReconcileState updated(ReconcileState s, Step.Update step, ObservedExport answer, Instant now) {
        return put(s.with(s.observation(), now), step.desired(), step.differences(), step.corrected(), answer);
    }

    /** @param differences what the PUT would have changed; empty for a create */
    public static ReconcileState notWritten(ReconcileState s, ArmFailure failure, List<Difference> differences) {
        ReconcileState failed = s.with(new LastCall.NotWritten(failure, differences));
        return switch (failure) {
            case ArmFailure.Conflict conflict -> failed.with(s.transientState().conflicted());
            case ArmFailure.Rejected rejected
            when rejected.startIsPast() && !s.transientState().moveStart() ->
                s.with(s.transientState().movingStart()); // the same PUT with a later start may be accepted
            case ArmFailure.Indeterminate unknown ->
                failed.with(s.transientState().unanswered(s.now()));
            default -> failed;
        };
    }

    /** Azure accepted a DELETE. A read shows whether the export is deleted. */
    public static ReconcileState deleted(ReconcileState s, Instant now) {
        return s.with(s.transientState().deleted(now)).unread(now);
    }

    /** The state with which the next reconciliation begins. */
    public static ReconcileState ended(ReconcileState s, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failing failing -> s.failed(failing.failure().reason());
            case Outcome.Settled settled -> s.with(s.transientState().succeeded());
            case Outcome.Watched watched -> s.with(s.transientState().succeeded());
            case Outcome.Stuck stuck -> s.with(s.transientState().succeeded());
            case Outcome.Waiting waiting -> s;
            case Outcome.Paused paused -> s;
        };
    }

    /**
     * Azure accepted a PUT and answered with the document that it has now.
     *
     * @param differences what the PUT changed; empty for a create
     * @param corrected the differences that another client made
     */
    static ReconcileState put(
            ReconcileState s,
            DesiredExport sent,
            List<Difference> differences,
            List<Difference> corrected,
            ObservedExport answer) {
        ObservedExport before = s.observation() instanceof Present present ? present.export() : null;
        StatusDraft draft = new StatusDraft(s.status());
        draft.eTag = Optional.ofNullable(answer.eTag()).orElse(draft.eTag); // without an eTag, the next read has it
        draft.apiVersion = s.settings().apiVersion().name();
        draft.origin = s.observation() instanceof Present ? draft.origin : Planner.CREATED;
        draft.appliedFields = sent.statedPaths();
        draft.sasTokenHash = SasTokenSync.hashAfter(
                s, sent, !(s.observation() instanceof Present) || SasTokenSync.isDue(differences));
        draft.lastHandledApplyRequest =
                Planner.applyRequest(s).orElse(s.status().lastHandledApplyRequest());
        if (!corrected.isEmpty()) {
            draft.corrections = corrections(s, corrected, before);
        }
        String replaced = before == null ? null : before.eTag();
        Collection<ExportField> fields = before == null
                ? sent.values().keySet()
                : differences.stream().map(Difference::field).toList();
        Set<ExportField> otherwise = sent.differences(answer, s.appliedFields()).stream()
                .map(Difference::field)
                .collect(Collectors.toSet());
        Set<ExportField> answered =
                fields.stream().filter(field -> !otherwise.contains(field)).collect(Collectors.toSet());
        return s.with(draft.build())
                .with(new Present(answer, s.now(), Source.PUT), s.now())
                .with(s.transientState()
                        .wrote(s.now(), replaced, answer.eTag(), s.resource().generation(), fields, answered))
                .with(new LastCall.None());
    }

    /** Azure accepted the POST of a run: the history will show it. */
    public static ReconcileState runPosted(ReconcileState before, PendingRun run, Instant now) {
        ReconcileState s = before.with(before.observation(), now);
        return s.with(s.progress().posted(new LastCall.RunPosted()))
                .with(s.transientState()
                        .postingRun(false)
                        .tried(
                                RunKey.of(run),
                                new Try(
                                        attempts(run),
                                        now,
                                        "Azure accepted the run and does not return it.",
                                        Fate.ACCEPTED)));
    }

    /**
     * Azure did not accept the POST of a run. A call that the rate limit holds back is not an attempt, and a rejection
     * decides what becomes of the run by {@link Step.RejectRun}.
     */
    public static ReconcileState runNotPosted(ReconcileState before, PendingRun run, ArmFailure failure, Instant now) {
        LastCall last = new LastCall.RunNotPosted(run, failure);
        ReconcileState s = before.with(before.observation(), now);
        if (failure instanceof ArmFailure.Throttled) {
            return s.with(last).with(s.transientState().postingRun(true));
        }
        if (RunPlanner.isFinal(failure)) {
            return s.with(last);
        }
        Fate fate = failure instanceof ArmFailure.Indeterminate ? Fate.UNKNOWN : Fate.REFUSED;
        return s.with(s.progress().posted(last))
                .with(s.transientState()
                        .postingRun(false)
                        .tried(
                                RunKey.of(run),
                                new Try(attempts(run), now, failure.detail().text(), fate)));
    }

    /** Azure rejected the run. A missing permission may be granted: such a run stays pending, as denied. */
    public static ReconcileState runRejected(ReconcileState s, PendingRun run, ArmFailure failure) {
        String words = failure.detail().text();
        CostExportStatus status = switch (failure) {
            case ArmFailure.Forbidden denied -> RunPlanner.denied(s, run, words);
            case ArmFailure.Rejected rejected
            when rejected.tooOld() && run.cause().equals(RunPlanner.BACKFILL) -> RunPlanner.tooOld(s, run, words);
            default -> RunPlanner.refused(s, run, words);
        };
        return s.with(status).with(s.transientState().forgotten(RunKey.of(run))).with(new LastCall.None());
    }

    /** Azure accepted the run in no attempt. */
    public static ReconcileState runGivenUp(ReconcileState s, PendingRun run, String why) {
        String message = "Azure did not accept the run in " + RunPlanner.MAX_ATTEMPTS + " attempts: " + why;
        return s.with(RunPlanner.refused(s, run, message))
                .with(s.transientState().forgotten(RunKey.of(run)))
                .with(new LastCall.None());
    }

    private static int attempts(PendingRun run) {
        return run.attempts() == null ? 1 : run.attempts();
    }

    private static List<Correction> corrections(ReconcileState s, List<Difference> corrected, ObservedExport before) {
        String time = Timestamps.write(s.now());
        Stream<Correction> now = corrected.stream()
                .map(d -> new Correction(
                        time,
                        d.path(),
                        d.observedText(),
                        d.desiredText(),
                        before.changedBy().orElse(null)));
        List<Correction> known =
                s.status().corrections() == null ? List.of() : s.status().corrections();
        return Stream.concat(now, known.stream()).limit(CORRECTIONS_KEPT).toList();
    }
}
