package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.kube.PendingEvent;
import java.util.List;

/** The one thing to do next. */
public sealed interface Step {

    /** Ask Azure, more closely than the present observation did. */
    record Observe(ReadConsistency look) implements Step {}

    /** Write down what is about to be done, so that a crash cannot make it a surprise. */
    record Record(CostExportStatus status, boolean runToPost, List<PendingEvent> notes) implements Step {}

    /** PUT without an eTag: Azure refuses it when the export exists. */
    record Create(ObjectNode body, DesiredExport desired) implements Step {}

    /**
     * PUT with the eTag of the document that it was made for.
     *
     * @param edited those of the differences that somebody else made
     */
    record Update(
            ObjectNode body, DesiredExport desired, List<Difference> differences, List<Difference> edited, Cause cause)
            implements Step {}

    /** POST: one run of the export. */
    record PostRun(PendingRun run) implements Step {}

    /** Azure accepts the run in no attempt: it is not posted any more. */
    record RefuseRun(PendingRun run, String why) implements Step {}

    /** Nothing to do until something changes. */
    record Rest(Outcome verdict) implements Step {}

    enum Cause {
        SPEC,
        DRIFT,
        /** What the operator supplies was due: an end renewed, an ended schedule made inactive. */
        TIME,
        /** Azure took the document and does not show it all, though nobody changed it since. */
        AGAIN,
        /** The Secret of the destination has another SAS token. */
        SECRET,
        REQUEST
    }
}
