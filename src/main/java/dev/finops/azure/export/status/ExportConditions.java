package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Sentences;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.SasToken;
import dev.finops.azure.export.document.ScheduleWindow;
import dev.finops.azure.export.plan.ApiVersion;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Planner;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.RunPlanner;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.ClosedMonths;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The conditions of a CostExport (docs/reference/conditions.md). */
final class ExportConditions {
    /** Faults that others usually fix. After a long time it is likely that nobody does. */
    private static final Set<Reason> STALL_WHEN_LASTING = Set.of(
            Reason.AUTHORIZATION_FAILED,
            Reason.PROVIDER_NOT_REGISTERED,
            Reason.CREDENTIALS_MISSING,
            Reason.SCOPE_NOT_FOUND,
            Reason.API_VERSION_REJECTED,
            Reason.INVALID_REQUEST);

    private static final Duration LASTING = Duration.ofMinutes(30);

    private static final int MAX_VALUE = 64;

    /** How long before its end a SAS token is announced. */
    private static final Duration SAS_EXPIRING = Duration.ofDays(14);

    /** Reasons of a run that Azure did not start. */
    private static final Set<String> NOT_STARTED = Set.of(Reason.RUN_DENIED.toString(), Reason.RUN_REFUSED.toString());

    private final ReconcileState s;
    private final Optional<ScheduleWindow> window;
    private final RunStatus runs;
    private final DeliveryStatus delivery;
    private final String nextRunTime;
    private final ConditionSet set;

    /** @param window as Azure returns it; empty without a read */
    ExportConditions(
            ReconcileState s,
            Optional<ScheduleWindow> window,
            RunStatus runs,
            DeliveryStatus delivery,
            String nextRunTime) {
        this.s = s;
        this.window = window;
        this.runs = runs;
        this.delivery = delivery;
        this.nextRunTime = nextRunTime;
        this.set = new ConditionSet(s.status().conditions(), s.resource().generation(), s.now());
    }

    List<Condition> of(Outcome outcome, List<PendingEvent> events) {
        Optional<Condition> readyBefore = set.find(Conditions.READY);
        Optional<Condition> syncedBefore = set.find(Conditions.SYNCED);
        switch (outcome) {
            case Outcome.Settled settled -> settled(events, readyBefore);
            case Outcome.Watched watched -> watched(watched, events, readyBefore);
            case Outcome.Waiting waiting -> waiting(waiting);
            case Outcome.Failing failing -> failing(failing);
            case Outcome.Stuck stuck -> stuck(stuck);
            case Outcome.Paused paused -> paused(events, readyBefore);
        }
        if (!(outcome instanceof Outcome.Paused)
                && (s.status().exportId() != null || outcome instanceof Outcome.Watched)) {
            lastRun();
            delivered();
        }
        backfilled();
        warnOfFailure(outcome, syncedBefore, events);
        return set.list();
    }

    private void settled(List<PendingEvent> events, Optional<Condition> before) {
        Optional<Instant> sasExpiry = s.secrets()
                .token()
                .flatMap(SasToken::expiry)
                .filter(at -> at.isBefore(s.now().plus(SAS_EXPIRING)));
        Reason reason = sasExpiry
                .map(at -> at.isAfter(s.now()) ? Reason.SAS_TOKEN_EXPIRING : Reason.SAS_TOKEN_EXPIRED)
                .or(() -> window.map(w -> switch (w.phase()) {
                    case ENDING -> Reason.SCHEDULE_ENDING;
                    case ENDED -> Reason.SCHEDULE_ENDED;
                    case ACTIVE, SUSPENDED -> Reason.APPLIED;
                }))
                .orElse(Reason.APPLIED);
        String message = switch (reason) {
            case SAS_TOKEN_EXPIRING ->
                "Azure has the export as the spec states it. The SAS token expires at "
                        + Timestamps.write(sasExpiry.orElseThrow())
                        + ", and then Azure cannot deliver. Put a new token into Secret " + sasSecret() + ".";
            case SAS_TOKEN_EXPIRED ->
                "The SAS token expired at " + Timestamps.write(sasExpiry.orElseThrow())
                        + ", and Azure cannot deliver. Put a new token into Secret " + sasSecret() + ".";
            case SCHEDULE_ENDING ->
                "Azure has the export as the spec states it. The schedule ends at "
                        + Timestamps.write(window.orElseThrow().to()) + ". To go on, set a later spec.schedule.to.";
            case SCHEDULE_ENDED ->
                (window.orElseThrow().to().isAfter(s.now())
                                ? "No start is left before the schedule ends at "
                                : "The schedule ended at ")
                        + Timestamps.write(window.orElseThrow().to())
                        + ". It is inactive in Azure. To go on, set a later spec.schedule.to.";
            default -> "Azure has the export as the spec states it.";
        };
        ready(reason, message, ignored(), before, events);
        if (s.secrets().sas() instanceof ResolvedSecrets.Sas.Missing(var why)) {
            set.unknown(
                    Conditions.SYNCED,
                    Reason.CREDENTIALS_MISSING,
                    "It is unknown whether Azure has the latest SAS token. " + why);
        } else {
            set.set(Conditions.SYNCED, true, Reason.APPLIED, "Azure equals the spec.");
        }
        set.remove(Conditions.RECONCILING);
        set.remove(Conditions.STALLED);
        if (reason != Reason.APPLIED
                && before.filter(ready -> reason.toString().equals(ready.reason()))
                        .isEmpty()) {
            events.add(PendingEvent.warning(reason, message));
        }
    }

