package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.backfill.MonthRows;
import dev.finops.azure.costexport.backfill.RunPeriod;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.failure.Backoff;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides about runs of an export that is in sync: each request once. A run has no id until Azure's history shows it, so the
 * intent is written first, and the history decides whether it was accepted.
 */
public final class RunPlanner {
  static final String REQUEST = "Request";
  static final String ON_CREATE = "OnCreate";
  static final String BACKFILL = "Backfill";
  static final String CLOSED_MONTH = "ClosedMonth";

  /** The time of an intent is from ARM's Date header; histories may cut theirs to the minute. */
  private static final Duration CLOCK = Duration.ofMinutes(1);

  /** After so many POSTs that Azure took and shows nothing of, another one would not help. */
  private static final int MAX_POSTS = 5;

  /** The time of an intent is written in whole seconds: it may have been made at the end of that one. */
  private static final Duration WRITTEN = Duration.ofSeconds(1);

  /** An intent that the history does not show for so many polls was not accepted. */
  private static final int POLLS = 4;

  private RunPlanner() {}

  /** Whether the history has to be read whole: something of ours is under way or about to be. */
  static boolean watching(Situation s) {
    CostExportStatus status = s.status();
    return status.pendingRun() != null && !rests(s) || request(s).isPresent() || MonthRows.of(status.backfill()).underWay()
        || status.lastRun() != null && onDemand(status.lastRun()) && RunHistory.underWay(status.lastRun())
        || status.runs() != null && status.runs().stream().anyMatch(run -> onDemand(run) && RunHistory.underWay(run));
  }

  static Optional<Step> next(Situation s, Present present) {
    List<Run> runs = RunHistory.merge(s.status().runs(), present.export().runs());
    PendingRun pending = s.status().pendingRun();
    boolean rests = rests(s) && request(s).isEmpty() && present.export().runs().stream().noneMatch(run -> mayAnswer(s, run));
    if (!rests && (pending != null || request(s).isPresent())) {
      if (present.source() != Source.GET) {
        return Optional.of(new Step.Observe(Look.SINGLE));
      }
      boolean anew = isDenied(pending) && (request(s).isPresent() || pending.timePeriod() != null);
      return pending == null ? answerRequest(s, runs) : anew ? Optional.of(giveWay(s)) : follow(s, pending, runs);
    }
    return MonthPlanner.next(s, present, runs);
  }

  /** Azure's history shows the run that the pending intent is for: whatever else is wrong with the object, that is settled. */
  static Optional<Step> accepted(Situation s, Present present) {
    PendingRun pending = s.status().pendingRun();
    if (pending == null || present.source() != Source.GET) {
      return Optional.empty();
    }
    List<Run> runs = RunHistory.merge(s.status().runs(), present.export().runs());
    return runs.stream().filter(run -> mayAnswer(s, run)).findFirst()
        .map(run -> new Step.Record(accepted(s, pending, run, runs), false,
            with(ended(s, runs), Note.normal(Reason.RUN_STARTED, "run " + run.id() + of(pending.timePeriod())
                + (isDenied(pending) ? " came in place of the one that Azure denied" : " was accepted")))));
  }

  /** Whether a run may be the one that the pending intent is for; such a run is not written down before that is settled. */
  public static boolean mayAnswer(Situation s, Run run) {
    PendingRun pending = s.status().pendingRun();
    return pending != null && isNew(s, run) && answers(run, pending);
  }

  /** Whether the pending run is one that Azure denied us. It stays in the status, so that a restart does not ask for it at once. */
  public static boolean isDenied(PendingRun pending) {
    return pending != null && pending.requestedTime() != null && Integer.valueOf(0).equals(pending.attempts());
  }

  /** Until when a denied run is not asked for: it is as rarely as anything that Azure refused. */
  public static Optional<Instant> deniedUntil(PendingRun pending, Backoff backoff) {
    return isDenied(pending) ? Times.start(pending.requestedTime()).map(denied -> denied.plus(backoff.terminal())) : Optional.empty();
  }

  private static boolean rests(Situation s) {
    return deniedUntil(s.status().pendingRun(), s.settings().backoff()).filter(s.now()::isBefore).isPresent();
  }

