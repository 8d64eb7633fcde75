package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.export.DesiredExport;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.ScheduleWindow.Phase;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Absent;
import dev.finops.azure.costexport.plan.Observation.NotAsked;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import dev.finops.azure.costexport.plan.Observation.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Decides the one next step of an object that is not being deleted. Asks nobody, changes nothing. */
public final class Planner {
  static final String CREATED = "Created";
  static final String ADOPTED = "Adopted";

  /** So many corrections within an hour, and somebody else means something different. */
  private static final int CONTESTED = 5;

  /** Refusals that the same request would meet again. */
  private static final Set<String> REFUSALS =
      Set.of(Reason.INVALID_REQUEST.toString(), Reason.DISALLOWED_BY_POLICY.toString(), Reason.FIELD_IGNORED.toString());

  private Planner() {}

  /** How closely Azure has to be looked at before anything can be decided; empty when it is not to be asked at all. */
  public static Optional<Look> firstLook(Situation s) {
    CostExportStatus status = s.status();
    if (s.subject().paused() || Unsupported.refusal(s.spec()).isPresent() || s.managed() && s.subject().owner().isPresent()) {
      return Optional.empty();
    }
    boolean asked = s.subject().request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest()).isPresent();
    boolean due = status.observedGeneration() == null || status.observedGeneration() != s.subject().generation();
    if (asked || s.managed() && s.ours() && (due || RunPlanner.watching(s))) {
      return Optional.of(Look.SINGLE);
    }
    boolean running = status.runs() != null && status.runs().stream().anyMatch(RunHistory::underWay);
    return Optional.of(due || running || s.memory().failures().inARow() > 0 ? Look.RECENT : Look.SHARED);
  }

  public static Step next(Situation s) {
    if (s.subject().paused()) {
      return new Step.Rest(new Verdict.Paused());
    }
    Optional<Verdict.Stuck> unfit = Unsupported.refusal(s.spec()).or(() -> conflict(s));
    if (unfit.isPresent()) {
      return new Step.Rest(unfit.get());
    }
    return switch (s.observation()) {
      case NotAsked nothing -> new Step.Observe(Look.SHARED);
      case Unanswered(var failure) -> new Step.Rest(new Verdict.Failing(failure, false, List.of()));
      case Absent absent when s.managed() -> absent(s, absent);
      case Present present when s.managed() -> present(s, present);
      case Absent absent -> new Step.Rest(new Verdict.Watched(desired(s, Optional.empty()), Optional.empty(), List.of()));
      case Present(var export, var at, var source) -> {
        DesiredExport desired = desired(s, Optional.of(export));
        yield new Step.Rest(new Verdict.Watched(desired, Optional.of(export), desired.differences(export, List.of())));
      }
    };
  }

  private static Optional<Verdict.Stuck> conflict(Situation s) {
    return s.subject().owner().filter(owner -> s.managed()).map(owner -> new Verdict.Stuck(Reason.CONFLICT,
        "CostExport " + owner + " is older and manages " + s.exportId() + " already; delete one of the two, or set"
            + " managementPolicy: Observe here", List.of()));
  }

  private static Step absent(Situation s, Absent absent) {
    CostExportStatus status = s.status();
    if (status.exportId() != null && !s.settings().apiVersion().sees(status.apiVersion())) {
      return new Step.Rest(new Verdict.Stuck(Reason.NOT_VISIBLE_IN_API_VERSION, notVisible(s), List.of()));
    }
    if (s.justWrote()) {
      return new Step.Rest(new Verdict.Waiting(Reason.CREATING, "Azure accepted the export and does not show it yet"));
    }
    Optional<Verdict.Stuck> refused = refusedBefore(s, List.of());
    if (refused.isPresent()) {
      return new Step.Rest(refused.get());
    }
    if (s.ours() && absent.source() != Source.GET) {
      return new Step.Observe(Look.SINGLE); // that an export of ours is gone is not said by a list alone
    }
    if (!s.isRecent(absent.at())) {
      return new Step.Observe(Look.RECENT);
    }
    DesiredExport desired = desired(s, Optional.empty());
    boolean lost = s.ours();
    if (lost || status.exportId() == null || !s.appliedFields().equals(desired.statedPaths())) {
      return new Step.Record(intent(s, desired, lost), false, lost
          ? List.of(Note.warning(Reason.EXTERNAL_DELETED, "the export " + s.exportId() + " was deleted by somebody else; it is created again"))
          : List.of());
    }
    return new Step.Create(desired.createBody(), desired);
  }

  /** Where an export stands that equals the spec, whatever else is waited for. */
  public static Verdict.Settled settled(Situation s, Present present) {
    return new Verdict.Settled(desired(s, Optional.of(present.export())), present.export());
  }

  static String notVisible(Situation s) {
    return "the export was written with api-version " + s.status().apiVersion() + ", and " + s.settings().apiVersion()
        + " cannot see such exports, so that its absence means nothing; set EXPORTS_API_VERSION to "
        + s.status().apiVersion() + " or later";
  }

  private static CostExportStatus intent(Situation s, DesiredExport desired, boolean lost) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.exportId = s.exportId().path();
    draft.origin = CREATED;
    draft.eTag = null;
    draft.appliedFields = desired.statedPaths();
    if (!lost && Boolean.TRUE.equals(s.spec().runOnCreate()) && draft.pendingRun == null) {
      draft.pendingRun = new PendingRun(RunPlanner.ON_CREATE, null, null, null, 0);
    }
    return draft.done();
  }

  private static Step present(Situation s, Present present) {
    ObservedExport export = present.export();
    DesiredExport desired = desired(s, Optional.of(export));
    if (!s.ours()) {
      return claim(s, present, desired);
    }
    Optional<Step> accepted = RunPlanner.accepted(s, present);
    if (accepted.isPresent()) {
      return accepted.get();
    }
    List<Difference> differences = desired.differences(export, s.appliedFields());
    boolean forced = applyRequest(s).isPresent();
    if (!differences.isEmpty() && s.justWrote() && s.memory().writes().replacedETags().contains(String.valueOf(export.eTag()))) {
      return new Step.Rest(new Verdict.Waiting(Reason.UPDATING, "Azure accepted the update and does not show it yet"));
    }
    if (export.suspension().isPresent() && runsBySchedule(desired) && !forced) {
      return new Step.Rest(new Verdict.Stuck(Reason.SYSTEM_SUSPENDED, "Azure suspended the schedule: " + export.suspension().get()
          + "; mend the cause, then " + s.subject().kubectl("annotate") + " --overwrite " + Annotations.APPLY_REQUESTED_AT
          + "=\"$(date)\" activates it again", differences));
    }
    if (differences.isEmpty() && !forced) {
      return RunPlanner.next(s, present).orElseGet(() -> new Step.Rest(settled(s, present)));
    }
    Optional<Verdict.Stuck> refused = ignored(s, present, differences).or(() -> refusedBefore(s, differences)).filter(stuck -> !forced);
    if (refused.isPresent()) {
      return new Step.Rest(refused.get());
    }
    if (present.source() == Source.LIST || !s.isRecent(present.at())) {
      return new Step.Observe(Look.SINGLE);
    }
    if (export.eTag() == null) {
      return new Step.Rest(new Verdict.Failing(new ArmFailure.Unclear(new Detail(0, "",
          "Azure showed the export without its eTag, so that it cannot be updated", ""), Reason.BAD_ARM_RESPONSE, null), true, differences));
    }
    Step.Cause cause = cause(s, export, desired, differences);
    Optional<Verdict> contested = contested(s, cause, differences);
    if (contested.isPresent()) {
      return new Step.Rest(contested.get());
    }
    if (!s.appliedFields().containsAll(desired.statedPaths())) {
      return new Step.Record(withApplied(s, desired), false, List.of());
    }
    return new Step.Update(desired.updateBody(export, s.appliedFields()), desired, differences, cause);
  }

  /** Whether the document is the one that our last PUT was answered with. */
  private static boolean unedited(Situation s, ObservedExport export) {
    return export.eTag() != null && export.eTag().equals(s.status().eTag());
  }

  private static Step.Cause cause(Situation s, ObservedExport export, DesiredExport desired, List<Difference> differences) {
    if (differences.isEmpty()) {
      return Step.Cause.REQUEST;
    }
    boolean ended = desired.schedule().filter(window -> window.phase() == Phase.ENDED).isPresent();
    boolean due = differences.stream().allMatch(d -> d.field() == Field.SCHEDULE_STATUS && ended
        || d.field() == Field.SCHEDULE_TO && !desired.stated().contains(Field.SCHEDULE_TO));
    return !s.applied() ? Step.Cause.SPEC : due ? Step.Cause.TIME : unedited(s, export) ? Step.Cause.AGAIN : Step.Cause.DRIFT;
  }

  /** An export that was put right again and again within an hour is not fought over: once in a while is enough. */
  private static Optional<Verdict> contested(Situation s, Step.Cause cause, List<Difference> differences) {
    if (cause != Step.Cause.DRIFT || s.status().corrections() == null) {
      return Optional.empty();
    }
    List<Instant> lately = s.status().corrections().stream().flatMap(correction -> Times.start(correction.time()).stream())
        .filter(at -> at.isAfter(s.now().minus(Duration.ofHours(1)))).distinct().sorted().toList();
    if (lately.size() < CONTESTED || !s.now().isBefore(lately.getLast().plus(s.settings().backoff().max()))) {
      return Optional.empty();
    }
    String who = s.status().corrections().getFirst().changedBy();
    Detail detail = new Detail(0, "", "the export was put right " + lately.size() + " times within the hour"
        + (who == null ? "" : ", last after a change by " + who) + "; it is corrected again at "
        + Times.write(lately.getLast().plus(s.settings().backoff().max())) + ", find the other writer or set managementPolicy: Observe", "");
    return Optional.of(new Verdict.Failing(new ArmFailure.Outdated(detail), true, differences));
  }

  /** An export that is there and was not made by this object, or perhaps was, just before a crash. */
  private static Step claim(Situation s, Present present, DesiredExport desired) {
    ObservedExport export = present.export();
    List<Difference> differences = desired.differences(export, List.of());
    boolean meantToCreate = s.status().exportId() != null;
    boolean adopt = Policies.adopts(s.spec());
    if (!differences.isEmpty() && !adopt) {
      if (meantToCreate) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = null;
        draft.origin = null;
        draft.appliedFields = null;
        draft.pendingRun = null;
        return new Step.Record(draft.done(), false, List.of());
      }
      return new Step.Rest(new Verdict.Stuck(Reason.ALREADY_EXISTS, "the export " + s.exportId() + " exists already and differs in "
          + paths(differences) + "; set adoptionPolicy: Adopt to take it over, or another exportName", differences));
    }
    boolean created = meantToCreate && differences.isEmpty();
    StatusDraft draft = new StatusDraft(s.status());
    draft.exportId = s.exportId().path();
    draft.origin = created ? CREATED : ADOPTED;
    draft.eTag = Optional.ofNullable(export.eTag()).orElse("unknown");
    draft.apiVersion = s.settings().apiVersion().name();
    draft.appliedFields = desired.statedPaths();
    if (!created) {
      draft.pendingRun = null;
    }
    Note note = created
        ? Note.normal(Reason.CREATED, "created " + s.exportId())
        : Note.normal(Reason.ADOPTED, "adopted " + s.exportId() + (differences.isEmpty()
            ? ", which equals the spec" : "; to be changed: " + describe(differences)));
    return new Step.Record(draft.done(), false, List.of(note));
  }

  private static CostExportStatus withApplied(Situation s, DesiredExport desired) {
    Set<String> paths = new TreeSet<>(s.appliedFields());
    paths.addAll(desired.statedPaths());
    StatusDraft draft = new StatusDraft(s.status());
    draft.appliedFields = List.copyOf(paths);
    return draft.done();
  }

  private static Optional<Verdict.Stuck> ignored(Situation s, Present present, List<Difference> differences) {
    boolean afterOurs = present.source() == Source.PUT || unedited(s, present.export());
    boolean all = !differences.isEmpty() && differences.stream().allMatch(d -> s.memory().writes().twice(d.field(), s.subject().generation()));
    if (!all || !afterOurs) {
      return Optional.empty();
    }
    String hint = s.settings().apiVersion().isNewGeneration() ? "take the field out or change it"
        : "take the field out, or set EXPORTS_API_VERSION to " + ApiVersion.COMPLETE + " if that version knows it";
    return Optional.of(new Verdict.Stuck(Reason.FIELD_IGNORED, "Azure accepted the export twice without " + paths(differences)
        + " (" + s.settings().apiVersion() + "); " + hint, differences));
  }

  /** The refusal that stands in the status, for as long as nothing has changed that could make a difference. */
  private static Optional<Verdict.Stuck> refusedBefore(Situation s, List<Difference> differences) {
    return Conditions.find(s.status().conditions(), Conditions.STALLED)
        .filter(stalled -> "True".equals(stalled.status()) && REFUSALS.contains(stalled.reason()))
        .filter(stalled -> stalled.observedGeneration() != null && stalled.observedGeneration() == s.subject().generation())
        .filter(stalled -> stalled.message().contains(s.settings().apiVersion().toString()))
        .filter(stalled -> !stalled.reason().equals(Reason.FIELD_IGNORED.toString()) || sameFields(s, differences))
        .filter(stalled -> s.now().isBefore(lastTried(s, stalled).plus(s.settings().backoff().terminal())))
        .filter(stalled -> applyRequest(s).isEmpty() && !s.memory().moveStart())
        .map(stalled -> new Verdict.Stuck(reason(stalled), stalled.message(), differences));
  }

  private static Reason reason(Condition condition) {
    for (Reason reason : Reason.values()) {
      if (reason.toString().equals(condition.reason())) {
        return reason;
      }
    }
    return Reason.INVALID_REQUEST;
  }

  private static boolean sameFields(Situation s, List<Difference> differences) {
    Set<String> known = s.status().difference() == null ? Set.of()
        : s.status().difference().stream().map(CostExportStatus.Difference::path).collect(Collectors.toSet());
    return !differences.isEmpty() && differences.stream().allMatch(d -> known.contains(d.path()));
  }

  private static Instant lastTried(Situation s, Condition stalled) {
    Instant stalledAt = Instant.parse(stalled.lastTransitionTime());
    Instant triedAt = s.memory().triedAt();
    return triedAt != null && triedAt.isAfter(stalledAt) ? triedAt : stalledAt;
  }

  static Optional<String> applyRequest(Situation s) {
    return s.subject().request(Annotations.APPLY_REQUESTED_AT, s.status().lastHandledApplyRequest());
  }

  private static boolean runsBySchedule(DesiredExport desired) {
    return desired.schedule().filter(w -> w.phase() == Phase.ACTIVE || w.phase() == Phase.ENDING).isPresent();
  }

  private static DesiredExport desired(Situation s, Optional<ObservedExport> observed) {
    return DesiredExport.of(s.spec(), observed, s.now(), s.memory().moveStart());
  }

  private static String paths(List<Difference> differences) {
    return differences.stream().map(Difference::path).collect(Collectors.joining(", "));
  }

  public static String describe(List<Difference> differences) {
    return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
  }
}
