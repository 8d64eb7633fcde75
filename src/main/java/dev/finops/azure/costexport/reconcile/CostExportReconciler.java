package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.arm.AzureClock;
import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.observe.ScopeSnapshots;
import dev.finops.azure.costexport.plan.Look;
import dev.finops.azure.costexport.plan.Observation;
import dev.finops.azure.costexport.plan.Planner;
import dev.finops.azure.costexport.plan.Settings;
import dev.finops.azure.costexport.plan.Situation;
import dev.finops.azure.costexport.plan.StatusDraft;
import dev.finops.azure.costexport.plan.Subject;
import dev.finops.azure.costexport.plan.Verdict;
import dev.finops.azure.costexport.report.Wakeup;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop: observe, decide the next step, do it, until there is nothing more to do; then report and rest. */
public final class CostExportReconciler implements Reconciler<CostExport>, Cleaner<CostExport> {
  private static final Logger LOG = LoggerFactory.getLogger(CostExportReconciler.class);

  /**
   * More steps than any pass takes (a create, and three for each of five months that are run at once): a pass that would is a
   * fault of ours, and must not become a storm of calls.
   */
  private static final int MAX_STEPS = 32;

  /** The watch will bring the newer object within this. */
  private static final Duration SOON = Duration.ofMillis(200);

  /** How soon an heir looks whether the owner has gone. */
  private static final Duration HANDOVER = Duration.ofSeconds(1);

  private final Turn.Surroundings around;
  private final AzureClock clock;
  private final Settings settings;
  private final Memories memories = new Memories();
  private final SimpleInboundEventSource<CostExport> wake = new SimpleInboundEventSource<>("wake");
  private Claims claims;

  public CostExportReconciler(KubernetesClient kubernetes, ExportsClient azure, AzureClock clock, Deliveries deliveries, Settings settings, String instance) {
    this.clock = clock;
    this.settings = settings;
    this.around = new Turn.Surroundings(kubernetes, azure, deliveries, new ScopeSnapshots(azure, clock, settings),
        new StatusWriter(kubernetes), new EventWriter(kubernetes, clock, instance), clock, new AtomicBoolean());
  }

  @Override
  public List<EventSource<?, CostExport>> prepareEventSources(EventSourceContext<CostExport> context) {
    claims = new Claims(context.getPrimaryCache());
    return List.of(wake);
  }

  @Override
  public UpdateControl<CostExport> reconcile(CostExport object, Context<CostExport> context) {
    UpdateControl<CostExport> control = UpdateControl.noUpdate();
    pass(object).ifPresent(wait -> control.rescheduleAfter(wait.toMillis()));
    return control;
  }

  private Optional<Duration> pass(CostExport object) {
    Turn turn = new Turn(around, object, situation(object));
    try {
      Optional<Look> look = Planner.firstLook(turn.situation());
      look.ifPresent(turn::observe);
      Verdict verdict = null;
      for (int steps = 0; verdict == null; steps++) {
        if (steps == MAX_STEPS) {
          throw new IllegalStateException("no rest after " + MAX_STEPS + " steps; the last situation: " + turn.situation().status());
        }
        verdict = turn.act(Planner.next(turn.situation())).orElse(null);
      }
      turn.report(verdict);
      boolean owned = claims.owner(object).filter(owner -> owner.getMetadata().getDeletionTimestamp() == null).isPresent();
      if (turn.situation().subject().owner().isPresent() && !owned) {
        return Optional.of(HANDOVER); // the owner is going, or went while this pass was at it
      }
      return Wakeup.after(turn.situation(), turn.situation().status(), verdict, ThreadLocalRandom.current());
    } catch (Turn.Stale | KubernetesClientException notWritten) {
      return Optional.of(later(object, notWritten));
    } catch (RuntimeException fault) {
      LOG.error("{}: a fault of the operator, which is tried again; please report it", Names.of(object), fault);
      throw fault;
    } finally {
      memories.keep(object, turn.situation().memory());
    }
  }

  @Override
  public DeleteControl cleanup(CostExport object, Context<CostExport> context) {
    try {
      Deletion deletion = new Deletion(around, object, situation(object), claims.owner(object).or(() -> claims.heir(object)));
      Optional<Verdict> waiting = deletion.run();
      memories.keep(object, deletion.situation().memory());
      if (waiting.isEmpty()) {
        memories.forget(object);
        claims.heir(object).ifPresent(heir -> wake.propagateEvent(ResourceID.fromResource(heir)));
        return DeleteControl.defaultDelete();
      }
      Optional<Duration> wait = Wakeup.after(deletion.situation(), deletion.situation().status(), waiting.get(),
          ThreadLocalRandom.current());
      return wait.map(w -> DeleteControl.noFinalizerRemoval().rescheduleAfter(w.toMillis())).orElseGet(DeleteControl::noFinalizerRemoval);
    } catch (Turn.Stale | KubernetesClientException notWritten) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(later(object, notWritten).toMillis());
    }
  }

  private Situation situation(CostExport object) {
    Instant now = clock.instant();
    var metadata = object.getMetadata();
    if (object.getStatus() == null) {
      object.setStatus(StatusDraft.EMPTY);
    }
    Subject subject = new Subject(metadata.getNamespace(), metadata.getName(), metadata.getGeneration(),
        Instant.parse(metadata.getCreationTimestamp()), metadata.getDeletionTimestamp() != null, Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()),
        claims.owner(object).map(Names::of));
    return new Situation(subject, object.getSpec(), object.getStatus(), new Observation.NotAsked(), memories.of(object, now), settings, now);
  }

  /** The API server did not take what was written: an object that changed meanwhile is soon here, anything else passes. */
  private Duration later(CostExport object, RuntimeException notWritten) {
    boolean changed = notWritten instanceof Turn.Stale || notWritten instanceof KubernetesClientException k && (k.getCode() == 409 || k.getCode() == 404);
    if (changed) {
      LOG.debug("{} changed while it was looked at; again in a moment", Names.of(object));
      return SOON;
    }
    LOG.warn("{}: the API server did not take a write, again in {} s: {}", Names.of(object), settings.backoff().initial().toSeconds(), notWritten.getMessage());
    return settings.backoff().initial();
  }
}
