package dev.finops.azure.costexport.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.arm.Answer;
import dev.finops.azure.costexport.arm.AzureClock;
import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.DesiredExport;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.observe.ScopeSnapshots;
import dev.finops.azure.costexport.plan.Answered;
import dev.finops.azure.costexport.plan.ForeignRuns;
import dev.finops.azure.costexport.plan.Look;
import dev.finops.azure.costexport.plan.LostRuns;
import dev.finops.azure.costexport.plan.Note;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Planner;
import dev.finops.azure.costexport.plan.Proof;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.Step;
import dev.finops.azure.costexport.plan.Verdict;
import dev.finops.azure.costexport.quota.Caller;
import dev.finops.azure.costexport.quota.Urgency;
import dev.finops.azure.costexport.report.Report;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over one object: does the steps that the planner names, one after the other. Lives as long as the pass. */
final class Turn {
  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

  /** So many writes in a row for a document that was not the latest, and somebody else is at it. */
  private static final int CONFLICTS = 3;

  /** Runs that one pass starts: the others of a long backfill wait for the next, however soon Azure ends these. */
  private static final int POSTS = 5;

  private final Surroundings around;
  private CostExport object;
  private Situation situation;
  private boolean proven;
  private int posted;

  /** What somebody else changed while this pass was at it. */
  private final Set<Field> edited = EnumSet.noneOf(Field.class);

  /** What a turn acts on. */
  record Surroundings(KubernetesClient kubernetes, ExportsClient azure, Deliveries deliveries, ScopeSnapshots snapshots, StatusWriter statuses,
      EventWriter events, AzureClock clock, AtomicBoolean skewTold, Caller caller) {

    /** With what Azure said, or since when it has said nothing: a list that another object asked for counts too. */
    Situation observed(Situation before, Observation seen) {
      Situation after = before.showing(snapshots.alike(before.exportId())).with(seen, clock.instant());
      Optional<Instant> answered = seen instanceof Observation.Unanswered
          ? snapshots.lastAnswered(after.exportId()).filter(at -> at.isAfter(after.memory().answeredAt())) : Optional.of(clock.instant());
      return answered.map(at -> after.with(after.memory().answered(at))).orElse(after);
    }

    /** The API server is asked: what was seen of an object may be old, or the object gone. */
    void proveLatest(CostExport object) {
      CostExport latest = kubernetes.resource(object).get();
      if (latest == null || !latest.getMetadata().getResourceVersion().equals(object.getMetadata().getResourceVersion())) {
        throw new Stale("the object has changed");
      }
    }
  }

  /** The object has changed since it was seen: nothing may be written upon what was decided. */
  static final class Stale extends RuntimeException {
    Stale(String what) {
      super(what, null, false, false);
    }
  }

  /** The list that is needed is being made for another; it wakes this one when it is there. */
  static final class Awaited extends RuntimeException {
    Awaited() {
      super("the scope is being listed", null, false, false);
    }
  }

  Turn(Surroundings around, CostExport object, Situation situation) {
    this.around = around;
    this.object = object;
    this.situation = situation;
  }

  Situation situation() {
    return situation;
  }

  /** As it was written last. */
  CostExport object() {
    return object;
  }

  void observe(Look look) {
    Observation seen = around.snapshots().look(situation.exportId(), look, around.caller()).orElseThrow(Awaited::new);
    situation = around.observed(situation, seen);
    if (seen instanceof Present present) {
      situation = ForeignRuns.dropped(situation, present);
    }
    if (seen instanceof Present present && LostRuns.any(situation, present)
        && around.azure().runHistory(situation.exportId(), around.caller()) instanceof Answer.Ok<JsonNode>(var history)) {
      situation = situation.with(new Present(LostRuns.found(situation, present, history), present.at(), present.source()), around.clock().instant());
    }
    if (situation.spec().closedMonth() != null && situation.status().closedMonths() == null) {
      // Its days count from the object's creation; what Azure's clock showed then is known once Azure has answered.
      Instant created = Instant.parse(object.getMetadata().getCreationTimestamp());
      situation = situation.with(situation.subject().createdAt(created.plus(around.clock().skew())));
    }
  }

  /** Does the step; empty when there may be more to do. */
  Optional<Verdict> act(Step step) {
    return switch (step) {
      case Step.Rest(var verdict) -> Optional.of(verdict);
      case Step.Observe(var look) -> {
        observe(look);
        yield Optional.empty();
      }
      case Step.Record record -> {
        record(record);
        yield Optional.empty();
      }
      case Step.Create(var body, var desired) -> {
        proveFresh();
        log("create " + situation.exportId());
        yield written(around.azure().put(situation.exportId(), body, around.caller().as(Urgency.CREATE)), desired, List.of(), List.of(),
            Note.normal(Reason.CREATED, "created " + situation.exportId()));
      }
      case Step.Update update -> update(update);
      case Step.PostRun post -> run(post);
      case Step.RefuseRun refusal -> {
        refuse(refusal);
        yield Optional.empty();
      }
    };
  }

