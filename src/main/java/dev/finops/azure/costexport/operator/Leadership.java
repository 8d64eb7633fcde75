package dev.finops.azure.costexport.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of several operators acts. Losing the lease ends the process at once: another one acts already. */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  /** Of this process: a pod that is started again under the same name does not inherit a lease that it may not know of. */
  private static final String IDENTITY = System.getenv().getOrDefault("HOSTNAME", "operator") + "-" + UUID.randomUUID();
  private static volatile boolean stopping;
  private static volatile Optional<Lock> held = Optional.empty();

  private record Lock(String namespace, String name) {}

  private Leadership() {}

  static LeaderElectionConfiguration of(Config config, KubernetesClient kubernetes) {
    String namespace = config.leaseNamespace().or(() -> Optional.ofNullable(kubernetes.getNamespace())).orElse("default");
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(config.leaseName())
        .withLeaseNamespace(namespace).withIdentity(IDENTITY)
        .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10)).withRetryPeriod(Duration.ofSeconds(2))
        .withLeaderCallbacks(new LeaderCallbacks(
            () -> {
              held = Optional.of(new Lock(namespace, config.leaseName()));
              LOG.info("leading: holds lease {}/{}", namespace, config.leaseName());
            },
            Leadership::lost,
            leader -> LOG.info("the leader is {}", leader)))
        .withExitOnStopLeading(false) // the SDK's own exit would wait for itself inside a shutdown hook
        .build();
  }

  /** The process ends by itself; losing the lease is part of that. */
  static void stopping() {
    stopping = true;
  }

  /** Nobody acts here any more: another one need not wait until the lease has run out. */
  static void release(KubernetesClient kubernetes) {
    held.ifPresent(lock -> {
      try {
        kubernetes.leases().inNamespace(lock.namespace).withName(lock.name).edit(lease -> {
          if (IDENTITY.equals(lease.getSpec().getHolderIdentity())) {
            lease.getSpec().setHolderIdentity("");
            lease.getSpec().setLeaseDurationSeconds(1);
          }
          return lease;
        });
      } catch (KubernetesClientException unanswered) {
        LOG.debug("the lease runs out by itself: {}", unanswered.getMessage());
      }
    });
  }

  private static void lost() {
    if (!stopping) {
      LOG.warn("lost the lease; ending");
      Runtime.getRuntime().halt(1);
    }
  }
}
