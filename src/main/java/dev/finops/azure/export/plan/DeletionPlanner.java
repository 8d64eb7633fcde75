package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.NotRead;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Unanswered;
import dev.finops.azure.export.plan.ResourceView.Claim;
import dev.finops.azure.kube.PendingEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides the next step of an object that is being deleted: whether its export is deleted or stays, and when the object
 * can go.
 */
final class DeletionPlanner {
    static final List<Rule<ReconcileState>> RULES = List.of(
            Rule.of("Paused", "A person paused the object.", Planner::paused),
            Rule.of("ListAwaited", "Another reconciliation is listing the scope.", Planner::listAwaited),
            Rule.of(
                    "ReadNames",
                    "Names that differ in letter case alone may be two exports.",
                    s -> dependsOnNames(s) ? Optional.of(new Step.ReadNames()) : Optional.empty()),
            Rule.of(
                    "ForeignExportId",
                    "Another client wrote the status: its export id is not the one of the spec.",
                    s -> s.managed() && StatusCheck.namesAnother(s) ? released(s, foreign(s)) : Optional.empty()),
            Rule.of(
                    "NothingOfOurs",
                    "The object manages no export.",
                    s -> !s.managed() || target(s).isEmpty() ? release(s, Optional.empty()) : Optional.empty()),
            Rule.of(
                    "Orphan",
                    "The deletionPolicy leaves the export in Azure.",
                    s -> Policies.orphans(s.spec(), s.status().origin())
                            ? released(
                                    s,
                                    PendingEvent.normal(
                                            Reason.ORPHANED,
                                            "The export " + id(s) + " stays in Azure, as the deletionPolicy says."))
                            : Optional.empty()),
            Rule.of(
                    "NextOwner",
                    "Another CostExport manages the export from now on.",
                    s -> nextOwner(s)
                            .flatMap(owner -> released(
                                    s,
                                    PendingEvent.normal(
                                            Reason.INHERITED,
                                            "The export " + id(s) + " stays in Azure: CostExport " + owner
                                                    + " manages it now.")))),
            Rule.of(
                    "CredentialsMissing",
                    "There is no identity to call Azure with.",
                    s -> s.secrets()
                            .noCredentials()
                            .map(why -> new Step.Done(ResolvedSecrets.missing(why, true, List.of())))),
            Rule.of(
                    "Delete",
                    "The deletionPolicy deletes the export.",
                    s -> s.observation() instanceof NotRead && isKnown(s) && !s.justDeleted()
                            ? Optional.of(new Step.Delete(id(s)))
                            : Optional.empty()),
            Rule.of(
                    "Read",
                    "Whether Azure has the export decides what is left to do.",
                    s -> s.observation() instanceof NotRead
                            ? Optional.of(new Step.Read(ReadConsistency.DIRECT))
                            : Optional.empty()),
            Rule.of(
                    "OtherTenant",
                    "Azure says of every scope of another tenant that it does not exist.",
                    s -> scopeNotFound(s)
                            .filter(gone -> s.sameTenant().equals(Optional.of(false)))
                            .map(gone -> new Step.Done(new Outcome.Failing(
                                    new ArmFailure.ScopeNotFound(otherTenant(s, gone.detail())), true, List.of())))),
            Rule.of(
                    "ScopeDeleted",
                    "An export is deleted with its scope.",
                    s -> scopeNotFound(s).flatMap(gone -> released(s, deleted(s, scopeDeleted(s, gone))))),
            Rule.of("Unanswered", "Azure did not answer.", Planner::unanswered),
            whenAbsent(
                    "NotVisible",
                    "The api-version does not see exports of the one that wrote this export.",
                    s -> s.settings().apiVersion().sees(s.status().apiVersion())
                            ? Optional.empty()
                            : Optional.of(new Step.Done(new Outcome.Stuck(
                                    Reason.NOT_VISIBLE_IN_API_VERSION, Planner.notVisible(s), List.of())))),
            whenAbsent(
                    "CreateUnanswered",
                    "A PUT without an answer may still create the export.",
                    s -> s.creationIsOpen() ? Optional.of(new Step.Done(creating(s))) : Optional.empty()),
            whenAbsent(
                    "Deleted",
                    "Azure does not have the export.",
                    s -> released(s, deleted(s, "Azure says that it does not exist."))),
            whenPresent(
                    "NotOurCreate",
                    "The export is not the one that this object was about to create.",
                    s -> !isKnown(s) && differs(s)
                            ? released(
                                    s,
                                    PendingEvent.normal(
                                            Reason.ORPHANED,
                                            "The export " + id(s)
                                                    + " stays in Azure: this object was about to create another one."))
                            : Optional.empty()),
            whenPresent(
                    "DeleteNotShown",
                    "Azure returns a deleted export for a while.",
                    s -> s.justDeleted()
                            ? Optional.of(new Step.Done(new Outcome.Waiting(
                                    Reason.DELETING, "Azure accepted the deletion and still returns the export.")))
                            : Optional.empty()),
            whenPresent("DeletePresent", "Azure has the export.", s -> Optional.of(new Step.Delete(id(s)))));

