package dev.finops.azure.export.plan;

import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.ScheduleWindow.Phase;
import dev.finops.azure.export.plan.Observation.Present;
import java.util.List;

/**
 * An export that Azure has, together with what the spec states.
 *
 * @param differences what a PUT would change
 * @param forced whether a person asked for a PUT, whatever Azure has
 */
record PresentExport(
        ReconcileState state, Present present, DesiredExport desired, List<Difference> differences, boolean forced) {

    /** An export that this object created or adopted. */
    static PresentExport owned(ReconcileState s, Present present) {
        DesiredExport desired = Planner.desired(s, present);
        List<Difference> differences = desired.differences(present.export(), s.appliedFields()).stream()
                .filter(d -> !desired.isIdle(d) || !s.applied() && !sentInVain(s, d))
                .toList();
        return new PresentExport(
                s,
                present,
                desired,
                SasTokenSync.with(s, present.export(), differences),
                Planner.applyRequest(s).isPresent());
    }

    /** An export that is not known as this object's. */
    static PresentExport notOwned(ReconcileState s, Present present) {
        DesiredExport desired = Planner.desired(s, present);
        return new PresentExport(s, present, desired, desired.differences(present.export(), List.of()), false);
    }

    private static boolean sentInVain(ReconcileState s, Difference difference) {
        return s.transientState()
                .writes()
                .sentInVain(difference.field(), s.resource().generation(), 1);
    }

    ObservedExport export() {
        return present.export();
    }

    boolean inSync() {
        return differences.isEmpty() && !forced;
    }

    boolean runsBySchedule() {
        return desired.schedule()
                .filter(window -> window.phase() == Phase.ACTIVE || window.phase() == Phase.ENDING)
                .isPresent();
    }

    Step.Cause cause() {
        if (differences.isEmpty()) {
            return Step.Cause.REQUEST;
        }
        if (!state.applied()) {
            return Step.Cause.SPEC;
        }
        if (differences.stream().allMatch(d -> d.field() == ExportField.SAS_TOKEN)) {
            return Step.Cause.SECRET;
        }
        if (differences.stream().allMatch(this::isDue)) {
            return Step.Cause.TIME;
        }
        return RetryGuard.unedited(state, export()) ? Step.Cause.AGAIN : Step.Cause.DRIFT;
    }

    /** Whether time alone makes the difference: an end that the operator supplies, or a schedule that has ended. */
    private boolean isDue(Difference difference) {
        boolean ended = desired.schedule()
                .filter(window -> window.phase() == Phase.ENDED)
                .isPresent();
        return difference.field() == ExportField.SCHEDULE_STATUS && ended
                || difference.field() == ExportField.SCHEDULE_TO
                        && !desired.stated().contains(ExportField.SCHEDULE_TO);
    }
}
