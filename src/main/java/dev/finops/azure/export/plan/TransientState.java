package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.ETag;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this process knows of one object in addition to its status. Losing it in a restart costs a call at most, never a
 * promise: what a promise rests on is in the status.
 *
 * @param shown the document as it was when it last had our eTag; null when that was not seen
 * @param answeredAt when Azure last answered a read
 * @param moveStart whether Azure refused the schedule's start as past
 * @param runs what this process knows of runs that Azure has not accepted
 * @param deletion our DELETEs that Azure accepted; null without one
 * @param own what this process knows of the status that it left
 */
public record TransientState(
        Writes writes,
        Failures failures,
        Shown shown,
        Instant answeredAt,
        boolean moveStart,
        Runs runs,
        Deletion deletion,
        Own own) {

    public static final TransientState NONE = new TransientState(
            new Writes(0, null, null, Set.of(), Map.of(), Set.of(), 0, null),
            new Failures(0, Map.of()),
            null,
            null,
            false,
            new Runs(false, Map.of()),
            null,
            new Own(Trust.UNKNOWN, null));

    /** For how long after our write Azure may still answer with what was before. */
    static final Duration REPLICATION = Duration.ofMinutes(2);

    /**
     * Our PUTs that Azure accepted.
     *
     * @param generation the generation that the last one was for
     * @param at when it was answered; null before the first
     * @param eTag of the document that it was answered with
     * @param replacedETags of the documents that those of the last two minutes replaced
     * @param ignored how often each field was sent and Azure did not take it: the answer was without it, or a read of
     *     the same version
     * @param answered the fields that the last answer showed as they are wanted, and that no read of its version has
     *     been without
     * @param conflicts how many in a row were refused since, made for a document that was no longer the latest
     * @param unanswered when a PUT was last sent whose result is unknown; null without one
     */
    public record Writes(
            long generation,
            Instant at,
            String eTag,
            Set<ETag> replacedETags,
            Map<ExportField, Integer> ignored,
            Set<ExportField> answered,
            int conflicts,
            Instant unanswered) {

        Writes withConflicts(int inARow) {
            return new Writes(generation, at, eTag, replacedETags, ignored, answered, inARow, unanswered);
        }

        /** Whether our last writes replaced the document with this version. */
        boolean replaced(ObservedExport export) {
            return ETag.of(export.eTag()).filter(replacedETags::contains).isPresent();
        }

        boolean sentInVain(ExportField field, long ofGeneration, int times) {
            return generation == ofGeneration && ignored.getOrDefault(field, 0) >= times;
        }
    }

    /**
     * @param toPost whether the pending run in the status was recorded by this process and surely not posted yet
     * @param tried the last attempt to start each run
     */
    public record Runs(boolean toPost, Map<RunKey, Try> tried) {}

    /** @param request the annotation's value, the month or the day; null of a run on create */
    public record RunKey(String cause, String request) {
        public static RunKey of(PendingRun run) {
            return new RunKey(run.cause(), run.request());
        }

        static RunKey ofMonth(String month) {
            return new RunKey(RunPlanner.BACKFILL, month);
        }

        static RunKey ofClosedMonth(LocalDate day) {
            return new RunKey(RunPlanner.CLOSED_MONTH, day.toString());
        }

        boolean isOwn() {
            return !cause.equals(RunPlanner.BACKFILL) && !cause.equals(RunPlanner.CLOSED_MONTH);
        }
    }

    /** What became of an attempt to start a run. */
    public enum Fate {
        /** Azure answered that it does not take the run, or the run failed. */
        REFUSED,
        /** Azure did not answer: the run history shows the result. */
        UNKNOWN,
        /** Azure answered that it takes the run: the history will show it. */
        ACCEPTED
    }

    /**
     * @param attempts how many there were, with this one
     * @param why Azure's words
     */
    public record Try(int attempts, Instant at, String why, Fate fate) {}

    /** @param fields what each field meant, see {@link dev.finops.azure.export.document.ObservedExport#fieldHashes} */
    public record Shown(String eTag, int[] fields) {}

    /**
     * Failures since the last success.
     *
     * @param since by reason, when the first one was: failures that take turns each go on
     */
    public record Failures(int inARow, Map<Reason, Instant> since) {}

    /** When Azure accepted the first and the last of our DELETEs. */
    public record Deletion(Instant first, Instant last) {}

    /** Whether the status is what this operator made of Azure's answers. */
    public enum Trust {
        /** This process has not computed it yet. */
        UNKNOWN,
        COMPUTED,
        /** Another client wrote it since. */
        FOREIGN
    }

    /** @param left null before the first reconciliation */
    public record Own(Trust trust, Left left) {}

    /**
     * The part of the status that neither the spec nor Azure shows, as this process left it.
     *
     * @param version of the object, as the API server counts
     */
    public record Left(
            long version,
            String exportId,
            String origin,
            String apiVersion,
            String eTag,
            String sasTokenHash,
            List<String> appliedFields,
            PendingRun pendingRun,
            String lastHandledRunRequest,
            String lastHandledApplyRequest) {
        static Left of(CostExportStatus status, long version) {
            return status == null
                    ? null
                    : new Left(
                            version,
                            status.exportId(),
                            status.origin(),
                            status.apiVersion(),
                            status.eTag(),
                            status.sasTokenHash(),
                            status.appliedFields(),
                            status.pendingRun(),
                            status.lastHandledRunRequest(),
                            status.lastHandledApplyRequest());
        }
    }

    /**
     * After a PUT that Azure accepted.
     *
     * @param replaced the eTag of the document that it replaced; null after a create
     * @param eTag of the document that Azure has now
     * @param sent the fields that were not in Azure as they were sent
     * @param answered those of them that the answer shows as they were sent
     */
    public TransientState wrote(
            Instant at,
            String replaced,
            String eTag,
            long generation,
            Collection<ExportField> sent,
            Collection<ExportField> answered) {
        Map<ExportField, Integer> before = generation == writes.generation ? writes.ignored : Map.of();
        Map<ExportField, Integer> counted = new HashMap<>(before);
        sent.stream()
                .filter(field -> !answered.contains(field))
                .forEach(field -> counted.put(field, before.getOrDefault(field, 0) + 1));
        Set<ETag> replacedETags = new HashSet<>(
                writes.at != null && at.isBefore(writes.at.plus(REPLICATION)) ? writes.replacedETags : Set.of());
        ETag.of(replaced).ifPresent(replacedETags::add);
        Writes accepted = new Writes(
                generation, at, eTag, Set.copyOf(replacedETags), Map.copyOf(counted), Set.copyOf(answered), 0, null);
        return new TransientState(accepted, NONE.failures, shown, at, false, runs, deletion, own);
    }

    /**
     * A read showed these fields as they are wanted: Azure does not ignore them. Of the others, those that its answer
     * to the PUT had are ignored too when no client has written since; otherwise another client changed them.
     */
    TransientState saw(Collection<ExportField> wanted, ObservedExport export) {
        Map<ExportField, Integer> counted = new HashMap<>(writes.ignored);
        counted.keySet().removeAll(wanted);
        Set<ExportField> answered = new HashSet<>(writes.answered);
        if (export.isAt(writes.eTag)) {
            writes.answered.stream()
                    .filter(field -> !wanted.contains(field))
                    .forEach(field -> counted.merge(field, 1, Integer::sum));
            answered.retainAll(wanted);
        }
        Writes seen = new Writes(
                writes.generation,
                writes.at,
                writes.eTag,
                writes.replacedETags,
                Map.copyOf(counted),
                Set.copyOf(answered),
                writes.conflicts,
                writes.unanswered);
        return with(seen);
    }

    /** A read showed the document with this eTag, which is ours. */
    TransientState showed(String eTag, int[] fields) {
        return new TransientState(
                writes, failures, new Shown(eTag, fields), answeredAt, moveStart, runs, deletion, own);
    }

    /** Whether the document is the one that Azure answered our last PUT with. */
    boolean made(ObservedExport export) {
        return writes.at != null && (writes.eTag == null || export.isAt(writes.eTag));
    }

    public TransientState conflicted() {
        return with(writes.withConflicts(writes.conflicts + 1));
    }

    /** A PUT got no answer, or an earlier process may have sent one. */
    public TransientState unanswered(Instant at) {
        return with(new Writes(
                writes.generation,
                writes.at,
                writes.eTag,
                writes.replacedETags,
                writes.ignored,
                writes.answered,
                writes.conflicts,
                at));
    }

    public TransientState movingStart() {
        return new TransientState(writes, failures, shown, answeredAt, true, runs, deletion, own);
    }

    /** The pending run in the status was recorded by this process, and was surely not posted yet. */
    public TransientState postingRun(boolean toPost) {
        return with(new Runs(toPost, runs.tried));
    }

    /** A run was posted, or a run that had been accepted has failed. */
    public TransientState tried(RunKey run, Try last) {
        Map<RunKey, Try> all = new HashMap<>(runs.tried);
        all.keySet().removeIf(other -> other.isOwn() && run.isOwn()); // only the newest request counts
        all.put(run, last);
        return with(new Runs(runs.toPost, Map.copyOf(all)));
    }

    /** Nobody wants the run any more. */
    TransientState forgotten(RunKey run) {
        Map<RunKey, Try> others = new HashMap<>(runs.tried);
        others.remove(run);
        return with(new Runs(false, Map.copyOf(others)));
    }

    /** The last attempt to start a run; empty without one. */
    Optional<Try> lastTry(RunKey run) {
        return Optional.ofNullable(runs.tried.get(run));
    }

    private TransientState with(Writes next) {
        return new TransientState(next, failures, shown, answeredAt, moveStart, runs, deletion, own);
    }

    private TransientState with(Runs next) {
        return new TransientState(writes, failures, shown, answeredAt, moveStart, next, deletion, own);
    }

    public TransientState answered(Instant at) {
        return new TransientState(writes, failures, shown, at, moveStart, runs, deletion, own);
    }

    public TransientState failed(Reason reason, Instant at) {
        Map<Reason, Instant> since = new HashMap<>(failures.since);
        since.merge(reason, at, (first, again) -> first.isBefore(again) ? first : again);
        Failures counted = new Failures(failures.inARow + 1, Map.copyOf(since));
        return new TransientState(writes, counted, shown, answeredAt, moveStart, runs, deletion, own);
    }

    public TransientState succeeded() {
        return new TransientState(
                writes.withConflicts(0), NONE.failures, shown, answeredAt, moveStart, runs, deletion, own);
    }

    public TransientState deleted(Instant at) {
        Deletion accepted = new Deletion(deletion == null ? at : deletion.first, at);
        return new TransientState(writes, failures, shown, answeredAt, moveStart, runs, accepted, own);
    }

    /** Another client wrote the status. */
    public TransientState distrusting() {
        return owning(new Own(Trust.FOREIGN, own.left));
    }

    /** The status is what Azure's answers make it. */
    public TransientState computed() {
        return owning(new Own(Trust.COMPUTED, own.left));
    }

    /**
     * A reconciliation ended, and the object has this status. One that began with an object out of a late watch has
     * left nothing.
     */
    public TransientState left(CostExportStatus status, long version) {
        boolean older = own.left != null && version < own.left.version;
        return older ? this : owning(new Own(own.trust, Left.of(status, version)));
    }

    private TransientState owning(Own newOwn) {
        return new TransientState(writes, failures, shown, answeredAt, moveStart, runs, deletion, newOwn);
    }
}
