package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.kube.PendingEvent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The Events of writes to an export. */
final class ExportEvents {
    private ExportEvents() {}

    static PendingEvent created(ExportId id) {
        return PendingEvent.normal(Reason.CREATED, "The operator created the export " + id + ".");
    }

    /** Empty when the status already has each of the edits: the Event was sent when they were found. */
    static Optional<PendingEvent> drift(PresentExport p, List<Difference> corrected) {
        if (corrected.isEmpty() || isReported(p.state(), corrected)) {
            return Optional.empty();
        }
        return Optional.of(PendingEvent.warning(
                Reason.DRIFT_DETECTED,
                "The export was changed in Azure"
                        + p.export().changedBy().map(who -> " by " + who).orElse("") + ": "
                        + corrected.stream()
                                .map(d -> d.path() + " is " + d.observedText())
                                .collect(Collectors.joining("; "))
                        + "."));
    }

    private static boolean isReported(ReconcileState s, List<Difference> edits) {
        List<CostExportStatus.Difference> reported =
                Objects.requireNonNullElse(s.status().difference(), List.of());
        return edits.stream()
                .allMatch(d -> reported.stream()
                        .anyMatch(before -> d.path().equals(before.path())
                                && d.observedText().equals(before.observed())));
    }

    /** @param recurrenceAdded whether the body has a recurrence that the spec does not state */
    static PendingEvent updated(Step.Cause cause, List<Difference> differences, boolean recurrenceAdded) {
        String changes = Planner.describe(differences)
                + (recurrenceAdded
                        ? "; the inactive schedule has dates and no recurrence, which Azure rejects in an update, "
                                + "and got the recurrence Daily"
                        : "");
        return switch (cause) {
            case SPEC -> PendingEvent.normal(Reason.UPDATED, "The operator updated the export: " + changes + ".");
            case DRIFT ->
                PendingEvent.normal(Reason.DRIFT_CORRECTED, "The operator reverted the drift: " + changes + ".");
            case AGAIN ->
                PendingEvent.normal(
                        Reason.UPDATED,
                        "The operator sent again what Azure accepted and does not return: " + changes + ".");
            case TIME ->
                PendingEvent.normal(
                        Reason.UPDATED, "The operator updated the schedule, which was due: " + changes + ".");
            case SECRET ->
                PendingEvent.normal(Reason.UPDATED, "The operator sent the SAS token that the Secret has now.");
            case REQUEST ->
                PendingEvent.normal(Reason.UPDATED, "The operator sent the export again, as the annotation requested.");
        };
    }

    static PendingEvent contested(ArmFailure.Conflict conflict) {
        return PendingEvent.warning(
                Reason.CONTESTED_BY_ANOTHER_WRITER,
                "Another client wrote the export at the same time. The operator reads it again. Azure's answer: "
                        + conflict.detail().text());
    }
}
