package dev.finops.azure.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.ForeignRuns;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Planner;
import dev.finops.azure.export.plan.ReadConsistency;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.StateTransitions;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.plan.VanishedRuns;
import dev.finops.azure.export.scope.ScopeCaches;
import dev.finops.azure.export.status.StatusReport;
import dev.finops.azure.kube.EventRecorder;
import dev.finops.azure.kube.NamespacedName;
import dev.finops.azure.kube.PendingEvent;
import dev.finops.azure.kube.StatusPatcher;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reconciliation of one object: it executes the steps of the planner, one after the other. */
final class ExportPass {
    private static final Logger LOG = LoggerFactory.getLogger(ExportPass.class);

    /** So many writes in a row for a document that was not the latest, and somebody else is at it. */
    private static final int CONFLICTS = 3;

    /** Runs that one pass starts: the others of a long backfill wait for the next, however soon Azure ends these. */
    private static final int POSTS = 5;

    private final Surroundings around;
    private CostExport object;
    private ReconcileState situation;
    private boolean proven;
    private int posted;

    /** What somebody else changed while this pass was at it. */
    private final Set<ExportField> edited = EnumSet.noneOf(ExportField.class);

    /** What a turn acts on. */
    record Surroundings(
            KubernetesClient kubernetes,
            ExportsClient azure,
            DeliveryCheck deliveries,
            ScopeCaches snapshots,
            StatusPatcher statuses,
            EventRecorder events,
            AzureClock clock,
            AtomicBoolean skewTold,
            Waiter caller) {

        /** With what Azure said, or since when it has said nothing: a list that another object asked for counts too. */
        ReconcileState observed(ReconcileState before, Observation seen) {
            ReconcileState after =
                    before.showing(snapshots.alike(before.exportId())).with(seen, clock.instant());
            Optional<Instant> answered = seen instanceof Observation.Unanswered
                    ? snapshots
                            .lastAnswered(after.exportId())
                            .filter(at -> at.isAfter(after.memory().answeredAt()))
                    : Optional.of(clock.instant());
            return answered.map(at -> after.with(after.memory().answered(at))).orElse(after);
        }

        /** The API server is asked: what was seen of an object may be old, or the object gone. */
        void proveLatest(CostExport object) {
            CostExport latest = kubernetes.resource(object).get();
            if (latest == null
                    || !latest.getMetadata()
                            .getResourceVersion()
                            .equals(object.getMetadata().getResourceVersion())) {
                throw new Stale("the object has changed");
            }
        }
    }

    /** The object has changed since it was seen: nothing may be written upon what was decided. */
    static final class Stale extends RuntimeException {
        Stale(String what) {
            super(what, null, false, false);
        }
    }

    /** The list that is needed is being made for another; it wakes this one when it is there. */
    static final class Awaited extends RuntimeException {
        Awaited() {
            super("the scope is being listed", null, false, false);
        }
    }

    ExportPass(Surroundings around, CostExport object, ReconcileState situation) {
        this.around = around;
        this.object = object;
        this.situation = situation;
    }

    ReconcileState situation() {
        return situation;
    }

    /** As it was written last. */
    CostExport object() {
        return object;
    }

    void observe(ReadConsistency look) {
        Observation seen = around.snapshots()
                .get(situation.exportId(), look, around.caller())
                .orElseThrow(Awaited::new);
        situation = around.observed(situation, seen);
        if (seen instanceof Present present) {
            situation = ForeignRuns.dropped(situation, present);
        }
        if (seen instanceof Present present
                && VanishedRuns.any(situation, present)
                && around.azure().runHistory(situation.exportId(), around.caller())
                        instanceof ArmResult.Ok<JsonNode>(var history)) {
            situation = situation.with(
                    new Present(VanishedRuns.found(situation, present, history), present.at(), present.source()),
                    around.clock().instant());
        }
        if (situation.spec().closedMonth() != null && situation.status().closedMonths() == null) {
            // Its days count from the object's creation; what Azure's clock showed then is known once Azure has
            // answered.
            Instant created = Instant.parse(object.getMetadata().getCreationTimestamp());
            situation = situation.with(
                    situation.subject().createdAt(created.plus(around.clock().skew())));
        }
    }

