package dev.finops.azure.operator;

import dev.finops.azure.arm.ProxySettings;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the cluster as kubectl does, where the client differs: token file and proxy. */
final class Kubeconfig {
    private static final Logger LOG = LoggerFactory.getLogger(Kubeconfig.class);

    private Kubeconfig() {}

    /** @throws dev.finops.azure.operator.OperatorConfig.Wrong when there is a kubeconfig that cannot be read */
    static Config read(Map<String, String> environment) {
        Config cluster;
        try {
            // One retry loop in all, the reconciler's: the client only bridges a hiccup. HTTP/1.1, as a request without
            // an answer then ends its connection: one HTTP/2 connection that a firewall has forgotten would be used
            // again and again.
            cluster = new ConfigBuilder(Config.autoConfigure(null))
                    .withRequestRetryBackoffLimit(2)
                    .withHttp2Disable(true)
                    .build();
        } catch (RuntimeException unreadable) {
            throw new dev.finops.azure.operator.OperatorConfig.Wrong(
                    "KUBECONFIG",
                    environment.getOrDefault("KUBECONFIG", "~/.kube/config"),
                    "is not a kubeconfig: " + Main.firstCause(unreadable));
        }
        useTokenFile(cluster);
        proxy(cluster, environment); // last: a builder reads the environment again
        return cluster;
    }

    /** The file of the current context's user; it wins over a token in the same entry, and is relative to the kubeconfig. */
    static void useTokenFile(Config cluster) {
        File kubeconfig = cluster.getFileWithAuthInfo();
        if (kubeconfig == null || cluster.getCurrentContext() == null) {
            return;
        }
        String user = cluster.getCurrentContext().getContext().getUser();
        KubeConfigUtils.parseConfig(kubeconfig).getUsers().stream()
                .filter(named -> named.getName().equals(user))
                .map(NamedAuthInfo::getUser)
                .map(AuthInfo::getTokenFile)
                .filter(file -> file != null && !file.isEmpty())
                .findFirst()
                .map(file -> kubeconfig.toPath().toAbsolutePath().resolveSibling(file))
                .map(TokenFile::new)
                .ifPresent(cluster::setOauthTokenProvider);
    }

    /**
     * A proxy that the kubeconfig names is used for this cluster, whatever NO_PROXY says. One of the environment is
     * used unless NO_PROXY or a loopback address exempts the API server. The client itself uses an {@code http://}
     * proxy of the kubeconfig only without TLS, reads fewer forms of NO_PROXY, and ends at the others.
     */
    static void proxy(Config cluster, Map<String, String> environment) {
        URI server = URI.create(cluster.getMasterUrl());
        boolean tls = !"http".equals(server.getScheme());
        int port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
        Optional<ProxySettings.Server> used = proxyUrl(cluster)
                .or(() -> dev.finops.azure.operator.OperatorConfig.proxy(
                                environment, tls ? "HTTPS_PROXY" : "HTTP_PROXY")
                        .to(server.getHost(), port));
        String address = used.map(ProxySettings.Server::address).orElse(null);
        cluster.setHttpProxy(address);
        cluster.setHttpsProxy(address);
        cluster.setProxyUsername(used.flatMap(ProxySettings.Server::user).orElse(null));
        cluster.setProxyPassword(used.flatMap(ProxySettings.Server::password).orElse(null));
        cluster.setNoProxy(new String[0]);
    }

    private static Optional<ProxySettings.Server> proxyUrl(Config cluster) {
        if (cluster.getCurrentContext() == null) {
            return Optional.empty();
        }
        String name = cluster.getCurrentContext().getContext().getCluster();
        return Stream.of(cluster.getFileWithCluster(), cluster.getFileWithAuthInfo(), cluster.getFile())
                .filter(Objects::nonNull)
                .distinct()
                .flatMap(file -> KubeConfigUtils.parseConfig(file).getClusters().stream())
                .filter(named -> named.getName().equals(name))
                .map(known -> known.getCluster().getProxyUrl())
                .filter(url -> url != null && !url.isEmpty())
                .findFirst()
                .map(url -> ProxySettings.of(url, "")
                        .flatMap(ProxySettings::server)
                        .orElseThrow(() -> new IllegalStateException("proxy-url of cluster " + name
                                + " in the kubeconfig is not the address of a proxy that can be used")));
    }

    /** Read for each request, as the token in it is replaced before it expires. */
    private static final class TokenFile implements OAuthTokenProvider {
        private final Path file;
        private volatile String last = "";

        TokenFile(Path file) {
            this.file = file;
        }

        @Override
        public String getToken() {
            try {
                String token = Files.readString(file).strip();
                if (!token.isEmpty()) {
                    last = token;
                }
            } catch (IOException beingReplaced) {
                LOG.warn(
                        "The tokenFile of the kubeconfig cannot be read. The operator uses the token that it read before: {}",
                        beingReplaced.toString());
            }
            return last;
        }
    }
}