  /** Writes down where the object stands, when that has changed, and tells what happened. */
  void report(Verdict verdict) {
    situation = situation.with(switch (verdict) {
      case Verdict.Failing failing -> situation.failed(failing.failure().reason()).memory();
      case Verdict.Settled settled -> situation.memory().succeeded();
      case Verdict.Watched watched -> situation.memory().succeeded();
      case Verdict.Stuck stuck -> situation.memory().succeeded();
      case Verdict.Waiting waiting -> situation.memory();
      case Verdict.Paused paused -> situation.memory();
    });
    write(Report.of(situation, verdict));
    Map<String, Proof> proofs = proofs(verdict); // which may take a while: what is known already does not wait for it
    if (!proofs.isEmpty()) {
      write(Report.of(situation, verdict, proofs));
    }
    if (verdict instanceof Verdict.Settled || verdict instanceof Verdict.Watched) {
      situation = situation.with(situation.memory().computed());
    }
    if (!around.clock().skew().isZero() && around.skewTold().compareAndSet(false, true)) {
      tell(Note.warning(Reason.CLOCK_SKEW, "the operator's clock and Azure's differ by " + around.clock().skew().abs().toMinutes() + " minutes"
          + "; Azure's is used, but tokens may be refused: mend the node's clock"));
    }
  }

  private void write(Report report) {
    if (!report.status().equals(object.getStatus())) {
      object = around.statuses().writeOnLatest(object, report.status());
    }
    situation = situation.with(report.status());
    report.notes().forEach(this::tell);
  }

  private Map<String, Proof> proofs(Verdict verdict) {
    return Report.toProve(situation, verdict).stream().collect(Collectors.toMap(open -> open.run().id(), open -> around.deliveries().look(
        open.run(), situation.spec(), situation.exportId().name(), situation.secrets().sas(), open.overwritable())));
  }

  private void record(Step.Record record) {
    if (record.runToPost() && !situation.applied()) {
      // Runs are asked for once the spec is in Azure: that is told with the intent, whatever becomes of the run.
      Situation meant = situation.with(record.status());
      Report report = Report.of(meant, Planner.settled(meant, (Present) meant.observation()));
      write(report.status());
      report.notes().forEach(this::tell);
    } else {
      write(Report.working(situation, record.status()));
    }
    proven = true;
    situation = situation.with(situation.memory().postingRun(record.runToPost()));
    record.notes().forEach(this::tell);
  }

  private void write(CostExportStatus status) {
    if (!status.equals(object.getStatus())) {
      object = around.statuses().write(object, status);
    }
    situation = situation.with(status);
  }

  /** A status that was written proves that the object is the latest; without one, the API server is asked. */
  private void proveFresh() {
    if (!proven) {
      around.proveLatest(object);
      proven = true;
    }
  }

  private Optional<Verdict> update(Step.Update update) {
    proveFresh();
    ObservedExport before = ((Present) situation.observation()).export();
    String changes = Planner.describe(update.differences()) + (update.desired().completes(before)
        ? "; its inactive schedule has dates and no recurrence, which Azure refuses in an update, and got the recurrence Daily" : "");
    List<Difference> corrected = update.differences().stream()
        .filter(d -> update.edited().contains(d) || d.field() != Field.SAS_TOKEN && edited.contains(d.field())).toList();
    if (!corrected.isEmpty() && !told(corrected)) {
      tell(Note.warning(Reason.DRIFT_DETECTED, "changed in Azure" + before.changedBy().map(who -> " by " + who).orElse("") + ": "
          + corrected.stream().map(d -> d.path() + " is " + d.observedText()).collect(Collectors.joining("; "))));
    }
    log("update " + situation.exportId() + " (" + update.cause() + ") " + changes);
    Note note = switch (update.cause()) {
      case SPEC -> Note.normal(Reason.UPDATED, "updated " + changes);
      case DRIFT -> Note.normal(Reason.DRIFT_CORRECTED, "put right " + changes);
      case AGAIN -> Note.normal(Reason.UPDATED, "sent again what Azure took and does not show: " + changes);
      case TIME -> Note.normal(Reason.UPDATED, "the schedule was due for " + changes);
      case SECRET -> Note.normal(Reason.UPDATED, "sent the SAS token that the Secret has now");
      case REQUEST -> Note.normal(Reason.UPDATED, "sent again, as was asked for");
    };
    return written(around.azure().put(situation.exportId(), update.body(), around.caller().as(Urgency.CHANGE)), update.desired(), update.differences(), corrected, note);
  }

  /** An edit that could not be corrected yet is in the status, and was told when it was found. */
  private boolean told(List<Difference> edits) {
    List<CostExportStatus.Difference> known = Objects.requireNonNullElse(situation.status().difference(), List.of());
    return edits.stream().allMatch(d -> known.stream().anyMatch(k -> d.path().equals(k.path()) && d.observedText().equals(k.observed())));
  }

