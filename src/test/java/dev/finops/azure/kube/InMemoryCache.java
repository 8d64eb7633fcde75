package dev.finops.azure.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An informer's cache with indexes. */
final class InMemoryCache<R extends HasMetadata> implements IndexerResourceCache<R> {
    private final Map<ResourceID, R> objects = new LinkedHashMap<>();
    private final Map<String, Function<R, List<String>>> indexers = new HashMap<>();

    R put(R object) {
        objects.put(ResourceID.fromResource(object), object);
        return object;
    }

    @Override
    public void addIndexers(Map<String, Function<R, List<String>>> more) {
        indexers.putAll(more);
    }

    @Override
    public List<R> byIndex(String index, String key) {
        return objects.values().stream()
                .filter(object -> indexers.get(index).apply(object).contains(key))
                .toList();
    }

    @Override
    public Optional<R> get(ResourceID id) {
        return Optional.ofNullable(objects.get(id));
    }

    @Override
    public Stream<ResourceID> keys() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<R> list(Predicate<R> predicate) {
        return objects.values().stream().filter(predicate);
    }

    @Override
    public Stream<R> list(String namespace, Predicate<R> predicate) {
        return list(object -> object.getMetadata().getNamespace().equals(namespace) && predicate.test(object));
    }
}
