package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.plan.Look;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Removal;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.StatusDraft;
import dev.finops.azure.costexport.plan.Verdict;
import dev.finops.azure.costexport.report.Report;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pass over an object that is being deleted: the export goes, or is left, by the object's policies. */
final class Deletion {
  private static final Logger LOG = LoggerFactory.getLogger(Deletion.class);

  private final Turn.Surroundings around;
  private CostExport object;
  private Optional<CostExport> heir;
  private final Optional<CostExport> heirInOtherCase;
  private Situation situation;

  /** @param heirInOtherCase the object that has the export, unless Azure has two whose names differ in letter case alone */
  Deletion(Turn.Surroundings around, CostExport object, Situation situation, Optional<CostExport> heir, Optional<CostExport> heirInOtherCase) {
    this.around = around;
    this.object = object;
    this.situation = situation;
    this.heir = heir;
    this.heirInOtherCase = heirInOtherCase;
  }

  Situation situation() {
    return situation;
  }

  /** As it was written last. */
  CostExport object() {
    return object;
  }

  /** Empty when the object may go. */
  Optional<Verdict> run() {
    if (heir.isEmpty() && Removal.dependsOnNames(situation, heirInOtherCase.isPresent())) {
      learnNames();
    }
    while (true) {
      switch (Removal.next(situation, heir.map(Names::of))) {
        case Removal.Step.Release(var note) -> {
          heir.filter(to -> situation.managed()).ifPresent(this::handOver);
          note.ifPresent(told -> around.events().write(object, told));
          LOG.info("{}: released; {}", Names.of(object), note.map(told -> told.message()).orElse("nothing was done in Azure"));
          return Optional.empty();
        }
        case Removal.Step.Rest(var verdict) -> {
          if (CostExportReconciler.queued(situation, verdict).isEmpty()) {
            report(verdict);
          }
          return Optional.of(verdict);
        }
        case Removal.Step.Observe(var id) -> situation = around.observed(situation, around.snapshots().single(id, around.caller()));
        case Removal.Step.Delete(var id) -> delete(id);
      }
    }
  }

  private void learnNames() {
    ExportId id = situation.exportId();
    Observation seen = around.snapshots().look(id, Look.SHARED, around.caller()).orElseThrow(Turn.Awaited::new);
    situation = seen instanceof Observation.Unanswered ? around.observed(situation, seen) : situation.showing(around.snapshots().alike(id));
    boolean unknown = seen instanceof Observation.Unanswered;
    heir = heirInOtherCase.filter(other -> !unknown && !(situation.alike().contains(Claims.exportName(other)) && situation.alike().contains(Claims.exportName(object))));
  }

  private void delete(ExportId id) {
    around.proveLatest(object); // it may be Orphan by now, or gone, and the export somebody else's
    LOG.info("{}: delete {}", Names.of(object), id);
    Observation after = switch (around.azure().delete(id, around.caller())) {
      case Answer.Ok<Boolean> accepted -> {
        situation = situation.with(situation.memory().deleted(around.clock().instant()));
        around.snapshots().doubt(id);
        yield around.snapshots().single(id, around.caller());
      }
      case Answer.Failed<Boolean>(ArmFailure failure) -> new Observation.Unanswered(failure);
    };
    situation = around.observed(situation, after);
  }

  private void report(Verdict verdict) {
    if (verdict instanceof Verdict.Failing failing) {
      situation = situation.failed(failing.failure().reason());
    }
    Report report = Report.of(situation, verdict);
    if (!report.status().equals(object.getStatus())) {
      object = around.statuses().write(object, report.status());
      report.notes().forEach(note -> around.events().write(object, note));
    }
  }

  /** The object that has the export now knows it as its own, as this one did. */
  private void handOver(CostExport to) {
    CostExportStatus mine = situation.status();
    boolean theirs = to.getStatus() != null && to.getStatus().exportId() != null;
    boolean fits = ExportId.parse(mine.exportId()).filter(ExportId.of(to.getSpec(), to.getMetadata().getName())::equals).isPresent();
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
