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
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.NotRead;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.Observation.Unanswered;
import dev.finops.azure.export.plan.Outcome.Stuck.By;
import dev.finops.azure.export.plan.Progress.LastCall;
import dev.finops.azure.export.plan.ResourceView.Claim;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides the next step of an object: the first rule that decides wins. A pure function without clock and I/O. Objects
 * that are being deleted have rules of their own, see {@link DeletionPlanner}.
 */
public final class Planner {
    static final String CREATED = "Created";
    static final String ADOPTED = "Adopted";

    /** After so many conflicts in a row the operator stops retrying at once: another client keeps writing. */
    private static final int MAX_CONFLICTS = 3;

    /** A list that another reconciliation makes ends within this time, one way or the other. */
    private static final Duration LIST_AWAITED = Duration.ofSeconds(65);

    /** A lost wake-up of a queued object delays it by this time at most. */
    private static final Duration WAKE_UP_LOST = Duration.ofSeconds(5);

    private static final List<Rule<ReconcileState>> RULES = List.of(
            Rule.of("Paused", "A person paused the object.", Planner::paused),
            Rule.of("ListAwaited", "Another reconciliation is listing the scope.", Planner::listAwaited),
            Rule.of("FirstRead", "Nothing is decided before Azure was read.", Planner::firstRead),
            Rule.of("NotWritten", "Azure did not accept the PUT of this reconciliation.", Planner::notWritten),
            Rule.of("RunPosted", "The run history shows whether Azure has started the run.", Planner::runPosted),
            Rule.of("RunsVanished", "The export no longer shows a run that was in progress.", Planner::runsVanished),
            Rule.of(
                    "ForeignExportId",
                    "Another client wrote the status: its export id is not the one of the spec.",
                    s -> unreadable(s).isPresent() ? Optional.empty() : StatusCheck.dropped(s)),
            Rule.of(
                    "Unreadable",
                    "Acting on the part of a spec that is understood could be wrong.",
                    s -> done(unreadable(s))),
            Rule.of("Conflict", "An older object manages the export or its folder.", Planner::conflict),
            Rule.of(
                    "CredentialsMissing",
                    "There is no identity to call Azure with.",
                    s -> done(s.secrets().refusal())),
            Rule.of("AmbiguousName", "Several exports have the name in other letter cases.", Planner::ambiguous),
            Rule.of("OtherCase", "A list may show another letter case than Azure keeps.", Planner::otherCase),
            Rule.of("Unanswered", "Azure did not answer the read.", Planner::unanswered),
            s -> s.managed() ? Optional.empty() : Rule.first(Planner.OBSERVE_ONLY, s),
            s -> s.observation() instanceof Absent ? Rule.first(Planner.ABSENT, s) : Optional.empty(),
            s -> s.observation() instanceof Present present && !s.ours()
                    ? Rule.first(Planner.NOT_OWNED, PresentExport.notOwned(s, present))
                    : Optional.empty(),
            s -> s.observation() instanceof Present present
                    ? Rule.first(Planner.OWNED, PresentExport.owned(s, present))
                    : Optional.empty());

    /** managementPolicy: Observe. Nothing is written to Azure. */
    private static final List<Rule<ReconcileState>> OBSERVE_ONLY = List.of(
            Rule.of(
                    "ListMayBeOld",
                    "The list may be older than the export.",
                    s -> isListed(s.observation()) && s.observation() instanceof Absent && !isKnownAbsent(s)
                            ? read(ReadConsistency.DIRECT)
                            : Optional.empty()),
            Rule.of("ObserveOnly", "The managementPolicy is Observe.", s -> Optional.of(new Step.Done(watched(s)))));

