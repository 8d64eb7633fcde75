package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.document.Sentences;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.TransientState.Fate;
import dev.finops.azure.export.plan.TransientState.RunKey;
import dev.finops.azure.export.plan.TransientState.Try;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.export.runs.RunPeriod;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides about runs of an export that is in sync: each request once. A run has no id until Azure's history shows it,
 * so the intent is written first, and the history decides whether it was accepted.
 */
public final class RunPlanner {
    static final String REQUEST = "Request";
    static final String ON_CREATE = "OnCreate";
    static final String BACKFILL = "Backfill";
    static final String CLOSED_MONTH = "ClosedMonth";

    /** The time of an intent is from ARM's Date header; histories may cut theirs to the minute. */
    private static final Duration CLOCK = Duration.ofMinutes(1);

    /** After so many attempts that Azure accepted none of, another one would not help. */
    static final int MAX_ATTEMPTS = BackfillMonths.MAX_ATTEMPTS;

    /** The time of an intent is written in whole seconds: it may have been made at the end of that one. */
    private static final Duration WRITTEN = Duration.ofSeconds(1);

    /** An intent that the history does not show for so many polls was not accepted. */
    private static final int POLLS = 4;

    /** Runs that one reconciliation starts, so that a long backfill does not keep other objects waiting. */
    static final int MAX_POSTS = 5;

    private static final String NOT_SHOWN = "Azure's run history does not have the run.";

    private RunPlanner() {}

    /** Whether the history has to be read whole: something of ours is under way or about to be. */
    static boolean watching(ReconcileState s) {
        CostExportStatus status = s.status();
        return status.pendingRun() != null && !rests(s)
                || request(s).isPresent()
                || BackfillMonths.of(status.backfill()).underWay()
                || status.lastRun() != null
                        && onDemand(status.lastRun())
                        && RunHistory.underWay(status.lastRun(), s.now())
                || status.runs() != null
                        && status.runs().stream().anyMatch(run -> onDemand(run) && RunHistory.underWay(run, s.now()));
    }

    /** What a decision about a run depends on. */
    private record Input(ReconcileState state, Present present, List<Run> runs) {
        PendingRun pending() {
            return state.status().pendingRun();
        }

        boolean ofMonth() {
            return pending().timePeriod() != null;
        }

        /** POSTs of the pending run before; 0 when its first is still to come, or Azure denied it a day ago. */
        int attempts() {
            boolean none =
                    isDenied(pending()) || requested().isEmpty() || pending().attempts() == null;
            return none ? 0 : pending().attempts();
        }

        Optional<Instant> requested() {
            return Timestamps.start(pending().requestedTime());
        }

        Optional<Try> lastTry() {
            return state.transientState().lastTry(RunKey.of(pending()));
        }

        String why() {
            return lastTry().map(Try::why).orElse(NOT_SHOWN);
        }

        /** Whether the history may still show the run of the last POST. */
        boolean mayShow() {
            boolean refused =
                    lastTry().filter(tried -> tried.fate() == Fate.REFUSED).isPresent();
            return !refused && state.now().isBefore(requested().orElseThrow().plus(lapse(state)));
        }

        boolean yields() {
            return ofMonth() && requestIsDue(state);
        }

        boolean isUnderWay() {
            return runs.stream().anyMatch(run -> RunHistory.underWay(run, state.now()));
        }

        Optional<Step> settled() {
            return Optional.of(new Step.Done(Planner.settled(state, present)));
        }
    }

    private static final Rule<Input> READ_HISTORY = Rule.of(
            "ReadRuns",
            "A list shows only the last run.",
            in -> in.present().source() == Source.GET
                    ? Optional.empty()
                    : Optional.of(new Step.Read(ReadConsistency.DIRECT)));

