package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.NotRead;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.status.StatusReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Situations to decide in, at {@link Specs#NOW}. */
public final class ReconcileStates {
    public static final Settings SETTINGS = new Settings(
            new ApiVersion("2025-03-01"),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15)),
            Optional.empty());

    private ReconcileStates() {}

    public static Step next(ReconcileState s) {
        return Planner.next(s).step();
    }

    /** How the first read of a reconciliation is made; empty when there is none. */
    static Optional<ReadConsistency> firstRead(ReconcileState s) {
        return next(unread(s)) instanceof Step.Read read ? Optional.of(read.consistency()) : Optional.empty();
    }

    /** The outcome of a reconciliation that found the export as the spec states it. */
    public static Outcome.Settled inSync(ReconcileState s) {
        return Planner.settled(s, (Present) s.observation());
    }

    /** After a read that showed all runs in progress. */
    private static ReconcileState read(ReconcileState s) {
        return s.with(s.progress().read(s.progress().contested()).withHistory());
    }

    public static ReconcileState runNotPosted(ReconcileState s, PendingRun run, ArmFailure failure) {
        return nextPass(StateTransitions.runNotPosted(s, run, failure, s.now()));
    }

    public static ReconcileState unread(ReconcileState s) {
        return s.with(new NotRead(), s.now());
    }

    /** The user deleted the object. */
    static ReconcileState deleting(ReconcileState s) {
        ResourceView resource = s.resource();
        return of(
                s,
                new ResourceView(
                        resource.namespace(),
                        resource.name(),
                        resource.generation(),
                        resource.created(),
                        true,
                        resource.annotations(),
                        resource.claim(),
                        resource.unread()));
    }

    /** An object that nobody has looked at yet. */
    public static ReconcileState fresh(CostExportSpec spec) {
        ResourceView resource =
                new ResourceView("finance", "focus", 1, Specs.NOW, false, Map.of(), Optional.empty(), Optional.empty());
        return new ReconcileState(
                resource,
                spec,
                StatusDraft.EMPTY,
                new NotRead(),
                TransientState.NONE,
                SETTINGS,
                Specs.NOW,
                ResolvedSecrets.NONE);
    }

    /** The intent to create is written down, and no more. */
    public static ReconcileState intended(CostExportSpec spec) {
        return absent(fresh(spec)).with(((Step.WriteStatus) ReconcileStates.next(absent(fresh(spec)))).status());
    }

    /** The export was created and nothing has happened since; seen with a GET. */
    public static ReconcileState settled(CostExportSpec spec) {
        ReconcileState sent = status(intended(spec), draft -> {
            draft.eTag = Specs.accepted(spec).eTag();
            draft.apiVersion = SETTINGS.apiVersion().name();
        });
        ReconcileState seen = got(sent, Specs.accepted(spec));
        return seen.with(StatusReport.of(seen, Planner.settled(seen, (Present) seen.observation()))
                .status());
    }

    public static ReconcileState got(ReconcileState s, ObservedExport export) {
        return read(s.with(new Present(export, s.now(), Source.GET), s.now()));
    }

    public static ReconcileState listed(ReconcileState s, ObservedExport export) {
        return read(s.with(new Present(export, s.now(), Source.LIST), s.now()));
    }

    public static ReconcileState absent(ReconcileState s) {
        return read(s.with(new Absent(s.now(), Observation.Source.GET), s.now()));
    }

    /** The same, some time after what was seen. */
    public static ReconcileState later(ReconcileState s, Duration time) {
        return at(s, s.now().plus(time));
    }

    public static ReconcileState at(ReconcileState s, Instant now) {
        return nextPass(s.with(s.observation(), now));
    }

    /** As the next reconciliation finds it, once it has read the same. */
    private static ReconcileState nextPass(ReconcileState s) {
        return s.with(Progress.NONE.withHistory());
    }

    public static ReconcileState annotated(ReconcileState s, String annotation, String value) {
        Map<String, String> annotations = new HashMap<>(s.resource().annotations());
        annotations.put(annotation, value);
        return annotated(s, annotations);
    }

    public static ReconcileState without(ReconcileState s, String annotation) {
        Map<String, String> annotations = new HashMap<>(s.resource().annotations());
        annotations.remove(annotation);
        return annotated(s, annotations);
    }

    private static ReconcileState annotated(ReconcileState s, Map<String, String> annotations) {
        ResourceView resource = s.resource();
        return of(
                s,
                new ResourceView(
                        resource.namespace(),
                        resource.name(),
                        resource.generation(),
                        resource.created(),
                        resource.deleting(),
                        annotations,
                        resource.claim(),
                        resource.unread()));
    }

    public static ReconcileState claimed(ReconcileState s, ResourceView.Claim claim) {
        ResourceView resource = s.resource();
        return of(
                s,
                new ResourceView(
                        resource.namespace(),
                        resource.name(),
                        resource.generation(),
                        resource.created(),
                        resource.deleting(),
                        resource.annotations(),
                        Optional.of(claim),
                        resource.unread()));
    }

    /** The user applied another spec: the next generation. */
    public static ReconcileState edited(ReconcileState s, CostExportSpec spec) {
        ResourceView resource = s.resource();
        ResourceView next = new ResourceView(
                resource.namespace(),
                resource.name(),
                resource.generation() + 1,
                resource.created(),
                resource.deleting(),
                resource.annotations(),
                resource.claim(),
                resource.unread());
        return new ReconcileState(
                next, spec, s.status(), s.observation(), s.transientState(), s.settings(), s.now(), s.secrets());
    }

    /** The same generation says something else: what the spec might as well have said. */
    public static ReconcileState spec(ReconcileState s, String path, Object value) {
        return new ReconcileState(
                s.resource(),
                Specs.with(s.spec(), path, value),
                s.status(),
                s.observation(),
                s.transientState(),
                s.settings(),
                s.now(),
                s.secrets());
    }

    public static ReconcileState apiVersion(ReconcileState s, String name) {
        Settings settings = new Settings(
                new ApiVersion(name),
                s.settings().observeInterval(),
                s.settings().runPollInterval(),
                s.settings().backoff(),
                s.settings().clientId());
        return new ReconcileState(
                s.resource(),
                s.spec(),
                s.status(),
                s.observation(),
                s.transientState(),
                settings,
                s.now(),
                s.secrets());
    }

    public static ReconcileState status(ReconcileState s, Consumer<StatusDraft> change) {
        StatusDraft draft = new StatusDraft(s.status());
        change.accept(draft);
        return s.with(draft.build());
    }

    /** After a pass that ended so: its report is written. */
    public static ReconcileState reported(ReconcileState s, Outcome outcome) {
        CostExportStatus status = StatusReport.of(s, outcome).status();
        return s.with(status);
    }

    private static ReconcileState of(ReconcileState s, ResourceView resource) {
        return s.with(resource);
    }
}
