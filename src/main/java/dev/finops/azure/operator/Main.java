package dev.finops.azure.operator;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.arm.ApiVersionCheck;
import dev.finops.azure.arm.ArmClient;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.Timeouts;
import dev.finops.azure.arm.identity.AzureAuthentication;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import dev.finops.azure.export.AzureClients;
import dev.finops.azure.export.CostExportReconciler;
import dev.finops.azure.export.DeliveryCheck;
import dev.finops.azure.export.ExportsClient;
import dev.finops.azure.export.delivery.DeliveryVerifier;
import dev.finops.azure.export.delivery.ExportFolder;
import dev.finops.azure.export.delivery.StorageCredential;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.ResolvedSecrets.Sas;
import dev.finops.azure.export.scope.ScopeCaches;
import dev.finops.azure.kube.CompressedItemStore;
import dev.finops.azure.kube.ReconcileExecutor;
import dev.finops.azure.kube.ReconcileLimiter;
import dev.finops.azure.kube.StartupRateLimiter;
import dev.finops.azure.kube.UpdateFilter;
import dev.finops.azure.time.MonotonicClock;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the parts together and starts them. */
public final class Main {
    /** A PUT that is under way at SIGTERM is waited for, so that its answer is written down. */
    private static final Duration DRAIN = Duration.ofSeconds(25);

    /** Objects that are read at once at the start, so that thousands are never all in memory in full. */
    private static final long LIST_PAGE = 200;

    private Main() {}

    public static void main(String[] arguments) {
        OperatorConfig config = null;
        try {
            LogConfigurator.check(System.getenv());
            config = OperatorConfig.of(System.getenv());
        } catch (OperatorConfig.Wrong wrong) {
            System.err.println("costexport-operator: " + wrong.getMessage());
            System.exit(2);
        }
        try {
            start(config);
        } catch (OperatorConfig.Wrong wrong) {
            System.err.println("costexport-operator: " + wrong.getMessage());
            Runtime.getRuntime().halt(2);
        } catch (RuntimeException | IOException fault) {
            System.err.println("costexport-operator: cannot start: " + firstCause(fault));
            Runtime.getRuntime().halt(1); // threads of a half-started operator must not keep it alive
        }
    }