    /** An unknown value is one Event, when the message changes. */
    private void paused(List<PendingEvent> events, Optional<Condition> before) {
        String quoted = Annotations.unknownPause(s.resource().annotations())
                .map(value -> Json.shortened(value, MAX_VALUE))
                .orElse("");
        String message = "Paused by the annotation " + Annotations.PAUSED
                + (quoted.isEmpty()
                        ? ". The operator makes no calls to Azure."
                        : ", whose value \"" + quoted
                                + "\" is neither true nor false. The operator pauses to be safe. Set the annotation to "
                                + "\"true\", or remove the annotation to go on: "
                                + s.resource().kubectl("annotate") + " " + Annotations.PAUSED + "-");
        set.explain(Conditions.READY, Reason.PAUSED, message);
        if (!quoted.isEmpty()
                && before.filter(ready -> message.equals(ready.message())).isEmpty()) {
            events.add(PendingEvent.warning(Reason.UNKNOWN_VALUE, message));
        }
    }

    private String sasSecret() {
        var ref = s.spec().destination().sasTokenSecretRef();
        return s.resource().namespace() + "/" + ref.name() + ", key " + ref.key();
    }

    private void watched(Outcome.Watched watched, List<PendingEvent> events, Optional<Condition> before) {
        ready(
                Reason.OBSERVED,
                "The operator observes the export. The managementPolicy is "
                        + s.spec().managementPolicy() + ", so the operator writes nothing to Azure.",
                unreadAge().stream().toList(),
                before,
                events);
        if (watched.observed().isEmpty()) {
            set.set(Conditions.SYNCED, false, Reason.NOT_FOUND, "Azure has no export " + s.exportId() + ".");
        } else if (watched.differences().isEmpty()) {
            set.set(Conditions.SYNCED, true, Reason.OBSERVED, "Azure equals the spec");
        } else {
            set.set(
                    Conditions.SYNCED,
                    false,
                    Reason.DIFFERENCE,
                    "With managementPolicy: Manage the operator would change " + describe(watched.differences()) + ".");
        }
        set.remove(Conditions.RECONCILING);
        set.remove(Conditions.STALLED);
    }

    private void waiting(Outcome.Waiting waiting) {
        if (!s.applied()) {
            if (set.find(Conditions.READY).isEmpty()) {
                set.unknown(Conditions.READY, Reason.PENDING, waiting.message());
            }
            set.set(Conditions.RECONCILING, true, waiting.reason(), waiting.message());
        }
        set.remove(Conditions.STALLED);
    }

    private void failing(Outcome.Failing failing) {
        if (isTransient(failing.failure()) && stalledInThisStreak()) {
            return; // an outage or a throttled call does not end a fault that a person must fix
        }
        Reason reason = failing.failure().reason();
        String message = failing.failure() instanceof ArmFailure.Throttled(var detail, var wait, var by)
                ? Sentences.closed(detail.text()) + " The operator retries after "
                        + Timestamps.write(s.now().plus(wait)) + "."
                : explained(reason, failing.failure().detail().text()) + Remedy.wayOut(s);
        if (failing.write() || !s.applied()) {
            set.quote(Conditions.SYNCED, "False", reason, message);
        } else if (s.silent()) {
            set.quote(
                    Conditions.SYNCED,
                    "Unknown",
                    reason,
                    "Azure has not answered since "
                            + Timestamps.write(s.transientState().answeredAt()) + ": " + message);
        }
        if (!s.applied()) {
            set.quote(Conditions.READY, "False", reason, message);
        }
        boolean stalled = STALL_WHEN_LASTING.contains(reason) && lasts(reason);
        if (stalled) {
            set.quote(Conditions.STALLED, "True", reason, message);
        } else {
            set.remove(Conditions.STALLED);
        }
        if (!stalled && !s.applied()) {
            set.quote(Conditions.RECONCILING, "True", reason, message);
        } else {
            set.remove(Conditions.RECONCILING);
        }
    }

