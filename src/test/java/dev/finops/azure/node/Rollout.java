package dev.finops.azure.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.image.Archive;
import dev.finops.azure.packaged.Chart;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.storage.Azurite;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;

/**
 * {@code make node-test}: the chart as it is shipped on a real node, two operators of the image, and the pod that leads
 * deleted under
 * way. What Azure was asked to do is then in the simulator's journal, once.
 */
public final class Rollout {
    private static final String HOME = "costexport-system";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final ControlPlane cluster;
    private final KubernetesClient client;
    private final AzureSimulator azure;
    private final Azurite storage;
    private final Path directory;

    private Rollout(ControlPlane cluster, AzureSimulator azure, Azurite storage, Path directory) {
        this.cluster = cluster;
        this.client = cluster.client();
        this.azure = azure;
        this.storage = storage;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of("target/node/logs")).toAbsolutePath();
        Behaviour usual = Behaviour.defaults().withRunsPerMinute(1000);
        try (ControlPlane cluster = ControlPlane.startForNodes(directory);
                Node node = Node.start(directory, cluster);
                AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults()
                        .withAddress(Node.ADDRESS)
                        .withBehaviour(usual));
                Azurite storage = Azurite.start(azure, directory, "finopsexports")) {
            say("a node is ready: "
                    + cluster.kubectl()
                            .run("", "get", "nodes", "--no-headers", "-o", "wide")
                            .orFail()
                            .strip()
                            .replaceAll(" +", " "));
            node.load(Archive.built().toAbsolutePath());
            azure.deliverTo(storage);
            Rollout rollout = new Rollout(cluster, azure, storage, directory);
            try {
                rollout.play();
            } catch (Throwable fault) {
                rollout.tellWhatIsThere();
                throw fault;
            }
        }
    }

    private void play() throws Exception {
        install();
        apply();
        deleteTheLeaderDuringARun();
        killTheLeaderAtRest();
        nothingElseWasDone();
        remove();
    }

    private void install() throws Exception {
        run("", "create", "namespace", HOME);
        run("", "label", "namespace", HOME, "pod-security.kubernetes.io/enforce=restricted");
        run(
                "",
                "-n",
                HOME,
                "create",
                "configmap",
                "simulator-ca",
                "--from-file=truststore.p12=" + TrustStore.write(directory.resolve("trust.jks"), azure.caFile()));
        run(
                "",
                "-n",
                HOME,
                "create",
                "secret",
                "generic",
                "azure",
                "--from-literal=AZURE_TENANT_ID=" + azure.tenantId(),
                "--from-literal=AZURE_CLIENT_ID=" + azure.clientId(),
                "--from-literal=AZURE_CLIENT_SECRET=" + azure.clientSecret());
        Instant before = Instant.now();
        Chart.run(
                        "helm",
                        "install",
                        "costexport-operator",
                        Chart.DIRECTORY,
                        "--namespace",
                        HOME,
                        "--kubeconfig",
                        cluster.kubeconfig().toString(),
                        "--wait",
                        "--timeout",
                        "3m",
                        "--set",
                        "azure.identity=Secret",
                        "--set",
                        "azure.existingSecret=azure",
                        "--set",
                        "azure.authorityHost=" + azure.endpoint() + "/",
                        "--set",
                        "azure.disableInstanceDiscovery=true",
                        "--set",
                        "azure.resourceManagerEndpoint=" + azure.endpoint(),
                        "--set",
                        "azure.resourceManagerAudience=" + azure.endpoint(),
                        "--set-string",
                        "azure.blobEndpointTemplate="
                                + storage.endpointTemplate().replace("{", "\\{").replace("}", "\\}"),
                        "--set",
                        "trustStore.configMap=simulator-ca",
                        "--set",
                        "config.observeInterval=5s",
                        "--set",
                        "config.runPollInterval=1s")
                .orFail();
        assertEquals(2, pods().size());
        String uptime = cluster.kubectl()
                .run("", "-n", HOME, "exec", "deploy/costexport-operator", "--", "/opt/java/bin/jcmd", "1", "VM.uptime")
                .orFail();
        assertTrue(uptime.contains(" s"), uptime);
        showsItsThreads();
        say("helm install --wait: two operators are ready after " + since(before) + "; " + leader() + " leads");
    }

    /** As the page of diagnosis says: there is no shell in the image. */
    private void showsItsThreads() {
        run(
                "",
                "-n",
                HOME,
                "exec",
                "deploy/costexport-operator",
                "--",
                "/opt/java/bin/jcmd",
                "1",
                "Thread.dump_to_file",
                "-overwrite",
                "/dev/stdout");
        eventually(() -> assertTrue(
                cluster.kubectl()
                        .run("", "-n", HOME, "logs", "--all-pods", "deploy/costexport-operator")
                        .orFail()
                        .contains("\" virtual "),
                "the log has no virtual thread"));
    }

    private void apply() {
        Instant before = Instant.now();
        run("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: daily, namespace: default}
        spec:
          scope: /subscriptions/00000000-0000-0000-0000-000000000000
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          runOnCreate: true
          delivery: {verify: true}
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports
            container: exports
            rootFolderPath: daily
        """, "apply", "-f", "-");
        eventually(() -> assertTrue(
                holds(Conditions.READY) && holds(Conditions.DELIVERED),
                () -> status().conditions().toString()));
        assertEquals(List.of(Operation.PUT, Operation.RUN), written());
        say("a CostExport is Ready and its data proven in storage after " + since(before));
    }

    private void deleteTheLeaderDuringARun() {
        azure.behaviour(azure.behaviour().withInProgressFor(Duration.ofSeconds(10)));
        String first = leader();
        patch("{\"metadata\":{\"annotations\":{\"" + Annotations.RUN_REQUESTED_AT + "\":\"now\"}}}");
        eventually(() -> assertEquals(List.of(Operation.PUT, Operation.RUN, Operation.RUN), written()));
        Instant before = Instant.now();
        run("", "-n", HOME, "delete", "pod", first, "--wait=false");
        eventually(() -> assertTrue(!leader().isEmpty() && !leader().equals(first), "nobody leads"));
        say("the leader's pod is deleted while a run is under way: " + leader() + " leads after " + since(before));
        eventually(() -> assertTrue(
                "now".equals(status().lastHandledRunRequest())
                        && status().pendingRun() == null
                        && status().runs().size() == 2
                        && status().runs().stream().allMatch(run -> "Completed".equals(run.status())),
                () -> status().toString()));
        say("the run is followed to its end");
    }

    /** As {@code kill -9}: nobody gives the lease back. */
    private void killTheLeaderAtRest() {
        awaitTwoReady();
        String first = leader();
        Instant before = Instant.now();
        ProcessHandle.allProcesses().filter(process -> isOf(first, process)).forEach(ProcessHandle::destroyForcibly);
        patch("{\"spec\":{\"description\":\"changed while nobody led\"}}");
        eventually(() -> assertTrue(
                written().equals(List.of(Operation.PUT, Operation.RUN, Operation.RUN, Operation.PUT))
                        && holds(Conditions.READY)
                        && status().observedGeneration() == 2,
                () -> written() + " " + status().conditions()));
        say("the leader's process is killed and the spec changed: " + leader() + " has applied it after "
                + since(before));
    }

    private static boolean isOf(String pod, ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1)
                    .contains("HOSTNAME=" + pod + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    private void nothingElseWasDone() throws InterruptedException {
        awaitTwoReady();
        Thread.sleep(15_000); // three looks at Azure
        assertEquals(List.of(Operation.PUT, Operation.RUN, Operation.RUN, Operation.PUT), written());
        Set<String> lists = azure.journal().calls().stream()
                .filter(call -> call.operation() == Operation.LIST)
                .map(Call::path)
                .collect(Collectors.toSet());
        assertEquals(1, lists.size());
        assertEquals(
                1,
                pods().stream()
                        .mapToInt(pod -> pod.getStatus()
                                .getContainerStatuses()
                                .getFirst()
                                .getRestartCount())
                        .sum());
        say("Azure was asked for " + written()
                + " in all, nothing twice; no container was restarted but the one that was killed");
    }

    private void remove() {
        run("", "delete", "costexport", "daily", "--timeout=60s");
        assertEquals(List.of(Operation.PUT, Operation.RUN, Operation.RUN, Operation.PUT, Operation.DELETE), written());
        Chart.run(
                        "helm",
                        "uninstall",
                        "costexport-operator",
                        "--namespace",
                        HOME,
                        "--kubeconfig",
                        cluster.kubeconfig().toString(),
                        "--wait",
                        "--timeout",
                        "2m")
                .orFail();
        eventually(() -> assertEquals(List.of(), pods()));
        run("", "get", "crd", "costexports.azure.finops.dev");
        say("the export is deleted with its CostExport; the chart is removed and the CRD stays");
    }

    private List<Operation> written() {
        return azure.journal().calls().stream()
                .map(Call::operation)
                .filter(Operation::writes)
                .toList();
    }

    private CostExportStatus status() {
        return client.resources(CostExport.class)
                .inNamespace("default")
                .withName("daily")
                .get()
                .getStatus();
    }

    private boolean holds(String condition) {
        return Conditions.find(status().conditions(), condition)
                .filter(found -> "True".equals(found.status()))
                .isPresent();
    }

    private void patch(String patch) {
        client.resources(CostExport.class)
                .inNamespace("default")
                .withName("daily")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    /** The pod, empty while nobody leads. */
    private String leader() {
        return Optional.ofNullable(client.leases()
                        .inNamespace(HOME)
                        .withName("costexport-operator")
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .flatMap(identity -> pods().stream()
                        .map(pod -> pod.getMetadata().getName())
                        .filter(identity::startsWith)
                        .findFirst())
                .orElse("");
    }

    private List<Pod> pods() {
        Predicate<Pod> stays = pod -> pod.getMetadata().getDeletionTimestamp() == null;
        return client.pods().inNamespace(HOME).list().getItems().stream()
                .filter(stays)
                .toList();
    }

    private void awaitTwoReady() {
        run("", "-n", HOME, "rollout", "status", "deployment/costexport-operator", "--timeout=120s");
    }

    private void tellWhatIsThere() {
        for (String[] what : List.of(
                new String[] {"get", "events", "-A"},
                new String[] {"get", "pods", "-A", "-o", "wide"},
                new String[] {"-n", HOME, "describe", "pods"},
                new String[] {
                    "-n", HOME, "logs", "-l", "app.kubernetes.io/name=costexport-operator", "--tail=40", "--prefix"
                },
                new String[] {"get", "costexports", "-o", "yaml"})) {
            var told = cluster.kubectl().run("", what);
            System.out.println(told.stdout() + told.stderr());
        }
    }

    private void run(String stdin, String... arguments) {
        cluster.kubectl().run(stdin, arguments).orFail();
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreException(NullPointerException.class)
                .untilAsserted(assertion);
    }

    private static String since(Instant before) {
        return "%.1f s".formatted(Duration.between(before, Instant.now()).toMillis() / 1e3);
    }

    private static void say(String what) {
        System.out.println("node: " + what);
    }
}