    /** Azure does not have the export. */
    private static final List<Rule<ReconcileState>> ABSENT = List.of(
            Rule.of(
                    "NotVisible",
                    "The api-version does not see exports of the one that wrote this export.",
                    s -> s.status().exportId() != null
                                    && !s.settings()
                                            .apiVersion()
                                            .sees(s.status().apiVersion())
                            ? stuck(Reason.NOT_VISIBLE_IN_API_VERSION, notVisible(s))
                            : Optional.empty()),
            Rule.of(
                    "BillingListOfOwn",
                    "A list of a billing scope can be empty by mistake.",
                    s -> s.ours() && isBillingList(s) ? read(ReadConsistency.DIRECT) : Optional.empty()),
            Rule.of(
                    "CreateNotShown",
                    "Azure shows a new export only after a while.",
                    s -> s.justWrote()
                            ? Optional.of(new Step.Done(new Outcome.Waiting(
                                    Reason.CREATING, "Azure accepted the export and does not return it yet.")))
                            : Optional.empty()),
            Rule.of(
                    "Hidden",
                    "Azure says that the export exists and does not return it.",
                    s -> done(RetryGuard.hidden(s))),
            Rule.of("Rejected", "Azure rejected the same document before.", s -> done(RetryGuard.before(s, List.of()))),
            Rule.of(
                    "SasTokenUnusable",
                    "Azure could not deliver with the SAS token.",
                    s -> done(SasTokenSync.obstacle(s, true, List.of()))),
            Rule.of(
                    "DeletionUnproven",
                    "A list alone does not prove that an export was deleted.",
                    s -> s.ours() && isListed(s.observation()) ? read(ReadConsistency.DIRECT) : Optional.empty()),
            Rule.of(
                    "AbsenceOld",
                    "A create needs a recent read.",
                    s -> s.observation() instanceof Absent absent && !s.isRecent(absent.at())
                            ? read(ReadConsistency.RECENT)
                            : Optional.empty()),
            Rule.of(
                    "BillingList",
                    "A list of a billing scope can be empty by mistake.",
                    s -> isBillingList(s) ? read(ReadConsistency.DIRECT) : Optional.empty()),
            Rule.of("RecordCreate", "After a crash the status must say what was about to be created.", Planner::intent),
            Rule.of("Create", "Azure does not have the export.", Planner::create));

    /** Azure has an export that this object did not create, or may have created just before a crash. */
    private static final List<Rule<PresentExport>> NOT_OWNED = List.of(
            Rule.of(
                    "NotOwnedListed",
                    "A list has no eTag to bind a write to.",
                    p -> p.export().eTag() == null && p.present().source() != Source.GET
                            ? read(ReadConsistency.DIRECT)
                            : Optional.empty()),
            Rule.of(
                    "WithoutETag",
                    "A PUT without an eTag could overwrite a change.",
                    p -> p.export().eTag() == null ? withoutETag(List.of()) : Optional.empty()),
            Rule.of(
                    "NotOurCreate",
                    "The export is not the one that this object was about to create.",
                    p -> isRefused(p) && p.state().status().exportId() != null
                            ? Optional.of(new Step.WriteStatus(withoutIntent(p.state()), List.of()))
                            : Optional.empty()),
            Rule.of(
                    "AlreadyExists",
                    "The adoptionPolicy does not permit to take over an export that differs.",
                    p -> isRefused(p) ? alreadyExists(p) : Optional.empty()),
            Rule.of("TakeOver", "The export is the one that the spec states.", Planner::takeOver));

