package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Correction;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.export.DesiredExport;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a situation becomes by Azure's answer to something that was sent. */
public final class Answered {
  private static final int CORRECTIONS_KEPT = 10;

  private Answered() {}

  /**
   * Azure accepted a PUT and answered with the document that it has now.
   *
   * @param differences what the PUT changed; empty for a create
   * @param corrected those of them that were somebody else's edit
   */
  public static Situation put(Situation s, DesiredExport sent, List<Difference> differences, List<Difference> corrected, ObservedExport answer) {
    ObservedExport before = s.observation() instanceof Present present ? present.export() : null;
    StatusDraft draft = new StatusDraft(s.status());
    draft.eTag = Optional.ofNullable(answer.eTag()).orElse("unknown");
    draft.apiVersion = s.settings().apiVersion().name();
    draft.origin = s.observation() instanceof Present ? draft.origin : Planner.CREATED;
    draft.appliedFields = sent.statedPaths();
    draft.sasTokenHash = SasDelivery.hashAfter(s, sent, !(s.observation() instanceof Present) || SasDelivery.isDue(differences));
    draft.lastHandledApplyRequest = Planner.applyRequest(s).orElse(s.status().lastHandledApplyRequest());
    if (!corrected.isEmpty()) {
      draft.corrections = corrections(s, corrected, before);
    }
    String replaced = before == null ? null : before.eTag();
    Collection<Field> fields = before == null ? sent.values().keySet() : differences.stream().map(Difference::field).toList();
    return s.with(draft.done()).with(new Present(answer, s.now(), Source.PUT), s.now())
        .with(s.memory().wrote(s.now(), replaced, answer.eTag(), s.subject().generation(), fields));
  }

  /** Azure will not run the export for us, and says why. A right that is missing may come: the run is asked for again then. */
  public static Situation runRefused(Situation s, PendingRun run, ArmFailure failure) {
    boolean forGood = !(failure instanceof ArmFailure.Denied);
    return s.with(RunPlanner.refused(s, run, failure.detail().text(), forGood)).with(s.memory().withoutRun());
  }

  /** What a person should know after an update that the spec asked for. */
  public static Optional<Note> outdatedHistory(Situation s, List<Difference> changed) {
    return RunPlanner.outdated(s, changed);
  }

  private static List<Correction> corrections(Situation s, List<Difference> corrected, ObservedExport before) {
    String time = Times.write(s.now());
    Stream<Correction> now = corrected.stream().map(d ->
        new Correction(time, d.path(), d.observedText(), d.desiredText(), before.changedBy().orElse(null)));
    List<Correction> known = s.status().corrections() == null ? List.of() : s.status().corrections();
    return Stream.concat(now, known.stream()).limit(CORRECTIONS_KEPT).toList();
  }
}