    private String explained(Reason reason, String words) {
        return Sentences.closed(words) + Remedy.of(reason, words, s);
    }

    /** Whether the failure says nothing about permissions or the request. */
    private static boolean isTransient(ArmFailure failure) {
        return failure instanceof ArmFailure.Throttled || failure instanceof ArmFailure.Indeterminate;
    }

    private boolean stalledInThisStreak() {
        return s.transientState().failures().since().keySet().stream()
                .filter(STALL_WHEN_LASTING::contains)
                .anyMatch(reason -> set.find(Conditions.STALLED)
                        .filter(stalled -> reason.toString().equals(stalled.reason()))
                        .isPresent());
    }

    private boolean lasts(Reason reason) {
        Instant since = s.transientState().failures().since().get(reason);
        return since != null && !s.now().isBefore(since.plus(LASTING));
    }

    private void stuck(Outcome.Stuck stuck) {
        String message = switch (stuck.by()) {
            case STANDING -> stuck.message();
            case AZURE -> explained(stuck.reason(), stuck.message()) + Remedy.wayOut(s);
            case OPERATOR -> Sentences.closed(stuck.message()) + Remedy.wayOut(s);
        };
        set.quote(Conditions.READY, "False", stuck.reason(), message);
        set.quote(Conditions.SYNCED, "False", stuck.reason(), message);
        set.quote(Conditions.STALLED, "True", stuck.reason(), message);
        set.remove(Conditions.RECONCILING);
    }

    private void lastRun() {
        Run ended = runs.lastEnded();
        Optional<Condition> refused =
                set.find(Conditions.LAST_RUN_SUCCEEDED).filter(c -> NOT_STARTED.contains(c.reason()));
        if (refused.isPresent() && !endedNow(ended) && !submittedSince(ended, refused.get())) {
            return; // a refusal to run stays until a run has ended since
        }
        String more = unclear() + failing();
        if (ended == null) {
            String next = nextRunTime == null ? "none is scheduled" : "the next run is due at " + nextRunTime;
            String ofMonths = s.resource().annotations().containsKey(Annotations.RUN_PERIOD)
                    ? " " + Annotations.RUN_PERIOD + "-"
                    : "";
            String ask = s.managed()
                    ? " To request a run: " + s.resource().kubectl("annotate") + " --overwrite" + ofMonths + " "
                            + Annotations.RUN_REQUESTED_AT + "=\"$(date)\""
                    : "";
            set.unknown(
                    Conditions.LAST_RUN_SUCCEEDED,
                    Reason.NO_RUN_YET,
                    "No run has ended yet, and " + next + "." + ask + more);
        } else if (RunHistory.is(ended, "Completed")) {
            set.set(Conditions.LAST_RUN_SUCCEEDED, true, Reason.COMPLETED, "Run " + ended.id() + " completed." + more);
        } else if (RunHistory.withoutData(ended)) {
            set.set(
                    Conditions.LAST_RUN_SUCCEEDED,
                    true,
                    Reason.NO_NEW_DATA,
                    "Run " + ended.id() + " found no new data (" + ended.status() + ")." + more);
        } else {
            Reason reason = RunHistory.is(ended, "Timeout") ? Reason.RUN_TIMED_OUT : Reason.RUN_FAILED;
            String why = RunHistory.because(ended);
            set.set(
                    Conditions.LAST_RUN_SUCCEEDED,
                    false,
                    reason,
                    Sentences.closed("Run " + ended.id() + " ended as " + ended.status() + why)
                            + Remedy.ofFailedRun(why, s)
                            + more);
        }
    }