    /** Azure has the export of this object. */
    private static final List<Rule<PresentExport>> OWNED = List.of(
            Rule.of(
                    "RunRejected",
                    "Azure would reject the same run again.",
                    p -> p.state()
                            .progress()
                            .runNotPosted()
                            .filter(failed -> RunPlanner.isFinal(failed.failure()))
                            .map(failed -> new Step.RejectRun(failed.run(), failed.failure()))),
            Rule.of(
                    "RunQueued",
                    "Azure's rate limit holds the run back.",
                    p -> p.state()
                            .progress()
                            .runNotPosted()
                            .filter(failed -> failed.failure() instanceof ArmFailure.Throttled)
                            .map(failed -> new Step.Done(settled(p.state(), p.present())))),
            Rule.of(
                    "RunsOfOnePass",
                    "A long backfill must not keep other objects waiting.",
                    p -> p.state().progress().posts() >= RunPlanner.MAX_POSTS
                            ? Optional.of(new Step.Done(settled(p.state(), p.present())))
                            : Optional.empty()),
            Rule.of("RunAccepted", "The run history shows the run.", p -> RunPlanner.accepted(p.state(), p.present())),
            Rule.of(
                    "RunIntentOld",
                    "A run that was to start long ago may have ended.",
                    p -> StatusCheck.lapsed(p.state())),
            Rule.of("UpdateNotShown", "Azure returns the former document for a while.", Planner::updateNotShown),
            Rule.of("Suspended", "Azure suspended the schedule, and a PUT would not help.", Planner::suspended),
            p -> p.inSync() ? RunPlanner.next(p.state(), p.present()) : Optional.empty(),
            Rule.of(
                    "InSync",
                    "Azure has what the spec states.",
                    p -> p.inSync() ? Optional.of(new Step.Done(settled(p.state(), p.present()))) : Optional.empty()),
            Rule.of(
                    "Rejected",
                    "Azure rejected or ignored the same document before.",
                    p -> p.forced() ? Optional.empty() : done(RetryGuard.standing(p.state(), p.differences()))),
            Rule.of(
                    "ReadBeforeUpdate",
                    "An update needs the eTag of a recent read.",
                    p -> p.present().source() == Source.LIST
                                    || !p.state().isRecent(p.present().at())
                            ? read(ReadConsistency.DIRECT)
                            : Optional.empty()),
            Rule.of(
                    "WithoutETag",
                    "A PUT without an eTag could overwrite a change.",
                    p -> p.export().eTag() == null ? withoutETag(p.differences()) : Optional.empty()),
            Rule.of(
                    "SasTokenUnusable",
                    "Azure could not deliver with the SAS token.",
                    p -> done(SasTokenSync.obstacle(p.state(), SasTokenSync.isDue(p.differences()), p.differences()))),
            Rule.of(
                    "Contested",
                    "Another client reverts each correction.",
                    p -> done(RetryGuard.contested(p.state(), p.cause(), p.differences()))),
            Rule.of(
                    "RecordFields",
                    "After a crash the status must say which fields the operator set.",
                    p -> p.state().appliedFields().containsAll(p.desired().statedPaths())
                            ? Optional.empty()
                            : Optional.of(new Step.WriteStatus(withApplied(p.state(), p.desired()), List.of()))),
            Rule.of("Update", "Azure's document differs from the spec.", p -> Optional.of(update(p))));

    private Planner() {}

    public static Decision next(ReconcileState s) {
        List<Rule<ReconcileState>> rules = s.resource().deleting() ? DeletionPlanner.RULES : RULES;
        Decision decision = Rule.first(rules, s)
                .orElseThrow(() -> new IllegalStateException("no rule decides about " + s.observation()));
        return awaited(s, decision).orElse(decision);
    }

    /** Queueing in the operator is not a condition; that Azure has not answered for long is. */
    private static Optional<Decision> awaited(ReconcileState s, Decision decision) {
        return decision.step() instanceof Step.Done(Outcome.Failing failing)
                        && failing.failure() instanceof ArmFailure.Throttled throttled
                        && throttled.keptBack()
                        && !s.silent()
                ? Optional.of(new Decision(
                        "Queued",
                        "The operator's rate limiter queues the call, and wakes the object.",
                        new Step.Await(throttled.retryAfter().plus(WAKE_UP_LOST))))
                : Optional.empty();
    }

    static Optional<Step> paused(ReconcileState s) {
        return s.resource().paused() ? Optional.of(new Step.Done(new Outcome.Paused())) : Optional.empty();
    }

