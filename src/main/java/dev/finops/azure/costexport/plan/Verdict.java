package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.export.DesiredExport;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import java.util.List;
import java.util.Optional;

/** Where an object stands when there is nothing more to do for now; the conditions say it. */
public sealed interface Verdict {

  /** Azure has what the spec states. */
  record Settled(DesiredExport desired, ObservedExport observed) implements Verdict {}

  /** With {@code managementPolicy: Observe}: what Azure has, and what managing it would change. */
  record Watched(DesiredExport desired, Optional<ObservedExport> observed, List<Difference> differences) implements Verdict {}

  /** Azure will answer in a moment what it did not yet. */
  record Waiting(Reason reason, String message) implements Verdict {}

  /** @param write whether something was to be written, so that Azure is known not to equal the spec */
  record Failing(ArmFailure failure, boolean write, List<Difference> differences) implements Verdict {}

  /** Somebody must act. */
  record Stuck(Reason reason, String message, List<Difference> differences, By by) implements Verdict {
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

  record Paused() implements Verdict {}
}
