package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a reconciliation does next. */
public sealed interface Step {
    /** What the step is about, for the log; without secrets. */
    default String detail() {
        return "";
    }

    /** A step after which the next one is decided. */
    sealed interface Action extends Step {}

    /** A call that changes something in Azure. */
    sealed interface AzureWrite extends Action {}

    /** The last step of a reconciliation. */
    sealed interface End extends Step {}

    /** Read the export, with at least this consistency. */
    record Read(ReadConsistency consistency, List<PendingEvent> events) implements Action {
        public Read(ReadConsistency consistency) {
            this(consistency, List.of());
        }
    }

    /** List the scope for the names of its exports alone. */
    record ReadNames() implements Action {}

    /** Read the whole run history of the export. */
    record ReadRunHistory() implements Action {}

    /**
     * Write the status before the call that it announces, so that the next process knows of that call after a crash.
     *
     * @param runToPost whether the call is the POST of the pending run
     * @param reached the outcome to report with it: a run starts only when the spec is in Azure; empty when the work on
     *     the spec goes on
     */
    record WriteStatus(CostExportStatus status, boolean runToPost, List<PendingEvent> events, Optional<Outcome> reached)
            implements Action {
        public WriteStatus(CostExportStatus status, List<PendingEvent> events) {
            this(status, false, events, Optional.empty());
        }
    }

    /**
     * PUT without an eTag: Azure refuses it when the export exists.
     *
     * @param created the Event once Azure has accepted it
     */
    record Create(ObjectNode body, DesiredExport desired, PendingEvent created) implements AzureWrite {
        @Override
        public String detail() {
            return created.message();
        }
    }

    /**
     * PUT with the eTag of the document that it was made for.
     *
     * @param corrected those of the differences that another client made
     * @param drift the Event before the PUT; empty when it was sent already, or nothing is corrected
     * @param updated the Events once Azure has accepted it
     */
    record Update(
            ObjectNode body,
            DesiredExport desired,
            List<Difference> differences,
            List<Difference> corrected,
            Cause cause,
            Optional<PendingEvent> drift,
            List<PendingEvent> updated)
            implements AzureWrite {
        @Override
        public String detail() {
            return updated.getFirst().message();
        }
    }

    /** POST: one run of the export. */
    record PostRun(PendingRun run) implements AzureWrite {
        @Override
        public String detail() {
            return "The cause of the run: " + run.cause();
        }
    }

    /** Azure rejected the run: the same POST would be rejected again. */
    record RejectRun(PendingRun run, ArmFailure failure) implements Action {}

    /** Azure accepted the run in no attempt: the operator posts it no more. */
    record GiveUpRun(PendingRun run, String why) implements Action {}

    /** DELETE of the id that the status recorded, never of one made from the spec. */
    record Delete(ExportId id) implements AzureWrite {
        @Override
        public String detail() {
            return "DELETE " + id;
        }
    }

    /** Nothing to do until something changes: report the outcome. */
    record Done(Outcome outcome) implements End {
        @Override
        public String detail() {
            return "Outcome: " + outcome.getClass().getSimpleName();
        }
    }

    /** Another part of the operator wakes the object: nothing is reported until then, or until this time is over. */
    record Await(Duration atMost) implements End {}

    /**
     * The operator is done with a deleted object: its finalizer can go.
     *
     * @param nextOwner the object that manages the export from now on, {@code namespace/name}
     */
    record Release(Optional<PendingEvent> event, Optional<String> nextOwner) implements End {
        @Override
        public String detail() {
            return event.map(PendingEvent::message).orElse("Nothing was done in Azure.");
        }
    }

    enum Cause {
        SPEC,
        DRIFT,
        /** What the operator supplies was due: an end renewed, an ended schedule made inactive. */
        TIME,
        /** Azure accepted the document and does not return all of it, although no client changed it since. */
        AGAIN,
        /** The Secret of the destination has another SAS token. */
        SECRET,
        REQUEST
    }
}