    static Optional<Step> listAwaited(ReconcileState s) {
        return s.progress().lastCall() instanceof LastCall.ListAwaited
                ? Optional.of(new Step.Await(LIST_AWAITED))
                : Optional.empty();
    }

    private static Optional<Step> firstRead(ReconcileState s) {
        return s.observation() instanceof NotRead ? consistency(s).map(Step.Read::new) : Optional.empty();
    }

    /** How current the first read has to be; empty when Azure is not to be called at all. */
    private static Optional<ReadConsistency> consistency(ReconcileState s) {
        CostExportStatus status = s.status();
        if (unreadable(s).isPresent()
                || s.managed() && isClaimed(s)
                || s.secrets().noCredentials().isPresent()) {
            return Optional.empty();
        }
        boolean requested = s.resource()
                .request(Annotations.RECONCILE_REQUESTED_AT, status.lastHandledReconcileRequest())
                .isPresent();
        boolean due = status.observedGeneration() == null
                || status.observedGeneration() != s.resource().generation();
        boolean otherSpelling = s.resource().claim().isPresent() || s.spelledOtherwise();
        boolean foreign = s.transientState().own().trust() == TransientState.Trust.FOREIGN;
        boolean own = s.managed() && s.ours();
        if (!otherSpelling
                && (requested && (s.ours() || !s.managed()) || foreign || own && (due || RunPlanner.watching(s)))) {
            return Optional.of(ReadConsistency.DIRECT);
        }
        boolean running =
                status.runs() != null && status.runs().stream().anyMatch(run -> RunHistory.underWay(run, s.now()));
        boolean recent =
                requested || due || running || s.transientState().failures().inARow() > 0;
        return Optional.of(recent ? ReadConsistency.RECENT : ReadConsistency.CACHED);
    }

    private static Optional<Step> notWritten(ReconcileState s) {
        return s.progress().notWritten().map(failed -> switch (failed.failure()) {
            case ArmFailure.Conflict conflict
            when s.transientState().writes().conflicts() < MAX_CONFLICTS ->
                new Step.Read(ReadConsistency.DIRECT, List.of(ExportEvents.contested(conflict)));
            case ArmFailure.Rejected rejected ->
                new Step.Done(new Outcome.Stuck(
                        rejected.reason(),
                        rejected.detail().text() + RetryGuard.circumstances(s),
                        failed.differences(),
                        By.AZURE));
            default -> new Step.Done(new Outcome.Failing(failed.failure(), true, failed.differences()));
        });
    }

    private static Optional<Step> runPosted(ReconcileState s) {
        return s.progress().lastCall() instanceof LastCall.RunPosted ? read(ReadConsistency.DIRECT) : Optional.empty();
    }

    private static Optional<Step> runsVanished(ReconcileState s) {
        return s.observation() instanceof Present present && !s.progress().historyRead() && VanishedRuns.any(s, present)
                ? Optional.of(new Step.ReadRunHistory())
                : Optional.empty();
    }

    private static Optional<Step> otherCase(ReconcileState s) {
        boolean other = s.observation() instanceof Present(var export, var at, var source)
                && source == Source.LIST
                && export.name()
                        .filter(name -> !name.equals(s.exportId().name()))
                        .isPresent();
        return other ? read(ReadConsistency.DIRECT) : Optional.empty();
    }

    static Optional<Step> unanswered(ReconcileState s) {
        return s.observation() instanceof Unanswered(var failure)
                ? Optional.of(
                        new Step.Done(new Outcome.Failing(failure, s.resource().deleting(), List.of())))
                : Optional.empty();
    }

    /** Written for a newer CRD, or without a field that this release needs. */
    private static Optional<Outcome> unreadable(ReconcileState s) {
        Optional<String> unread =
                s.resource().unread().map(path -> path + " has a form that this release of the operator does not know");
        return unread.or(() -> RequiredFields.missing(s.spec())
                        .map(field -> "spec." + field + " is missing, and this release of the operator needs it"))
                .map(why -> new Outcome.Stuck(
                        Reason.INVALID_REQUEST,
                        why + ", although the installed CRD allows it. State the field as this release "
                                + "has it, or install the CRD of this release.",
                        List.of()));
    }

