package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.RunHistory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs that were in progress and that Azure no longer returns: newer ones pushed them out of what a GET returns, or
 * they were deleted with their export.
 */
public final class VanishedRuns {
    /** Not one of Azure's states: what came of such a run is not to be known. */
    static final String VANISHED = "Vanished";

    /** A lagging replica may miss a new run. */
    static final Duration LAG = Duration.ofMinutes(10);

    private VanishedRuns() {}

    /** Whether the whole history has to be read. */
    public static boolean any(ReconcileState s, Present present) {
        return present.source() == Source.GET && !ids(present.export()).containsAll(underWay(s));
    }

    /** The export with all its runs, and those that are in no history any more as what they are: over. */
    public static ObservedExport found(ReconcileState s, Present present, JsonNode history) {
        ObservedExport whole = present.export().withRuns(history);
        Set<String> shown = ids(whole);
        ArrayNode runs = ((ArrayNode) history).deepCopy();
        underWay(s).stream().filter(id -> !shown.contains(id)).forEach(id -> {
            Optional<Run> known = own(s).filter(run -> run.id().equals(id)).findFirst();
            boolean late = known.flatMap(RunHistory::submitted)
                    .filter(submitted -> s.now().isBefore(submitted.plus(LAG)))
                    .isPresent();
            if (!late) {
                runs.add(vanished(s, id, known));
            }
        });
        return whole.withRuns(runs);
    }

    private static Set<String> underWay(ReconcileState s) {
        return Stream.of(
                        own(s).filter(run -> RunHistory.underWay(run, s.now())).map(Run::id),
                        BackfillMonths.of(s.status().backfill())
                                .follow(RunPlanner.known(s), s.now())
                                .running(),
                        MonthPlanner.closed(s).follow(RunPlanner.known(s), s.now()).awaited().stream())
                .flatMap(ids -> ids)
                .collect(Collectors.toSet());
    }

    private static Stream<Run> own(ReconcileState s) {
        return Stream.concat(
                RunPlanner.known(s).stream(), Stream.ofNullable(s.status().lastRun()));
    }

    private static Set<String> ids(ObservedExport export) {
        return export.runs().stream().map(Run::id).collect(Collectors.toSet());
    }

    /** As the history would have it. */
    private static ObjectNode vanished(ReconcileState s, String id, Optional<Run> known) {
        ObjectNode entry = Json.object().put("name", id);
        ObjectNode run = entry.putObject("properties")
                .put("status", VANISHED)
                .put("processingEndTime", Timestamps.write(s.now()))
                .put("executionType", known.map(Run::executionType).orElse("OnDemand"))
                .put(
                        "submittedTime",
                        known.map(Run::submittedTime)
                                .orElseGet(() -> Timestamps.write(s.now().minus(LAG))));
        known.map(Run::timePeriod)
                .ifPresent(period -> run.put("startDate", period.from()).put("endDate", period.to()));
        run.putObject("error")
                .put("code", VANISHED)
                .put(
                        "message",
                        "Azure no longer returns this run, so its result is unknown. A "
                                + "deleted export loses its runs.");
        return entry;
    }
}
