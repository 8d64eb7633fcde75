package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Refusal;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Summary;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.document.ETag;
import dev.finops.azure.document.Sentences;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.ScheduleWindow;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Outcome.Stuck.By;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.RetryGuard;
import dev.finops.azure.export.plan.RunPlanner;
import dev.finops.azure.export.plan.StatusCheck;
import dev.finops.azure.export.plan.StatusDraft;
import dev.finops.azure.export.plan.TransientState.Trust;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.kube.PendingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The next status of an object and its Events. A pure function: the same outcome on the same status gives the same
 * status, so nothing is written when nothing has changed.
 */
public record StatusReport(CostExportStatus status, List<PendingEvent> events) {
    private static final int DIFFERENCES_SHOWN = 50;

    public static StatusReport of(ReconcileState s, Outcome outcome) {
        return of(s, outcome, Map.of());
    }

    /**
     * @param deliveries what storage said of the runs that {@link #toVerify} named, by their ids; those that were not asked
     * are left out
     */
    public static StatusReport of(ReconcileState s, Outcome outcome, Map<String, DeliveryResult> deliveries) {
        return report(s, asReportedBefore(s, outcome), deliveries);
    }

    private static StatusReport report(ReconcileState s, Outcome outcome, Map<String, DeliveryResult> deliveries) {
        List<PendingEvent> events = new ArrayList<>();
        StatusDraft draft = new StatusDraft(s.status());
        Optional<ObservedExport> observed = observed(s, outcome);
        Optional<ScheduleWindow> window =
                DesiredExport.of(s.spec(), observed, s.now(), false).schedule();

        RunStatus runs = RunStatus.of(s, observed);
        draft.runs = runs.runs();
        draft.lastRun = runs.lastRun();
        draft.lastSuccessfulRun = runs.lastSuccessfulRun();
        draft.backfill = runs.months().backfill();
        events.addAll(runs.events());
        Optional<Unverified> closedMonth = ClosedMonthStatus.open(s, runs);
        ClosedMonthStatus closed = ClosedMonthStatus.of(
                s,
                runs,
                closedMonth,
                closedMonth.map(open -> deliveries.get(open.run().id())));
        draft.closedMonths = closed.months().status();
        events.addAll(closed.events());

        observed.ifPresent(export -> {
            draft.tenantId = s.secrets().tenantId().orElse(null);
            draft.identity = export.identity(s.status().identity());
            draft.nextRunTime = export.nextRunTime(Timestamps.start(s.status().nextRunTime()), s.now())
                    .map(Timestamps::write)
                    .orElse(null);
        });
        draft.summary = new Summary(
                schedule(s, window), BackfillMonths.of(draft.backfill).summary());
        if (!(outcome instanceof Outcome.Paused)) {
            answerRequests(s, outcome, draft, events);
        }
        draft.observedGeneration =
                StatusCheck.observedGeneration(s.status(), s.resource().generation());
        if (!(outcome instanceof Outcome.Paused || outcome instanceof Outcome.Waiting)) {
            draft.difference = shown(outcome);
            draft.observedGeneration = s.resource().generation();
        }
        if (outcome instanceof Outcome.Settled settled) {
            boolean moved = !ETag.of(settled.observed().eTag())
                    .equals(ETag.of(s.status().eTag()));
            if (moved
                    && s.transientState().own().trust() != Trust.COMPUTED
                    && settled.observed().eTag() != null) {
                draft.eTag = settled.observed().eTag(); // once: Azure may show another one with each read
            }
            draft.appliedFields =
                    settled.desired().statedPaths(); // also what was stated, or not any more, without a need for a PUT
        }
        Optional<DeliveryResult> proof = DeliveryStatus.open(s, runs, s.status().delivery())
                .map(open -> deliveries.get(open.run().id()));
        if (proof.isPresent() && proof.get() instanceof DeliveryResult.Verified(var delivery)) {
            draft.delivery = delivery;
        }
        ExportConditions conditions = new ExportConditions(
                s, window, runs, new DeliveryStatus(s, runs, draft.delivery, proof), draft.nextRunTime);
        draft.conditions = conditions.of(outcome, events);
        draft.refusal = refusal(s, outcome, draft);
        return new StatusReport(draft.build(), List.copyOf(events));
    }

    /** @param overwritable whether a newer run may have replaced what this one delivered */
    public record Unverified(Run run, boolean overwritable) {}