    /** By an object of the same spelling: whether another spelling is another export, only Azure's list shows. */
    private static boolean isClaimed(ReconcileState s) {
        return s.resource()
                .claim()
                .filter(claim -> !(claim instanceof Claim.OnSpelling))
                .isPresent();
    }

    private static Optional<Step> conflict(ReconcileState s) {
        boolean unread = s.observation() instanceof NotRead || s.observation() instanceof Unanswered;
        boolean namesUnknown = !isClaimed(s) && unread;
        if (!s.managed() || namesUnknown) {
            return Optional.empty();
        }
        return s.resource().claim().flatMap(claim -> switch (claim) {
            case Claim.OnExport(var owner) ->
                stuck(
                        Reason.CONFLICT,
                        "CostExport " + owner + " is older and manages " + s.stated()
                                + " already. Delete one of the two, or set managementPolicy: Observe here.");
            case Claim.OnSpelling(var owner, var name) ->
                stuck(
                        Reason.CONFLICT,
                        "CostExport " + owner + " is older and manages the export " + name
                                + ". The name " + s.stated().name()
                                + " differs in letter case alone, and Azure does not show two such "
                                + "exports. Set another exportName,"
                                + " delete one of the two, or set managementPolicy: Observe here.");
            case Claim.OnFolder(var owner, var folder) ->
                stuck(
                        Reason.PATH_COLLISION,
                        "CostExport " + owner + " is older and delivers into the same folder, " + folder
                                + ". With dataOverwriteBehavior: OverwritePreviousReport each of the two would remove "
                                + "the other's files. Set another destination.rootFolderPath here.");
            case Claim.NextOwner next -> Optional.empty();
            case Claim.NextOwnerInOtherCase next -> Optional.empty();
        });
    }

    private static Optional<Step> ambiguous(ReconcileState s) {
        return s.ambiguous()
                ? stuck(
                        Reason.ALREADY_EXISTS,
                        "Azure has exports at " + s.stated().scope() + " whose names differ from "
                                + s.stated().name() + " in letter case alone: "
                                + s.alike().stream().sorted().collect(Collectors.joining(", "))
                                + ". The operator changes none of them. Set spec.exportName to the one that is meant.")
                : Optional.empty();
    }

    private static boolean isListed(Observation observation) {
        return observation instanceof Absent absent && absent.source() != Source.GET;
    }

    private static boolean isKnownAbsent(ReconcileState s) {
        return s.applied()
                && Conditions.find(s.status().conditions(), Conditions.SYNCED)
                        .filter(synced -> Reason.NOT_FOUND.toString().equals(synced.reason()))
                        .isPresent();
    }

    private static Outcome watched(ReconcileState s) {
        if (!(s.observation() instanceof Present present)) {
            return new Outcome.Watched(toCreate(s), Optional.empty(), List.of());
        }
        DesiredExport desired = desired(s, present);
        return new Outcome.Watched(
                desired, Optional.of(present.export()), desired.differences(present.export(), List.of()));
    }

    /** A list of a billing scope may be empty although there are exports (azure-cli#29673). */
    private static boolean isBillingList(ReconcileState s) {
        return s.observation() instanceof Absent absent
                && absent.source() == Source.LIST
                && s.stated().scope().isBilling();
    }

    private static DesiredExport toCreate(ReconcileState s) {
        return DesiredExport.of(
                s.spec(), Optional.empty(), s.now(), s.transientState().moveStart());
    }

