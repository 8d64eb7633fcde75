package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ObservedExport;
import java.util.List;
import java.util.Optional;

/** Where an object stands when there is nothing more to do for now; the conditions say it. */
public sealed interface Outcome {

    /** Azure has what the spec states. */
    record Settled(DesiredExport desired, ObservedExport observed) implements Outcome {}

    /** With {@code managementPolicy: Observe}: what Azure has, and what managing it would change. */
    record Watched(DesiredExport desired, Optional<ObservedExport> observed, List<Difference> differences)
            implements Outcome {}

    /** Azure will answer in a moment what it did not yet. */
    record Waiting(Reason reason, String message) implements Outcome {}

    /** @param write whether something was to be written, so that Azure is known not to equal the spec */
    record Failing(ArmFailure failure, boolean write, List<Difference> differences) implements Outcome {}

    /** Somebody must act. */
    record Stuck(Reason reason, String message, List<Difference> differences, By by) implements Outcome {
        public enum By {
            /** The operator does not send what cannot be right. */
            OPERATOR,
            /** Azure refused or ignored what was just sent. */
            AZURE,
            /** A refusal that stands in the status, which has its whole message. */
            STANDING
        }

        public Stuck(Reason reason, String message, List<Difference> differences) {
            this(reason, message, differences, By.OPERATOR);
        }
    }

    record Paused() implements Outcome {}
}
