package dev.finops.azure.operator;

import dev.finops.azure.time.Scheduler;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server, and whether this process leads.
 *
 * @param leadership empty without leader election
 */
record KubernetesAccess(KubernetesClient client, Optional<Leadership> leadership) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesAccess.class);

    /** @throws OperatorConfig.Wrong or IllegalStateException when the operator cannot work with this API server */
    static KubernetesAccess connect(OperatorConfig config, Scheduler scheduler) {
        Config cluster = Kubeconfig.read(System.getenv());
        if (cluster.isTrustCerts() || cluster.isDisableHostnameVerification()) {
            LOG.warn("The kubeconfig turns off the check of the API server's certificate (insecure-skip-tls-verify). "
                    + "A server in between would have all permissions of the operator.");
        }
        Optional<Leadership> leadership = leadership(config, cluster, scheduler);
        ResourceVersionGuard restores = new ResourceVersionGuard();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(cluster)
                .withKubernetesSerialization(TolerantDeserializer.serialization())
                .withHttpClientFactory(new PingingHttpClientFactory(
                        PingingHttpClientFactory.Pulse.of(System.getProperties()), scheduler))
                .withHttpClientBuilderConsumer(http -> {
                    http.addOrReplaceInterceptor("restores", restores);
                    leadership.ifPresent(leader -> http.addOrReplaceInterceptor("lease", leader.fence()));
                })
                .build();
        restores.start(client, scheduler);
        Preflight.check(client, config);
        return new KubernetesAccess(client, leadership);
    }

    private static Optional<Leadership> leadership(OperatorConfig config, Config cluster, Scheduler scheduler) {
        if (!config.leaderElection()) {
            return Optional.empty();
        }
        String namespace = config.leaseNamespace()
                .or(() -> Optional.ofNullable(cluster.getNamespace()))
                .orElse("default");
        return Optional.of(new Leadership(namespace, config.leaseName(), InstantSource.system(), scheduler));
    }

    /** Whether this process can write. Without leader election it always can. */
    BooleanSupplier leads() {
        return leadership.<BooleanSupplier>map(leader -> leader::holds).orElse(() -> true);
    }

    void stopping() {
        leadership.ifPresent(leader -> leader.stopping(client));
    }

    @Override
    public void close() {
        client.close();
    }

    void releaseLease() {
        leadership.ifPresent(leader -> leader.release(client));
    }
}
