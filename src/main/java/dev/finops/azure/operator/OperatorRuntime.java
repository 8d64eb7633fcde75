package dev.finops.azure.operator;

import dev.finops.azure.kube.CompressedItemStore;
import dev.finops.azure.kube.ReconcileExecutor;
import dev.finops.azure.kube.StartupRateLimiter;
import dev.finops.azure.kube.UpdateFilter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the controllers of all kinds, the management server and the shutdown. */
final class OperatorRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorRuntime.class);

    /** A PUT in progress at SIGTERM ends within this time, so that its answer is recorded. */
    private static final Duration DRAIN = Duration.ofSeconds(25);

    /** Objects of one page of the first list, so that thousands are never all in memory in full. */
    private static final long LIST_PAGE = 200;

    private final OperatorConfig config;
    private final KubernetesAccess kubernetes;
    private final AzureAccess azure;
    private final PrometheusMeterRegistry registry;
    private final Operator operator;
    private final List<Registration<?>> kinds = new ArrayList<>();

    OperatorRuntime(
            OperatorConfig config, KubernetesAccess kubernetes, AzureAccess azure, PrometheusMeterRegistry registry) {
        this.config = config;
        this.kubernetes = kubernetes;
        this.azure = azure;
        this.registry = registry;
        ExecutorService threads = new ReconcileExecutor(); // outside of the lambda, which the SDK calls twice
        var metrics = MicrometerMetrics.withoutPerResourceMetrics(registry);
        this.operator = new Operator(o -> {
            o.withKubernetesClient(kubernetes.client())
                    .withExecutorService(threads)
                    .withMetrics(metrics)
                    .withCloseClientOnStop(false)
                    .withReconciliationTerminationTimeout(DRAIN)
                    .withStopOnInformerErrorDuringStartup(true)
                    .withCacheSyncTimeout(Duration.ofSeconds(60))
                    .withResourceCloner(OperatorRuntime::asStored)
                    .withUseSSAToPatchPrimaryResource(false);
            kubernetes.leadership().ifPresent(leader -> o.withLeaderElectionConfiguration(leader.election()));
        });
    }

    /** Each read of the item store makes a new object, so that there is nothing to clone. */
    private static <R extends HasMetadata> R asStored(R object) {
        return object;
    }

    <R extends HasMetadata> void register(Registration<R> kind) {
        kinds.add(kind);
        operator.register(kind.reconciler(), c -> {
            c.withName(kind.name())
                    .withTriggerReconcilerOnAllEvents(true)
                    .withGenerationAware(false)
                    .withOnUpdateFilter(UpdateFilter::concerns)
                    .withItemStore(
                            new CompressedItemStore<>(kubernetes.client().getKubernetesSerialization(), kind.type()))
                    .withInformerListLimit(LIST_PAGE)
                    .withRateLimiter(new StartupRateLimiter(System::nanoTime))
                    .withRetry(new GenericRetry()
                            .withoutMaxAttempts()
                            .setInitialInterval(
                                    config.settings().backoff().initial().toMillis())
                            .setMaxInterval(config.settings().backoff().max().toMillis()));
            if (!config.watchNamespaces().isEmpty()) {
                c.settingNamespaces(config.watchNamespaces());
            }
            config.watchSelector().ifPresent(c::withLabelSelector);
        });
    }

    /** Returns once the operator serves its kinds. */
    void start() throws IOException {
        AtomicBoolean synced = new AtomicBoolean();
        Gauge.builder(
                        "costexport.watch.up",
                        () -> synced.get() && operator.getRuntimeInfo().allEventSourcesAreHealthy() ? 1 : 0)
                .description("1 while the watch of CostExports is open; 0 for moments when it is opened anew")
                .register(registry);
        Liveness liveness = new Liveness(
                azure.scheduler(),
                azure.clock().monotonic(),
                () -> synced.get() ? Liveness.stopped(operator.getRuntimeInfo()) : List.of());
        liveness.start();
        ManagementServer server =
                new ManagementServer(config.httpPort(), liveness::dead, synced::get, registry::scrape);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        operator.start();
        synced.set(true);
        LOG.info(
                "CostExport operator {} is ready: {}, watching {}, http on port {}",
                Main.version(),
                config.azure(),
                config.watchNamespaces().isEmpty() ? "all namespaces" : String.join(", ", config.watchNamespaces()),
                server.port());
        kinds.forEach(kind -> kind.whenSynced().run());
    }

    private void stop(ManagementServer server) {
        LOG.info("stopping");
        kubernetes.stopping();
        operator.stop();
        kubernetes.releaseLease();
        server.close();
        kubernetes.close();
    }
}