    /** Does the step; empty when there may be more to do. */
    Optional<Outcome> act(Step step) {
        return switch (step) {
            case Step.Rest(var verdict) -> Optional.of(verdict);
            case Step.Observe(var look) -> {
                observe(look);
                yield Optional.empty();
            }
            case Step.Record record -> {
                record(record);
                yield Optional.empty();
            }
            case Step.Create(var body, var desired) -> {
                proveFresh();
                log("create " + situation.exportId());
                yield written(
                        around.azure()
                                .put(situation.exportId(), body, around.caller().as(Priority.CREATE)),
                        desired,
                        List.of(),
                        List.of(),
                        PendingEvent.normal(Reason.CREATED, "created " + situation.exportId()));
            }
            case Step.Update update -> update(update);
            case Step.PostRun post -> run(post);
            case Step.RefuseRun refusal -> {
                refuse(refusal);
                yield Optional.empty();
            }
        };
    }

    /** Writes down where the object stands, when that has changed, and tells what happened. */
    void report(Outcome verdict) {
        situation = situation.with(
                switch (verdict) {
                    case Outcome.Failing failing ->
                        situation.failed(failing.failure().reason()).memory();
                    case Outcome.Settled settled -> situation.memory().succeeded();
                    case Outcome.Watched watched -> situation.memory().succeeded();
                    case Outcome.Stuck stuck -> situation.memory().succeeded();
                    case Outcome.Waiting waiting -> situation.memory();
                    case Outcome.Paused paused -> situation.memory();
                });
        write(StatusReport.of(situation, verdict));
        Map<String, DeliveryResult> proofs =
                proofs(verdict); // which may take a while: what is known already does not wait for it
        if (!proofs.isEmpty()) {
            write(StatusReport.of(situation, verdict, proofs));
        }
        if (verdict instanceof Outcome.Settled || verdict instanceof Outcome.Watched) {
            situation = situation.with(situation.memory().computed());
        }
        if (!around.clock().skew().isZero() && around.skewTold().compareAndSet(false, true)) {
            tell(PendingEvent.warning(
                    Reason.CLOCK_SKEW,
                    "the operator's clock and Azure's differ by "
                            + around.clock().skew().abs().toMinutes() + " minutes"
                            + "; Azure's is used, but tokens may be refused: mend the node's clock"));
        }
    }

    private void write(StatusReport report) {
        if (!report.status().equals(object.getStatus())) {
            object = around.statuses().writeOnLatest(object, report.status());
        }
        situation = situation.with(report.status());
        report.notes().forEach(this::tell);
    }

    private Map<String, DeliveryResult> proofs(Outcome verdict) {
        return StatusReport.toProve(situation, verdict).stream()
                .collect(Collectors.toMap(
                        open -> open.run().id(),
                        open -> around.deliveries()
                                .look(
                                        open.run(),
                                        situation.spec(),
                                        situation.exportId().name(),
                                        situation.secrets().sas(),
                                        open.overwritable())));
    }

    private void record(Step.Record record) {
        if (record.runToPost() && !situation.applied()) {
            // Runs are asked for once the spec is in Azure: that is told with the intent, whatever becomes of the run.
            ReconcileState meant = situation.with(record.status());
            StatusReport report = StatusReport.of(meant, Planner.settled(meant, (Present) meant.observation()));
            write(report.status());
            report.notes().forEach(this::tell);
        } else {
            write(StatusReport.working(situation, record.status()));
        }
        proven = true;
        situation = situation.with(situation.memory().postingRun(record.runToPost()));
        record.notes().forEach(this::tell);
    }

    private void write(CostExportStatus status) {
        if (!status.equals(object.getStatus())) {
            object = around.statuses().write(object, status);
        }
        situation = situation.with(status);
    }

    /** A status that was written proves that the object is the latest; without one, the API server is asked. */
    private void proveFresh() {
        if (!proven) {
            around.proveLatest(object);
            proven = true;
        }
    }

