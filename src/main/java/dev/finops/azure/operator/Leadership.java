package dev.finops.azure.operator;

import dev.finops.azure.time.Scheduler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leader election: one of several operators acts while it holds the lease. Without the lease nothing is written, and
 * the process ends.
 */
final class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration LEASE = Duration.ofSeconds(15);

    /**
     * The leader acts no longer than this after it last renewed; the rest of the lease is for what is on its way and
     * for clocks that differ.
     */
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final String namespace;
    private final String name;
    /**
     * Of this process: a pod that is started again under the same name does not inherit a lease that it may not know
     * of.
     */
    private final String identity = System.getenv().getOrDefault("HOSTNAME", "operator") + "-" + UUID.randomUUID();

    private final InstantSource clock;
    private final LeaseLock lock;
    private final LeaseValidity tenure;
    private final LeaderFence fence;
    private final Scheduler scheduler;
    private volatile boolean stopping;
    private boolean released;

    Leadership(String namespace, String name, InstantSource clock, Scheduler scheduler) {
        this.scheduler = scheduler;
        this.namespace = namespace;
        this.name = name;
        this.clock = clock;
        this.lock = new LeaseLock(namespace, name, identity);
        this.tenure = new LeaseValidity(RENEW_DEADLINE, clock, System::nanoTime);
        this.fence = new LeaderFence(namespace, identity, this::holds, tenure::renewed);
    }

    Interceptor fence() {
        return fence;
    }

    LeaderElectionConfiguration election() {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(name)
                .withLeaseNamespace(namespace)
                .withIdentity(identity)
                .withLeaseDuration(LEASE)
                .withRenewDeadline(RENEW_DEADLINE)
                .withRetryPeriod(RETRY)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> {
                            fence.leading();
                            LOG.info("This process leads: it holds the lease {}/{}.", namespace, name);
                        },
                        this::lost,
                        leader -> LOG.info("The leader is {}.", leader)))
                .withExitOnStopLeading(false) // the SDK's own exit would wait for itself inside a shutdown hook
                .build();
    }

    /** Called before each write. Does not return without the lease, unless the process is ending anyway. */
    boolean holds() {
        boolean holds = tenure.holds();
        if (!holds) {
            lost();
        }
        return holds;
    }

    /** The process ends on its own and renews the lease until its calls are done, as the SDK no longer does. */
    void stopping(KubernetesClient kubernetes) {
        stopping = true;
        renew(kubernetes);
    }

    private void renew(KubernetesClient kubernetes) {
        scheduler.after(Duration.ZERO, () -> {
            if (renewed(kubernetes)) {
                scheduler.after(RETRY, () -> renew(kubernetes));
            }
        });
    }

    private boolean renewed(KubernetesClient kubernetes) {
        synchronized (lock) { // a renewal after the release would keep the next leader waiting
            if (!released) {
                write(kubernetes, identity, LEASE);
            }
            return !released;
        }
    }

    /** This process writes no more: the next leader need not wait until the lease expires. */
    void release(KubernetesClient kubernetes) {
        synchronized (lock) {
            released = true;
            tenure.ended();
            write(kubernetes, "", Duration.ofSeconds(1));
        }
    }

    /** On the lease as it was read, so that a lease that another process has acquired meanwhile stays. */
    private void write(KubernetesClient kubernetes, String holder, Duration duration) {
        try {
            LeaderElectionRecord held = lock.get(kubernetes);
            if (held != null && identity.equals(held.getHolderIdentity())) {
                ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
                lock.update(
                        kubernetes,
                        new LeaderElectionRecord(
                                holder, duration, held.getAcquireTime(), now, held.getLeaderTransitions()));
            }
        } catch (KubernetesClientException unanswered) {
            LOG.debug("The lease was not written and will expire: {}", unanswered.getMessage());
        }
    }

    /** Another process leads already. Only one of the threads that notice it reports it. */
    private synchronized void lost() {
        if (!stopping) {
            LOG.warn("This process lost the lease {}/{} and ends.", namespace, name);
            Runtime.getRuntime().halt(1);
        }
    }
}
