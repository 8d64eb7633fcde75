package dev.finops.azure.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;

/**
 * Keeps an object until its export has been dealt with. Put on in a turn, as every write is, so that many new objects
 * do not flood the API server.
 */
public final class FinalizerPatcher {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final int TRIES = 3;

    private final KubernetesClient client;

    public FinalizerPatcher(KubernetesClient client) {
        this.client = client;
    }

    /** @return the object, which has the finalizer now */
    public CostExport on(CostExport object) {
        return object.hasFinalizer(CostExport.FINALIZER) ? object : write(object, true);
    }

    /** Whatever else changed of the object meanwhile. */
    public void off(CostExport seen) {
        CostExport latest = seen;
        for (int tries = 1; latest != null && latest.hasFinalizer(CostExport.FINALIZER); tries++) {
            try {
                write(latest, false);
                return;
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != 404 && (refused.getCode() != 409 || tries == TRIES)) {
                    throw refused;
                }
                latest = Optional.ofNullable(client.resource(seen).get())
                        .filter(now -> isSame(now, seen))
                        .orElse(null);
            }
        }
    }

    /** The next object of that name keeps its finalizer. */
    private static boolean isSame(CostExport now, CostExport seen) {
        return now.getMetadata().getUid().equals(seen.getMetadata().getUid());
    }

    private CostExport write(CostExport object, boolean on) {
        ObjectNode patch = MAPPER.createObjectNode();
        ObjectNode metadata = patch.putObject("metadata")
                .put("resourceVersion", object.getMetadata().getResourceVersion());
        ArrayNode finalizers = metadata.putArray("finalizers");
        object.getMetadata().getFinalizers().stream()
                .filter(name -> !name.equals(CostExport.FINALIZER))
                .forEach(finalizers::add);
        if (on) {
            finalizers.add(CostExport.FINALIZER);
        }
        return client.resources(CostExport.class)
                .inNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .patch(MERGE, patch.toString());
    }
}
