package dev.finops.azure.costexport.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of several operators acts. Losing the lease ends the process at once: another one acts already. */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static volatile boolean stopping;

  private Leadership() {}

  static LeaderElectionConfiguration of(Config config, KubernetesClient kubernetes) {
    String namespace = config.leaseNamespace().or(() -> Optional.ofNullable(kubernetes.getNamespace())).orElse("default");
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(config.leaseName())
        .withLeaseNamespace(namespace)
        .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10)).withRetryPeriod(Duration.ofSeconds(2))
        .withLeaderCallbacks(new LeaderCallbacks(
            () -> LOG.info("leading: holds lease {}/{}", namespace, config.leaseName()),
            Leadership::lost,
            leader -> LOG.info("the leader is {}", leader)))
        .withExitOnStopLeading(false) // the SDK's own exit would wait for itself inside a shutdown hook
        .build();
  }

  /** The process ends by itself; giving up the lease is part of that. */
  static void stopping() {
    stopping = true;
  }

  private static void lost() {
    if (!stopping) {
      LOG.warn("lost the lease; ending");
      Runtime.getRuntime().halt(1);
    }
  }
}
