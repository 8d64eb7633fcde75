package dev.finops.azure.chaos;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.SystemTest;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Two operators with one lease, each behind a proxy of its own and with an application of its own; who ends is started
 * again, as a kubelet does.
 */
final class Candidates implements AutoCloseable {
    private static final String LEASE = "shared";

    /** @param holder how the lease names it */
    private record Tenure(String holder, Instant acquired) {}

    private final class Seat {
        final Weather weather = new Weather();
        final ApiServerProxy proxy = new ApiServerProxy(cluster, weather);
        OperatorProcess process;
        String host;
        boolean frozen;

        void start() {
            host = "operator" + applications.size();
            String application = UUID.randomUUID().toString();
            String secret = "hush-" + host;
            azure.entra().application(application, secret);
            applications.put(application, host);
            Map<String, String> environment =
                    SystemTest.environment(azure, proxy.kubeconfig(cluster, namespace), namespace);
            environment.putAll(Map.of(
                    "AZURE_CLIENT_ID",
                    application,
                    "AZURE_CLIENT_SECRET",
                    secret,
                    "HOSTNAME",
                    host,
                    "LEADER_ELECTION",
                    "true",
                    "LEASE_NAMESPACE",
                    namespace,
                    "LEASE_NAME",
                    LEASE,
                    "JAVA_HOME",
                    System.getProperty("java.home")));
            process = OperatorProcess.launch(logs, environment, launcher);
            operators.add(process);
        }
    }

    private final ControlPlane cluster;
    private final AzureSimulator azure;
    private final String namespace;
    private final Path logs;
    private final List<String> launcher;
    private final List<OperatorProcess> operators;
    private final Map<String, String> applications = new HashMap<>();
    private final List<Tenure> tenures = new ArrayList<>();
    private final List<Seat> seats;

    /** @param operators all that were ever started */
    Candidates(
            ControlPlane cluster,
            AzureSimulator azure,
            String namespace,
            Path logs,
            List<String> launcher,
            List<OperatorProcess> operators) {
        this.cluster = cluster;
        this.azure = azure;
        this.namespace = namespace;
        this.logs = logs;
        this.launcher = launcher;
        this.operators = operators;
        this.seats = List.of(new Seat(), new Seat());
        seats.forEach(Seat::start);
    }

    Weather weather(int seat) {
        return seats.get(seat).weather;
    }

    void cutWatches() {
        seats.forEach(seat -> seat.proxy.cutWatches());
    }

    /** Connections too: a server that goes takes them along. */
    void cutAll(int seat) {
        seats.get(seat).proxy.cutAll();
    }

    void killLeader() {
        leader().ifPresent(seat -> seat.process.kill());
    }

    /** As a rolling update does. */
    void stopLeader() {
        leader().ifPresent(seat -> seat.process.process().destroy());
    }

    /** For longer than its lease, or for moments. */
    void freezeLeader() {
        leader().ifPresent(seat -> {
            seat.frozen = true;
            seat.process.freeze();
        });
    }

    void thaw() {
        seats.stream()
                .filter(seat -> seat.frozen && seat.process.process().isAlive())
                .forEach(seat -> seat.process.thaw());
        seats.forEach(seat -> seat.frozen = false);
    }

    /** Notes who leads and starts those that have ended; to be called again and again. */
    void tend() {
        lease().ifPresent(lease -> {
            Tenure now =
                    new Tenure(lease.getHolderIdentity(), lease.getAcquireTime().toInstant());
            if (tenures.isEmpty() || !tenures.getLast().equals(now)) {
                tenures.add(now);
            }
        });
        seats.stream().filter(seat -> !seat.process.process().isAlive()).forEach(Seat::start);
    }

    int started() {
        return operators.size();
    }

    /**
     * Takes out those that met an API server that did not answer when they started: they say so in one line, their
     * framework in two more.
     */
    void withoutThoseThatCouldNotStart() {
        List<OperatorProcess> never = operators.stream()
                .filter(operator -> !operator.isReady() && !operator.process().isAlive())
                .toList();
        never.forEach(operator -> assertTrue(
                operator.log().contains("costexport-operator: cannot start: ")
                        || operator.process().exitValue() > 128,
                operator::log));
        never.forEach(operator -> assertFalse(operator.log().contains("\n\tat "), operator::log));
        operators.removeAll(never);
    }

    long tenures() {
        return tenures.stream().filter(tenure -> !tenure.holder.isEmpty()).count();
    }

    /** Writes to Azure by somebody who had no lease then. */
    List<String> usurped() {
        return azure.journal().writes().stream()
                .filter(call -> !leads(call))
                .map(call -> call.time() + " " + applications.get(call.caller()) + " " + call + " with " + tenures)
                .toList();
    }

    private boolean leads(Call call) {
        String host = applications.get(call.caller());
        return tenures.stream()
                .filter(tenure -> !tenure.acquired.isAfter(call.time()) && !tenure.holder.isEmpty())
                .reduce((_, later) -> later)
                .filter(tenure -> tenure.holder.startsWith(host + "-"))
                .isPresent();
    }

    private Optional<Seat> leader() {
        String holder = lease().map(LeaseSpec::getHolderIdentity).orElse("");
        return seats.stream()
                .filter(seat -> holder.startsWith(seat.host + "-")
                        && seat.process.process().isAlive()
                        && !seat.frozen)
                .findFirst();
    }

    private Optional<LeaseSpec> lease() {
        return Optional.ofNullable(cluster.client()
                        .leases()
                        .inNamespace(namespace)
                        .withName(LEASE)
                        .get())
                .map(lease -> lease.getSpec());
    }

    @Override
    public void close() {
        thaw();
        seats.forEach(seat -> seat.process.close());
        seats.forEach(seat -> seat.proxy.close());
    }
}
