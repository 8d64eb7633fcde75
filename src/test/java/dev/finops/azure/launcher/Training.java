package dev.finops.azure.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.Yaml;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.server.mock.crud.KubernetesCrudDispatcherException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A short life of the operator, in which the JVM learns which classes it needs: {@code Training launcher cache}. The
 * API server and
 * Azure are simulated in this process, so that a build needs nothing but the JDK.
 */
public final class Training {
    private static final String NAMESPACE = "training";

    private Training() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String cache = "-XX:AOTCacheOutput=" + Path.of(arguments[1]).toAbsolutePath();
        live(List.of(Path.of(arguments[0]).toAbsolutePath().toString()), Map.of("JAVA_OPTS", cache));
    }

    /** @param command starts the operator so that it writes a cache when it ends */
    public static void live(List<String> command, Map<String, String> more) throws IOException, InterruptedException {
        MockWebServer web = new MockWebServer();
        KubernetesMockServer cluster =
                new KubernetesMockServer(new Context(), web, new HashMap<>(), new ApiServer(), true);
        cluster.init();
        Path directory = Files.createTempDirectory(Path.of("target"), "training-");
        try (AzureSimulator azure = AzureSimulator.start();
                KubernetesClient client = cluster.createClient()) {
            Map<String, String> environment = new HashMap<>(azure.environment());
            environment.putAll(Map.of(
                    "KUBECONFIG",
                    kubeconfig(directory, web).toString(),
                    "HTTP_PORT",
                    "0",
                    "RUN_POLL_INTERVAL",
                    "300ms",
                    "AZURE_BLOB_ENDPOINT_TEMPLATE",
                    azure.endpoint() + "/{account}"));
            environment.putAll(more);
            try (OperatorProcess operator =
                    OperatorProcess.launch(directory, environment, command).awaitReady()) {
                operator.page("/readyz");
                live(client);
                operator.page("/metrics");
            }
        } finally {
            cluster.destroy();
        }
    }

    private static void live(KubernetesClient client) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            client.resource(export("daily-" + i)).create();
        }
        for (int i = 0; i < 3; i++) {
            await(
                    client,
                    "daily-" + i,
                    object -> LiveExport.isReady(object) && object.getStatus().lastSuccessfulRun() != null);
        }
    }

    private static void await(KubernetesClient client, String name, Predicate<CostExport> reached)
            throws InterruptedException {
        long until = System.nanoTime() + 30_000_000_000L;
        while (true) {
            CostExport object = client.resources(CostExport.class)
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .get();
            if (reached.test(object)) {
                return;
            }
            if (System.nanoTime() > until) {
                throw new IllegalStateException("waited in vain for " + Serialization.asYaml(object));
            }
            Thread.sleep(20);
        }
    }

    private static CostExport export(String name) {
        return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s, namespace: %s}
        spec:
          scope: /subscriptions/00000000-0000-0000-0000-000000000000
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          runOnCreate: true
          destination:
            storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops
            container: exports
            rootFolderPath: %1$s
        """.formatted(name, NAMESPACE), CostExport.class);
    }

    /** The mock's own merge appends to lists instead of replacing them. */
    private static final class ApiServer extends KubernetesCrudDispatcher {
        ApiServer() {
            super(List.of(CustomResourceDefinitionContext.fromCustomResourceType(CostExport.class)));
        }

        @Override
        public JsonNode merge(JsonNode before, String patch) throws KubernetesCrudDispatcherException {
            ObjectNode target = before.deepCopy();
            Yaml.merge(target, (ObjectNode) asNode(patch));
            return target;
        }
    }

    private static Path kubeconfig(Path directory, MockWebServer web) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
        apiVersion: v1
        kind: Config
        current-context: training
        contexts:
        - {name: training, context: {cluster: training, user: training}}
        clusters:
        - {name: training, cluster: {server: "https://localhost:%d", certificate-authority: %s}}
        users:
        - {name: training, user: {token: training}}
        """.formatted(
                        web.getPort(), web.getSelfSignedCertificate().certificatePath()));
    }
}