  private static Optional<Step> follow(Situation s, PendingRun pending, List<Run> runs) {
    if (s.memory().postRun()) {
      boolean ofMonth = BACKFILL.equals(pending.cause()) || CLOSED_MONTH.equals(pending.cause());
      return Optional.of(ofMonth && request(s).isPresent() ? giveWay(s) : post(s, pending, runs));
    }
    boolean underWay = pending.timePeriod() == null && runs.stream().anyMatch(RunHistory::underWay);
    Optional<Instant> lapses = Times.start(pending.requestedTime())
        .map(second -> second.plus(WRITTEN).plus(s.settings().runPollInterval().multipliedBy(POLLS)));
    boolean neverPosted = pending.attempts() == null || pending.attempts() == 0 || lapses.isEmpty();
    if (!neverPosted && s.memory().posts() >= MAX_POSTS && !s.now().isBefore(lapses.get())) {
      return Optional.of(new Step.Record(refused(s, pending, "Azure shows no run", true), false, List.of(Note.warning(Reason.RUN_REFUSED,
          "Azure accepted the run" + of(pending.timePeriod()) + " " + MAX_POSTS + " times and shows none; it is not asked for again"))));
    }
    if (neverPosted ? !underWay : !s.now().isBefore(lapses.get())) {
      return Optional.of(intent(s, runs, new PendingRun(pending.cause(), pending.request(), pending.timePeriod(),
          Times.write(s.now()), neverPosted ? 1 : pending.attempts() + 1, null), List.of()));
    }
    return Optional.empty();
  }

  /** A run that Azure's quota keeps back, or that it denied, makes room: for a person's request, or for the month whose turn it is by now. */
  private static Step giveWay(Situation s) {
    StatusDraft draft = new StatusDraft(s.status());
    dropPending(draft);
    return new Step.Record(draft.done(), false, List.of());
  }

  /** The pending run is none any more; its month waits. */
  public static void dropPending(StatusDraft draft) {
    if (BACKFILL.equals(draft.pendingRun.cause())) {
      draft.backfill = MonthRows.of(draft.backfill).pending(draft.pendingRun.request(), null).backfill();
    }
    draft.pendingRun = null;
  }

  /** An intent that was held back is as old as its POST: the history is searched from then on. */
  private static Step post(Situation s, PendingRun pending, List<Run> runs) {
    boolean thisSecond = Times.write(s.now()).equals(pending.requestedTime()); // no intent can be newer
    boolean fresh = Times.start(pending.requestedTime()).filter(at -> s.now().isBefore(at.plus(s.settings().runPollInterval()))).isPresent();
    return fresh || thisSecond ? new Step.PostRun(pending) : intent(s, runs, new PendingRun(pending.cause(), pending.request(), pending.timePeriod(),
        Times.write(s.now()), pending.attempts(), null), List.of());
  }

  private static Optional<Step> answerRequest(Situation s, List<Run> runs) {
    String value = request(s).orElseThrow();
    String period = s.subject().annotations().get(Annotations.RUN_PERIOD);
    if (period != null && !period.isBlank()) {
      return Optional.of(askMonths(s, value, period));
    }
    if (runs.stream().anyMatch(RunHistory::underWay)) {
      return Optional.empty(); // it waits for the one under way
    }
    return Optional.of(intent(s, runs, new PendingRun(REQUEST, value, null, Times.write(s.now()), 1, null),
        List.of(Note.normal(Reason.RUN_REQUESTED, "a run was asked for (" + value + ")"))));
  }

