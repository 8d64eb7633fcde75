package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Filters updates of an object: its spec, its deletion, its requests and a removed finalizer matter; the operator's own
 * writes do not.
 */
public final class UpdateFilter {
    private UpdateFilter() {}

    public static boolean concerns(HasMetadata now, HasMetadata before) {
        return !facts(now).equals(facts(before)) || !now.getFinalizers().containsAll(ownFinalizers(before));
    }

    private static List<String> ownFinalizers(HasMetadata object) {
        return object.getFinalizers().stream().filter(UpdateFilter::isOwn).toList();
    }

    private static boolean isOwn(String name) {
        return name.startsWith(CostExport.GROUP + "/");
    }

    /**
     * Everything that a reconciliation must have seen. The UID is part of it: the next object of a name is another one.
     */
    public record Facts(String uid, Long generation, String deletionTimestamp, Map<String, String> requests) {}

    public static Facts facts(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return new Facts(
                metadata.getUid(), metadata.getGeneration(), metadata.getDeletionTimestamp(), requests(metadata));
    }

    private static Map<String, String> requests(ObjectMeta metadata) {
        return Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()).entrySet().stream()
                .filter(annotation -> isOwn(annotation.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
