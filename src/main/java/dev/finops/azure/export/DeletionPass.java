package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.plan.DeletionPlanner;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReadConsistency;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.StatusDraft;
import dev.finops.azure.export.status.StatusReport;
import dev.finops.azure.kube.NamespacedName;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reconciliation of an object that is being deleted: it deletes the export in Azure or leaves it there, by the
 * object's policies.
 */
final class DeletionPass {
    private static final Logger LOG = LoggerFactory.getLogger(DeletionPass.class);

    private final ExportPass.Surroundings around;
    private CostExport object;
    private Optional<CostExport> heir;
    private final Optional<CostExport> heirInOtherCase;
    private ReconcileState situation;

    /**
     * @param heirInOtherCase the object that has the export, unless Azure has two whose names differ in letter case
     * alone
     */
    DeletionPass(
            ExportPass.Surroundings around,
            CostExport object,
            ReconcileState situation,
            Optional<CostExport> heir,
            Optional<CostExport> heirInOtherCase) {
        this.around = around;
        this.object = object;
        this.situation = situation;
        this.heir = heir;
        this.heirInOtherCase = heirInOtherCase;
    }

    ReconcileState situation() {
        return situation;
    }

    /** As it was written last. */
    CostExport object() {
        return object;
    }

    /** Empty when the object may go. */
    Optional<Outcome> run() {
        if (heir.isEmpty() && DeletionPlanner.dependsOnNames(situation, heirInOtherCase.isPresent())) {
            learnNames();
        }
        while (true) {
            switch (DeletionPlanner.next(situation, heir.map(NamespacedName::of))) {
                case DeletionPlanner.Step.Release(var note) -> {
                    heir.filter(to -> situation.managed()).ifPresent(this::handOver);
                    note.ifPresent(told -> around.events().write(object, told));
                    LOG.info(
                            "{}: released; {}",
                            NamespacedName.of(object),
                            note.map(told -> told.message()).orElse("nothing was done in Azure"));
                    return Optional.empty();
                }
                case DeletionPlanner.Step.Rest(var verdict) -> {
                    if (CostExportReconciler.queued(situation, verdict).isEmpty()) {
                        report(verdict);
                    }
                    return Optional.of(verdict);
                }
                case DeletionPlanner.Step.Observe(var id) ->
                    situation = around.observed(situation, around.snapshots().single(id, around.caller()));
                case DeletionPlanner.Step.Delete(var id) -> delete(id);
            }
        }
    }

    private void learnNames() {
        ExportId id = situation.exportId();
        Observation seen = around.snapshots()
                .get(id, ReadConsistency.CACHED, around.caller())
                .orElseThrow(ExportPass.Awaited::new);
        situation = seen instanceof Observation.Unanswered
                ? around.observed(situation, seen)
                : situation.showing(around.snapshots().alike(id));
        boolean unknown = seen instanceof Observation.Unanswered;
        heir = heirInOtherCase.filter(other -> !unknown
                && !(situation.alike().contains(OwnershipIndex.exportName(other))
                        && situation.alike().contains(OwnershipIndex.exportName(object))));
    }

    private void delete(ExportId id) {
        around.proveLatest(object); // it may be Orphan by now, or gone, and the export somebody else's
        LOG.info("{}: delete {}", NamespacedName.of(object), id);
        Observation after = switch (around.azure().delete(id, around.caller())) {
            case ArmResult.Ok<Boolean> accepted -> {
                situation =
                        situation.with(situation.memory().deleted(around.clock().instant()));
                around.snapshots().invalidate(id);
                yield around.snapshots().single(id, around.caller());
            }
            case ArmResult.Failed<Boolean>(ArmFailure failure) -> new Observation.Unanswered(failure);
        };
        situation = around.observed(situation, after);
    }

    private void report(Outcome verdict) {
        if (verdict instanceof Outcome.Failing failing) {
            situation = situation.failed(failing.failure().reason());
        }
        StatusReport report = StatusReport.of(situation, verdict);
        if (!report.status().equals(object.getStatus())) {
            object = around.statuses().write(object, report.status());
            report.notes().forEach(note -> around.events().write(object, note));
        }
    }

    /** The object that has the export now knows it as its own, as this one did. */
    private void handOver(CostExport to) {
        CostExportStatus mine = situation.status();
        boolean theirs = to.getStatus() != null && to.getStatus().exportId() != null;
        boolean fits = ExportId.parse(mine.exportId())
                .filter(ExportId.of(to.getSpec(), to.getMetadata().getName())::equals)
                .isPresent();
        if (!fits || theirs) {
            return;
        }
        StatusDraft draft = new StatusDraft(to.getStatus() == null ? StatusDraft.EMPTY : to.getStatus());
        draft.exportId = mine.exportId();
        draft.origin = mine.origin();
        draft.eTag = mine.eTag();
        draft.apiVersion = mine.apiVersion();
        draft.appliedFields = mine.appliedFields();
        draft.sasTokenHash = mine.sasTokenHash();
        draft.tenantId = mine.tenantId();
        around.statuses().write(to, draft.done());
    }
}
