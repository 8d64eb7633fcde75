package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one reconciliation has done so far.
 *
 * @param historyRead whether the whole run history was requested since the last read of the export
 * @param posts POSTs of runs that Azure answered
 * @param contested the fields that another client changed while this reconciliation was writing
 * @param namesRead whether the names of the scope's exports were read
 */
public record Progress(
        LastCall lastCall, boolean historyRead, int posts, Set<ExportField> contested, boolean namesRead) {
    public static final Progress NONE = new Progress(new LastCall.None(), false, 0, Set.of(), false);

    /** The last call of this reconciliation, where the next step depends on how it ended. */
    public sealed interface LastCall {
        record None() implements LastCall {}

        /** Another reconciliation is listing the scope, and wakes this object when the list is there. */
        record ListAwaited() implements LastCall {}

        /** @param differences what the PUT would have changed; empty for a create */
        record NotWritten(ArmFailure failure, List<Difference> differences) implements LastCall {}

        /** Azure accepted the POST of a run. */
        record RunPosted() implements LastCall {}

        record RunNotPosted(PendingRun run, ArmFailure failure) implements LastCall {}
    }

    Progress with(LastCall last) {
        return new Progress(last, historyRead, posts, contested, namesRead);
    }

    /** A read of the export ends what was known of the last call. */
    Progress read(Set<ExportField> nowContested) {
        return new Progress(new LastCall.None(), false, posts, nowContested, namesRead);
    }

    Progress withHistory() {
        return new Progress(lastCall, true, posts, contested, namesRead);
    }

    Progress posted(LastCall last) {
        return new Progress(last, historyRead, posts + 1, contested, namesRead);
    }

    Progress withNames() {
        return new Progress(lastCall, historyRead, posts, contested, true);
    }

    /** The PUT that Azure has just not accepted; empty when the last call was another one. */
    Optional<LastCall.NotWritten> notWritten() {
        return lastCall instanceof LastCall.NotWritten failed ? Optional.of(failed) : Optional.empty();
    }

    /** The run that Azure has just not accepted; empty when the last call was another one. */
    Optional<LastCall.RunNotPosted> runNotPosted() {
        return lastCall instanceof LastCall.RunNotPosted failed ? Optional.of(failed) : Optional.empty();
    }
}