    private Optional<Outcome> update(Step.Update update) {
        proveFresh();
        ObservedExport before = ((Present) situation.observation()).export();
        String changes = Planner.describe(update.differences())
                + (update.desired().completes(before, update.body())
                        ? "; its inactive schedule has dates and no recurrence, which Azure refuses in an "
                                + "update, and got the recurrence Daily"
                        : "");
        List<Difference> corrected = update.differences().stream()
                .filter(d ->
                        update.edited().contains(d) || d.field() != ExportField.SAS_TOKEN && edited.contains(d.field()))
                .toList();
        if (!corrected.isEmpty() && !told(corrected)) {
            tell(PendingEvent.warning(
                    Reason.DRIFT_DETECTED,
                    "changed in Azure"
                            + before.changedBy().map(who -> " by " + who).orElse("") + ": "
                            + corrected.stream()
                                    .map(d -> d.path() + " is " + d.observedText())
                                    .collect(Collectors.joining("; "))));
        }
        log("update " + situation.exportId() + " (" + update.cause() + ") " + changes);
        PendingEvent note = switch (update.cause()) {
            case SPEC -> PendingEvent.normal(Reason.UPDATED, "updated " + changes);
            case DRIFT -> PendingEvent.normal(Reason.DRIFT_CORRECTED, "put right " + changes);
            case AGAIN ->
                PendingEvent.normal(Reason.UPDATED, "sent again what Azure took and does not show: " + changes);
            case TIME -> PendingEvent.normal(Reason.UPDATED, "the schedule was due for " + changes);
            case SECRET -> PendingEvent.normal(Reason.UPDATED, "sent the SAS token that the Secret has now");
            case REQUEST -> PendingEvent.normal(Reason.UPDATED, "sent again, as was asked for");
        };
        return written(
                around.azure()
                        .put(
                                situation.exportId(),
                                update.body(),
                                around.caller().as(Priority.CHANGE)),
                update.desired(),
                update.differences(),
                corrected,
                note);
    }

    /** An edit that could not be corrected yet is in the status, and was told when it was found. */
    private boolean told(List<Difference> edits) {
        List<CostExportStatus.Difference> known =
                Objects.requireNonNullElse(situation.status().difference(), List.of());
        return edits.stream()
                .allMatch(d -> known.stream()
                        .anyMatch(k ->
                                d.path().equals(k.path()) && d.observedText().equals(k.observed())));
    }

    private Optional<Outcome> written(
            ArmResult<ObservedExport> answer,
            DesiredExport desired,
            List<Difference> differences,
            List<Difference> corrected,
            PendingEvent note) {
        return switch (answer) {
            case ArmResult.Ok<ObservedExport>(var export) -> {
                boolean ofSpec = !situation.applied();
                situation = StateTransitions.put(
                        situation.with(situation.observation(), around.clock().instant()),
                        desired,
                        differences,
                        corrected,
                        export);
                around.snapshots().put(situation.exportId(), export);
                tell(note);
                if (ofSpec) {
                    StateTransitions.outdatedHistory(situation, differences).ifPresent(this::tell);
                }
                yield Optional.empty();
            }
            case ArmResult.Failed<ObservedExport>(var failure) -> notWritten(failure, differences);
        };
    }

    private Optional<Outcome> notWritten(ArmFailure failure, List<Difference> differences) {
        log("not written: " + failure.reason() + ": " + failure.detail().text());
        switch (failure) {
            case ArmFailure.Conflict outdated -> {
                around.snapshots().invalidate(situation.exportId());
                situation = situation.with(situation.memory().conflicted());
                if (situation.memory().writes().conflicts() < CONFLICTS) {
                    lookAgain(failure);
                    return Optional.empty();
                }
            }
            case ArmFailure.Rejected refused
            when refused.startIsPast() && !situation.memory().moveStart() -> {
                situation = situation.with(situation.memory().movingStart());
                return Optional.empty();
            }
            case ArmFailure.Rejected refused -> {
                return Optional.of(new Outcome.Stuck(
                        refused.reason(),
                        Planner.refused(situation, refused.detail().text()),
                        differences,
                        Outcome.Stuck.By.AZURE));
            }
            case ArmFailure.Indeterminate unclear -> {
                around.snapshots().invalidate(situation.exportId());
                situation = situation.with(situation.memory().unanswered(situation.now()));
            }
            default -> {}
        }
        return Optional.of(new Outcome.Failing(failure, true, differences));
    }

