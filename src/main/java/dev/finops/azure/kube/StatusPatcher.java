package dev.finops.azure.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Objects;

/**
 * Writes a status as a merge patch of the changed fields, bound to the resource version of the decision: a decision on
 * a stale object fails with 409, and fields of a newer release stay.
 */
public final class StatusPatcher<S, R extends CustomResource<?, S>> {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final Class<R> type;

    public StatusPatcher(KubernetesClient client, Class<R> type) {
        this.client = client;
        this.type = type;
    }

    /**
     * @return the object as the API server has it now
     * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 when the object has changed since
     */
    public R write(R seen, S status) {
        ObjectNode patch = MAPPER.createObjectNode();
        patch.putObject("metadata").put("resourceVersion", seen.getMetadata().getResourceVersion());
        patch.set("status", mergePatch(MAPPER.valueToTree(seen.getStatus()), MAPPER.valueToTree(status)));
        return client.resources(type)
                .inNamespace(seen.getMetadata().getNamespace())
                .withName(seen.getMetadata().getName())
                .subresource("status")
                .patch(MERGE, patch.toString());
    }

    /**
     * For what has happened, which is true whatever else changed of the object meanwhile: unless somebody wrote the
     * status, it is written on the object as it is now.
     */
    public R writeOnLatest(R seen, S status) {
        R latest = seen;
        for (int tries = 1; ; tries++) {
            try {
                return write(latest, status);
            } catch (KubernetesClientException conflict) {
                latest = conflict.getCode() == 409 && tries < TRIES
                        ? client.resource(seen).get()
                        : null;
                if (latest == null
                        || !latest.getMetadata()
                                .getUid()
                                .equals(seen.getMetadata().getUid())
                        || !Objects.equals(latest.getStatus(), seen.getStatus())) {
                    throw conflict;
                }
            }
        }
    }

    /** RFC 7386: the changed members, null for those that went; lists as a whole. */
    static JsonNode mergePatch(JsonNode before, JsonNode after) {
        if (!(before instanceof ObjectNode from) || !(after instanceof ObjectNode to)) {
            return after;
        }
        ObjectNode patch = MAPPER.createObjectNode();
        from.fieldNames().forEachRemaining(name -> {
            if (!to.has(name)) {
                patch.putNull(name);
            }
        });
        for (Map.Entry<String, JsonNode> member : to.properties()) {
            JsonNode known = from.get(member.getKey());
            if (!member.getValue().equals(known)) {
                patch.set(member.getKey(), mergePatch(known, member.getValue()));
            }
        }
        return patch;
    }
}
