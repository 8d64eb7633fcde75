package dev.finops.azure.costexport.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.backfill.MonthRows;
import dev.finops.azure.costexport.export.Json;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs that were under way and that Azure does not show: newer ones have pushed them out of what a get shows, or they went with their export. */
public final class LostRuns {
  /** Not one of Azure's states: what came of such a run is not to be known. */
  static final String VANISHED = "Vanished";

  /** A replica that lags may not have a new run yet. */
  static final Duration LAG = Duration.ofMinutes(10);

  private LostRuns() {}

  /** Whether the whole history has to be asked. */
  public static boolean any(Situation s, Present present) {
    return present.source() == Source.GET && !ids(present.export()).containsAll(underWay(s));
  }

  /** The export with all its runs, and those that are in no history any more as what they are: over. */
  public static ObservedExport found(Situation s, Present present, JsonNode history) {
    ObservedExport whole = present.export().withRuns(history);
    Set<String> shown = ids(whole);
    ArrayNode runs = ((ArrayNode) history).deepCopy();
    underWay(s).stream().filter(id -> !shown.contains(id)).forEach(id -> {
      Optional<Run> known = own(s).filter(run -> run.id().equals(id)).findFirst();
      boolean late = known.flatMap(RunHistory::submitted).filter(submitted -> s.now().isBefore(submitted.plus(LAG))).isPresent();
      if (!late) {
        runs.add(vanished(s, id, known));
      }
    });
    return whole.withRuns(runs);
  }

  private static Set<String> underWay(Situation s) {
    return Stream.of(own(s).filter(run -> RunHistory.underWay(run, s.now())).map(Run::id),
        MonthRows.of(s.status().backfill()).follow(RunPlanner.known(s), s.now()).running(),
        MonthPlanner.closed(s).follow(RunPlanner.known(s), s.now()).awaited().stream()).flatMap(ids -> ids).collect(Collectors.toSet());
  }

  private static Stream<Run> own(Situation s) {
    return Stream.concat(RunPlanner.known(s).stream(), Stream.ofNullable(s.status().lastRun()));
  }

  private static Set<String> ids(ObservedExport export) {
    return export.runs().stream().map(Run::id).collect(Collectors.toSet());
  }

  /** As the history would have it. */
  private static ObjectNode vanished(Situation s, String id, Optional<Run> known) {
    ObjectNode entry = Json.object().put("name", id);
    ObjectNode run = entry.putObject("properties").put("status", VANISHED).put("processingEndTime", Times.write(s.now()))
        .put("executionType", known.map(Run::executionType).orElse("OnDemand"))
        .put("submittedTime", known.map(Run::submittedTime).orElseGet(() -> Times.write(s.now().minus(LAG))));
    known.map(Run::timePeriod).ifPresent(period -> run.put("startDate", period.from()).put("endDate", period.to()));
    run.putObject("error").put("code", VANISHED).put("message", "Azure shows this run no longer, so that nobody can tell what came of it; an export that is deleted takes its runs along");
    return entry;
  }
}