    private static void start(OperatorConfig config) throws IOException {
        TlsWarmup.prepare();
        Logger log = LoggerFactory.getLogger(Main.class);
        String version = version();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var cluster = Kubeconfig.read(System.getenv());
        if (cluster.isTrustCerts() || cluster.isDisableHostnameVerification()) {
            log.warn("the kubeconfig turns off the check of the API server's certificate "
                    + "(insecure-skip-tls-verify): whoever is in between has the operator's rights");
        }
        Optional<Leadership> leadership = leadership(config, cluster);
        ResourceVersionGuard earlier = new ResourceVersionGuard();
        KubernetesClient kubernetes = new KubernetesClientBuilder()
                .withConfig(cluster)
                .withKubernetesSerialization(TolerantDeserializer.serialization())
                .withHttpClientFactory(
                        new PingingHttpClientFactory(PingingHttpClientFactory.Pulse.of(System.getProperties())))
                .withHttpClientBuilderConsumer(http -> {
                    http.addOrReplaceInterceptor("earlier-state", earlier);
                    leadership.ifPresent(leader -> http.addOrReplaceInterceptor("lease", leader.fence()));
                })
                .build();
        earlier.start(kubernetes);
        Preflight.check(kubernetes, config);
        MonotonicClock monotonic = new MonotonicClock(InstantSource.system(), System::nanoTime);
        AzureClock clock = new AzureClock(InstantSource.system(), monotonic);
        AzureAuthentication signIn = new AzureAuthentication(
                config.azure(),
                config.proxy(),
                Timeouts.of(System.getProperties()),
                leadership.<BooleanSupplier>map(leader -> leader::holds).orElse(() -> true));
        ApiVersionCheck apiVersion = new ApiVersionCheck(config.azure().apiVersion());
        Gauge.builder("costexport.api.version.rejected", () -> apiVersion.rejected() ? 1 : 0)
                .description("1 while Azure rejects EXPORTS_API_VERSION, so that no CostExport can be served")
                .register(registry);
        ArmClient.CallListener calls = new ArmMetrics(registry);
        TaskScheduler scheduler = new TaskScheduler();
        ArmRateLimiter rateLimiter =
                new ArmRateLimiter(monotonic, scheduler, config.azure().runsPerMinute());
        ArmMetrics.ofQuota(registry, rateLimiter);
        DeliveryVerifier proofs = new DeliveryVerifier(signIn.http(), config.blobEndpointTemplate(), clock);
        Set<ScopeCaches> observed =
                Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>())); // a session may end
        Gauge.builder(
                        "costexport.unclaimed.exports",
                        () -> observed.stream().mapToInt(ScopeCaches::unclaimed).sum())
                .description("Exports at the scopes of CostExports that no CostExport names")
                .register(registry);
        ExportMetrics exports = new ExportMetrics(registry, clock, config.exportMetrics());
        registry.getPrometheusRegistry().register(exports);
        CostExportReconciler reconciler = new CostExportReconciler(
                kubernetes,
                identity -> {
                    ExportsClient azure = new ExportsClient(new ArmClient(
                            config.azure(),
                            signIn,
                            identity,
                            rateLimiter,
                            clock,
                            version,
                            apiVersion,
                            calls,
                            ReconcileLimiter::outside));
                    ScopeCaches snapshots = new ScopeCaches(azure, clock, scheduler, config.settings());
                    observed.add(snapshots);
                    return new AzureClients(
                            azure,
                            snapshots,
                            deliveries(proofs, new StorageCredential.Identity(signIn.credential(identity))));
                },
                clock,
                scheduler,
                exports,
                config.settings(),
                config.azure().tenantId(),
                host());
        Operator operator = operator(config, kubernetes, reconciler, registry, leadership);
        AtomicBoolean synced = new AtomicBoolean();
        Gauge.builder(
                        "costexport.watch.up",
                        () -> synced.get() && operator.getRuntimeInfo().allEventSourcesAreHealthy() ? 1 : 0)
                .description("1 while the watch of CostExports is open; 0 for moments when it is opened anew")
                .register(registry);
        Liveness liveness = new Liveness(
                scheduler, monotonic, () -> synced.get() ? Liveness.stopped(operator.getRuntimeInfo()) : List.of());
        liveness.start();
        ManagementServer server =
                new ManagementServer(config.httpPort(), liveness::dead, synced::get, registry::scrape);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> stop(operator, server, kubernetes, leadership, log), "stop"));
        operator.start();
        synced.set(true);
        log.info(
                "CostExport operator {} is ready: {}, watching {}, http on port {}",
                version,
                config.azure(),
                config.watchNamespaces().isEmpty() ? "all namespaces" : String.join(", ", config.watchNamespaces()),
                server.port());
        long unknown = reconciler.pausedByUnknownValue();
        if (unknown > 0) {
            log.warn(
                    "{} CostExports are paused by a value of the annotation {} that is neither true nor "
                            + "false; their condition Ready names it. "
                            + "Set the annotation to \"true\", or remove it",
                    unknown,
                    Annotations.PAUSED);
        }
    }

    private static Optional<Leadership> leadership(OperatorConfig config, io.fabric8.kubernetes.client.Config cluster) {
        if (!config.leaderElection()) {
            return Optional.empty();
        }
        String namespace = config.leaseNamespace()
                .or(() -> Optional.ofNullable(cluster.getNamespace()))
                .orElse("default");
        return Optional.of(new Leadership(namespace, config.leaseName(), InstantSource.system()));
    }

    private static DeliveryCheck deliveries(DeliveryVerifier proofs, StorageCredential identity) {
        return (run, spec, exportName, sas, overwritable) -> switch (sas) {
            case Sas.Missing(var why) -> new DeliveryResult.Unreachable(why);
            case Sas.Known(var token) ->
                proofs.of(
                        run,
                        ExportFolder.of(spec.destination(), exportName),
                        new StorageCredential.Sas(token.value()),
                        overwritable);
            case Sas.NotNamed none ->
                proofs.of(run, ExportFolder.of(spec.destination(), exportName), identity, overwritable);
        };
    }

    private static Operator operator(
            OperatorConfig config,
            KubernetesClient kubernetes,
            CostExportReconciler reconciler,
            PrometheusMeterRegistry registry,
            Optional<Leadership> leadership) {
        // Built out here: the SDK calls the lambda below twice.
        ExecutorService threads = new ReconcileExecutor();
        var metrics = MicrometerMetrics.withoutPerResourceMetrics(registry);
        Operator operator = new Operator(o -> {
            o.withKubernetesClient(kubernetes)
                    .withExecutorService(threads)
                    .withMetrics(metrics)
                    .withCloseClientOnStop(false)
                    .withReconciliationTerminationTimeout(DRAIN)
                    .withStopOnInformerErrorDuringStartup(true)
                    .withCacheSyncTimeout(Duration.ofSeconds(60))
                    .withResourceCloner(Main::asUnpacked)
                    .withUseSSAToPatchPrimaryResource(false);
            leadership.ifPresent(leader -> o.withLeaderElectionConfiguration(leader.election()));
        });
        operator.register(reconciler, c -> {
            c.withName("costexport")
                    .withTriggerReconcilerOnAllEvents(true)
                    .withGenerationAware(false)
                    .withOnUpdateFilter(UpdateFilter::concerns)
                    .withItemStore(new CompressedItemStore<>(kubernetes.getKubernetesSerialization(), CostExport.class))
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
        return operator;
    }

    /** Each read of the store makes a new object. */
    private static <R extends HasMetadata> R asUnpacked(R object) {
        return object;
    }

    private static void stop(
            Operator operator,
            ManagementServer server,
            KubernetesClient kubernetes,
            Optional<Leadership> leadership,
            Logger log) {
        log.info("stopping");
        leadership.ifPresent(leader -> leader.stopping(kubernetes));
        operator.stop();
        leadership.ifPresent(leader -> leader.release(kubernetes));
        server.close();
        kubernetes.close();
    }

    static String firstCause(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null
                ? cause.toString()
                : cause.getMessage().lines().findFirst().orElse("");
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "unknown";
        }
    }
}
