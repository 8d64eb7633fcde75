package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportSpec.Dataset;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.export.document.Timeframe;
import dev.finops.azure.export.plan.Observation.Present;
import java.util.Collection;

/**
 * Tells the runs of the export's own definition from those of other days, which the months of this object and people in
 * the
 * portal start.
 */
public record OwnRuns(Timeframe timeframe) {
    public static OwnRuns of(ReconcileState s) {
        if (s.observation() instanceof Present present) {
            return new OwnRuns(Timeframe.of(present.export()));
        }
        Dataset dataset = s.spec().dataset();
        return new OwnRuns(
                dataset.timePeriod() == null
                        ? Timeframe.of(dataset.timeframe(), null, null)
                        : Timeframe.of(
                                dataset.timeframe(),
                                dataset.timePeriod().from(),
                                dataset.timePeriod().to()));
    }

    /** Whether a run covers the days that the definition gives, as each run of the schedule does. */
    public boolean mayBeOwn(Run run) {
        return "Scheduled".equalsIgnoreCase(run.executionType()) || timeframe.gives(run);
    }

    /**
     * Whether a run is the export's own.
     *
     * @param known runs that were the export's own before the definition was changed
     */
    public boolean isOwn(Run run, Collection<Run> known) {
        boolean wasOwn = known.stream().anyMatch(own -> own.id().equals(run.id()))
                && !(timeframe.isToDate() && timeframe.isPast(run));
        return mayBeOwn(run) || wasOwn;
    }
}
