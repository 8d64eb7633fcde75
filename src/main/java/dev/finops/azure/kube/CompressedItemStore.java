package dev.finops.azure.kube;

import dev.finops.azure.document.Deflated;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
 * The informer's cache with compressed objects and without managed fields: a CostExport with ten runs and backfill rows
 * shrinks to a tenth.
 */
public final class CompressedItemStore<R extends HasMetadata> implements ItemStore<R> {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final KubernetesSerialization json;
    private final Class<R> type;
    private final Map<String, Deflated> objects = new ConcurrentHashMap<>();

    public CompressedItemStore(KubernetesSerialization json, Class<R> type) {
        this.json = json;
        this.type = type;
    }

    @Override
    public String getKey(R object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public R put(String key, R object) {
        return unpacked(objects.put(key, packed(object)));
    }

    @Override
    public R remove(String key) {
        return unpacked(objects.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<R> values() {
        return objects.values().stream().map(this::unpacked);
    }

    @Override
    public R get(String key) {
        return unpacked(objects.get(key));
    }

    @Override
    public int size() {
        return objects.size();
    }

    private Deflated packed(R object) {
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

    private R unpacked(Deflated object) {
        return object == null ? null : json.unmarshal(new String(object.text(), StandardCharsets.UTF_8), type);
    }
}
