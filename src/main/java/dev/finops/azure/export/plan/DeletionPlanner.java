package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.NotAsked;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Unanswered;
import dev.finops.azure.kube.PendingEvent;
import java.util.List;
import java.util.Optional;

/** Decides what becomes of the export when its object is deleted. */
public final class DeletionPlanner {
    private DeletionPlanner() {}

    /** The one thing to do next. */
    public sealed interface Step {
        /** The object may go. */
        record Release(Optional<PendingEvent> note) implements Step {}

        /** DELETE of the id that the status recorded, never of one made from the spec. */
        record Delete(ExportId id) implements Step {}

        /** GET of that id. */
        record Observe(ExportId id) implements Step {}

        record Rest(Outcome verdict) implements Step {}
    }

    /**
     * Whether the names in Azure must be known first: two that differ in letter case alone are two exports where Azure
     * shows both.
     *
     * @param rival whether another object names the export in another letter case
     */
    public static boolean dependsOnNames(ReconcileState s, boolean rival) {
        boolean deletes = !s.subject().paused()
                && s.managed()
                && s.recorded().isPresent()
                && !Policies.orphans(s.spec(), s.status().origin())
                && s.secrets().noCredentials().isEmpty();
        return deletes && (rival || s.spelledOtherwise());
    }

    /**
     * @param heir the object that means the same export and takes it over
     */
    public static Step next(ReconcileState s, Optional<String> heir) {
        if (s.subject().paused()) {
            return new Step.Rest(new Outcome.Paused());
        }
        Optional<ExportId> recorded = ExportId.parse(s.status().exportId());
        if (s.managed() && StatusCheck.namesAnother(s)) {
            return new Step.Release(Optional.of(PendingEvent.warning(
                    Reason.STATUS_CORRECTED,
                    StatusCheck.another(s)
                            + " The operator sent no DELETE. Delete the export in Azure if this object created it.")));
        }
        if (!s.managed() || recorded.isEmpty()) {
            return new Step.Release(Optional.empty());
        }
        ExportId id = recorded.get();
        if (Policies.orphans(s.spec(), s.status().origin())) {
            return new Step.Release(Optional.of(
                    PendingEvent.normal(Reason.ORPHANED, "left " + id + " in Azure, as deletionPolicy says")));
        }
        if (heir.isPresent()) {
            return new Step.Release(
                    Optional.of(PendingEvent.normal(Reason.INHERITED, "left " + id + " to CostExport " + heir.get())));
        }
        if (s.secrets().noCredentials().isPresent()) {
            return new Step.Rest(
                    ResolvedSecrets.missing(s.secrets().noCredentials().get(), true, List.of()));
        }
        boolean known = s.status().eTag() != null;
        return switch (s.observation()) {
            case NotAsked nothing -> known && !s.justDeleted() ? new Step.Delete(id) : new Step.Observe(id);
            case Unanswered(ArmFailure.ScopeNotFound gone)
            when s.sameTenant().equals(Optional.of(false)) ->
                new Step.Rest(new Outcome.Failing(
                        new ArmFailure.ScopeNotFound(otherTenant(s, gone.detail())), true, List.of()));
            case Unanswered(ArmFailure.ScopeNotFound gone) ->
                released(
                        id,
                        "its scope is gone: " + gone.detail().text()
                                + (s.sameTenant().isEmpty()
                                        ? ". Which tenant the credential that created the export was of is "
                                                + "not recorded: if the credential has changed since, look "
                                                + "for the export"
                                        : ""));
            case Unanswered(var failure) -> new Step.Rest(new Outcome.Failing(failure, true, List.of()));
            case Absent absent
            when !s.settings().apiVersion().sees(s.status().apiVersion()) ->
                new Step.Rest(new Outcome.Stuck(Reason.NOT_VISIBLE_IN_API_VERSION, Planner.notVisible(s), List.of()));
            case Absent absent
            when s.creationIsOpen() ->
                new Step.Rest(new Outcome.Waiting(
                        Reason.DELETING,
                        "nobody knows yet whether Azure creates the export: it is looked for until "
                                + Timestamps.write(
                                        s.memory().writes().unanswered().plus(TransientState.REPLICATION))
                                + ", and deleted then"));
            case Absent absent -> released(id, "Azure says that it does not exist");
            case Present present
            when !known && differs(s, present) ->
                new Step.Release(Optional.of(PendingEvent.normal(
                        Reason.ORPHANED,
                        "left " + id + " in Azure: it is not the one that this object meant to create")));
            case Present present
            when s.justDeleted() ->
                new Step.Rest(
                        new Outcome.Waiting(Reason.DELETING, "Azure accepted the deletion and still shows the export"));
            case Present present -> new Step.Delete(id);
        };
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
                        + ", or leave the export: " + s.subject().kubectl("patch")
                        + " --type merge -p '{\"spec\":{\"deletionPolicy\":\"Orphan\"}}'.",
                detail.requestId());
    }

    private static Step released(ExportId id, String why) {
        return new Step.Release(Optional.of(PendingEvent.normal(Reason.DELETED, id + " is deleted; " + why)));
    }

    private static boolean differs(ReconcileState s, Present present) {
        return !DesiredExport.of(s.spec(), Optional.of(present.export()), s.now(), false)
                .differences(present.export(), List.of())
                .isEmpty();
    }
}
