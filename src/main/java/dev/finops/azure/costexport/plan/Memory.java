package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.failure.Reason;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * What this process knows of one object beside its status. Losing it in a restart costs a call at most, never a
 * promise: what a promise rests on is in the status.
 *
 * @param wroteAt when our last PUT was answered
 * @param replacedETag the eTag of the document that it replaced; null after a create
 * @param conflicts how many writes in a row were made for a document that was no longer the latest
 * @param generation the generation that our last PUT was for
 * @param unapplied fields that Azure's answer to it did not show as sent
 * @param ignored fields that its answers to two PUTs of this generation did not show
 * @param moveStart whether Azure refused the schedule's start as past
 * @param postRun whether the pending run in the status was recorded by this process and surely not posted yet
 * @param answeredAt when Azure last answered a read
 * @param failures how many times in a row the object has failed
 * @param failing the reason of these failures
 * @param failingSince when the first failure with that reason was
 * @param triedAt when a request that Azure refused for good was last sent
 * @param deletedAt when Azure accepted our DELETE
 * @param runsDeniedUntil until when no month is asked for, since Azure refuses the identity its runs
 */
public record Memory(Instant wroteAt, String replacedETag, int conflicts, long generation, Set<Field> unapplied,
    Set<Field> ignored, boolean moveStart, boolean postRun, Instant answeredAt, int failures, Reason failing, Instant failingSince, Instant triedAt, Instant deletedAt, Instant runsDeniedUntil) {

  public static final Memory NONE = new Memory(null, null, 0, 0, Set.of(), Set.of(), false, false, null, 0, null, null, null, null, null);

  /** After a PUT that Azure accepted; {@code missing} are the fields that its answer does not show as sent. */
  public Memory wrote(Instant at, String replaced, long ofGeneration, Set<Field> missing) {
    Set<Field> again = new HashSet<>(missing);
    again.retainAll(ofGeneration == generation ? unapplied : Set.of());
    return new Memory(at, replaced, 0, ofGeneration, missing, Set.copyOf(again), false, postRun, at, 0, null, null, triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory conflicted() {
    return new Memory(wroteAt, replacedETag, conflicts + 1, generation, unapplied, ignored, moveStart, postRun, answeredAt, failures, failing,
        failingSince, triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory movingStart() {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, true, postRun, answeredAt, failures, failing, failingSince,
        triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory postingRun(boolean toPost) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, toPost, answeredAt, failures, failing,
        failingSince, triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory answered(Instant at) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, postRun, at, failures, failing, failingSince,
        triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory failed(Reason reason, Instant at) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, postRun, answeredAt, failures + 1, reason,
        reason == failing ? failingSince : at, triedAt, deletedAt, runsDeniedUntil);
  }

  public Memory refused(Instant at) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, postRun, answeredAt, failures, failing,
        failingSince, at, deletedAt, runsDeniedUntil);
  }

  public Memory deleted(Instant at) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, postRun, answeredAt, failures, failing,
        failingSince, triedAt, at, runsDeniedUntil);
  }

  public Memory deniedRuns(Instant until) {
    return new Memory(wroteAt, replacedETag, conflicts, generation, unapplied, ignored, moveStart, false, answeredAt, failures, failing,
        failingSince, triedAt, deletedAt, until);
  }

  public Memory succeeded() {
    return new Memory(wroteAt, replacedETag, 0, generation, unapplied, ignored, moveStart, postRun, answeredAt, 0, null, null, triedAt, deletedAt, runsDeniedUntil);
  }
}
