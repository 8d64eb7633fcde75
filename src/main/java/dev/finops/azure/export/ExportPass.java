package dev.finops.azure.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Decision;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Planner;
import dev.finops.azure.export.plan.ReadConsistency;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.ResourceView;
import dev.finops.azure.export.plan.Settings;
import dev.finops.azure.export.plan.StateTransitions;
import dev.finops.azure.export.plan.StatusCheck;
import dev.finops.azure.export.plan.StatusDraft;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.plan.TransientState;
import dev.finops.azure.export.scope.ScopeCaches;
import dev.finops.azure.export.status.StatusReport;
import dev.finops.azure.kube.NamespacedName;
import dev.finops.azure.kube.PendingEvent;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One reconciliation of one object: the planner decides each step from the state, and this class does it and keeps the
 * state that follows.
 */
final class ExportPass {
    private static final Logger LOG = LoggerFactory.getLogger(ExportPass.class);

    /** More steps than any reconciliation takes: a fault of the operator must not become a storm of calls. */
    private static final int MAX_STEPS = 40;

    private final Dependencies with;
    private CostExport object;
    private ReconcileState state;
    private boolean latest;

    /**
     * What a reconciliation acts on.
     *
     * @param azure null without credentials, like the two after it: the planner decides on no call then
     * @param caller waits in the queue of the rate limiter
     */
    record Dependencies(
            ExportsApi azure,
            ScopeCaches scopes,
            DeliveryCheck deliveries,
            ResourceWriter writer,
            AzureClock clock,
            Waiter caller) {}

    /** The state before the first read. An object without a status has the empty one. */
    static ReconcileState before(
            CostExport object,
            Optional<ResourceView.Claim> claim,
            TransientState memory,
            Settings settings,
            Instant now,
            ResolvedSecrets secrets) {
        return StatusCheck.restored(new ReconcileState(
                view(object, claim),
                object.getSpec(),
                Optional.ofNullable(object.getStatus()).orElse(StatusDraft.EMPTY),
                new Observation.NotRead(),
                memory,
                settings,
                now,
                secrets));
    }