    /**
     * The runs whose delivery is to be looked for in the storage account: the export's own last good one and a closed
     * month's, unless they are proven.
     */
    public static List<Unverified> toVerify(ReconcileState s, Outcome outcome) {
        boolean looking = outcome instanceof Outcome.Settled || outcome instanceof Outcome.Watched;
        if (!looking || !DeliveryStatus.verifies(s)) {
            return List.of();
        }
        RunStatus runs = RunStatus.of(s, observed(s, outcome));
        return Stream.of(DeliveryStatus.open(s, runs, s.status().delivery()), ClosedMonthStatus.open(s, runs))
                .flatMap(Optional::stream)
                .toList();
    }

    /** What is written down before something is done: that it is under way. */
    public static CostExportStatus working(ReconcileState s, CostExportStatus next) {
        if (s.applied()) {
            return counted(next);
        }
        ConditionSet conditions =
                new ConditionSet(next.conditions(), s.resource().generation(), s.now());
        boolean creating = next.eTag() == null;
        if (conditions.find(Conditions.READY).isEmpty()) {
            conditions.unknown(Conditions.READY, Reason.PENDING, "The operator has not called Azure yet.");
        } else if (creating && conditions.is(Conditions.READY, "True")) {
            conditions.set(
                    Conditions.READY,
                    false,
                    Reason.CREATING,
                    "Another client deleted the export. The operator creates it again.");
        }
        conditions.set(
                Conditions.RECONCILING,
                true,
                creating ? Reason.CREATING : Reason.UPDATING,
                creating ? "The operator creates the export." : "The operator updates the export to the spec.");
        conditions.remove(Conditions.STALLED);
        StatusDraft draft = new StatusDraft(next);
        draft.conditions = conditions.list();
        return draft.build();
    }

    /** A pass that starts many months is long: the column counts what their rows say, also while it is still at it. */
    private static CostExportStatus counted(CostExportStatus next) {
        if (next.summary() == null) {
            return next;
        }
        StatusDraft draft = new StatusDraft(next);
        draft.summary = new Summary(
                next.summary().schedule(), BackfillMonths.of(next.backfill()).summary());
        return draft.build();
    }

    /** The message about a run that Azure rejected. */
    public static String refusal(ReconcileState s, PendingRun run, ArmFailure failure) {
        String words = failure.detail().text();
        return Sentences.closed("Azure rejected a run" + of(run) + ": " + words)
                + Remedy.ofRefusedRun(
                        failure.reason(), words, s, !(failure instanceof ArmFailure.Forbidden), run.timePeriod());
    }

    /** The message about a run that Azure accepted in no attempt. */
    public static String givenUp(ReconcileState s, PendingRun run, String why) {
        return Sentences.closed("Azure did not accept a run" + of(run) + " in " + BackfillMonths.MAX_ATTEMPTS
                        + " attempts: " + why)
                + Remedy.ofGivenUpRun(s, run.timePeriod());
    }

    private static String of(PendingRun run) {
        return run.timePeriod() == null ? "" : " of " + run.timePeriod().from().substring(0, 7);
    }

    /** A run of the export's own definition that Azure does not start. */
    public static CostExportStatus runRefused(ReconcileState s, Reason reason, String message) {
        ConditionSet conditions =
                new ConditionSet(s.status().conditions(), s.resource().generation(), s.now());
        conditions.quote(Conditions.LAST_RUN_SUCCEEDED, "False", reason, message);
        StatusDraft draft = new StatusDraft(s.status());
        draft.conditions = conditions.list();
        return draft.build();
    }

    private static Optional<ObservedExport> observed(ReconcileState s, Outcome outcome) {
        boolean known = !(outcome instanceof Outcome.Paused)
                && (s.status().exportId() != null || outcome instanceof Outcome.Watched);
        return known && s.observation() instanceof Present present ? Optional.of(present.export()) : Optional.empty();
    }

    private static String schedule(ReconcileState s, Optional<ScheduleWindow> window) {
        return window.map(w -> {
                    String recurrence = Optional.ofNullable(s.spec().schedule().recurrence())
                            .orElse("-");
                    return switch (w.phase()) {
                        case SUSPENDED -> recurrence + " (suspended)";
                        case ENDED -> "ended";
                        case ACTIVE, ENDING -> recurrence;
                    };
                })
                .orElse("-");
    }

