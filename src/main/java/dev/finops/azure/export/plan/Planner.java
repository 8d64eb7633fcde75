package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.ScheduleWindow.Phase;
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.NotAsked;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.Observation.Unanswered;
import dev.finops.azure.export.plan.ResourceView.Claim;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.kube.PendingEvent;
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

    /**
     * How closely Azure has to be looked at before anything can be decided; empty when it is not to be asked at all.
     */
    public static Optional<ReadConsistency> firstLook(ReconcileState s) {
        CostExportStatus status = s.status();
        if (s.subject().paused()
                || incomplete(s).isPresent()
                || s.managed() && isClaimed(s)
                || s.secrets().noCredentials().isPresent()) {
            return Optional.empty();
        }
        boolean asked = s.subject()
                .request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest())
                .isPresent();
        boolean due = status.observedGeneration() == null
                || status.observedGeneration() != s.subject().generation();
        boolean spelledOtherwise = s.subject().claim().isPresent() || s.spelledOtherwise();
        boolean foreign = s.memory().own().trust() == TransientState.Trust.FOREIGN;
        if (!spelledOtherwise
                && (asked && (s.ours() || !s.managed())
                        || foreign
                        || s.managed() && s.ours() && (due || RunPlanner.watching(s)))) {
            return Optional.of(ReadConsistency.DIRECT);
        }
        boolean running =
                status.runs() != null && status.runs().stream().anyMatch(run -> RunHistory.underWay(run, s.now()));
        return Optional.of(
                asked || due || running || s.memory().failures().inARow() > 0
                        ? ReadConsistency.RECENT
                        : ReadConsistency.CACHED);
    }

    /** By an object of the same spelling: whether another one is another export, only Azure's list tells. */
    private static boolean isClaimed(ReconcileState s) {
        return s.subject()
                .claim()
                .filter(claim -> !(claim instanceof Claim.OnSpelling))
                .isPresent();
    }

    public static Step next(ReconcileState s) {
        if (s.subject().paused()) {
            return new Step.Rest(new Outcome.Paused());
        }
        Optional<Step> dropped = incomplete(s).isPresent() ? Optional.empty() : StatusCheck.dropped(s);
        if (dropped.isPresent()) {
            return dropped.get();
        }
        boolean listFirst = s.subject().claim().isPresent()
                && !isClaimed(s)
                && (s.observation() instanceof NotAsked || s.observation() instanceof Unanswered);
        Optional<Outcome> unfit = incomplete(s)
                .or(() -> listFirst ? Optional.empty() : conflict(s))
                .or(() -> s.secrets().refusal())
                .or(() -> ambiguous(s));
        if (unfit.isPresent()) {
            return new Step.Rest(unfit.get());
        }
        if (s.observation() instanceof Present(var export, var at, var source)
                && source == Source.LIST
                && export.name()
                        .filter(name -> !name.equals(s.exportId().name()))
                        .isPresent()) {
            return new Step.Observe(ReadConsistency.DIRECT); // whether Azure tells the two spellings apart
        }
        return switch (s.observation()) {
            case NotAsked nothing -> new Step.Observe(ReadConsistency.CACHED);
            case Unanswered(var failure) -> new Step.Rest(new Outcome.Failing(failure, false, List.of()));
            case Absent absent when s.managed() -> absent(s, absent);
            case Present present when s.managed() -> present(s, present);
            case Absent absent
            when absent.source() == Source.LIST && !knownAbsent(s) ->
                new Step.Observe(ReadConsistency.DIRECT); // the list may be older than the export
            case Absent absent ->
                new Step.Rest(new Outcome.Watched(desired(s, Optional.empty()), Optional.empty(), List.of()));
            case Present(var export, var at, var source) -> {
                DesiredExport desired = desired(s, Optional.of(export));
                yield new Step.Rest(
                        new Outcome.Watched(desired, Optional.of(export), desired.differences(export, List.of())));
            }
        };
    }

    private static boolean knownAbsent(ReconcileState s) {
        return s.applied()
                && Conditions.find(s.status().conditions(), Conditions.SYNCED)
                        .filter(synced -> Reason.NOT_FOUND.toString().equals(synced.reason()))
                        .isPresent();
    }

    /** Objects of a newer CRD: nothing is done for them, as it would be done of a part of what they say. */
    private static Optional<Outcome> incomplete(ReconcileState s) {
        Optional<String> unread = s.subject()
                .unread()
                .map(path -> path + " is in a form that this release of the operator does not know");
        return unread.or(() -> RequiredFields.missing(s.spec())
                        .map(field -> "spec." + field + " is missing, which this release of the operator needs"))
                .map(why -> new Outcome.Stuck(
                        Reason.INVALID_REQUEST,
                        why
                                + ", though the installed CRD allows it; state it as this release has it, "
                                + "or install the release of the CRD",
                        List.of()));
    }

    private static Optional<Outcome> conflict(ReconcileState s) {
        return s.subject().claim().filter(claim -> s.managed()).map(claim -> switch (claim) {
            case Claim.OnExport(var owner) ->
                new Outcome.Stuck(
                        Reason.CONFLICT,
                        "CostExport " + owner + " is older and manages " + s.stated()
                                + " already; delete one of the two, or set managementPolicy: Observe here",
                        List.of());
            case Claim.OnSpelling(var owner, var name) ->
                new Outcome.Stuck(
                        Reason.CONFLICT,
                        "CostExport " + owner + " is older and manages the export " + name
                                + ". The name " + s.stated().name()
                                + " differs in letter case alone, and Azure does not show two such "
                                + "exports. Set another exportName,"
                                + " delete one of the two, or set managementPolicy: Observe here.",
                        List.of());
            case Claim.OnFolder(var owner, var folder) ->
                new Outcome.Stuck(
                        Reason.PATH_COLLISION,
                        "CostExport " + owner + " is older and delivers into the same folder, " + folder
                                + "; with dataOverwriteBehavior: OverwritePreviousReport one would remove "
                                + "the other's files; set another destination.rootFolderPath here",
                        List.of());
        });
    }

    private static Optional<Outcome> ambiguous(ReconcileState s) {
        return s.ambiguous()
                ? Optional.of(new Outcome.Stuck(
                        Reason.ALREADY_EXISTS,
                        "Azure has exports at " + s.stated().scope() + " whose names differ from "
                                + s.stated().name() + " in letter case alone: "
                                + s.alike().stream().sorted().collect(Collectors.joining(", "))
                                + ". The operator changes none of them. Set spec.exportName to the one that is meant.",
                        List.of()))
                : Optional.empty();
    }

    private static Step absent(ReconcileState s, Absent absent) {
        CostExportStatus status = s.status();
        if (status.exportId() != null && !s.settings().apiVersion().sees(status.apiVersion())) {
            return new Step.Rest(new Outcome.Stuck(Reason.NOT_VISIBLE_IN_API_VERSION, notVisible(s), List.of()));
        }
        // A list of a billing scope may be empty although there are exports (azure-cli#29673).
        boolean unsure = absent.source() == Source.LIST && s.stated().scope().isBilling();
        if (s.ours() && unsure) {
            return new Step.Observe(ReadConsistency.DIRECT);
        }
        if (s.justWrote()) {
            return new Step.Rest(
                    new Outcome.Waiting(Reason.CREATING, "Azure accepted the export and does not show it yet"));
        }
        Optional<Outcome> refused = RetryGuard.hidden(s)
                .or(() -> RetryGuard.before(s, List.of()))
                .<Outcome>map(stuck -> stuck)
                .or(() -> SasTokenSync.obstacle(s, true, List.of()));
        if (refused.isPresent()) {
            return new Step.Rest(refused.get());
        }
        if (s.ours() && absent.source() != Source.GET) {
            return new Step.Observe(
                    ReadConsistency.DIRECT); // that an export of ours is gone is not said by a list alone
        }
        if (!s.isRecent(absent.at())) {
            return new Step.Observe(ReadConsistency.RECENT);
        }
        if (unsure) {
            return new Step.Observe(ReadConsistency.DIRECT);
        }
        DesiredExport desired = desired(s, Optional.empty());
        boolean lost = s.ours();
        if (lost || status.exportId() == null || !s.appliedFields().equals(desired.statedPaths())) {
            return new Step.Record(
                    intent(s, desired, lost),
                    false,
                    lost
                            ? List.of(PendingEvent.warning(
                                    Reason.EXTERNAL_DELETED,
                                    "the export " + s.exportId()
                                            + " was deleted by somebody else; it is created again"))
                            : List.of());
        }
        return new Step.Create(SasTokenSync.into(desired.createBody(), s, List.of()), desired);
    }

    /** Where an export stands that equals the spec, whatever else is waited for. */
    public static Outcome.Settled settled(ReconcileState s, Present present) {
        return new Outcome.Settled(desired(s, Optional.of(present.export())), present.export());
    }

    /** What Azure refused, in its words, and what the refusal depends on. */
    public static String refused(ReconcileState s, String words) {
        return words + RetryGuard.circumstances(s);
    }

    static String notVisible(ReconcileState s) {
        return "the export was written with api-version " + s.status().apiVersion() + ", and "
                + s.settings().apiVersion()
                + " cannot see such exports, so that its absence means nothing; set EXPORTS_API_VERSION to "
                + s.status().apiVersion() + " or later";
    }

    private static CostExportStatus intent(ReconcileState s, DesiredExport desired, boolean lost) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = s.exportId().path();
        draft.origin = lost
                ? draft.origin
                : CREATED; // until Azure has taken it: a document that was away for a moment is not ours by that
        draft.eTag = null;
        draft.sasTokenHash = SasTokenSync.hashAfter(s, desired, true);
        draft.appliedFields = desired.statedPaths();
        if (!lost && Boolean.TRUE.equals(s.spec().runOnCreate()) && draft.pendingRun == null) {
            draft.pendingRun = new PendingRun(RunPlanner.ON_CREATE, null, null, null, 0, null);
        }
        return draft.done();
    }

    private static Step present(ReconcileState s, Present present) {
        ObservedExport export = present.export();
        DesiredExport desired = desired(s, Optional.of(export));
        if (!s.ours()) {
            return claim(s, present, desired);
        }
        Optional<Step> accepted = RunPlanner.accepted(s, present).or(() -> StatusCheck.lapsed(s));
        if (accepted.isPresent()) {
            return accepted.get();
        }
        List<Difference> differences = SasTokenSync.with(
                s,
                export,
                desired.differences(export, s.appliedFields()).stream()
                        .filter(d -> !desired.isIdle(d)
                                || !s.applied()
                                        && !s.memory()
                                                .writes()
                                                .sentInVain(
                                                        d.field(), s.subject().generation(), 1))
                        .toList());
        boolean forced = applyRequest(s).isPresent();
        if (!differences.isEmpty() && s.justWrote() && s.memory().writes().replaced(export)) {
            return new Step.Rest(
                    new Outcome.Waiting(Reason.UPDATING, "Azure accepted the update and does not show it yet"));
        }
        if (export.suspension().isPresent() && runsBySchedule(desired) && !forced) {
            return new Step.Rest(new Outcome.Stuck(
                    Reason.SYSTEM_SUSPENDED,
                    "Azure suspended the schedule: " + export.suspension().get()
                            + "; mend the cause, then " + s.subject().kubectl("annotate") + " --overwrite "
                            + Annotations.APPLY_REQUESTED_AT
                            + "=\"$(date)\" activates it again",
                    differences));
        }
        if (differences.isEmpty() && !forced) {
            return RunPlanner.next(s, present).orElseGet(() -> new Step.Rest(settled(s, present)));
        }
        Optional<Outcome.Stuck> refused = RetryGuard.standing(s, differences).filter(stuck -> !forced);
        if (refused.isPresent()) {
            return new Step.Rest(refused.get());
        }
        if (present.source() == Source.LIST || !s.isRecent(present.at())) {
            return new Step.Observe(ReadConsistency.DIRECT);
        }
        if (export.eTag() == null) {
            return new Step.Rest(withoutETag(differences));
        }
        Step.Cause cause = cause(s, export, desired, differences);
        Optional<Outcome> contested = SasTokenSync.obstacle(s, SasTokenSync.isDue(differences), differences)
                .or(() -> RetryGuard.contested(s, cause, differences));
        if (contested.isPresent()) {
            return new Step.Rest(contested.get());
        }
        if (!s.appliedFields().containsAll(desired.statedPaths())) {
            return new Step.Record(withApplied(s, desired), false, List.of());
        }
        return new Step.Update(
                SasTokenSync.into(desired.updateBody(export, s.appliedFields()), s, differences),
                desired,
                differences,
                ExternalChanges.among(s, export, differences, cause),
                cause);
    }

    private static Outcome withoutETag(List<Difference> differences) {
        return new Outcome.Failing(
                new ArmFailure.Indeterminate(
                        new Detail(0, "", "Azure showed the export without its eTag, so that it cannot be updated", ""),
                        Reason.BAD_ARM_RESPONSE,
                        null),
                true,
                differences);
    }

    private static Step.Cause cause(
            ReconcileState s, ObservedExport export, DesiredExport desired, List<Difference> differences) {
        if (differences.isEmpty()) {
            return Step.Cause.REQUEST;
        }
        boolean ended = desired.schedule()
                .filter(window -> window.phase() == Phase.ENDED)
                .isPresent();
        boolean due = differences.stream()
                .allMatch(d -> d.field() == ExportField.SCHEDULE_STATUS && ended
                        || d.field() == ExportField.SCHEDULE_TO
                                && !desired.stated().contains(ExportField.SCHEDULE_TO));
        boolean secret = differences.stream().allMatch(d -> d.field() == ExportField.SAS_TOKEN);
        return !s.applied()
                ? Step.Cause.SPEC
                : secret
                        ? Step.Cause.SECRET
                        : due ? Step.Cause.TIME : RetryGuard.unedited(s, export) ? Step.Cause.AGAIN : Step.Cause.DRIFT;
    }

    /** An export that is there and was not made by this object, or perhaps was, just before a crash. */
    private static Step claim(ReconcileState s, Present present, DesiredExport desired) {
        ObservedExport export = present.export();
        if (export.eTag() == null) {
            return present.source() == Source.GET
                    ? new Step.Rest(withoutETag(List.of()))
                    : new Step.Observe(ReadConsistency.DIRECT);
        }
        List<Difference> differences = desired.differences(export, List.of());
        boolean meantToCreate = s.status().exportId() != null;
        // What this process made is ours however the spec was changed before that could be written down.
        boolean created = meantToCreate
                && (differences.isEmpty() && !ADOPTED.equals(s.status().origin())
                        || s.memory().made(export));
        boolean adopt = Policies.adopts(s.spec());
        if (!differences.isEmpty() && !adopt && !created) {
            if (meantToCreate) {
                return new Step.Record(withoutIntent(s), false, List.of());
            }
            return new Step.Rest(new Outcome.Stuck(
                    Reason.ALREADY_EXISTS,
                    "the export " + s.exportId() + " exists already and differs in " + paths(differences)
                            + "; set adoptionPolicy: Adopt to take it over, or another exportName",
                    differences));
        }
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = s.exportId().path();
        draft.origin = created ? CREATED : ADOPTED;
        draft.eTag = export.eTag();
        draft.apiVersion = s.settings().apiVersion().name();
        draft.appliedFields = created ? withApplied(s, desired).appliedFields() : desired.statedPaths();
        if (!created) {
            draft.pendingRun = null;
            // Which token Azure has is not to be seen: it is left where nothing is written, and replaced with the first
            // PUT.
            draft.sasTokenHash = SasTokenSync.hashAfter(s, desired, differences.isEmpty());
        }
        PendingEvent note = created
                ? PendingEvent.normal(Reason.CREATED, "created " + s.exportId())
                : PendingEvent.normal(
                        Reason.ADOPTED,
                        "adopted " + s.exportId()
                                + (differences.isEmpty()
                                        ? ", which equals the spec"
                                        : "; to be changed: " + describe(differences)));
        // A restored backup, or an object that takes an export over: what its annotations ask for may have been done
        // long ago.
        Optional<PendingEvent> skipped = created ? Optional.empty() : StatusCheck.handled(s, draft);
        return new Step.Record(
                draft.done(),
                false,
                Stream.concat(Stream.of(note), skipped.stream()).toList());
    }

    private static CostExportStatus withoutIntent(ReconcileState s) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = null;
        draft.origin = null;
        draft.appliedFields = null;
        draft.pendingRun = null;
        return draft.done();
    }

    private static CostExportStatus withApplied(ReconcileState s, DesiredExport desired) {
        Set<String> paths = new TreeSet<>(s.appliedFields());
        paths.addAll(desired.statedPaths());
        StatusDraft draft = new StatusDraft(s.status());
        draft.appliedFields = List.copyOf(paths);
        return draft.done();
    }

    static Optional<String> applyRequest(ReconcileState s) {
        return s.subject().request(Annotations.APPLY_REQUESTED_AT, s.status().lastHandledApplyRequest());
    }

    private static boolean runsBySchedule(DesiredExport desired) {
        return desired.schedule()
                .filter(w -> w.phase() == Phase.ACTIVE || w.phase() == Phase.ENDING)
                .isPresent();
    }

    private static DesiredExport desired(ReconcileState s, Optional<ObservedExport> observed) {
        return DesiredExport.of(s.spec(), observed, s.now(), s.memory().moveStart());
    }

    static String paths(List<Difference> differences) {
        return differences.stream().map(Difference::path).collect(Collectors.joining(", "));
    }

    public static String describe(List<Difference> differences) {
        return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
    }
}