    static ResourceView view(CostExport object, Optional<ResourceView.Claim> claim) {
        ObjectMeta metadata = object.getMetadata();
        return new ResourceView(
                metadata.getNamespace(),
                metadata.getName(),
                metadata.getGeneration(),
                Instant.parse(metadata.getCreationTimestamp()),
                object.isMarkedForDeletion(),
                Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()),
                claim,
                Optional.ofNullable(object.getUnread()));
    }

    ExportPass(Dependencies with, CostExport object, ReconcileState state) {
        this.with = with;
        this.object = object;
        this.state = state;
    }

    ReconcileState state() {
        return state;
    }

    /** As it was written last. */
    CostExport object() {
        return object;
    }

    /**
     * Plan and act until no step is left, then report.
     *
     * @param nextOwner finds the object of this namespace and name that manages the export after a deletion
     */
    Step.End run(Function<String, Optional<CostExport>> nextOwner) {
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            Decision decision = Planner.next(state);
            log(decision);
            switch (decision.step()) {
                case Step.Action action -> act(action);
                case Step.Done done -> {
                    report(done.outcome());
                    return done;
                }
                case Step.Release release -> {
                    release.nextOwner().flatMap(nextOwner).ifPresent(this::handOver);
                    release.event().ifPresent(this::event);
                    return release;
                }
                case Step.Await await -> {
                    return await;
                }
            }
        }
        throw new IllegalStateException("no end after " + MAX_STEPS + " steps; the last status: " + state.status());
    }

    private void act(Step.Action action) {
        switch (action) {
            case Step.Read(var consistency, var events) -> {
                events.forEach(this::event);
                read(consistency);
            }
            case Step.ReadNames names -> readNames();
            case Step.ReadRunHistory history ->
                state = StateTransitions.runHistory(
                        state, runHistory(), with.clock().instant());
            case Step.WriteStatus write -> write(write);
            case Step.Create create -> create(create);
            case Step.Update update -> update(update);
            case Step.PostRun(var run) -> post(run);
            case Step.RejectRun(var run, var failure) -> {
                String message = StatusReport.refusal(state, run, failure);
                state = StateTransitions.runRejected(state, run, failure);
                reportRun(
                        run, failure instanceof ArmFailure.Forbidden ? Reason.RUN_DENIED : Reason.RUN_REFUSED, message);
            }
            case Step.GiveUpRun(var run, var why) -> {
                String message = StatusReport.givenUp(state, run, why);
                state = StateTransitions.runGivenUp(state, run, why);
                reportRun(run, Reason.RUN_REFUSED, message);
            }
            case Step.Delete(var id) -> delete(id);
        }
    }

    private void read(ReadConsistency consistency) {
        ExportId id = state.target();
        Optional<Observation> seen = with.scopes().get(id, consistency, with.caller());
        state = seen.map(this::readState).orElseGet(() -> StateTransitions.listAwaited(state));
    }

    private ReconcileState readState(Observation seen) {
        ExportId id = state.exportId();
        Instant created = Instant.parse(object.getMetadata().getCreationTimestamp())
                .plus(with.clock().skew());
        return StateTransitions.read(
                state,
                seen,
                with.scopes().alike(id),
                with.scopes().lastAnswered(id),
                with.clock().instant(),
                created);
    }

    private void readNames() {
        ExportId id = state.exportId();
        state = with.scopes()
                .get(id, ReadConsistency.CACHED, with.caller())
                .map(seen -> seen instanceof Observation.Unanswered
                        ? readState(seen)
                        : StateTransitions.namesRead(state, with.scopes().alike(id)))
                .orElseGet(() -> StateTransitions.listAwaited(state));
    }

    private Optional<JsonNode> runHistory() {
        return switch (with.azure().runHistory(state.exportId(), with.caller())) {
            case ArmResult.Ok<JsonNode>(var history) -> Optional.of(history);
            case ArmResult.Failed<JsonNode> failed -> Optional.empty();
        };
    }

    private void write(Step.WriteStatus step) {
        Optional<StatusReport> report =
                step.reached().map(outcome -> StatusReport.of(state.with(step.status()), outcome));
        CostExportStatus status =
                report.map(StatusReport::status).orElseGet(() -> StatusReport.working(state, step.status()));
        if (!status.equals(object.getStatus())) {
            object = with.writer().writeStatus(object, status);
        }
        latest = true; // the API server accepts a status only on the latest object
        state = StateTransitions.recorded(state, step, status);
        report.ifPresent(known -> known.events().forEach(this::event));
        step.events().forEach(this::event);
    }

    private void create(Step.Create step) {
        switch (put(step.body(), Priority.CREATE)) {
            case ArmResult.Ok<ObservedExport>(var export) -> {
                state = StateTransitions.created(
                        state, step, export, with.clock().instant());
                written(export, List.of(step.created()));
            }
            case ArmResult.Failed<ObservedExport>(var failure) -> notWritten(failure, List.of());
        }
    }

    private void update(Step.Update step) {
        step.drift().ifPresent(this::event);
        switch (put(step.body(), Priority.CHANGE)) {
            case ArmResult.Ok<ObservedExport>(var export) -> {
                state = StateTransitions.updated(
                        state, step, export, with.clock().instant());
                written(export, step.updated());
            }
            case ArmResult.Failed<ObservedExport>(var failure) -> notWritten(failure, step.differences());
        }
    }

    private ArmResult<ObservedExport> put(ObjectNode body, Priority priority) {
        requireLatest();
        return with.azure().put(state.exportId(), body, with.caller().as(priority));
    }

    private void written(ObservedExport export, List<PendingEvent> events) {
        with.scopes().put(state.exportId(), export);
        events.forEach(this::event);
    }

    private void notWritten(ArmFailure failure, List<Difference> differences) {
        LOG.info(
                "{}: Azure did not accept the PUT: {}: {}",
                name(),
                failure.reason(),
                failure.detail().text());
        if (failure instanceof ArmFailure.Conflict || failure instanceof ArmFailure.Indeterminate) {
            with.scopes().invalidate(state.exportId()); // what a list said before may be wrong now
        }
        state = StateTransitions.notWritten(state, failure, differences);
    }

    private void post(PendingRun run) {
        requireLatest();
        Priority priority = run.timePeriod() == null ? Priority.RUN : Priority.BACKFILL;
        Waiter caller = with.caller().as(priority);
        switch (with.azure().run(state.exportId(), run.timePeriod(), caller)) {
            case ArmResult.Ok<Boolean> ok ->
                state = StateTransitions.runPosted(state, run, with.clock().instant());
            case ArmResult.Failed<Boolean>(var failure) -> {
                LOG.info(
                        "{}: Azure did not accept the run: {}",
                        name(),
                        failure.detail().text());
                state = StateTransitions.runNotPosted(
                        state, run, failure, with.clock().instant());
            }
        }
    }

    /** The row of a month reports its run; a run of the export itself has a condition. */
    private void reportRun(PendingRun run, Reason reason, String message) {
        CostExportStatus status =
                run.timePeriod() != null ? state.status() : StatusReport.runRefused(state, reason, message);
        if (!status.equals(object.getStatus())) {
            object = with.writer().writeStatus(object, status);
        }
        latest = true;
        state = state.with(status);
        event(PendingEvent.warning(Reason.RUN_REFUSED, message));
    }

    private void delete(ExportId id) {
        requireLatest(); // the policy may be Orphan by now
        switch (with.azure().delete(id, with.caller())) {
            case ArmResult.Ok<Boolean> ok -> {
                with.scopes().invalidate(id);
                state = StateTransitions.deleted(state, with.clock().instant());
            }
            case ArmResult.Failed<Boolean>(var failure) -> state = readState(new Observation.Unanswered(failure));
        }
    }

    /** The next owner knows the export as its own, as this object did. */
    private void handOver(CostExport to) {
        CostExportStatus mine = state.status();
        boolean owns = to.getStatus() != null && to.getStatus().exportId() != null;
        boolean same = ExportId.parse(mine.exportId())
                .filter(ExportId.of(to.getSpec(), to.getMetadata().getName())::equals)
                .isPresent();
        if (!same || owns) {
            return;
        }
        StatusDraft draft = new StatusDraft(to.getStatus() == null ? StatusDraft.EMPTY : to.getStatus());
        draft.exportId = mine.exportId();
        draft.origin = mine.origin();
        draft.eTag = mine.eTag();
        draft.apiVersion = mine.apiVersion();
        draft.appliedFields = mine.appliedFields();
        draft.sasTokenHash = mine.sasTokenHash();
        draft.tenantId = mine.tenantId();
        with.writer().writeStatus(to, draft.build());
    }

    private void report(Outcome outcome) {
        state = StateTransitions.ended(state, outcome);
        report(StatusReport.of(state, outcome));
        Map<String, DeliveryResult> deliveries = deliveries(outcome); // slow: what is known does not wait for them
        if (!deliveries.isEmpty()) {
            report(StatusReport.of(state, outcome, deliveries));
        }
        if (outcome instanceof Outcome.Settled || outcome instanceof Outcome.Watched) {
            state = state.with(state.transientState().computed());
        }
    }

    private void report(StatusReport report) {
        if (!report.status().equals(object.getStatus())) {
            object = with.writer().writeStatusOnLatest(object, report.status());
        }
        state = state.with(report.status());
        report.events().forEach(this::event);
    }

    private Map<String, DeliveryResult> deliveries(Outcome outcome) {
        return StatusReport.toVerify(state, outcome).stream()
                .collect(Collectors.toMap(
                        open -> open.run().id(),
                        open -> with.deliveries()
                                .check(
                                        open.run(),
                                        state.spec(),
                                        state.exportId().name(),
                                        state.secrets().sas(),
                                        open.overwritable())));
    }

    /** A status that was written proves that the object is the latest; without one, the API server is read. */
    private void requireLatest() {
        if (!latest) {
            with.writer().requireLatest(object);
            latest = true;
        }
    }

    private void event(PendingEvent event) {
        with.writer().event(object, event);
    }

    private void log(Decision decision) {
        Level level = decision.step() instanceof Step.AzureWrite || decision.step() instanceof Step.Release
                ? Level.INFO
                : Level.DEBUG;
        LOG.atLevel(level)
                .log(
                        "{} generation {}: {}: {} {}",
                        name(),
                        state.resource().generation(),
                        decision.rule(),
                        decision.why(),
                        decision.step().detail());
    }

    private String name() {
        return NamespacedName.of(object);
    }
}
