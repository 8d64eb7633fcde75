package dev.finops.azure.export.plan;

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
import dev.finops.azure.export.plan.TransientState.Fate;
import dev.finops.azure.export.plan.TransientState.RunKey;
import dev.finops.azure.export.plan.TransientState.Try;
import dev.finops.azure.kube.PendingEvent;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a situation becomes by Azure's answer to something that was sent. */
public final class StateTransitions {
    private static final int CORRECTIONS_KEPT = 10;

    private StateTransitions() {}

    /**
     * Azure accepted a PUT and answered with the document that it has now.
     *
     * @param differences what the PUT changed; empty for a create
     * @param corrected those of them that were somebody else's edit
     */
    public static ReconcileState put(
            ReconcileState s,
            DesiredExport sent,
            List<Difference> differences,
            List<Difference> corrected,
            ObservedExport answer) {
        ObservedExport before = s.observation() instanceof Present present ? present.export() : null;
        StatusDraft draft = new StatusDraft(s.status());
        draft.eTag = Optional.ofNullable(answer.eTag()).orElse(draft.eTag); // without one a read tells
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
        return s.with(draft.done())
                .with(new Present(answer, s.now(), Source.PUT), s.now())
                .with(s.memory()
                        .wrote(s.now(), replaced, answer.eTag(), s.subject().generation(), fields, answered));
    }

    /** Azure accepted the POST of a run: the history will show it. */
    public static ReconcileState runPosted(ReconcileState s, PendingRun run) {
        return s.with(s.memory()
                .postingRun(false)
                .tried(
                        RunKey.of(run),
                        new Try(attempts(run), s.now(), "Azure accepted the run and does not show it", Fate.ACCEPTED)));
    }

    /**
     * Azure did not accept the POST of a run, and may accept the next. A call that Azure's quota keeps back is not an
     * attempt.
     */
    public static ReconcileState runFailed(ReconcileState s, PendingRun run, ArmFailure failure) {
        Fate fate = failure instanceof ArmFailure.Indeterminate ? Fate.UNKNOWN : Fate.REFUSED;
        return failure instanceof ArmFailure.Throttled
                ? s.with(s.memory().postingRun(true))
                : s.with(s.memory()
                        .postingRun(false)
                        .tried(
                                RunKey.of(run),
                                new Try(attempts(run), s.now(), failure.detail().text(), fate)));
    }

    /**
     * Azure will not run the export for us, and says why. A right that is missing may come: the run is asked for again
     * then.
     */
    public static ReconcileState runRefused(ReconcileState s, PendingRun run, ArmFailure failure) {
        String words = failure.detail().text();
        CostExportStatus status = switch (failure) {
            case ArmFailure.Forbidden denied -> RunPlanner.denied(s, run, words);
            case ArmFailure.Rejected refused
            when refused.tooOld() && run.cause().equals(RunPlanner.BACKFILL) -> RunPlanner.tooOld(s, run, words);
            default -> RunPlanner.refused(s, run, words);
        };
        return s.with(status).with(s.memory().forgotten(RunKey.of(run)));
    }

    /** Azure accepted the run in no attempt. */
    public static ReconcileState runGivenUp(ReconcileState s, PendingRun run, String why) {
        return s.with(RunPlanner.refused(s, run, "not accepted in " + RunPlanner.MAX_ATTEMPTS + " attempts: " + why))
                .with(s.memory().forgotten(RunKey.of(run)));
    }

    private static int attempts(PendingRun run) {
        return run.attempts() == null ? 1 : run.attempts();
    }

    /** What a person should know after an update that the spec asked for. */
    public static Optional<PendingEvent> outdatedHistory(ReconcileState s, List<Difference> changed) {
        return RunPlanner.outdated(s, changed);
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