    private static Optional<Step> intent(ReconcileState s) {
        DesiredExport desired = toCreate(s);
        boolean deleted = s.ours();
        boolean recorded = s.status().exportId() != null && s.appliedFields().equals(desired.statedPaths());
        if (recorded && !deleted) {
            return Optional.empty();
        }
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = s.exportId().path();
        draft.eTag = null;
        draft.sasTokenHash = SasTokenSync.hashAfter(s, desired, true);
        draft.appliedFields = desired.statedPaths();
        if (deleted) { // the origin stays: an export that was missing for a moment is not created by this object
            return Optional.of(new Step.WriteStatus(
                    draft.build(),
                    List.of(PendingEvent.warning(
                            Reason.EXTERNAL_DELETED,
                            "Another client deleted the export " + s.exportId()
                                    + ". The operator creates it again."))));
        }
        draft.origin = CREATED;
        if (Boolean.TRUE.equals(s.spec().runOnCreate()) && draft.pendingRun == null) {
            draft.pendingRun = new PendingRun(RunPlanner.ON_CREATE, null, null, null, 0, null);
        }
        return Optional.of(new Step.WriteStatus(draft.build(), List.of()));
    }

    private static Optional<Step> create(ReconcileState s) {
        DesiredExport desired = toCreate(s);
        return Optional.of(new Step.Create(
                SasTokenSync.into(desired.createBody(), s, List.of()), desired, ExportEvents.created(s.exportId())));
    }

    /** The outcome of an export that equals the spec, whatever else is awaited. */
    static Outcome.Settled settled(ReconcileState s, Present present) {
        return new Outcome.Settled(desired(s, present), present.export());
    }

    static String notVisible(ReconcileState s) {
        return "The export was written with api-version " + s.status().apiVersion() + ", and "
                + s.settings().apiVersion()
                + " does not return such exports, so the answer does not prove that the export is deleted. "
                + "Set EXPORTS_API_VERSION to " + s.status().apiVersion() + " or later.";
    }

    private static Optional<Step> updateNotShown(PresentExport p) {
        boolean former = !p.differences().isEmpty()
                && p.state().justWrote()
                && p.state().transientState().writes().replaced(p.export());
        return former
                ? Optional.of(new Step.Done(
                        new Outcome.Waiting(Reason.UPDATING, "Azure accepted the update and does not return it yet.")))
                : Optional.empty();
    }

    private static Optional<Step> suspended(PresentExport p) {
        return p.export()
                .suspension()
                .filter(why -> p.runsBySchedule() && !p.forced())
                .map(why -> new Step.Done(new Outcome.Stuck(
                        Reason.SYSTEM_SUSPENDED,
                        "Azure suspended the schedule: " + why + ". Fix the cause, then activate the schedule: "
                                + p.state().resource().kubectl("annotate") + " --overwrite "
                                + Annotations.APPLY_REQUESTED_AT + "=\"$(date)\"",
                        p.differences())));
    }

    private static Step update(PresentExport p) {
        ReconcileState s = p.state();
        Step.Cause cause = p.cause();
        List<Difference> external = ExternalChanges.among(s, p.export(), p.differences(), cause);
        List<Difference> corrected = p.differences().stream()
                .filter(d -> external.contains(d)
                        || d.field() != ExportField.SAS_TOKEN
                                && s.progress().contested().contains(d.field()))
                .toList();
        var body = SasTokenSync.into(p.desired().updateBody(p.export(), s.appliedFields()), s, p.differences());
        PendingEvent updated =
                ExportEvents.updated(cause, p.differences(), p.desired().completes(p.export(), body));
        Optional<PendingEvent> outdated = s.applied() ? Optional.empty() : RunPlanner.outdated(s, p.differences());
        return new Step.Update(
                body,
                p.desired(),
                p.differences(),
                corrected,
                cause,
                ExportEvents.drift(p, corrected),
                Stream.concat(Stream.of(updated), outdated.stream()).toList());
    }

    private static Optional<Step> withoutETag(List<Difference> differences) {
        return Optional.of(new Step.Done(new Outcome.Failing(
                new ArmFailure.Indeterminate(
                        new Detail(0, "", "Azure returned the export without its eTag, so it cannot be updated.", ""),
                        Reason.BAD_ARM_RESPONSE,
                        null),
                true,
                differences)));
    }

