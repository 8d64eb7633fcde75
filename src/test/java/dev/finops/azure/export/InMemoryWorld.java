package dev.finops.azure.export;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.ExportReads.Listing;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.Priorities;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.Step;
import dev.finops.azure.export.scope.ScopeCaches;
import dev.finops.azure.export.status.RequeuePolicy;
import dev.finops.azure.kube.PendingEvent;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/**
 * One object, its reconciliations as the operator makes them, and an API server and an Azure in memory. The process can
 * crash before and after each call: then only the object and Azure are left.
 */
final class InMemoryWorld {
    static { // thousands of worlds, each of whose steps would be a line
        ((Logger) LoggerFactory.getLogger(ExportPass.class)).setLevel(Level.WARN);
    }

    private static final Duration RUN_TAKES = Duration.ofSeconds(45);
    private static final String UID = "0a";

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        Crash() {
            super(null, null, false, false);
        }
    }

    /** How Azure answers the POST of a run. */
    enum Post {
        ACCEPTED(true),
        /** A 5xx. */
        FAILED(false),
        /** No answer, though Azure starts the run. */
        LOST(true),
        CONFLICT(false);

        private final boolean starts;

        Post(boolean starts) {
            this.starts = starts;
        }
    }

    private record AzureRun(int id, Instant submitted, TimePeriod period) {}

    private final SettableClock time = new SettableClock();
    private final InMemoryAzure azure = new InMemoryAzure();
    private final ResourceWriter writer = new InMemoryWriter();
    private final Random random = new Random(1);
    private final UnaryOperator<ObservedExport> spelling;
    private final List<AzureRun> runs = new ArrayList<>();
    private final Map<String, String> annotations = new HashMap<>();
    private CostExport object;
    private ObservedExport stored;
    private int eTag;
    private Set<Integer> crashes = Set.of();
    private int calls;

    /** A crash of the scope's poll is one between two reconciliations: only those are counted. */
    private boolean reconciling;

    private int writes;
    private int posts;
    private Function<TimePeriod, Post> posting = run -> Post.ACCEPTED;

    // What a process knows, and loses in a crash.
    private AzureClock clock;
    private ManualScheduler scheduler;
    private ScopeCaches scopes;
    private TransientStates states;

    /** @param spelling how Azure spells its answers */
    InMemoryWorld(UnaryOperator<ObservedExport> spelling) {
        this.spelling = spelling;
        startProcess();
    }

    private void startProcess() {
        clock = new AzureClock(time, time);
        scheduler = new ManualScheduler(time);
        scopes = new ScopeCaches(azure, clock, scheduler, ReconcileStates.SETTINGS);
        states = new TransientStates();
    }

    /** From now on the operator crashes at these of its calls, counted before and after each. */
    void crashAt(Set<Integer> next) {
        crashes = next;
        calls = 0;
    }

    /** From now on Azure answers POSTs like this. */
    void posting(Function<TimePeriod, Post> answers) {
        posting = answers;
    }

    int posts() {
        return posts;
    }

    void apply(CostExportSpec spec) {
        object = copy(object == null ? null : object.getStatus(), Optional.of(spec));
    }

    void annotate(String annotation, String value) {
        annotations.put(annotation, value);
        object = copy(object.getStatus(), Optional.empty());
    }

    /** kubectl delete: the API server waits for the finalizer. */
    void deleteObject() {
        object = copy(object.getStatus(), Optional.empty());
        object.getMetadata().setDeletionTimestamp(time.instant().toString());
    }

    boolean isObjectGone() {
        return object == null;
    }

    /** Like a suspended machine: no poll runs meanwhile. */
    void sleepUntil(Instant then) {
        time.pass(Duration.between(time.instant(), then));
    }

    /** Another client changes the export. */
    void edit(String documentPath, String json) {
        store(Specs.edited(stored, documentPath, json));
    }

    void deleteExport() {
        stored = null;
        runs.clear();
    }

    Optional<ObservedExport> export() {
        return Optional.ofNullable(stored);
    }

    CostExportStatus status() {
        return object.getStatus();
    }

    int runs() {
        return runs.size();
    }

    /** Writes to Azure and to the object. */
    int writes() {
        return writes;
    }

    /** As the next reconciliation would begin. */
    ReconcileState state() {
        return ExportPass.before(
                object,
                Optional.empty(),
                states.of(object, clock.instant()),
                ReconcileStates.SETTINGS,
                clock.instant(),
                ResolvedSecrets.NONE);
    }

    /** So many reconciliations, each when the operator would make it, and at least once in an observe interval. */
    Optional<Outcome> reconcile(int times) {
        Optional<Outcome> last = Optional.empty();
        for (int i = 0; i < times && object != null; i++) {
            Duration wait = ReconcileStates.SETTINGS.runPollInterval();
            try {
                ReconcileState before = state();
                ExportPass pass = new ExportPass(
                        new ExportPass.Dependencies(azure, scopes, null, writer, clock, caller(before)),
                        object,
                        before);
                Step.End end;
                reconciling = true;
                try {
                    end = pass.run(owner -> Optional.empty());
                } finally {
                    reconciling = false;
                    ReconcileState after = pass.state();
                    states.keep(
                            object,
                            after.transientState().left(pass.object().getStatus(), Sweep.version(pass.object())));
                }
                switch (end) {
                    case Step.Done(var outcome) -> {
                        ReconcileState after = pass.state();
                        scopes.watch(UID, after.exportId(), after.observation(), () -> {});
                        last = Optional.of(outcome);
                        wait = RequeuePolicy.after(after, after.status(), outcome, random)
                                .orElse(wait);
                    }
                    case Step.Release release -> call(() -> object = null);
                    case Step.Await await -> wait = await.atMost();
                }
            } catch (Crash crash) {
                startProcess();
            } catch (ResourceWriter.StaleObjectException | KubernetesClientException stale) {
                wait = Duration.ofSeconds(1);
            }
            Duration interval = ReconcileStates.SETTINGS.observeInterval();
            scheduler.pass(wait.compareTo(interval) < 0 ? wait : interval);
        }
        return last;
    }

    private Waiter caller(ReconcileState s) {
        return new Waiter(
                UID,
                "finance",
                Priorities.of(ExportPass.view(object, Optional.empty()), s.spec(), s.status()),
                () -> {});
    }

    private CostExport copy(CostExportStatus status, Optional<CostExportSpec> newSpec) {
        long generation = object == null ? 0 : object.getMetadata().getGeneration();
        long version = object == null ? 0 : Sweep.version(object);
        CostExport next = new CostExport();
        next.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName("focus")
                .withUid(UID)
                .withCreationTimestamp(Specs.NOW.toString())
                .withFinalizers(CostExport.FINALIZER)
                .withAnnotations(Map.copyOf(annotations))
                .withGeneration(newSpec.isPresent() ? generation + 1 : generation)
                .withResourceVersion(Long.toString(version + 1))
                .withDeletionTimestamp(
                        object == null ? null : object.getMetadata().getDeletionTimestamp())
                .build());
        next.setSpec(newSpec.orElseGet(() -> object.getSpec()));
        next.setStatus(status);
        return next;
    }

    private void store(ObservedExport export) {
        ObjectNode document = export.document().deepCopy();
        stored = new ObservedExport(document.put("eTag", "\"" + eTag++ + "\""));
    }

    /** A call that others can see, with a chance to crash on either side of it. */
    private void call(Runnable effect) {
        tick();
        effect.run();
        writes++;
        tick();
    }

    private void tick() {
        time.pass(Duration.ofSeconds(1));
        if (reconciling && crashes.contains(calls++)) {
            throw new Crash();
        }
    }

    /** An API server that refuses a status on an object that has changed. */
    private final class InMemoryWriter implements ResourceWriter {
        @Override
        public CostExport writeStatus(CostExport seen, CostExportStatus status) {
            if (Sweep.version(seen) != Sweep.version(object)) {
                throw new KubernetesClientException("the object has been modified", 409, null);
            }
            call(() -> object = copy(status, Optional.empty()));
            return object;
        }

        @Override
        public CostExport writeStatusOnLatest(CostExport seen, CostExportStatus status) {
            return writeStatus(seen, status);
        }

        @Override
        public void requireLatest(CostExport seen) {
            tick();
            if (Sweep.version(seen) != Sweep.version(object)) {
                throw new StaleObjectException();
            }
        }

        @Override
        public void event(CostExport of, PendingEvent event) {}
    }

    /** An Azure that has at most the one export. */
    private final class InMemoryAzure implements ExportsApi {
        private static final int RUNS_OF_GET = 10;

        @Override
        public <T> ArmResult<Listing<T>> list(Scope scope, Waiter caller, Function<ObservedExport, T> keep) {
            tick();
            Map<String, T> exports = stored == null
                    ? Map.of()
                    : Map.of(stored.name().orElse("focus"), keep.apply(spelling.apply(withHistory(1))));
            return new ArmResult.Ok<>(new Listing<>(exports, true));
        }

        @Override
        public ArmResult<ObservedExport> get(ExportId id, Waiter caller) {
            tick();
            return stored == null
                    ? new ArmResult.Failed<>(
                            new ArmFailure.ResourceNotFound(new Detail(404, "404", "no such export", "")))
                    : new ArmResult.Ok<>(spelling.apply(withHistory(RUNS_OF_GET)));
        }

        @Override
        public ArmResult<JsonNode> runHistory(ExportId id, Waiter caller) {
            tick();
            return new ArmResult.Ok<>(history(Json.object(), Integer.MAX_VALUE));
        }

        @Override
        public ArmResult<ObservedExport> put(ExportId id, ObjectNode body, Waiter caller) {
            boolean latest = stored == null
                    ? !body.has("eTag")
                    : stored.isAt(body.path("eTag").asText());
            if (!latest) {
                tick();
                return new ArmResult.Failed<>(new ArmFailure.Conflict(new Detail(412, "412", "eTag mismatch", "")));
            }
            call(() -> store(Specs.stored(body, id)));
            return new ArmResult.Ok<>(spelling.apply(stored));
        }

        @Override
        public ArmResult<Boolean> delete(ExportId id, Waiter caller) {
            boolean present = stored != null;
            call(InMemoryWorld.this::deleteExport);
            return new ArmResult.Ok<>(present);
        }

        @Override
        public ArmResult<Boolean> run(ExportId id, TimePeriod period, Waiter caller) {
            posts++;
            Post answer = posting.apply(period);
            if (answer.starts) {
                call(() -> runs.add(new AzureRun(runs.size(), time.instant(), period)));
            } else {
                tick();
            }
            return switch (answer) {
                case ACCEPTED -> new ArmResult.Ok<>(true);
                case CONFLICT ->
                    new ArmResult.Failed<>(new ArmFailure.Conflict(new Detail(409, "", "a run is under way", "")));
                case FAILED, LOST ->
                    new ArmResult.Failed<>(new ArmFailure.Indeterminate(
                            new Detail(500, "", "an unexpected error", ""), Reason.ARM_UNREACHABLE, null));
            };
        }

        private ObservedExport withHistory(int depth) {
            ObjectNode document = stored.document().deepCopy();
            history(document.withObject("/properties/runHistory"), depth);
            return new ObservedExport(document);
        }

        private ArrayNode history(ObjectNode parent, int depth) {
            ArrayNode history = parent.putArray("value");
            runs.reversed().stream().limit(depth).forEach(run -> {
                boolean ended = !time.instant().isBefore(run.submitted().plus(RUN_TAKES));
                ObjectNode properties =
                        history.addObject().put("name", "run-" + run.id()).putObject("properties");
                properties
                        .put("executionType", "OnDemand")
                        .put("submittedTime", run.submitted().toString())
                        .put("status", ended ? "Completed" : "InProgress");
                if (run.period() != null) {
                    properties
                            .put("startDate", run.period().from())
                            .put("endDate", run.period().to());
                }
            });
            return history;
        }
    }

    @Override
    public String toString() {
        return Json.tree(object) + "\n" + stored;
    }
}
