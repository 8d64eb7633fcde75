package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.export.ResourceWriter.StaleObjectException;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.SasToken;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Policies;
import dev.finops.azure.export.plan.Priorities;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.ResourceView.Claim;
import dev.finops.azure.export.plan.Settings;
import dev.finops.azure.export.plan.StatusDraft;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.status.RequeuePolicy;
import dev.finops.azure.kube.EventRecorder;
import dev.finops.azure.kube.FinalizerPatcher;
import dev.finops.azure.kube.NamespacedName;
import dev.finops.azure.kube.OwnershipIndex;
import dev.finops.azure.kube.PendingEvent;
import dev.finops.azure.kube.ReconcileExecutor;
import dev.finops.azure.kube.ReconcileLimiter;
import dev.finops.azure.kube.RequeueTimer;
import dev.finops.azure.kube.SecretCache;
import dev.finops.azure.kube.StatusPatcher;
import dev.finops.azure.kube.WakeUps;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.Callbacks;
import dev.finops.azure.time.Scheduler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reconcile loop: observe, plan the next step, act, until no step is left; then report. */
public final class CostExportReconciler implements Reconciler<CostExport> {
    private static final Logger LOG = LoggerFactory.getLogger(CostExportReconciler.class);

    /** The watch usually brings the newer object within this. */
    private static final Duration SOON = Duration.ofMillis(200);

    /** How soon the next owner checks whether the owner is deleted. */
    private static final Duration HANDOVER = Duration.ofSeconds(1);

    /** How often Secrets in use are read again at least: a rotation is picked up within a minute. */
    private static final Duration SECRETS = Duration.ofSeconds(30);

    private final KubernetesClient kubernetes;
    private final FinalizerPatcher<CostExport> finalizer;
    private final EventRecorder events;
    private final AtomicBoolean skewReported = new AtomicBoolean();
    private final ResourceWriter writer;
    private final AzureClientCache clientCache;
    private final SecretCache secrets;
    private final Telemetry telemetry;
    private final AzureClock clock;
    private final Scheduler scheduler;
    private final Settings settings;
    private final Optional<String> ownTenant;
    private final TransientStates states = new TransientStates();
    private final ReconcileLimiter limiter;
    private final WakeUps<CostExport> wakeUps = new WakeUps<>();
    private final RequeueTimer requeue;
    private final Sweep sweep;
    private IndexerResourceCache<CostExport> cache;
    private OwnershipIndex<CostExport> owners;
    private OverlapDetector overlaps;

    /**
     * @param opener makes the session of an identity
     * @param ownTenant of the operator's own identity; empty with a managed identity
     */
    public CostExportReconciler(
            KubernetesClient kubernetes,
            Function<AzureIdentity, AzureClients> opener,
            AzureClock clock,
            Scheduler scheduler,
            Telemetry telemetry,
            Settings settings,
            Optional<String> ownTenant,
            String instance) {
        this.kubernetes = kubernetes;
        this.finalizer = new FinalizerPatcher<>(kubernetes, CostExport.class, CostExport.FINALIZER);
        this.limiter = new ReconcileLimiter(clock.monotonic());
        this.events = new EventRecorder(kubernetes, clock, instance, telemetry::eventSent);
        this.writer =
                new KubernetesResourceWriter(kubernetes, new StatusPatcher<>(kubernetes, CostExport.class), events);
        this.clientCache = new AzureClientCache(opener);
        this.secrets = new SecretCache(kubernetes, clock.monotonic(), wakeUps::propagateEvent);
        this.requeue = new RequeueTimer(scheduler, wakeUps::propagateEvent);
        this.scheduler = scheduler;
        this.telemetry = telemetry;
        this.clock = clock;
        this.settings = settings;
        this.ownTenant = ownTenant;
        this.sweep = new Sweep(settings.observeInterval(), System::nanoTime);
    }

    @Override
    public List<EventSource<?, CostExport>> prepareEventSources(EventSourceContext<CostExport> context) {
        cache = context.getPrimaryCache();
        owners = new OwnershipIndex<>(
                cache,
                CostExportReconciler::exportKey,
                CostExportReconciler::exportName,
                object -> Policies.manages(object.getSpec()));
        overlaps = new OverlapDetector(cache);
        wakeUps.of(cache);
        every(settings.runPollInterval().compareTo(SECRETS) < 0 ? settings.runPollInterval() : SECRETS, secrets::poll);
        every(settings.observeInterval(), this::sweep);
        return List.of(wakeUps);
    }

    /** How many objects are paused by a value that is neither true nor false, once the caches are synced. */
    public long pausedByUnknownValue() {
        return cache.list(
                        object -> Annotations.unknownPause(object.getMetadata().getAnnotations())
                                .isPresent())
                .count();
    }