    /** A person requested a run, and no run is pending. */
    private static final List<Rule<Input>> REQUESTED = List.of(
            READ_HISTORY,
            Rule.of("RequestMonths", "The annotation names the months to run.", RunPlanner::requestMonths),
            Rule.of(
                    "MonthsMeanwhile",
                    "The request waits for its next attempt.",
                    in -> requestIsDue(in.state())
                            ? Optional.empty()
                            : MonthPlanner.next(in.state(), in.present(), in.runs())),
            Rule.of(
                    "RequestRun",
                    "A person requested a run.",
                    in -> requestIsDue(in.state()) && !in.isUnderWay()
                            ? Optional.of(requestRun(in))
                            : Optional.empty()));

    /** A run is pending: it is to be posted, or was posted and is not in the history yet. */
    private static final List<Rule<Input>> PENDING = List.of(
            READ_HISTORY,
            Rule.of(
                    "DeniedRunYields",
                    "Azure denied the pending run a day ago.",
                    in -> isDenied(in.pending()) && (requestIsDue(in.state()) || in.ofMonth())
                            ? Optional.of(giveWay(in.state()))
                            : Optional.empty()),
            Rule.of(
                    "MonthYields",
                    "A person's request goes before a month.",
                    in -> in.state().transientState().runs().toPost() && in.yields()
                            ? Optional.of(giveWay(in.state()))
                            : Optional.empty()),
            Rule.of(
                    "PostRun",
                    "The status has the intent to run.",
                    in -> in.state().transientState().runs().toPost()
                            ? Optional.of(post(in.state(), in.pending(), in.runs()))
                            : Optional.empty()),
            Rule.of(
                    "RunInProgress",
                    "Azure runs an export once at a time.",
                    in -> in.attempts() == 0 && !in.ofMonth() && in.isUnderWay() ? in.settled() : Optional.empty()),
            Rule.of(
                    "FirstAttempt",
                    "The pending run was not posted yet.",
                    in -> in.attempts() == 0 ? again(in, 1) : Optional.empty()),
            Rule.of(
                    "PostedMonthYields",
                    "A person's request goes before a month.",
                    in -> in.mayShow() && in.yields() ? Optional.of(giveWay(in.state())) : Optional.empty()),
            Rule.of(
                    "RunMayBeShown",
                    "The history may still show the run.",
                    in -> in.mayShow() ? in.settled() : Optional.empty()),
            Rule.of("GiveUpRun", "Azure accepted the run in no attempt.", in -> {
                int attempts = in.ofMonth() ? MonthPlanner.attempts(in.state(), in.pending()) + 1 : in.attempts();
                return attempts >= MAX_ATTEMPTS
                        ? Optional.of(new Step.GiveUpRun(in.pending(), in.why()))
                        : Optional.empty();
            }),
            Rule.of(
                    "MonthNotAccepted",
                    "The month waits for its next attempt, and others go on.",
                    in -> in.ofMonth()
                            ? Optional.of(new Step.WriteStatus(
                                    MonthPlanner.failed(in.state(), in.pending(), in.why()), List.of()))
                            : Optional.empty()),
            Rule.of(
                    "NewerRequest",
                    "Only the newest request counts.",
                    in -> request(in.state())
                            .filter(newest -> REQUEST.equals(in.pending().cause())
                                    && !newest.equals(in.pending().request()))
                            .map(newest -> giveWay(in.state()))),
            Rule.of(
                    "MonthsMeanwhile",
                    "The run waits for its next attempt.",
                    in -> isBackingOff(in) ? months(in).or(in::settled) : Optional.empty()),
            Rule.of("NextAttempt", "Azure did not accept the run.", in -> again(in, in.attempts() + 1)));

    private static final List<Rule<Input>> MONTHS = List.of(Rule.of(
            "Months",
            "A month is due, or its run has ended.",
            in -> MonthPlanner.next(in.state(), in.present(), in.runs())));

