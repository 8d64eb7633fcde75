package dev.finops.azure.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.queue.Waiter;

/** The operations of Azure's Exports API. */
public interface ExportsApi extends ExportReads {
    /** The runs of an export, further back than the ten that a get returns. */
    ArmResult<JsonNode> runHistory(ExportId id, Waiter caller);

    /** Creates without an {@code eTag} in the body, updates with the latest. */
    ArmResult<ObservedExport> put(ExportId id, ObjectNode body, Waiter caller);

    /** @return whether Azure had the export */
    ArmResult<Boolean> delete(ExportId id, Waiter caller);

    /**
     * Starts a run. Azure returns no id: the run history shows the run.
     *
     * @param period null for the export's own dates
     */
    ArmResult<Boolean> run(ExportId id, TimePeriod period, Waiter caller);
}