    /** A newer run that is neither a success nor a failure, to follow what is known. */
    private String unclear() {
        return runs.unclear()
                .map(run -> " The result of run " + run.id() + " is unknown: "
                        + (RunHistory.isOpen(run)
                                ? "Azure returns it as " + run.status() + " since " + run.submittedTime()
                                        + " without an end, and no request waits for it."
                                : "it ended as " + run.status() + "."))
                .orElse("");
    }

    /** A run that Azure has not accepted yet, to follow what is known. */
    private String failing() {
        return RunPlanner.failing(s)
                .filter(failing -> failing.run().timePeriod() == null)
                .map(failing -> " Azure has not accepted a run"
                        + (failing.run().request() == null
                                ? ""
                                : " (" + failing.run().request() + ")") + " yet: attempt "
                        + failing.attempts() + " of " + BackfillMonths.MAX_ATTEMPTS + ": "
                        + Sentences.closed(failing.why()))
                .orElse("");
    }

    /** The month that Azure has not accepted yet, or whose run failed, to follow how many are done. */
    private String failingMonth() {
        Optional<String> pending = RunPlanner.failing(s)
                .filter(failing -> failing.run().timePeriod() != null)
                .map(failing -> failing.run().timePeriod().from().substring(0, 7) + ": attempt " + failing.attempts()
                        + ": " + failing.why());
        return pending.or(() -> runs.months().rows().stream()
                        .filter(row ->
                                BackfillMonths.isOpen(row.state()) && row.attempts() > 0 && row.message() != null)
                        .findFirst()
                        .map(row -> row.month() + ": attempt " + row.attempts() + ": " + row.message()))
                .map(why -> " " + Sentences.closed(why))
                .orElse("");
    }

    private boolean endedNow(Run run) {
        return run != null
                && Stream.ofNullable(s.status().runs())
                        .flatMap(List::stream)
                        .noneMatch(known -> known.id().equals(run.id()) && !RunHistory.isUnknown(known));
    }

    /** A second later at least, as the condition's time is in whole ones. */
    private static boolean submittedSince(Run run, Condition condition) {
        Optional<Instant> since =
                Timestamps.start(condition.lastTransitionTime()).map(at -> at.plusSeconds(1));
        return run != null
                && since.isPresent()
                && RunHistory.submitted(run).filter(since.get()::isBefore).isPresent();
    }

    private void delivered() {
        boolean verify = DeliveryStatus.verifies(s);
        Optional<Duration> maxAge = Freshness.maxAge(s.spec(), window);
        if (maxAge.isEmpty() && !verify) {
            set.remove(Conditions.DELIVERED);
            return;
        }
        Optional<Instant> good = Optional.ofNullable(runs.lastSuccessfulRun()).flatMap(RunHistory::ended);
        Optional<ScheduleWindow> start = s.observation() instanceof Present ? window : Optional.empty();
        if (start.isEmpty() && window.isPresent() && good.isEmpty()) {
            return; // only Azure knows the start that lateness counts from
        }
        Optional<Instant> limit =
                maxAge.map(age -> Freshness.limit(age, s.resource().created(), start, good));
        String since = good.map(at -> "The last successful run ended at " + Timestamps.write(at))
                .orElse("No run has succeeded yet");
        if (limit.filter(late -> s.now().isAfter(late)).isPresent()) {
            set.set(
                    Conditions.DELIVERED,
                    false,
                    Reason.STALE,
                    since + ". Data was expected by " + Timestamps.write(limit.get()) + ".");
        } else if (delivery.tell(set)) {
            return;
        } else if (good.isEmpty()) {
            set.unknown(
                    Conditions.DELIVERED,
                    Reason.NO_RUN_YET,
                    since
                            + limit.map(late -> ". Data is expected by " + Timestamps.write(late) + ".")
                                    .orElse("."));
        } else {
            set.set(
                    Conditions.DELIVERED,
                    true,
                    Reason.FRESH,
                    since
                            + delivery.summary()
                            + limit.map(late -> ". The next data is expected by " + Timestamps.write(late) + ".")
                                    .orElse("."));
        }
    }

