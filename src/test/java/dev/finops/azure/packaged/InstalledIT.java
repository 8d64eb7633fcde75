package dev.finops.azure.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Kubectl.Result;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real API server takes what the chart renders, in a namespace with Pod Security "restricted". */
class InstalledIT {
    private final ControlPlane cluster = ControlPlane.shared();

    @ParameterizedTest
    @ValueSource(strings = {"--set=replicaCount=2", Chart.EVERYTHING})
    void everyObjectIsTakenWithoutAWarning(String values) {
        String namespace = cluster.newNamespace("costexport-system");
        cluster.kubectl()
                .run(
                        "",
                        "label",
                        "namespace",
                        namespace,
                        "pod-security.kubernetes.io/enforce=restricted",
                        "pod-security.kubernetes.io/warn=restricted")
                .orFail();
        List<ObjectNode> objects = Chart.rendered(
                namespace,
                values,
                Chart.KNOWN_KINDS,
                "--set=watchNamespaces=null",
                "--set=leaderElection.leaseNamespace=");

        objects.forEach(object -> taken(object, namespace));
        taken(Chart.ofKind(objects, "ServiceAccount"), namespace, "--dry-run=none"); // a pod's must be there
        ObjectNode pod = ((ObjectNode) Chart.ofKind(objects, "Deployment").at("/spec/template")).deepCopy();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ((ObjectNode) pod.path("metadata")).put("name", "operator");
        ((ObjectNode) pod.path("spec")).remove("priorityClassName"); // the cluster has none
        taken(pod, namespace);
    }

    private void taken(ObjectNode object, String namespace, String... more) {
        Result result = cluster.kubectl()
                .run(
                        object.toString(),
                        more.length > 0 ? command(namespace, more[0]) : command(namespace, "--dry-run=server"));
        assertEquals("", result.stderr(), object.path("kind").asText());
        result.orFail();
    }

    /**
     * With a manager of its own: the shared CRD was applied by kubectl itself, whose fields kubectl would first
     * migrate.
     */
    private static String[] command(String namespace, String mode) {
        return new String[] {
            "apply", "--server-side", "--field-manager=installed", "--validate=strict", "-n", namespace, mode, "-f", "-"
        };
    }
}
