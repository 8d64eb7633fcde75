package dev.finops.azure.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;

/** Adds and removes the finalizer, which keeps a deleted object until the operator is done with it. */
public final class FinalizerPatcher<R extends HasMetadata> {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final Class<R> type;
    private final String finalizer;

    public FinalizerPatcher(KubernetesClient client, Class<R> type, String finalizer) {
        this.client = client;
        this.type = type;
        this.finalizer = finalizer;
    }

    /** @return the object, which has the finalizer now */
    public R on(R object) {
        return object.hasFinalizer(finalizer) ? object : write(object, true);
    }

    /** Whatever else changed of the object meanwhile. */
    public void off(R seen) {
        R latest = seen;
        for (int tries = 1; latest != null && latest.hasFinalizer(finalizer); tries++) {
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
    private boolean isSame(R now, R seen) {
        return now.getMetadata().getUid().equals(seen.getMetadata().getUid());
    }

    private R write(R object, boolean on) {
        ObjectNode patch = MAPPER.createObjectNode();
        ObjectNode metadata = patch.putObject("metadata")
                .put("resourceVersion", object.getMetadata().getResourceVersion());
        ArrayNode finalizers = metadata.putArray("finalizers");
        object.getMetadata().getFinalizers().stream()
                .filter(name -> !name.equals(finalizer))
                .forEach(finalizers::add);
        if (on) {
            finalizers.add(finalizer);
        }
        return client.resources(type)
                .inNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .patch(MERGE, patch.toString());
    }
}
