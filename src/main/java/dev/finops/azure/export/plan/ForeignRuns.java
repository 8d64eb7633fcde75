package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.TransientState.Trust;
import dev.finops.azure.export.runs.RunHistory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Drops runs that another client wrote into the status. Azure would return them if they existed. */
public final class ForeignRuns {
    private ForeignRuns() {}

    /** The state without runs that are not Azure's, as far as the history of a GET shows. */
    public static ReconcileState dropped(ReconcileState s, Present present) {
        if (present.source() != Source.GET) {
            return s;
        }
        List<Run> shown = present.export().runs();
        Set<String> ids = shown.stream().map(Run::id).collect(Collectors.toSet());
        Optional<Instant> oldest =
                shown.size() < RunHistory.KEPT ? Optional.empty() : RunHistory.submitted(shown.getLast());
        Predicate<Run> kept = s.transientState().own().trust() == Trust.FOREIGN
                ? run -> isVanished(run) || isBefore(run, oldest)
                : run -> ids.contains(run.id()) || isVanished(run) || !isForeign(s, run, oldest);
        StatusDraft draft = new StatusDraft(s.status());
        draft.lastRun = Optional.ofNullable(draft.lastRun).filter(kept).orElse(null);
        draft.lastSuccessfulRun =
                Optional.ofNullable(draft.lastSuccessfulRun).filter(kept).orElse(null);
        draft.runs = draft.runs == null || draft.runs.stream().allMatch(kept)
                ? draft.runs
                : draft.runs.stream().filter(kept).toList();
        return s.with(draft.build());
    }

    /** Written by {@link VanishedRuns}: Azure does not return such a run by definition. */
    private static boolean isVanished(Run run) {
        return VanishedRuns.VANISHED.equals(run.status());
    }

    private static boolean isBefore(Run run, Optional<Instant> oldest) {
        return oldest.isPresent()
                && RunHistory.submitted(run).filter(oldest.get()::isAfter).isPresent();
    }

    /**
     * A run that is to come, or that a full history leaves out although it has older ones; not one that a replica may
     * still miss.
     */
    private static boolean isForeign(ReconcileState s, Run run, Optional<Instant> oldest) {
        Optional<Instant> submitted = RunHistory.submitted(run);
        boolean toCome =
                submitted.filter(s.now().plus(VanishedRuns.LAG)::isBefore).isPresent();
        boolean leftOut = oldest.isPresent()
                && !RunHistory.underWay(run, s.now())
                && submitted
                        .filter(at ->
                                at.isAfter(oldest.get()) && at.isBefore(s.now().minus(VanishedRuns.LAG)))
                        .isPresent();
        return toCome || leftOut;
    }
}