    private static List<CostExportStatus.Difference> shown(Outcome outcome) {
        List<Difference> differences = switch (outcome) {
            case Outcome.Watched watched -> watched.differences();
            case Outcome.Stuck stuck -> stuck.differences();
            case Outcome.Failing failing -> failing.differences();
            case Outcome.Settled settled -> List.of();
            case Outcome.Waiting waiting -> List.of();
            case Outcome.Paused paused -> List.of();
        };
        return differences.isEmpty()
                ? null
                : differences.stream()
                        .limit(DIFFERENCES_SHOWN)
                        .map(d -> new CostExportStatus.Difference(d.path(), d.desiredText(), d.observedText()))
                        .toList();
    }

    /** It stands for as long as the object is Stalled by it. */
    private static Refusal refusal(ReconcileState s, Outcome outcome, StatusDraft draft) {
        boolean stalled = Conditions.find(draft.conditions, Conditions.STALLED)
                .filter(condition -> "True".equals(condition.status()))
                .isPresent();
        if (!stalled) {
            return null;
        }
        return switch (outcome) {
            case Outcome.Stuck stuck when stuck.by() == By.AZURE -> RetryGuard.refusal(s);
            case Outcome.Stuck stuck when stuck.by() == By.OPERATOR -> null;
            default -> draft.refusal;
        };
    }

    /** Another spelling of a value that differs is not reported again. */
    private static Outcome asReportedBefore(ReconcileState s, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Watched(var desired, var observed, var differences) ->
                new Outcome.Watched(desired, observed, asReportedBefore(s, differences));
            case Outcome.Stuck(var reason, var message, var differences, var by) ->
                new Outcome.Stuck(reason, message, asReportedBefore(s, differences), by);
            case Outcome.Failing(var failure, var write, var differences) ->
                new Outcome.Failing(failure, write, asReportedBefore(s, differences));
            case Outcome.Settled settled -> settled;
            case Outcome.Waiting waiting -> waiting;
            case Outcome.Paused paused -> paused;
        };
    }

    private static List<Difference> asReportedBefore(ReconcileState s, List<Difference> differences) {
        List<CostExportStatus.Difference> told =
                Objects.requireNonNullElse(s.status().difference(), List.of());
        return differences.stream()
                .map(d -> told.stream()
                        .filter(before -> d.path().equals(before.path()))
                        .findFirst()
                        .map(before -> d.reportedAs(before.observed()))
                        .orElse(d))
                .toList();
    }

    /** A request that was handled, or cannot be, is not repeated. */
    private static void answerRequests(
            ReconcileState s, Outcome outcome, StatusDraft draft, List<PendingEvent> events) {
        var annotations = s.resource().annotations();
        draft.lastHandledReconcileRequest =
                annotations.getOrDefault(Annotations.RECONCILE_REQUESTED_AT, draft.lastHandledReconcileRequest);
        Optional<String> why = switch (outcome) {
            case Outcome.Watched watched ->
                Optional.of("The managementPolicy is " + s.spec().managementPolicy()
                        + ", so the operator writes nothing to Azure.");
            case Outcome.Stuck stuck -> Optional.of(stuck.reason() + ": " + stuck.message());
            default -> Optional.empty();
        };
        if (why.isEmpty()) {
            return;
        }
        String run = annotations.get(Annotations.RUN_REQUESTED_AT);
        if (outcome instanceof Outcome.Watched && draft.pendingRun != null) {
            RunPlanner.dropPending(draft); // whatever its result, it is not requested again
        }
        boolean pending = draft.pendingRun != null && run != null && run.equals(draft.pendingRun.request());
        if (run != null && !run.isEmpty() && !pending && !run.equals(draft.lastHandledRunRequest)) {
            draft.lastHandledRunRequest = run;
            events.add(PendingEvent.warning(
                    Reason.RUN_REFUSED, "The requested run (" + run + ") is refused: " + why.get()));
        }
        String apply = annotations.get(Annotations.APPLY_REQUESTED_AT);
        if (apply != null && !apply.isEmpty() && !apply.equals(draft.lastHandledApplyRequest)) {
            draft.lastHandledApplyRequest = apply;
            events.add(PendingEvent.warning(
                    Reason.REQUEST_REFUSED, "The requested PUT (" + apply + ") is refused: " + why.get()));
        }
    }
}
