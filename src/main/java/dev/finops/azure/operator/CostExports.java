package dev.finops.azure.operator;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.arm.identity.AzureIdentity;
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
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind CostExport. */
final class CostExports {
    private static final Logger LOG = LoggerFactory.getLogger(CostExports.class);

    private final OperatorConfig config;
    private final AzureAccess azure;
    private final DeliveryVerifier verifier;

    /** The caches of all identities. Weak: an unused identity and its caches are collected. */
    private final Set<ScopeCaches> caches = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private CostExports(OperatorConfig config, AzureAccess azure) {
        this.config = config;
        this.azure = azure;
        this.verifier =
                new DeliveryVerifier(azure.authentication().http(), config.blobEndpointTemplate(), azure.clock());
    }

    static Registration<CostExport> registration(
            OperatorConfig config, KubernetesAccess kubernetes, AzureAccess azure, PrometheusMeterRegistry registry) {
        CostExports kind = new CostExports(config, azure);
        Gauge.builder(
                        "costexport.unclaimed.exports",
                        () -> kind.caches.stream()
                                .mapToInt(ScopeCaches::unclaimed)
                                .sum())
                .description("Exports at the scopes of CostExports that no CostExport names")
                .register(registry);
        ExportMetrics metrics = new ExportMetrics(registry, azure.clock(), config.exportMetrics());
        registry.getPrometheusRegistry().register(metrics);
        CostExportReconciler reconciler = new CostExportReconciler(
                kubernetes.client(),
                kind::clients,
                azure.clock(),
                azure.scheduler(),
                metrics,
                config.settings(),
                config.azure().tenantId(),
                host());
        return new Registration<>("costexport", CostExport.class, reconciler, () -> warnOfUnknownPauses(reconciler));
    }

    private AzureClients clients(AzureIdentity identity) {
        ExportsClient exports = new ExportsClient(azure.client(identity));
        ScopeCaches scopes = new ScopeCaches(exports, azure.clock(), azure.scheduler(), config.settings());
        caches.add(scopes);
        StorageCredential credential =
                new StorageCredential.Identity(azure.authentication().credential(identity));
        return new AzureClients(exports, scopes, deliveries(credential));
    }

    private DeliveryCheck deliveries(StorageCredential identity) {
        return (run, spec, exportName, sas, overwritable) -> switch (sas) {
            case Sas.Missing(var why) -> new DeliveryResult.Unreachable(why);
            case Sas.Known(var token) ->
                verifier.of(
                        run,
                        ExportFolder.of(spec.destination(), exportName),
                        new StorageCredential.Sas(token.value()),
                        overwritable);
            case Sas.NotNamed none ->
                verifier.of(run, ExportFolder.of(spec.destination(), exportName), identity, overwritable);
        };
    }

    private static void warnOfUnknownPauses(CostExportReconciler reconciler) {
        long unknown = reconciler.pausedByUnknownValue();
        if (unknown > 0) {
            LOG.warn(
                    "{} CostExports are paused by a value of the annotation {} that is neither true nor false. "
                            + "Their condition Ready names the value. Set the annotation to \"true\", or remove it.",
                    unknown,
                    Annotations.PAUSED);
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "unknown";
        }
    }
}
