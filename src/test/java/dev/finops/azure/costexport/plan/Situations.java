package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.plan.Observation.Absent;
import dev.finops.azure.costexport.plan.Observation.NotAsked;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.plan.Observation.Source;
import dev.finops.azure.costexport.report.Report;
import dev.finops.azure.costexport.failure.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Situations to decide in, at {@link Specs#NOW}. */
public final class Situations {
  public static final Settings SETTINGS =
      new Settings(new ApiVersion("2025-03-01"), Duration.ofMinutes(5), Duration.ofSeconds(30),
          new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15)), Optional.empty());

  private Situations() {}

  /** An object that nobody has looked at yet. */
  public static Situation fresh(CostExportSpec spec) {
    Subject subject = new Subject("finance", "focus", 1, Specs.NOW, false, Map.of(), Optional.empty(), Optional.empty());
    return new Situation(subject, spec, StatusDraft.EMPTY, new NotAsked(), Memory.NONE, SETTINGS, Specs.NOW, Secrets.NONE);
  }

  /** The intent to create is written down, and no more. */
  public static Situation intended(CostExportSpec spec) {
    return absent(fresh(spec)).with(((Step.Record) Planner.next(absent(fresh(spec)))).status());
  }

  /** The export was created and nothing has happened since; seen with a GET. */
  public static Situation settled(CostExportSpec spec) {
    Situation sent = status(intended(spec), draft -> {
      draft.eTag = Specs.accepted(spec).eTag();
      draft.apiVersion = SETTINGS.apiVersion().name();
    });
    Situation seen = got(sent, Specs.accepted(spec));
    return seen.with(Report.of(seen, Planner.settled(seen, (Present) seen.observation())).status());
  }

  public static Situation got(Situation s, ObservedExport export) {
    return s.with(new Present(export, s.now(), Source.GET), s.now());
  }

  public static Situation listed(Situation s, ObservedExport export) {
    return s.with(new Present(export, s.now(), Source.LIST), s.now());
  }

  public static Situation absent(Situation s) {
    return s.with(new Absent(s.now(), Observation.Source.GET), s.now());
  }

  /** The same, some time after what was seen. */
  public static Situation later(Situation s, Duration time) {
    return at(s, s.now().plus(time));
  }

  public static Situation at(Situation s, Instant now) {
    return s.with(s.observation(), now);
  }

  public static Situation annotated(Situation s, String annotation, String value) {
    Map<String, String> annotations = new HashMap<>(s.subject().annotations());
    annotations.put(annotation, value);
    Subject subject = s.subject();
    return of(s, new Subject(subject.namespace(), subject.name(), subject.generation(), subject.created(), false, annotations, subject.claim(), subject.unread()));
  }

  public static Situation without(Situation s, String annotation) {
    Map<String, String> annotations = new HashMap<>(s.subject().annotations());
    annotations.remove(annotation);
    Subject subject = s.subject();
    return of(s, new Subject(subject.namespace(), subject.name(), subject.generation(), subject.created(), false, annotations, subject.claim(), subject.unread()));
  }

  public static Situation claimed(Situation s, Subject.Claim claim) {
    Subject subject = s.subject();
    return of(s, new Subject(subject.namespace(), subject.name(), subject.generation(), subject.created(), subject.deleting(), subject.annotations(),
        Optional.of(claim), subject.unread()));
  }

  /** The user applied another spec: the next generation. */
  public static Situation edited(Situation s, CostExportSpec spec) {
    Subject subject = s.subject();
    Subject next = new Subject(subject.namespace(), subject.name(), subject.generation() + 1, subject.created(), subject.deleting(), subject.annotations(),
        subject.claim(), subject.unread());
    return new Situation(next, spec, s.status(), s.observation(), s.memory(), s.settings(), s.now(), s.secrets());
  }

  /** The same generation says something else: what the spec might as well have said. */
  public static Situation spec(Situation s, String path, Object value) {
    return new Situation(s.subject(), Specs.with(s.spec(), path, value), s.status(), s.observation(), s.memory(), s.settings(), s.now(), s.secrets());
  }

  public static Situation apiVersion(Situation s, String name) {
    Settings settings = new Settings(new ApiVersion(name), s.settings().observeInterval(), s.settings().runPollInterval(),
        s.settings().backoff(), s.settings().clientId());
    return new Situation(s.subject(), s.spec(), s.status(), s.observation(), s.memory(), settings, s.now(), s.secrets());
  }

  public static Situation status(Situation s, Consumer<StatusDraft> change) {
    StatusDraft draft = new StatusDraft(s.status());
    change.accept(draft);
    return s.with(draft.done());
  }

  /** After a pass that ended so: its report is written. */
  public static Situation reported(Situation s, Verdict verdict) {
    CostExportStatus status = Report.of(s, verdict).status();
    return s.with(status);
  }

  private static Situation of(Situation s, Subject subject) {
    return new Situation(subject, s.spec(), s.status(), s.observation(), s.memory(), s.settings(), s.now(), s.secrets());
  }
}
