package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.document.Deflated;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The objects that the informer knows, packed, and without what only others need: a CostExport with ten runs and the
 * rows of a backfill
 * has a tenth of the size, so that nothing of it has to be read again from the API server.
 */
public final class CompressedItemStore implements ItemStore<CostExport> {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final KubernetesSerialization json;
    private final Map<String, Deflated> objects = new ConcurrentHashMap<>();

    public CompressedItemStore(KubernetesSerialization json) {
        this.json = json;
    }

    @Override
    public String getKey(CostExport object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public CostExport put(String key, CostExport object) {
        return unpacked(objects.put(key, packed(object)));
    }

    @Override
    public CostExport remove(String key) {
        return unpacked(objects.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<CostExport> values() {
        return objects.values().stream().map(this::unpacked);
    }

    @Override
    public CostExport get(String key) {
        return unpacked(objects.get(key));
    }

    @Override
    public int size() {
        return objects.size();
    }

    private Deflated packed(CostExport object) {
        ObjectMeta metadata = object.getMetadata();
        metadata.setManagedFields(null);
        Optional.ofNullable(metadata.getAnnotations())
                .filter(annotations -> annotations.containsKey(LAST_APPLIED))
                .ifPresent(annotations -> {
                    Map<String, String> others = new HashMap<>(annotations);
                    others.remove(LAST_APPLIED);
                    metadata.setAnnotations(others);
                });
        return Deflated.of(json.asJson(object).getBytes(StandardCharsets.UTF_8));
    }

    private CostExport unpacked(Deflated object) {
        return object == null
                ? null
                : json.unmarshal(new String(object.text(), StandardCharsets.UTF_8), CostExport.class);
    }
}