    /** Repeats the task, even after it has failed. */
    private void every(Duration interval, Runnable task) {
        scheduler.after(interval, () -> {
            Callbacks.run(task);
            every(interval, task);
        });
    }

    @Override
    public UpdateControl<CostExport> reconcile(CostExport object, Context<CostExport> context) {
        ResourceID id = ResourceID.fromResource(object);
        if (context.isPrimaryResourceDeleted()) { // the object may be the next one of that name
            requeue.cancel(id);
            sweep.forget(id).ifPresent(uid -> forget(id, uid));
            ReconcileExecutor.afterwards(() -> wakeUps.propagateEvent(id));
            if (cache.get(id).isEmpty() && object.hasFinalizer(CostExport.FINALIZER)) {
                reportNotWatched(object);
            }
            return UpdateControl.noUpdate();
        }
        if (sweep.statusChanged(object)) {
            states.distrust(object);
        }
        sweep.began(object).ifPresent(uid -> forget(id, uid));
        Served served = new Served(object);
        try {
            requeue.cancel(id);
            Waiter caller = caller(object);
            served.next = limiter.take(caller, () -> serve(object, caller, served));
            served.next.ifPresent(wait -> requeue.set(id, wait));
            return UpdateControl.noUpdate();
        } catch (RuntimeException | Error fault) { // of an Error the SDK would never reconcile the object again
            requeue.set(id, settings.backoff().afterAttempt(states.notWritten(object)));
            throw fault instanceof RuntimeException known ? known : new IllegalStateException(fault);
        } finally {
            sweep.ended(served.object, served.next);
        }
    }

    /**
     * The object as this process last saw or wrote it, and when it comes again; after an exception within RETRY_MAX.
     */
    private final class Served {
        private CostExport object;
        private Optional<Duration> next = Optional.of(settings.backoff().max());

        Served(CostExport object) {
            this.object = object;
        }
    }

    private void sweep() {
        if (!wakeUps.isRunning()) {
            return; // the cache is not filled yet
        }
        for (Sweep.Found found : sweep.find(cache.list())) {
            telemetry.requeued(found.why().name().toLowerCase(Locale.ROOT));
            if (found.why() == Sweep.Why.STATUS_CHANGED) {
                LOG.info("{}: {}; the operator computes it again", NamespacedName.of(found.id()), found.why());
            } else if (!found.again()) {
                LOG.warn(
                        "{}: {}; the sweep requeued it. Please report this with the log before it.",
                        NamespacedName.of(found.id()),
                        found.why());
            }
            wakeUps.propagateEvent(found.id());
        }
    }

    /**
     * A watch with a label selector also reports an object as deleted that only lost its label, and nobody serves its
     * finalizer.
     */
    private void reportNotWatched(CostExport last) {
        CostExport now = kubernetes.resource(last).get();
        boolean left = now != null
                && now.getMetadata().getUid().equals(last.getMetadata().getUid())
                && now.hasFinalizer(CostExport.FINALIZER);
        if (!left) {
            return;
        }
        String command = "kubectl -n " + now.getMetadata().getNamespace() + " patch costexport "
                + now.getMetadata().getName() + " --type merge -p '{\"metadata\":{\"finalizers\":null}}'";
        String message =
                "The labels no longer match WATCH_SELECTOR, so this operator stopped serving the object. Its finalizer "
                        + CostExport.FINALIZER
                        + " stays, and a deletion waits for it. Restore the label, or let the object go "
                        + "and leave the export in Azure: "
                        + command;
        LOG.warn("{}: {}", NamespacedName.of(now), message);
        events.write(now, PendingEvent.warning(Reason.NOT_WATCHED, message));
    }

    private Optional<Duration> serve(CostExport object, Waiter caller, Served served) {
        if (object.isMarkedForDeletion() && !object.hasFinalizer(CostExport.FINALIZER)) {
            return Optional.empty();
        }
        try {
            if (object.isMarkedForDeletion()) {
                stopWatching(object);
            }
            CostExport current = object.isMarkedForDeletion() ? object : finalizer.on(object);
            Optional<Duration> wait = pass(current, caller, served);
            states.written(object);
            return wait;
        } catch (StaleObjectException | KubernetesClientException notWritten) {
            return Optional.of(later(object, notWritten));
        }
    }