  private static Step askMonths(Situation s, String value, String period) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.lastHandledRunRequest = value;
    if (!s.settings().apiVersion().runsPeriods()) {
      return new Step.Record(draft.done(), false, List.of(Note.warning(Reason.RUN_REFUSED, "a run of " + period
          + " needs api-version " + ApiVersion.COMPLETE + " or later; EXPORTS_API_VERSION is " + s.settings().apiVersion().name())));
    }
    Note note = switch (RunPeriod.parse(period, today(s))) {
      case RunPeriod.Unusable(var why) -> Note.warning(Reason.RUN_REFUSED, Annotations.RUN_PERIOD + ": " + why);
      case RunPeriod.Months(var months) -> {
        draft.backfill = MonthRows.of(s.status().backfill()).ask(months).backfill();
        yield Note.normal(Reason.RUN_REQUESTED, "runs of " + period + " were asked for (" + value + ")");
      }
    };
    return new Step.Record(draft.done(), false, List.of(note));
  }

  /** Every run that the history shows now is written down with the intent, so that none of them can be taken for its answer. */
  static Step intent(Situation s, List<Run> runs, PendingRun pending, List<Note> notes) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.runs = runs;
    draft.pendingRun = pending;
    if (BACKFILL.equals(pending.cause())) {
      draft.backfill = MonthRows.of(draft.backfill).requested(pending.request()).backfill();
    }
    return new Step.Record(draft.done(), true, Stream.concat(ended(s, runs).stream(), notes.stream()).toList());
  }

  private static CostExportStatus accepted(Situation s, PendingRun pending, Run run, List<Run> runs) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.runs = runs;
    draft.pendingRun = null;
    switch (pending.cause()) {
      case BACKFILL -> draft.backfill = MonthRows.of(draft.backfill).running(pending.request(), run.id()).backfill();
      case CLOSED_MONTH -> draft.closedMonths = MonthPlanner.closed(s).accepted(LocalDate.parse(pending.request()), run.id()).status();
      default -> {
        draft.lastRun = run; // known as the export's own, which its period does not always tell
        draft.lastHandledRunRequest = REQUEST.equals(pending.cause()) ? pending.request() : draft.lastHandledRunRequest;
      }
    }
    return draft.done();
  }

  /**
   * What becomes of an intent whose POST Azure refused.
   *
   * @param forGood whether the same request would be refused again; if not, it stays pending, as denied
   */
  static CostExportStatus refused(Situation s, PendingRun pending, String message, boolean forGood) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.pendingRun = forGood ? null : new PendingRun(pending.cause(), pending.request(), pending.timePeriod(), Times.write(s.now()), 0, null);
    if (REQUEST.equals(pending.cause())) {
      draft.lastHandledRunRequest = pending.request();
    } else if (BACKFILL.equals(pending.cause())) {
      MonthRows rows = MonthRows.of(draft.backfill);
      draft.backfill = (forGood ? rows.refused(pending.request(), message) : rows.pending(pending.request(), message)).backfill();
    } else if (CLOSED_MONTH.equals(pending.cause()) && forGood) {
      draft.closedMonths = MonthPlanner.closed(s).refused(LocalDate.parse(pending.request())).status();
    }
    return draft.done();
  }

  /** History that was made from another dataset, or went elsewhere, is not repeated without being asked for. */
  static Optional<Note> outdated(Situation s, List<Difference> changed) {
    boolean matters = changed.stream().anyMatch(d -> d.path().startsWith("dataset.") || d.path().startsWith("destination."));
    return MonthRows.of(s.status().backfill()).donePeriod().filter(done -> matters).map(done -> Note.warning(Reason.BACKFILL_OUTDATED,
        "the months of " + done + " were exported as the spec was before; to export them again: " + s.subject().kubectl("annotate")
            + " --overwrite " + Annotations.RUN_PERIOD + "=" + done + " " + Annotations.RUN_REQUESTED_AT + "=\"$(date)\""));
  }

  /** Runs that were under way when last seen and are no longer, or that came and went unseen. */
  public static List<Note> ended(Situation s, List<Run> now) {
    Set<String> endedBefore = known(s).stream()
        .filter(run -> !RunHistory.underWay(run)).map(Run::id).collect(Collectors.toSet());
    return now.reversed().stream()
        .filter(run -> !RunHistory.underWay(run) && !endedBefore.contains(run.id()))
        .filter(run -> RunHistory.submitted(run).filter(s.subject().created()::isAfter).isEmpty()) // an adopted export's past is no news
        .map(run -> RunHistory.succeeded(run)
            ? Note.normal(Reason.RUN_COMPLETED, "run " + run.id() + " ended as " + run.status())
            : Note.warning(Reason.RUN_FAILED, "run " + run.id() + " ended as " + run.status() + RunHistory.because(run) + MonthPlanner.closed(s).lastTry(run, now)))
        .toList();
  }

  private static List<Note> with(List<Note> notes, Note last) {
    return Stream.concat(notes.stream(), Stream.of(last)).toList();
  }

  private static boolean isNew(Situation s, Run run) {
    return known(s).stream().noneMatch(known -> known.id().equals(run.id()));
  }

  private static boolean answers(Run run, PendingRun pending) {
    Optional<Instant> requested = Times.start(pending.requestedTime());
    boolean inTime = requested.isPresent() && RunHistory.submitted(run)
        .filter(submitted -> !submitted.isBefore(requested.get().minus(CLOCK))).isPresent();
    boolean anyWillDo = isDenied(pending) && pending.timePeriod() == null; // the schedule brought the data that was wanted
    return (anyWillDo || onDemand(run)) && inTime && (pending.timePeriod() == null || samePeriod(run.timePeriod(), pending.timePeriod()));
  }

  private static boolean samePeriod(TimePeriod shown, TimePeriod asked) {
    return shown == null || shown.from() == null
        || Times.start(shown.from()).map(Times::write).map(text -> text.substring(0, 7)).equals(Optional.of(asked.from().substring(0, 7)));
  }

  private static boolean onDemand(Run run) {
    return run.executionType() == null || run.executionType().equalsIgnoreCase("OnDemand");
  }

  static Optional<String> request(Situation s) {
    return s.subject().request(Annotations.RUN_REQUESTED_AT, s.status().lastHandledRunRequest());
  }

  static List<Run> known(Situation s) {
    return Objects.requireNonNullElse(s.status().runs(), List.of());
  }

  static LocalDate today(Situation s) {
    return s.now().atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static String of(TimePeriod period) {
    return period == null ? "" : " of " + period.from().substring(0, 7);
  }
}