    private void backfilled() {
        var months = runs.months();
        boolean asksForMonths =
                s.spec().backfill() != null || s.resource().annotations().containsKey(Annotations.RUN_PERIOD);
        if (asksForMonths && !s.settings().apiVersion().runsPeriods()) {
            set.set(
                    Conditions.BACKFILLED,
                    false,
                    Reason.NEEDS_API_VERSION,
                    s.settings().apiVersion() + " cannot run a month. Set EXPORTS_API_VERSION to " + ApiVersion.COMPLETE
                            + " or later, or create one export with timeframe Custom for each month.");
        } else if (s.spec().backfill() != null && !s.managed()) {
            set.unknown(
                    Conditions.BACKFILLED,
                    Reason.MONTHS_OPEN,
                    "The managementPolicy is " + s.spec().managementPolicy() + ", so the operator runs no month.");
        } else if (s.spec().backfill() != null && months.isEmpty()) {
            set.unknown(
                    Conditions.BACKFILLED,
                    Reason.MONTHS_OPEN,
                    "The operator runs the months once the export is in sync.");
        } else if (months.isEmpty() || !asksForMonths && months.open() == 0) {
            set.remove(Conditions.BACKFILLED); // the rows stay, as a record
        } else if (months.open() > 0 && RunPlanner.isDenied(s.status().pendingRun())) {
            set.unknown(
                    Conditions.BACKFILLED,
                    Reason.RUN_DENIED,
                    "Months done: " + months.summary() + ". " + runs.whyMonthsWait(s));
        } else if (months.open() > 0) {
            set.unknown(
                    Conditions.BACKFILLED,
                    Reason.MONTHS_OPEN,
                    "Months done: " + months.summary() + "." + failingMonth());
        } else if (months.failed() > 0) {
            set.set(
                    Conditions.BACKFILLED,
                    false,
                    Reason.MONTHS_FAILED,
                    months.failed() + " of " + months.rows().size()
                            + " months failed. See status.backfill for the causes.");
        } else {
            set.set(Conditions.BACKFILLED, true, Reason.MONTHS_DONE, "Months done: " + months.summary() + ".");
        }
    }

    /** One Event when a failure begins or changes its reason, none while it lasts. */
    private void warnOfFailure(Outcome outcome, Optional<Condition> before, List<PendingEvent> events) {
        boolean failed = outcome instanceof Outcome.Failing || outcome instanceof Outcome.Stuck;
        boolean secretGone = outcome instanceof Outcome.Settled;
        set.find(Conditions.SYNCED)
                .filter(synced -> (failed || secretGone) && !"True".equals(synced.status()))
                .filter(synced -> !synced.reason()
                        .equals(Reason.API_VERSION_REJECTED.toString())) // reported once for the whole operator
                .filter(synced -> before.filter(b ->
                                b.reason().equals(synced.reason()) && b.status().equals(synced.status()))
                        .isEmpty())
                .ifPresent(synced -> events.add(PendingEvent.warning(reason(outcome), synced.message())));
    }

    private static Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failing failing -> failing.failure().reason();
            case Outcome.Stuck stuck -> stuck.reason();
            default -> Reason.CREDENTIALS_MISSING;
        };
    }

    private static String describe(List<Difference> differences) {
        return Planner.describe(differences);
    }

    /** What of the spec is not acted on although the export is as it should be, for the end of Ready's message. */
    private List<PendingEvent> ignored() {
        List<PendingEvent> ignored = new ArrayList<>();
        if (!s.settings().apiVersion().runsPeriods()
                && !ClosedMonths.of(s.spec().closedMonth(), null).days().isEmpty()) {
            ignored.add(PendingEvent.warning(
                    Reason.NEEDS_API_VERSION,
                    "The operator ignores spec.closedMonth: " + s.settings().apiVersion()
                            + " cannot run a month. Set EXPORTS_API_VERSION to " + ApiVersion.COMPLETE + " or later."));
        }
        unreadAge().ifPresent(ignored::add);
        return ignored;
    }

    /** An age that a CRD of an earlier release allowed. */
    private Optional<PendingEvent> unreadAge() {
        return Freshness.unreadable(s.spec())
                .map(age -> PendingEvent.warning(
                        Reason.INVALID_REQUEST,
                        "spec.freshness.maxAge " + age
                                + " cannot be read, so the default applies. Set at most nine "
                                + "digits with one unit, such as 720h."));
    }

    /** Adds what is ignored to Ready's message, with an Event when that message changes. */
    private void ready(
            Reason reason,
            String message,
            List<PendingEvent> ignored,
            Optional<Condition> before,
            List<PendingEvent> events) {
        String whole = Stream.concat(Stream.of(message), ignored.stream().map(PendingEvent::message))
                .collect(Collectors.joining(" "));
        set.set(Conditions.READY, true, reason, whole);
        if (before.filter(ready -> whole.equals(ready.message())).isEmpty()) {
            events.addAll(ignored);
        }
    }
}