    static Optional<Decision> next(ReconcileState s, Present present) {
        List<Run> runs = RunHistory.merge(s.status().runs(), present.export().runs());
        PendingRun pending = s.status().pendingRun();
        boolean rests =
                rests(s) && !requestIsDue(s) && present.export().runs().stream().noneMatch(run -> mayAnswer(s, run));
        boolean open = !rests && (pending != null || request(s).isPresent());
        List<Rule<Input>> rules = !open ? MONTHS : pending == null ? REQUESTED : PENDING;
        return Rule.first(rules, new Input(s, present, runs));
    }

    /** Whether the same POST would fail again until a person acts. A rejected token fails the reads too. */
    static boolean isFinal(ArmFailure failure) {
        return failure instanceof ArmFailure.Rejected
                || failure instanceof ArmFailure.Forbidden denied && denied.reason() != Reason.AUTHENTICATION_FAILED;
    }

    /**
     * Azure's history shows the run that the pending intent is for: whatever else is wrong with the object, that is
     * settled.
     */
    static Optional<Step> accepted(ReconcileState s, Present present) {
        if (present.source() != Source.GET) {
            return Optional.empty();
        }
        PendingRun pending = s.status().pendingRun();
        List<Run> runs = RunHistory.merge(s.status().runs(), present.export().runs());
        Optional<Run> answer = runs.stream()
                .filter(run -> pending != null && isNew(s, run) && answers(run, pending))
                .filter(run -> pending.timePeriod() != null || OwnRuns.of(s).mayBeOwn(run) || lapsed(s, pending))
                .findFirst();
        if (answer.isPresent()) {
            Run run = answer.get();
            return Optional.of(new Step.WriteStatus(
                    accepted(s, pending, run, runs),
                    with(
                            ended(s, runs),
                            PendingEvent.normal(
                                    Reason.RUN_STARTED,
                                    "Run " + run.id() + of(pending.timePeriod())
                                            + (isDenied(pending)
                                                    ? " replaces the run that Azure denied."
                                                    : " was accepted.")))));
        }
        return runs.stream()
                .flatMap(run -> lost(s, run).map(row -> found(s, row, run, runs)).stream())
                .findFirst();
    }

    /** Whether a run may be one that was posted; such a run is not written down before that is settled. */
    public static boolean mayAnswer(ReconcileState s, Run run) {
        PendingRun pending = s.status().pendingRun();
        return isNew(s, run) && pending != null && answers(run, pending)
                || lost(s, run).isPresent();
    }

    /** The month whose attempt was counted as failed, since its answer was lost, and that this is the run of. */
    private static Optional<RunKey> lost(ReconcileState s, Run run) {
        if (s.transientState().runs().tried().isEmpty() || !onDemand(run) || !isNew(s, run)) {
            return Optional.empty();
        }
        return s.transientState().runs().tried().entrySet().stream()
                .filter(tried -> !tried.getKey().isOwn()
                        && tried.getValue().fate() != Fate.REFUSED
                        && MonthPlanner.waits(s, tried.getKey()))
                .filter(tried -> s.status().pendingRun() == null
                        || !tried.getKey().equals(RunKey.of(s.status().pendingRun())))
                .filter(tried -> isSince(run, tried.getValue().at())
                        && run.timePeriod() != null
                        && samePeriod(
                                run.timePeriod(), BackfillMonths.period(MonthPlanner.month(tried.getKey()), today(s))))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Step found(ReconcileState s, RunKey month, Run run, List<Run> runs) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.runs = runs;
        if (month.cause().equals(BACKFILL)) {
            draft.backfill = BackfillMonths.of(draft.backfill)
                    .found(month.request(), run.id())
                    .backfill();
        } else {
            draft.closedMonths = MonthPlanner.closed(s)
                    .found(LocalDate.parse(month.request()), run.id())
                    .status();
        }
        return new Step.WriteStatus(
                draft.build(),
                with(
                        ended(s, runs),
                        PendingEvent.normal(
                                Reason.RUN_STARTED,
                                "Run " + run.id() + " of " + MonthPlanner.month(month) + " was accepted.")));
    }

