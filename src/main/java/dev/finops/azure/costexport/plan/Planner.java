package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.export.DesiredExport;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.ScheduleWindow.Phase;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Absent;
import dev.finops.azure.costexport.plan.Observation.NotAsked;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import dev.finops.azure.costexport.plan.Observation.Unanswered;
import dev.finops.azure.costexport.plan.Subject.Claim;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides the one next step of an object that is not being deleted. Asks nobody, changes nothing. */
public final class Planner {
  static final String CREATED = "Created";
  static final String ADOPTED = "Adopted";

  private Planner() {}

  /** How closely Azure has to be looked at before anything can be decided; empty when it is not to be asked at all. */
  public static Optional<Look> firstLook(Situation s) {
    CostExportStatus status = s.status();
    if (s.subject().paused() || incomplete(s).isPresent() || s.managed() && isClaimed(s) || s.secrets().noCredentials().isPresent()) {
      return Optional.empty();
    }
    boolean asked = s.subject().request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest()).isPresent();
    boolean due = status.observedGeneration() == null || status.observedGeneration() != s.subject().generation();
    boolean spelledOtherwise = s.subject().claim().isPresent() || s.spelledOtherwise();
    boolean foreign = s.memory().own().trust() == Memory.Trust.FOREIGN;
    if (!spelledOtherwise && (asked && (s.ours() || !s.managed()) || foreign || s.managed() && s.ours() && (due || RunPlanner.watching(s)))) {
      return Optional.of(Look.SINGLE);
    }
    boolean running = status.runs() != null && status.runs().stream().anyMatch(run -> RunHistory.underWay(run, s.now()));
    return Optional.of(asked || due || running || s.memory().failures().inARow() > 0 ? Look.RECENT : Look.SHARED);
  }

  /** By an object of the same spelling: whether another one is another export, only Azure's list tells. */
  private static boolean isClaimed(Situation s) {
    return s.subject().claim().filter(claim -> !(claim instanceof Claim.OnSpelling)).isPresent();
  }

  public static Step next(Situation s) {
    if (s.subject().paused()) {
      return new Step.Rest(new Verdict.Paused());
    }
    Optional<Step> dropped = incomplete(s).isPresent() ? Optional.empty() : StatusCheck.dropped(s);
    if (dropped.isPresent()) {
      return dropped.get();
    }
    boolean listFirst = s.subject().claim().isPresent() && !isClaimed(s) && (s.observation() instanceof NotAsked || s.observation() instanceof Unanswered);
    Optional<Verdict> unfit = incomplete(s).or(() -> listFirst ? Optional.empty() : conflict(s)).or(() -> s.secrets().refusal()).or(() -> ambiguous(s));
    if (unfit.isPresent()) {
      return new Step.Rest(unfit.get());
    }
    if (s.observation() instanceof Present(var export, var at, var source) && source == Source.LIST
        && export.name().filter(name -> !name.equals(s.exportId().name())).isPresent()) {
      return new Step.Observe(Look.SINGLE); // whether Azure tells the two spellings apart
    }
    return switch (s.observation()) {
      case NotAsked nothing -> new Step.Observe(Look.SHARED);
      case Unanswered(var failure) -> new Step.Rest(new Verdict.Failing(failure, false, List.of()));
      case Absent absent when s.managed() -> absent(s, absent);
      case Present present when s.managed() -> present(s, present);
      case Absent absent when absent.source() == Source.LIST && !knownAbsent(s) -> new Step.Observe(Look.SINGLE); // the list may be older than the export
      case Absent absent -> new Step.Rest(new Verdict.Watched(desired(s, Optional.empty()), Optional.empty(), List.of()));
      case Present(var export, var at, var source) -> {
        DesiredExport desired = desired(s, Optional.of(export));
        yield new Step.Rest(new Verdict.Watched(desired, Optional.of(export), desired.differences(export, List.of())));
      }
    };
  }

  private static boolean knownAbsent(Situation s) {
    return s.applied() && Conditions.find(s.status().conditions(), Conditions.SYNCED)
        .filter(synced -> Reason.NOT_FOUND.toString().equals(synced.reason())).isPresent();
  }

  /** Objects of a newer CRD: nothing is done for them, as it would be done of a part of what they say. */
  private static Optional<Verdict> incomplete(Situation s) {
    Optional<String> unread = s.subject().unread().map(path -> path + " is in a form that this release of the operator does not know");
    return unread.or(() -> Needed.missing(s.spec()).map(field -> "spec." + field + " is missing, which this release of the operator needs"))
        .map(why -> new Verdict.Stuck(Reason.INVALID_REQUEST, why + ", though the installed CRD allows it; state it as this release has it, or install the release of the CRD",
            List.of()));
  }

  private static Optional<Verdict> conflict(Situation s) {
    return s.subject().claim().filter(claim -> s.managed()).map(claim -> switch (claim) {
      case Claim.OnExport(var owner) -> new Verdict.Stuck(Reason.CONFLICT, "CostExport " + owner + " is older and manages " + s.stated()
          + " already; delete one of the two, or set managementPolicy: Observe here", List.of());
      case Claim.OnSpelling(var owner, var name) -> new Verdict.Stuck(Reason.CONFLICT, "CostExport " + owner + " is older and manages the export " + name
          + ". The name " + s.stated().name() + " differs in letter case alone, and Azure does not show two such exports. Set another exportName,"
          + " delete one of the two, or set managementPolicy: Observe here.", List.of());
      case Claim.OnFolder(var owner, var folder) -> new Verdict.Stuck(Reason.PATH_COLLISION, "CostExport " + owner + " is older and delivers into the same folder, "
          + folder + "; with dataOverwriteBehavior: OverwritePreviousReport one would remove the other's files; set another destination.rootFolderPath here", List.of());
    });
  }

  private static Optional<Verdict> ambiguous(Situation s) {
    return s.ambiguous() ? Optional.of(new Verdict.Stuck(Reason.ALREADY_EXISTS, "Azure has exports at " + s.stated().scope() + " whose names differ from "
        + s.stated().name() + " in letter case alone: " + s.alike().stream().sorted().collect(Collectors.joining(", "))
        + ". The operator changes none of them. Set spec.exportName to the one that is meant.", List.of())) : Optional.empty();
  }

  private static Step absent(Situation s, Absent absent) {
    CostExportStatus status = s.status();
    if (status.exportId() != null && !s.settings().apiVersion().sees(status.apiVersion())) {
      return new Step.Rest(new Verdict.Stuck(Reason.NOT_VISIBLE_IN_API_VERSION, notVisible(s), List.of()));
    }
    // A list of a billing scope may be empty although there are exports (azure-cli#29673).
    boolean unsure = absent.source() == Source.LIST && s.stated().scope().isBilling();
    if (s.ours() && unsure) {
      return new Step.Observe(Look.SINGLE);
    }
    if (s.justWrote()) {
      return new Step.Rest(new Verdict.Waiting(Reason.CREATING, "Azure accepted the export and does not show it yet"));
    }
    Optional<Verdict> refused = Refusals.hidden(s).or(() -> Refusals.before(s, List.of())).<Verdict>map(stuck -> stuck).or(() -> SasDelivery.obstacle(s, true, List.of()));
    if (refused.isPresent()) {
      return new Step.Rest(refused.get());
    }
    if (s.ours() && absent.source() != Source.GET) {
      return new Step.Observe(Look.SINGLE); // that an export of ours is gone is not said by a list alone
    }
    if (!s.isRecent(absent.at())) {
      return new Step.Observe(Look.RECENT);
    }
    if (unsure) {
      return new Step.Observe(Look.SINGLE);
    }
    DesiredExport desired = desired(s, Optional.empty());
    boolean lost = s.ours();
    if (lost || status.exportId() == null || !s.appliedFields().equals(desired.statedPaths())) {
      return new Step.Record(intent(s, desired, lost), false, lost
          ? List.of(Note.warning(Reason.EXTERNAL_DELETED, "the export " + s.exportId() + " was deleted by somebody else; it is created again"))
          : List.of());
    }
    return new Step.Create(SasDelivery.into(desired.createBody(), s, List.of()), desired);
  }

  /** Where an export stands that equals the spec, whatever else is waited for. */
  public static Verdict.Settled settled(Situation s, Present present) {
    return new Verdict.Settled(desired(s, Optional.of(present.export())), present.export());
  }

  /** What Azure refused, in its words, and what the refusal depends on. */
  public static String refused(Situation s, String words) {
    return words + Refusals.circumstances(s);
  }

  static String notVisible(Situation s) {
    return "the export was written with api-version " + s.status().apiVersion() + ", and " + s.settings().apiVersion()
        + " cannot see such exports, so that its absence means nothing; set EXPORTS_API_VERSION to "
        + s.status().apiVersion() + " or later";
  }

  private static CostExportStatus intent(Situation s, DesiredExport desired, boolean lost) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.exportId = s.exportId().path();
    draft.origin = lost ? draft.origin : CREATED; // until Azure has taken it: a document that was away for a moment is not ours by that
    draft.eTag = null;
    draft.sasTokenHash = SasDelivery.hashAfter(s, desired, true);
    draft.appliedFields = desired.statedPaths();
    if (!lost && Boolean.TRUE.equals(s.spec().runOnCreate()) && draft.pendingRun == null) {
      draft.pendingRun = new PendingRun(RunPlanner.ON_CREATE, null, null, null, 0, null);
    }
    return draft.done();
  }

  private static Step present(Situation s, Present present) {
    ObservedExport export = present.export();
    DesiredExport desired = desired(s, Optional.of(export));
    if (!s.ours()) {
      return claim(s, present, desired);
    }
    Optional<Step> accepted = RunPlanner.accepted(s, present).or(() -> StatusCheck.lapsed(s));
    if (accepted.isPresent()) {
      return accepted.get();
    }
    List<Difference> differences = SasDelivery.with(s, export, desired.differences(export, s.appliedFields()).stream()
        .filter(d -> !desired.isIdle(d) || !s.applied() && !s.memory().writes().sentInVain(d.field(), s.subject().generation(), 1)).toList());
    boolean forced = applyRequest(s).isPresent();
    if (!differences.isEmpty() && s.justWrote() && s.memory().writes().replaced(export)) {
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
    Optional<Verdict.Stuck> refused = Refusals.standing(s, differences).filter(stuck -> !forced);
    if (refused.isPresent()) {
      return new Step.Rest(refused.get());
    }
    if (present.source() == Source.LIST || !s.isRecent(present.at())) {
      return new Step.Observe(Look.SINGLE);
    }
    if (export.eTag() == null) {
      return new Step.Rest(withoutETag(differences));
    }
    Step.Cause cause = cause(s, export, desired, differences);
    Optional<Verdict> contested = SasDelivery.obstacle(s, SasDelivery.isDue(differences), differences)
        .or(() -> Refusals.contested(s, cause, differences));
    if (contested.isPresent()) {
      return new Step.Rest(contested.get());
    }
    if (!s.appliedFields().containsAll(desired.statedPaths())) {
      return new Step.Record(withApplied(s, desired), false, List.of());
    }
    return new Step.Update(SasDelivery.into(desired.updateBody(export, s.appliedFields()), s, differences), desired, differences,
        Edits.among(s, export, differences, cause), cause);
  }

  private static Verdict withoutETag(List<Difference> differences) {
    return new Verdict.Failing(new ArmFailure.Unclear(new Detail(0, "",
        "Azure showed the export without its eTag, so that it cannot be updated", ""), Reason.BAD_ARM_RESPONSE, null), true, differences);
  }

  private static Step.Cause cause(Situation s, ObservedExport export, DesiredExport desired, List<Difference> differences) {
    if (differences.isEmpty()) {
      return Step.Cause.REQUEST;
    }
    boolean ended = desired.schedule().filter(window -> window.phase() == Phase.ENDED).isPresent();
    boolean due = differences.stream().allMatch(d -> d.field() == Field.SCHEDULE_STATUS && ended
        || d.field() == Field.SCHEDULE_TO && !desired.stated().contains(Field.SCHEDULE_TO));
    boolean secret = differences.stream().allMatch(d -> d.field() == Field.SAS_TOKEN);
    return !s.applied() ? Step.Cause.SPEC : secret ? Step.Cause.SECRET : due ? Step.Cause.TIME : Refusals.unedited(s, export) ? Step.Cause.AGAIN : Step.Cause.DRIFT;
  }

  /** An export that is there and was not made by this object, or perhaps was, just before a crash. */
  private static Step claim(Situation s, Present present, DesiredExport desired) {
    ObservedExport export = present.export();
    if (export.eTag() == null) {
      return present.source() == Source.GET ? new Step.Rest(withoutETag(List.of())) : new Step.Observe(Look.SINGLE);
    }
    List<Difference> differences = desired.differences(export, List.of());
    boolean meantToCreate = s.status().exportId() != null;
    // What this process made is ours however the spec was changed before that could be written down.
    boolean created = meantToCreate && (differences.isEmpty() && !ADOPTED.equals(s.status().origin()) || s.memory().made(export));
    boolean adopt = Policies.adopts(s.spec());
    if (!differences.isEmpty() && !adopt && !created) {
      if (meantToCreate) {
        return new Step.Record(withoutIntent(s), false, List.of());
      }
      return new Step.Rest(new Verdict.Stuck(Reason.ALREADY_EXISTS, "the export " + s.exportId() + " exists already and differs in "
          + paths(differences) + "; set adoptionPolicy: Adopt to take it over, or another exportName", differences));
    }
    StatusDraft draft = new StatusDraft(s.status());
    draft.exportId = s.exportId().path();
    draft.origin = created ? CREATED : ADOPTED;
    draft.eTag = export.eTag();
    draft.apiVersion = s.settings().apiVersion().name();
    draft.appliedFields = created ? withApplied(s, desired).appliedFields() : desired.statedPaths();
    if (!created) {
      draft.pendingRun = null;
      // Which token Azure has is not to be seen: it is left where nothing is written, and replaced with the first PUT.
      draft.sasTokenHash = SasDelivery.hashAfter(s, desired, differences.isEmpty());
    }
    Note note = created
        ? Note.normal(Reason.CREATED, "created " + s.exportId())
        : Note.normal(Reason.ADOPTED, "adopted " + s.exportId() + (differences.isEmpty()
            ? ", which equals the spec" : "; to be changed: " + describe(differences)));
    // A restored backup, or an object that takes an export over: what its annotations ask for may have been done long ago.
    Optional<Note> skipped = created ? Optional.empty() : StatusCheck.handled(s, draft);
    return new Step.Record(draft.done(), false, Stream.concat(Stream.of(note), skipped.stream()).toList());
  }

  private static CostExportStatus withoutIntent(Situation s) {
    StatusDraft draft = new StatusDraft(s.status());
    draft.exportId = null;
    draft.origin = null;
    draft.appliedFields = null;
    draft.pendingRun = null;
    return draft.done();
  }

  private static CostExportStatus withApplied(Situation s, DesiredExport desired) {
    Set<String> paths = new TreeSet<>(s.appliedFields());
    paths.addAll(desired.statedPaths());
    StatusDraft draft = new StatusDraft(s.status());
    draft.appliedFields = List.copyOf(paths);
    return draft.done();
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

  static String paths(List<Difference> differences) {
    return differences.stream().map(Difference::path).collect(Collectors.joining(", "));
  }

  public static String describe(List<Difference> differences) {
    return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
  }
}
