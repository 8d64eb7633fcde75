package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which changes of an object are news: its spec, its deletion, what it asks for, and that somebody took our finalizer
 * off; not what we write.
 */
public final class UpdateFilter {
    private UpdateFilter() {}

    public static boolean concerns(CostExport now, CostExport before) {
        return !facts(now).equals(facts(before))
                || before.hasFinalizer(CostExport.FINALIZER) && !now.hasFinalizer(CostExport.FINALIZER);
    }

    /**
     * Everything that a reconciliation must have seen. The UID is part of it: the next object of a name is another one.
     */
    public record Facts(String uid, Long generation, String deletionTimestamp, Map<String, String> requests) {}

    public static Facts facts(CostExport object) {
        ObjectMeta metadata = object.getMetadata();
        return new Facts(
                metadata.getUid(), metadata.getGeneration(), metadata.getDeletionTimestamp(), requests(metadata));
    }

    private static Map<String, String> requests(ObjectMeta metadata) {
        return Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()).entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith(CostExport.GROUP + "/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