    /**
     * Whether the pending run is one that Azure denied us. It stays in the status, so that a restart does not ask for
     * it at once.
     */
    public static boolean isDenied(PendingRun pending) {
        return pending != null && pending.deniedTime() != null;
    }

    /** Until when a denied run is not requested again: as long as after any rejection. */
    public static Optional<Instant> deniedUntil(PendingRun pending, Backoff backoff) {
        return isDenied(pending)
                ? Timestamps.start(pending.deniedTime()).map(denied -> denied.plus(backoff.terminal()))
                : Optional.empty();
    }

    private static boolean rests(ReconcileState s) {
        return deniedUntil(s.status().pendingRun(), s.settings().backoff())
                .filter(s.now()::isBefore)
                .isPresent();
    }

    private static boolean isBackingOff(Input in) {
        Duration wait = in.state().settings().backoff().afterAttempt(in.attempts());
        return in.state().now().isBefore(in.requested().orElseThrow().plus(wait));
    }

    /** A run on create keeps its place, as only the status knows of it. */
    private static Optional<Step> months(Input in) {
        if (!REQUEST.equals(in.pending().cause())) {
            return Optional.empty();
        }
        StatusDraft draft = new StatusDraft(in.state().status());
        draft.pendingRun = null;
        return MonthPlanner.next(in.state().with(draft.build()), in.present(), in.runs())
                .filter(step -> step instanceof Step.WriteStatus write && write.runToPost());
    }

    private static Optional<Step> again(Input in, int attempts) {
        PendingRun pending = in.pending();
        return Optional.of(intent(
                in.state(),
                in.runs(),
                new PendingRun(
                        pending.cause(),
                        pending.request(),
                        pending.timePeriod(),
                        Timestamps.write(in.state().now()),
                        attempts,
                        null),
                List.of()));
    }

    /** A new run of other days is rather the answer than none: nothing is posted twice for it. */
    private static boolean lapsed(ReconcileState s, PendingRun pending) {
        return Timestamps.start(pending.requestedTime())
                .filter(at -> !s.now().isBefore(at.plus(lapse(s))))
                .isPresent();
    }

    /** For so long the history may show what was posted. */
    static Duration lapse(ReconcileState s) {
        return WRITTEN.plus(s.settings().runPollInterval().multipliedBy(POLLS));
    }

    /** What a run waits for that Azure has not accepted yet, for a condition. */
    public record Failing(PendingRun run, int attempts, String why) {}

    /** The pending run, if an attempt to start it has failed. */
    public static Optional<Failing> failing(ReconcileState s) {
        PendingRun pending = s.status().pendingRun();
        if (pending == null || isDenied(pending)) {
            return request(s)
                    .flatMap(value -> s.transientState()
                            .lastTry(new RunKey(REQUEST, value))
                            .filter(last -> pending == null && last.fate() != Fate.ACCEPTED)
                            .map(last -> new Failing(
                                    new PendingRun(REQUEST, value, null, null, last.attempts(), null),
                                    last.attempts(),
                                    last.why())));
        }
        Optional<Try> last = s.transientState().lastTry(RunKey.of(pending));
        boolean failed = last.filter(tried -> tried.fate() != Fate.ACCEPTED).isPresent();
        int before = pending.attempts() == null ? 0 : pending.attempts() - 1;
        if (failed) {
            return Optional.of(
                    new Failing(pending, last.get().attempts(), last.get().why()));
        }
        return before < 1
                ? Optional.empty()
                : Optional.of(new Failing(pending, before, last.map(Try::why).orElse(NOT_SHOWN)));
    }