  private Optional<Verdict> written(Answer<ObservedExport> answer, DesiredExport desired, List<Difference> differences,
      List<Difference> corrected, Note note) {
    return switch (answer) {
      case Answer.Ok<ObservedExport>(var export) -> {
        boolean ofSpec = !situation.applied();
        situation = Answered.put(situation.with(situation.observation(), around.clock().instant()), desired, differences, corrected, export);
        around.snapshots().learned(situation.exportId(), export);
        tell(note);
        if (ofSpec) {
          Answered.outdatedHistory(situation, differences).ifPresent(this::tell);
        }
        yield Optional.empty();
      }
      case Answer.Failed<ObservedExport>(var failure) -> notWritten(failure, differences);
    };
  }

  private Optional<Verdict> notWritten(ArmFailure failure, List<Difference> differences) {
    log("not written: " + failure.reason() + ": " + failure.detail().text());
    switch (failure) {
      case ArmFailure.Outdated outdated -> {
        around.snapshots().doubt(situation.exportId());
        situation = situation.with(situation.memory().conflicted());
        if (situation.memory().writes().conflicts() < CONFLICTS) {
          lookAgain(failure);
          return Optional.empty();
        }
      }
      case ArmFailure.Refused refused when refused.startIsPast() && !situation.memory().moveStart() -> {
        situation = situation.with(situation.memory().movingStart());
        return Optional.empty();
      }
      case ArmFailure.Refused refused -> {
        return Optional.of(new Verdict.Stuck(refused.reason(), Planner.refused(situation, refused.detail().text()), differences,
            Verdict.Stuck.By.AZURE));
      }
      case ArmFailure.Unclear unclear -> {
        around.snapshots().doubt(situation.exportId());
        situation = situation.with(situation.memory().unanswered(situation.now()));
      }
      default -> { }
    }
    return Optional.of(new Verdict.Failing(failure, true, differences));
  }

  private void lookAgain(ArmFailure outdated) {
    tell(Note.warning(Reason.CONTESTED_BY_ANOTHER_WRITER, "somebody else wrote at the same time; looking again: " + outdated.detail().text()));
    Observation before = situation.observation();
    observe(Look.SINGLE);
    if (before instanceof Present then && situation.observation() instanceof Present now) {
      edited.addAll(now.export().changedSince(then.export().meanings()));
    }
  }

  private Optional<Verdict> run(Step.PostRun post) {
    proveFresh();
    log("run " + situation.exportId() + " for " + post.run().cause());
    Present present = (Present) situation.observation();
    Urgency urgency = post.run().timePeriod() == null ? Urgency.RUN : Urgency.BACKFILL;
    Answer<Boolean> answer = around.azure().run(situation.exportId(), post.run().timePeriod(), around.caller().as(urgency));
    situation = situation.with(situation.observation(), around.clock().instant());
    return switch (answer) {
      case Answer.Ok<Boolean> ok -> {
        situation = Answered.runPosted(situation, post.run());
        observe(Look.SINGLE);
        yield afterPost(present);
      }
      case Answer.Failed<Boolean>(var failure) when !isFinal(failure) -> {
        log("run not accepted: " + failure.detail().text());
        situation = Answered.runFailed(situation, post.run(), failure);
        yield failure instanceof ArmFailure.Throttled ? Optional.of(Planner.settled(situation, present)) : afterPost(present);
      }
      case Answer.Failed<Boolean>(var failure) -> {
        log("run refused: " + failure.detail().text());
        String message = Report.refusal(situation, post.run(), failure);
        situation = Answered.runRefused(situation, post.run(), failure);
        runRefused(post.run(), failure instanceof ArmFailure.Denied ? Reason.RUN_DENIED : Reason.RUN_REFUSED, message);
        yield Optional.empty();
      }
    };
  }

  private Optional<Verdict> afterPost(Present before) {
    if (++posted < POSTS) {
      return Optional.empty();
    }
    Present present = situation.observation() instanceof Present now ? now : before;
    return Optional.of(Planner.settled(situation, present));
  }

  private void refuse(Step.RefuseRun refusal) {
    log("run given up: " + refusal.why());
    String message = Report.givenUp(situation, refusal.run(), refusal.why());
    situation = Answered.runGivenUp(situation, refusal.run(), refusal.why());
    runRefused(refusal.run(), Reason.RUN_REFUSED, message);
  }

  /** A run of a month is told by its row. */
  private void runRefused(PendingRun run, Reason reason, String message) {
    write(run.timePeriod() != null ? situation.status() : Report.runRefused(situation, reason, message));
    proven = true;
    tell(Note.warning(Reason.RUN_REFUSED, message));
  }

  /** Whether asking again for the same run is of no use before somebody has acted. A token that is not taken fails reads too, and is told by them. */
  private static boolean isFinal(ArmFailure failure) {
    return failure instanceof ArmFailure.Refused || failure instanceof ArmFailure.Denied denied && denied.reason() != Reason.AUTHENTICATION_FAILED;
  }

  private void tell(Note note) {
    around.events().write(object, note);
  }

  private void log(String what) {
    LOG.info("{} generation {}: {}", Names.of(object), situation.subject().generation(), what);
  }
}
