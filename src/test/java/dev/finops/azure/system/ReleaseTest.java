package dev.finops.azure.system;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.packaged.Terminal;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A chart that real Helm installs on an API server of its own. There is no node, so that the operator runs beside it,
 * with the rights
 * and the settings that the installed objects give it.
 */
abstract class ReleaseTest extends StoringTest {
    static final String CHART = "charts/costexport-operator";
    static final String RELEASE = "costexport-operator";
    static final String HOME = "costexport-system";

    final Terminal terminal = Terminal.of(cluster);

    @Override
    ControlPlane cluster() {
        return ControlPlane.own();
    }

    /** Always the same, as it is written down in objects that are kept. */
    @Override
    String newNamespace() {
        String name = "finops";
        cluster.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    /** The chart that is there when the first operator starts. */
    abstract String firstChart();

    @Override
    @BeforeAll
    void startOperator() {
        if (operator == null) {
            install(firstChart());
        }
        super.startOperator();
    }

    void install(String chart) {
        terminal.run("helm install %s %s --namespace %s --create-namespace".formatted(RELEASE, chart, HOME));
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.putAll(Map.of(
                "RETRY_MAX",
                "15m",
                "KUBECONFIG",
                cluster.kubeconfigOf(HOME, RELEASE).toString()));
        cluster
                .client()
                .apps()
                .deployments()
                .inNamespace(HOME)
                .withName(RELEASE)
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .stream()
                .filter(variable -> variable.getName().matches("(WATCH|LEADER|LEASE)_.*"))
                .forEach(variable ->
                        settings.put(variable.getName(), variable.getValue() == null ? "" : variable.getValue()));
        return settings;
    }

    @Override
    @AfterAll
    void stop() {
        super.stop();
        cluster.close();
    }

    /** What the API server has of each CostExport, by name. */
    Map<String, ObjectNode> objects() {
        Map<String, ObjectNode> objects = new TreeMap<>();
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .forEach(object -> objects.put(object.getMetadata().getName(), (ObjectNode) Yaml.tree(object)));
        return objects;
    }
}