    /**
     * A run that Azure's quota keeps back, or that it denied, makes room: for a person's request, or for the month
     * whose turn it is by now.
     */
    private static Step giveWay(ReconcileState s) {
        PendingRun pending = s.status().pendingRun();
        boolean posted = !isDenied(pending) && !s.transientState().runs().toPost() && pending.timePeriod() != null;
        if (posted) {
            return new Step.WriteStatus(
                    MonthPlanner.failed(
                            s,
                            pending,
                            s.transientState()
                                    .lastTry(RunKey.of(pending))
                                    .map(Try::why)
                                    .orElse(NOT_SHOWN)),
                    List.of());
        }
        StatusDraft draft = new StatusDraft(s.status());
        dropPending(draft);
        return new Step.WriteStatus(draft.build(), List.of());
    }

    /** Removes the pending run; its month waits. */
    public static void dropPending(StatusDraft draft) {
        if (BACKFILL.equals(draft.pendingRun.cause())) {
            draft.backfill = BackfillMonths.of(draft.backfill)
                    .pending(draft.pendingRun.request(), null)
                    .backfill();
        }
        draft.pendingRun = null;
    }

    /** An intent that was held back is as old as its POST: the history is searched from then on. */
    private static Step post(ReconcileState s, PendingRun pending, List<Run> runs) {
        boolean thisSecond = Timestamps.write(s.now()).equals(pending.requestedTime()); // no intent can be newer
        boolean fresh = Timestamps.start(pending.requestedTime())
                .filter(at -> s.now().isBefore(at.plus(s.settings().runPollInterval())))
                .isPresent();
        return fresh || thisSecond
                ? new Step.PostRun(pending)
                : intent(
                        s,
                        runs,
                        new PendingRun(
                                pending.cause(),
                                pending.request(),
                                pending.timePeriod(),
                                Timestamps.write(s.now()),
                                pending.attempts(),
                                null),
                        List.of());
    }

    private static Optional<Step> requestMonths(Input in) {
        String period = in.state().resource().annotations().get(Annotations.RUN_PERIOD);
        return period == null || period.isBlank()
                ? Optional.empty()
                : Optional.of(askMonths(in.state(), request(in.state()).orElseThrow(), period));
    }

    private static Step requestRun(Input in) {
        ReconcileState s = in.state();
        String value = request(s).orElseThrow();
        Optional<Try> last = s.transientState().lastTry(new RunKey(REQUEST, value));
        List<PendingEvent> events = last.isPresent()
                ? List.of()
                : List.of(PendingEvent.normal(Reason.RUN_REQUESTED, "A run was requested (" + value + ")."));
        int attempts = last.map(Try::attempts).orElse(0) + 1;
        return intent(
                s, in.runs(), new PendingRun(REQUEST, value, null, Timestamps.write(s.now()), attempts, null), events);
    }