    private Optional<Duration> pass(CostExport object, Waiter caller, Served served) {
        served.object = object;
        CredentialResolver credentials = credentials(object);
        ReconcileState before = state(object, credentials);
        ExportPass pass = new ExportPass(dependencies(object, credentials, caller), object, before);
        Step.End end;
        try {
            end = pass.run(owner -> nextOwner(object));
        } catch (StaleObjectException | KubernetesClientException known) {
            throw known;
        } catch (RuntimeException fault) {
            LOG.error(
                    "{}: a fault of the operator, which tries again. Please report it with this log.",
                    NamespacedName.of(object),
                    fault);
            throw fault;
        } finally { // what Azure accepted is known also when the API server then rejects the status
            served.object = pass.object();
            states.keep(
                    object,
                    pass.state().transientState().left(served.object.getStatus(), Sweep.version(served.object)));
        }
        return switch (end) {
            case Step.Done(var outcome) -> done(object, before, pass.state(), outcome);
            case Step.Await(var atMost) -> Optional.of(atMost);
            case Step.Release release -> {
                release(object);
                yield Optional.empty();
            }
        };
    }

    /** What follows from the outcome for other objects, for metrics and for the next reconciliation. */
    private Optional<Duration> done(CostExport object, ReconcileState before, ReconcileState after, Outcome outcome) {
        if (object.isMarkedForDeletion()) {
            telemetry.reconciled(object, after.status(), Optional.empty());
            return RequeuePolicy.after(after, after.status(), outcome, ThreadLocalRandom.current());
        }
        if (!before.applied() && after.applied()) {
            overlaps.warnings(object).forEach(warning -> events.write(warning.object(), warning.note()));
            wakeSharers(object);
        }
        watch(object, after);
        reportClockSkew(object);
        telemetry.reconciled(object, after.status(), after.secrets().token().flatMap(SasToken::expiry));
        boolean ownerLeaves = after.resource().claim().isPresent()
                && claimant(object)
                        .filter(owner -> !owner.isMarkedForDeletion())
                        .isEmpty();
        return ownerLeaves
                ? Optional.of(HANDOVER)
                : RequeuePolicy.after(after, after.status(), outcome, ThreadLocalRandom.current());
    }

    private void release(CostExport object) {
        finalizer.off(object);
        forget(ResourceID.fromResource(object), object.getMetadata().getUid());
        owners.nextOwner(object).ifPresent(next -> wakeUps.propagateEvent(ResourceID.fromResource(next)));
        owners.nextOwnerInOtherCase(object).ifPresent(next -> wakeUps.propagateEvent(ResourceID.fromResource(next)));
        wakeSharers(object);
    }

    /** Once in the life of the process. */
    private void reportClockSkew(CostExport object) {
        if (!clock.skew().isZero() && skewReported.compareAndSet(false, true)) {
            events.write(
                    object,
                    PendingEvent.warning(
                            Reason.CLOCK_SKEW,
                            "The operator's clock and Azure's clock differ by "
                                    + clock.skew().abs().toMinutes()
                                    + " minutes. The operator uses Azure's clock, but Azure may reject its tokens. "
                                    + "Synchronize the clock of the node."));
        }
    }

    static String exportName(CostExport object) {
        return ExportId.of(object.getSpec(), object.getMetadata().getName()).name();
    }

    private static Optional<String> exportKey(CostExport object) {
        return object.getSpec().scope().isEmpty()
                ? Optional.empty()
                : Optional.of(ExportId.of(object.getSpec(), object.getMetadata().getName())
                        .key());
    }

    private Optional<CostExport> nextOwner(CostExport object) {
        return owners.owner(object).or(() -> owners.nextOwner(object)).or(() -> owners.nextOwnerInOtherCase(object));
    }

    private void stopWatching(CostExport object) {
        String uid = object.getMetadata().getUid();
        clientCache.session(uid).ifPresent(session -> session.scopes().forget(uid));
    }

    /** An object that read Azure is woken when its export changes. Other objects need no list. */
    private void watch(CostExport object, ReconcileState s) {
        String uid = object.getMetadata().getUid();
        boolean asked = !(s.observation() instanceof Observation.NotRead);
        ResourceID id = ResourceID.fromResource(object);
        clientCache.session(uid).map(AzureClients::scopes).ifPresent(scopes -> {
            if (asked) {
                scopes.watch(uid, s.exportId(), s.observation(), () -> wakeUps.propagateEvent(id));
            } else {
                scopes.forget(uid);
            }
        });
    }

    /** The object with this UID is deleted. Another object may have its name already. */
    private void forget(ResourceID id, String uid) {
        states.forget(uid);
        overlaps.forget(uid);
        clientCache.forget(uid);
        secrets.forget(id);
        telemetry.deleted(id.getNamespace().orElseThrow(), id.getName(), uid);
    }

    private CredentialResolver credentials(CostExport object) {
        return CredentialResolver.of(
                object, secrets, clientCache.last(object.getMetadata().getUid()));
    }