    private DeletionPlanner() {}

    private static Rule<ReconcileState> whenAbsent(
            String name, String why, Function<ReconcileState, Optional<Step>> step) {
        return Rule.of(name, why, s -> s.observation() instanceof Absent ? step.apply(s) : Optional.empty());
    }

    private static Rule<ReconcileState> whenPresent(
            String name, String why, Function<ReconcileState, Optional<Step>> step) {
        return Rule.of(name, why, s -> s.observation() instanceof Present ? step.apply(s) : Optional.empty());
    }

    /** The export that the status recorded. */
    private static Optional<ExportId> target(ReconcileState s) {
        return ExportId.parse(s.status().exportId());
    }

    private static ExportId id(ReconcileState s) {
        return target(s).orElseThrow();
    }

    private static boolean isKnown(ReconcileState s) {
        return s.status().eTag() != null;
    }

    private static Optional<ArmFailure.ScopeNotFound> scopeNotFound(ReconcileState s) {
        return s.observation() instanceof Unanswered(ArmFailure.ScopeNotFound gone)
                ? Optional.of(gone)
                : Optional.empty();
    }

    /** Two names that differ in letter case alone are two exports where Azure shows both. */
    private static boolean dependsOnNames(ReconcileState s) {
        boolean unknown = s.observation() instanceof NotRead && !s.progress().namesRead();
        Optional<Claim> claim = s.resource().claim();
        boolean inherited = claim.filter(Claim.NextOwner.class::isInstance).isPresent();
        boolean deletes = s.managed()
                && s.recorded().isPresent()
                && !Policies.orphans(s.spec(), s.status().origin())
                && s.secrets().noCredentials().isEmpty();
        boolean otherCase =
                claim.filter(Claim.NextOwnerInOtherCase.class::isInstance).isPresent();
        return unknown && !inherited && deletes && (otherCase || s.spelledOtherwise());
    }

    /** The object that means the same export. An owner in other letter case is one only when Azure shows one export. */
    private static Optional<String> nextOwner(ReconcileState s) {
        return s.resource().claim().flatMap(claim -> switch (claim) {
            case Claim.NextOwner(var owner) -> Optional.of(owner);
            case Claim.NextOwnerInOtherCase(var owner, var name)
            when s.progress().namesRead() -> Optional.of(owner);
            default -> Optional.empty();
        });
    }

    private static Outcome creating(ReconcileState s) {
        return new Outcome.Waiting(
                Reason.DELETING,
                "Azure did not answer the PUT that creates the export. The operator looks for the export until "
                        + Timestamps.write(
                                s.transientState().writes().unanswered().plus(TransientState.REPLICATION))
                        + ", and deletes it when it appears.");
    }

    /** To a credential of another tenant Azure says of every scope that it does not exist. */
    private static Detail otherTenant(ReconcileState s, Detail detail) {
        String now = s.secrets().tenantId().map(tenant -> "of tenant " + tenant).orElse("of an unknown tenant");
        return new Detail(
                detail.status(),
                detail.code(),
                detail.message() + " The credential is " + now + ", and one of tenant "
                        + s.status().tenantId()
                        + " last read the export, so this answer does not prove that the export is "
                        + "deleted. Use a credential of tenant "
                        + s.status().tenantId()
                        + ", or leave the export: " + s.resource().kubectl("patch")
                        + " --type merge -p '{\"spec\":{\"deletionPolicy\":\"Orphan\"}}'.",
                detail.requestId());
    }

    private static PendingEvent foreign(ReconcileState s) {
        return PendingEvent.warning(
                Reason.STATUS_CORRECTED,
                StatusCheck.another(s)
                        + " The operator sent no DELETE. Delete the export in Azure if this object created it.");
    }

    private static String scopeDeleted(ReconcileState s, ArmFailure.ScopeNotFound gone) {
        return "its scope does not exist: " + gone.detail().text()
                + (s.sameTenant().isEmpty()
                        ? ". The tenant of the credential that created the export is not recorded: if the credential "
                                + "has changed since, look for the export in Azure."
                        : "");
    }

    private static PendingEvent deleted(ReconcileState s, String why) {
        return PendingEvent.normal(Reason.DELETED, "The export " + id(s) + " is deleted: " + why);
    }

    private static Optional<Step> released(ReconcileState s, PendingEvent event) {
        return release(s, Optional.of(event));
    }

    private static Optional<Step> release(ReconcileState s, Optional<PendingEvent> event) {
        return Optional.of(new Step.Release(event, s.managed() ? nextOwner(s) : Optional.empty()));
    }

    private static boolean differs(ReconcileState s) {
        return s.observation() instanceof Present present
                && !DesiredExport.of(s.spec(), Optional.of(present.export()), s.now(), false)
                        .differences(present.export(), List.of())
                        .isEmpty();
    }
}