    private static Step askMonths(ReconcileState s, String value, String period) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.lastHandledRunRequest = value;
        if (!s.settings().apiVersion().runsPeriods()) {
            return new Step.WriteStatus(
                    draft.build(),
                    List.of(PendingEvent.warning(
                            Reason.RUN_REFUSED,
                            "A run of " + period + " needs api-version " + ApiVersion.COMPLETE
                                    + " or later. EXPORTS_API_VERSION is "
                                    + s.settings().apiVersion().name() + ".")));
        }
        PendingEvent note = switch (RunPeriod.parse(period, today(s))) {
            case RunPeriod.Unusable(var why) ->
                PendingEvent.warning(Reason.RUN_REFUSED, Annotations.RUN_PERIOD + ": " + why);
            case RunPeriod.Months(var months) -> {
                draft.backfill =
                        BackfillMonths.of(s.status().backfill()).ask(months).backfill();
                yield PendingEvent.normal(
                        Reason.RUN_REQUESTED, "Runs of " + period + " were requested (" + value + ").");
            }
        };
        return new Step.WriteStatus(draft.build(), List.of(note));
    }

    /**
     * Every run that the history shows now is written down with the intent, so that none of them can be taken for its
     * answer.
     */
    static Step intent(ReconcileState s, List<Run> runs, PendingRun pending, List<PendingEvent> notes) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.runs = runs;
        draft.pendingRun = pending;
        if (BACKFILL.equals(pending.cause())) {
            draft.backfill = BackfillMonths.of(draft.backfill)
                    .requested(pending.request())
                    .backfill();
        }
        Optional<Outcome> reached =
                s.applied() ? Optional.empty() : Optional.of(Planner.settled(s, (Present) s.observation()));
        return new Step.WriteStatus(
                draft.build(),
                true,
                Stream.concat(ended(s, runs).stream(), notes.stream()).toList(),
                reached);
    }

    private static CostExportStatus accepted(ReconcileState s, PendingRun pending, Run run, List<Run> runs) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.runs = runs;
        draft.pendingRun = null;
        switch (pending.cause()) {
            case BACKFILL ->
                draft.backfill = BackfillMonths.of(draft.backfill)
                        .running(pending.request(), run.id())
                        .backfill();
            case CLOSED_MONTH ->
                draft.closedMonths = MonthPlanner.closed(s)
                        .accepted(LocalDate.parse(pending.request()), run.id())
                        .status();
            default -> {
                draft.lastRun = run; // it is the export's own, even if its period does not show that
                draft.lastHandledRunRequest =
                        REQUEST.equals(pending.cause()) ? pending.request() : draft.lastHandledRunRequest;
            }
        }
        return draft.build();
    }

    /** Azure would refuse the same request again: it is not posted any more. */
    static CostExportStatus refused(ReconcileState s, PendingRun pending, String message) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.pendingRun = null;
        switch (pending.cause()) {
            case REQUEST -> draft.lastHandledRunRequest = pending.request();
            case BACKFILL ->
                draft.backfill = BackfillMonths.of(draft.backfill)
                        .refused(pending.request(), message)
                        .backfill();
            case CLOSED_MONTH ->
                draft.closedMonths = MonthPlanner.closed(s)
                        .refused(LocalDate.parse(pending.request()), message)
                        .status();
            default -> {}
        }
        return draft.build();
    }

    /** A month of which Azure has no data any more. */
    static CostExportStatus tooOld(ReconcileState s, PendingRun pending, String message) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.pendingRun = null;
        draft.backfill = BackfillMonths.of(draft.backfill)
                .tooOld(pending.request(), message)
                .backfill();
        return draft.build();
    }

    /** The identity lacks a right, which may come: the run stays pending, as denied. */
    static CostExportStatus denied(ReconcileState s, PendingRun pending, String message) {
        StatusDraft draft = new StatusDraft(s.status());
        String now = Timestamps.write(s.now());
        draft.pendingRun = new PendingRun(pending.cause(), pending.request(), pending.timePeriod(), now, 0, now);
        switch (pending.cause()) {
            case REQUEST -> draft.lastHandledRunRequest = pending.request();
            case BACKFILL ->
                draft.backfill = BackfillMonths.of(draft.backfill)
                        .pending(pending.request(), message)
                        .backfill();
            case CLOSED_MONTH ->
                draft.closedMonths = MonthPlanner.closed(s)
                        .denied(LocalDate.parse(pending.request()), Sentences.closed(message) + MonthPlanner.OTHER_WAY)
                        .status();
            default -> {}
        }
        return draft.build();
    }

    /** Past months that were exported with another dataset or destination are not repeated without a request. */
    static Optional<PendingEvent> outdated(ReconcileState s, List<Difference> changed) {
        boolean matters = changed.stream()
                .anyMatch(d -> d.path().startsWith("dataset.") || d.path().startsWith("destination."));
        return BackfillMonths.of(s.status().backfill())
                .donePeriod()
                .filter(done -> matters)
                .map(done -> PendingEvent.warning(
                        Reason.BACKFILL_OUTDATED,
                        "The months of " + done + " were exported with the former spec. To export them again: "
                                + s.resource().kubectl("annotate") + " --overwrite " + Annotations.RUN_PERIOD + "="
                                + done + " " + Annotations.RUN_REQUESTED_AT + "=\"$(date)\""));
    }

    /** Runs that were under way when last seen and are no longer, or that came and went unseen. */
    public static List<PendingEvent> ended(ReconcileState s, List<Run> now) {
        Set<String> endedBefore = known(s).stream()
                .filter(run -> !RunHistory.isUnknown(run))
                .map(Run::id)
                .collect(Collectors.toSet());
        // An adopted export's past is no news. The object's creation goes by the cluster's clock, so that it says
        // nothing of a run that was seen.
        Predicate<Run> past = run -> isNew(s, run)
                && RunHistory.submitted(run)
                        .filter(s.resource().created()::isAfter)
                        .isPresent();
        return now.reversed().stream()
                .filter(run -> !RunHistory.isUnknown(run) && !endedBefore.contains(run.id()) && !past.test(run))
                .map(run -> RunHistory.succeeded(run)
                        ? PendingEvent.normal(
                                Reason.RUN_COMPLETED, "Run " + run.id() + " ended as " + run.status() + ".")
                        : PendingEvent.warning(
                                Reason.RUN_FAILED,
                                Sentences.closed("Run " + run.id() + " ended as " + run.status()
                                                + RunHistory.because(run))
                                        + MonthPlanner.closed(s)
                                                .follow(now, s.now())
                                                .lastTry(run)))
                .toList();
    }

    private static List<PendingEvent> with(List<PendingEvent> notes, PendingEvent last) {
        return Stream.concat(notes.stream(), Stream.of(last)).toList();
    }

    private static boolean isNew(ReconcileState s, Run run) {
        return known(s).stream().noneMatch(known -> known.id().equals(run.id()));
    }

    private static boolean answers(Run run, PendingRun pending) {
        Optional<Instant> requested = Timestamps.start(pending.requestedTime());
        boolean inTime = requested.isPresent() && isSince(run, requested.get());
        boolean ofMonth = pending.timePeriod() != null;
        boolean anyWillDo = isDenied(pending) && !ofMonth; // the schedule brought the data that was wanted
        return (anyWillDo || onDemand(run))
                && inTime
                && (!ofMonth || samePeriod(run.timePeriod(), pending.timePeriod()));
    }

    private static boolean isSince(Run run, Instant posted) {
        return RunHistory.submitted(run)
                .filter(submitted -> !submitted.isBefore(posted.minus(CLOCK)))
                .isPresent();
    }

    private static boolean samePeriod(TimePeriod shown, TimePeriod asked) {
        return shown == null
                || shown.from() == null
                || Timestamps.start(shown.from())
                        .map(Timestamps::write)
                        .map(text -> text.substring(0, 7))
                        .equals(Optional.of(asked.from().substring(0, 7)));
    }

    private static boolean onDemand(Run run) {
        return run.executionType() == null || run.executionType().equalsIgnoreCase("OnDemand");
    }

    /** Whether a request is open and does not wait after an attempt that failed. */
    private static boolean requestIsDue(ReconcileState s) {
        return request(s)
                .filter(value -> s.transientState()
                        .lastTry(new RunKey(REQUEST, value))
                        .filter(last -> s.now()
                                .isBefore(last.at().plus(s.settings().backoff().afterAttempt(last.attempts()))))
                        .isEmpty())
                .isPresent();
    }

    static Optional<String> request(ReconcileState s) {
        return s.resource().request(Annotations.RUN_REQUESTED_AT, s.status().lastHandledRunRequest());
    }

    static List<Run> known(ReconcileState s) {
        return Objects.requireNonNullElse(s.status().runs(), List.of());
    }

    static LocalDate today(ReconcileState s) {
        return s.now().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static String of(TimePeriod period) {
        return period == null ? "" : " of " + period.from().substring(0, 7);
    }
}