    private void lookAgain(ArmFailure outdated) {
        tell(PendingEvent.warning(
                Reason.CONTESTED_BY_ANOTHER_WRITER,
                "somebody else wrote at the same time; looking again: "
                        + outdated.detail().text()));
        Observation before = situation.observation();
        observe(ReadConsistency.DIRECT);
        if (before instanceof Present then && situation.observation() instanceof Present now) {
            edited.addAll(now.export().changedSince(then.export().fieldHashes()));
        }
    }

    private Optional<Outcome> run(Step.PostRun post) {
        proveFresh();
        log("run " + situation.exportId() + " for " + post.run().cause());
        Present present = (Present) situation.observation();
        Priority urgency = post.run().timePeriod() == null ? Priority.RUN : Priority.BACKFILL;
        ArmResult<Boolean> answer = around.azure()
                .run(
                        situation.exportId(),
                        post.run().timePeriod(),
                        around.caller().as(urgency));
        situation = situation.with(situation.observation(), around.clock().instant());
        return switch (answer) {
            case ArmResult.Ok<Boolean> ok -> {
                situation = StateTransitions.runPosted(situation, post.run());
                observe(ReadConsistency.DIRECT);
                yield afterPost(present);
            }
            case ArmResult.Failed<Boolean>(var failure)
            when !isFinal(failure) -> {
                log("run not accepted: " + failure.detail().text());
                situation = StateTransitions.runFailed(situation, post.run(), failure);
                yield failure instanceof ArmFailure.Throttled
                        ? Optional.of(Planner.settled(situation, present))
                        : afterPost(present);
            }
            case ArmResult.Failed<Boolean>(var failure) -> {
                log("run refused: " + failure.detail().text());
                String message = StatusReport.refusal(situation, post.run(), failure);
                situation = StateTransitions.runRefused(situation, post.run(), failure);
                runRefused(
                        post.run(),
                        failure instanceof ArmFailure.Forbidden ? Reason.RUN_DENIED : Reason.RUN_REFUSED,
                        message);
                yield Optional.empty();
            }
        };
    }

    private Optional<Outcome> afterPost(Present before) {
        if (++posted < POSTS) {
            return Optional.empty();
        }
        Present present = situation.observation() instanceof Present now ? now : before;
        return Optional.of(Planner.settled(situation, present));
    }

    private void refuse(Step.RefuseRun refusal) {
        log("run given up: " + refusal.why());
        String message = StatusReport.givenUp(situation, refusal.run(), refusal.why());
        situation = StateTransitions.runGivenUp(situation, refusal.run(), refusal.why());
        runRefused(refusal.run(), Reason.RUN_REFUSED, message);
    }

    /** A run of a month is told by its row. */
    private void runRefused(PendingRun run, Reason reason, String message) {
        write(run.timePeriod() != null ? situation.status() : StatusReport.runRefused(situation, reason, message));
        proven = true;
        tell(PendingEvent.warning(Reason.RUN_REFUSED, message));
    }

    /**
     * Whether asking again for the same run is of no use before somebody has acted. A token that is not taken fails
     * reads too, and is told by them.
     */
    private static boolean isFinal(ArmFailure failure) {
        return failure instanceof ArmFailure.Rejected
                || failure instanceof ArmFailure.Forbidden denied && denied.reason() != Reason.AUTHENTICATION_FAILED;
    }

    private void tell(PendingEvent note) {
        around.events().write(object, note);
    }

    private void log(String what) {
        LOG.info(
                "{} generation {}: {}",
                NamespacedName.of(object),
                situation.subject().generation(),
                what);
    }
}
