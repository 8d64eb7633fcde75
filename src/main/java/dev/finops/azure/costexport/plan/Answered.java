package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a situation becomes by Azure's answer to something that was sent. */
public final class Answered {
  private static final int CORRECTIONS_KEPT = 10;

  private Answered() {}

  /** Azure accepted a PUT and answered with the document that it has now. */
  public static Situation put(Situation s, DesiredExport sent, List<Difference> corrected, Step.Cause cause, ObservedExport answer) {
    ObservedExport before = s.observation() instanceof Present present ? present.export() : null;
    StatusDraft draft = new StatusDraft(s.status());
    draft.eTag = Optional.ofNullable(answer.eTag()).orElse("unknown");
    draft.apiVersion = s.settings().apiVersion().name();
    draft.appliedFields = sent.statedPaths();
    draft.lastHandledApplyRequest = Planner.applyRequest(s).orElse(s.status().lastHandledApplyRequest());
    if (cause == Step.Cause.DRIFT && before != null) {
      draft.corrections = corrections(s, corrected, before);
    }
    Set<Field> missing = DesiredExport.of(s.spec(), Optional.of(answer), s.now(), false).differences(answer, List.of()).stream()
        .map(Difference::field).collect(Collectors.toSet());
    String replaced = before == null ? null : before.eTag();
    return s.with(draft.done()).with(new Present(answer, s.now(), Source.PUT), s.now())
        .with(s.memory().wrote(s.now(), replaced, s.subject().generation(), missing));
  }

  /** Azure will not run the export for us, and says why. A right that is missing may come: months are asked for again then. */
  public static Situation runRefused(Situation s, PendingRun run, ArmFailure failure) {
    boolean forGood = !(failure instanceof ArmFailure.Denied);
    Situation after = s.with(RunPlanner.refused(s, run, failure.detail().text(), forGood));
    return after.with(forGood ? s.memory().postingRun(false) : s.memory().deniedRuns(s.now().plus(s.settings().backoff().terminal())));
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