    /** Without an identity there are no clients: a call would fail rather than use another identity. */
    private ExportPass.Dependencies dependencies(CostExport object, CredentialResolver credentials, Waiter caller) {
        Optional<AzureClients> clients = credentials
                .identity()
                .map(identity -> clientCache.of(object.getMetadata().getUid(), identity));
        return new ExportPass.Dependencies(
                clients.map(AzureClients::azure).orElse(null),
                clients.map(AzureClients::scopes).orElse(null),
                clients.map(AzureClients::deliveries)
                        .map(CostExportReconciler::outside)
                        .orElse(null),
                writer,
                clock,
                caller);
    }

    private Waiter caller(CostExport object) {
        ResourceID id = ResourceID.fromResource(object);
        CostExportStatus status = Optional.ofNullable(object.getStatus()).orElse(StatusDraft.EMPTY);
        return new Waiter(
                object.getMetadata().getUid(),
                object.getMetadata().getNamespace(),
                Priorities.of(ExportPass.view(object, Optional.empty()), object.getSpec(), status),
                () -> wakeUps.propagateEvent(id));
    }

    /** @param claim which is not to be known for how urgent an object is: finding it reads the cache */
    private static DeliveryCheck outside(DeliveryCheck deliveries) {
        return (run, spec, exportName, sas, overwritable) ->
                ReconcileLimiter.outside(() -> deliveries.check(run, spec, exportName, sas, overwritable));
    }

    private ReconcileState state(CostExport object, CredentialResolver credentials) {
        Instant now = clock.instant();
        if (object.getStatus() == null) {
            object.setStatus(StatusDraft.EMPTY);
        }
        ResolvedSecrets secrets =
                credentials.secrets().of(credentials.identity().flatMap(this::tenant));
        return ExportPass.before(object, claim(object), states.of(object, now), settings, now, secrets);
    }

    private Optional<String> tenant(AzureIdentity identity) {
        return switch (identity) {
            case AzureIdentity.Own own -> ownTenant;
            case AzureIdentity.ServicePrincipal principal -> Optional.of(principal.tenantId());
        };
    }

    private Optional<Claim> claim(CostExport object) {
        if (object.isMarkedForDeletion()) {
            return owners.owner(object)
                    .or(() -> owners.nextOwner(object))
                    .<Claim>map(next -> new Claim.NextOwner(NamespacedName.of(next)))
                    .or(() -> owners.nextOwnerInOtherCase(object)
                            .map(next -> new Claim.NextOwnerInOtherCase(NamespacedName.of(next), exportName(next))));
        }
        return owners.owner(object)
                .<Claim>map(owner -> new Claim.OnExport(NamespacedName.of(owner)))
                .or(() -> overlaps.collision(object)
                        .map(owner -> new Claim.OnFolder(NamespacedName.of(owner), OverlapDetector.describe(object))))
                .or(() -> owners.ownerInOtherCase(object)
                        .map(owner -> new Claim.OnSpelling(NamespacedName.of(owner), exportName(owner))));
    }

    private Optional<CostExport> claimant(CostExport object) {
        return owners.owner(object).or(() -> overlaps.collision(object)).or(() -> owners.ownerInOtherCase(object));
    }

    /** Objects that deliver into the same folder check whether they still can. */
    private void wakeSharers(CostExport object) {
        overlaps.sharers(object).map(ResourceID::fromResource).forEach(wakeUps::propagateEvent);
    }

    /**
     * With a lagging watch, the newer object arrives late. Until then, many objects must not retry in a tight loop.
     */
    static Duration whenChanged(int inARow, Backoff backoff) {
        return new Backoff(SOON, backoff.max()).afterAttempt(inARow);
    }

    /**
     * The API server did not take what was written: an object that changed meanwhile is soon here, anything else
     * passes.
     */
    private Duration later(CostExport object, RuntimeException notWritten) {
        boolean changed = notWritten instanceof StaleObjectException
                || notWritten instanceof KubernetesClientException k && (k.getCode() == 409 || k.getCode() == 404);
        int inARow = states.notWritten(object);
        if (changed) {
            Duration wait = whenChanged(inARow, settings.backoff());
            LOG.debug("{} changed while it was looked at; again in {} ms", NamespacedName.of(object), wait.toMillis());
            return wait;
        }
        Duration wait = settings.backoff().afterAttempt(inARow);
        LOG.warn(
                "{}: the API server does not answer or rejected a write. Next attempt in {} s: {}{}",
                NamespacedName.of(object),
                wait.toSeconds(),
                notWritten.getMessage(),
                notWritten.getCause() == null ? "" : " " + notWritten.getCause().getMessage());
        return wait;
    }
}