    /** What this process created is its object's, even if the spec was edited before the status could say so. */
    private static boolean isCreated(PresentExport p) {
        ReconcileState s = p.state();
        return s.status().exportId() != null
                && (p.differences().isEmpty() && !ADOPTED.equals(s.status().origin())
                        || s.transientState().made(p.export()));
    }

    private static boolean isRefused(PresentExport p) {
        return !p.differences().isEmpty() && !Policies.adopts(p.state().spec()) && !isCreated(p);
    }

    private static Optional<Step> alreadyExists(PresentExport p) {
        return Optional.of(new Step.Done(new Outcome.Stuck(
                Reason.ALREADY_EXISTS,
                "The export " + p.state().exportId() + " exists already and differs in " + paths(p.differences())
                        + ". Set adoptionPolicy: Adopt to take it over, or another exportName.",
                p.differences())));
    }

    private static Optional<Step> takeOver(PresentExport p) {
        ReconcileState s = p.state();
        boolean created = isCreated(p);
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = s.exportId().path();
        draft.origin = created ? CREATED : ADOPTED;
        draft.eTag = p.export().eTag();
        draft.apiVersion = s.settings().apiVersion().name();
        if (created) {
            draft.appliedFields = withApplied(s, p.desired()).appliedFields();
            return Optional.of(new Step.WriteStatus(draft.build(), List.of(ExportEvents.created(s.exportId()))));
        }
        draft.appliedFields = p.desired().statedPaths();
        draft.pendingRun = null;
        // Azure does not return its SAS token. An export that needs no PUT keeps it; the first PUT replaces it.
        draft.sasTokenHash =
                SasTokenSync.hashAfter(s, p.desired(), p.differences().isEmpty());
        PendingEvent adopted = PendingEvent.normal(
                Reason.ADOPTED,
                "The operator adopted the export " + s.exportId()
                        + (p.differences().isEmpty()
                                ? ", which equals the spec."
                                : ". It will change " + describe(p.differences()) + "."));
        // After a restore, what the annotations request may have been done long ago.
        Optional<PendingEvent> skipped = StatusCheck.handled(s, draft);
        return Optional.of(new Step.WriteStatus(
                draft.build(),
                Stream.concat(Stream.of(adopted), skipped.stream()).toList()));
    }

    private static CostExportStatus withoutIntent(ReconcileState s) {
        StatusDraft draft = new StatusDraft(s.status());
        draft.exportId = null;
        draft.origin = null;
        draft.appliedFields = null;
        draft.pendingRun = null;
        return draft.build();
    }

    private static CostExportStatus withApplied(ReconcileState s, DesiredExport desired) {
        Set<String> paths = new TreeSet<>(s.appliedFields());
        paths.addAll(desired.statedPaths());
        StatusDraft draft = new StatusDraft(s.status());
        draft.appliedFields = List.copyOf(paths);
        return draft.build();
    }

    static Optional<String> applyRequest(ReconcileState s) {
        return s.resource().request(Annotations.APPLY_REQUESTED_AT, s.status().lastHandledApplyRequest());
    }

    static DesiredExport desired(ReconcileState s, Present present) {
        return DesiredExport.of(
                s.spec(),
                Optional.of(present.export()),
                s.now(),
                s.transientState().moveStart());
    }

    private static Optional<Step> read(ReadConsistency consistency) {
        return Optional.of(new Step.Read(consistency));
    }

    private static Optional<Step> done(Optional<? extends Outcome> outcome) {
        return outcome.map(Step.Done::new);
    }

    private static Optional<Step> stuck(Reason reason, String message) {
        return Optional.of(new Step.Done(new Outcome.Stuck(reason, message, List.of())));
    }

    static String paths(List<Difference> differences) {
        return differences.stream().map(Difference::path).collect(Collectors.joining(", "));
    }

    public static String describe(List<Difference> differences) {
        return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
    }
}
