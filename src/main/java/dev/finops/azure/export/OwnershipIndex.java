package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.plan.Policies;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Which of the objects that mean one export owns it: the oldest that manages. */
final class OwnershipIndex {
    private static final String BY_EXPORT = "export";
    static final Comparator<CostExport> OLDEST_FIRST = Comparator.comparing(
                    (CostExport object) -> object.getMetadata().getCreationTimestamp())
            .thenComparing(object -> object.getMetadata().getUid());

    private final IndexerResourceCache<CostExport> cache;

    OwnershipIndex(IndexerResourceCache<CostExport> cache) {
        this.cache = cache;
        cache.addIndexer(BY_EXPORT, object -> object.getSpec().scope().isEmpty() ? List.of() : List.of(key(object)));
    }

    /** The older object that owns the export which this one means. */
    Optional<CostExport> owner(CostExport object) {
        return rivals(object, true)
                .filter(rival -> OLDEST_FIRST.compare(rival, object) < 0)
                .min(OLDEST_FIRST);
    }

    /** An older object whose export is the same one unless Azure has two that differ in letter case alone. */
    Optional<CostExport> ownerInOtherCase(CostExport object) {
        return rivals(object, false)
                .filter(rival -> OLDEST_FIRST.compare(rival, object) < 0)
                .min(OLDEST_FIRST);
    }

    /** The object that has the export when this one goes. */
    Optional<CostExport> heir(CostExport object) {
        return rivals(object, true)
                .filter(rival -> rival.getMetadata().getDeletionTimestamp() == null)
                .min(OLDEST_FIRST);
    }

    /** The same, unless Azure has two exports that differ in letter case alone. */
    Optional<CostExport> heirInOtherCase(CostExport object) {
        return rivals(object, false)
                .filter(rival -> rival.getMetadata().getDeletionTimestamp() == null)
                .min(OLDEST_FIRST);
    }

    static String exportName(CostExport object) {
        return ExportId.of(object.getSpec(), object.getMetadata().getName()).name();
    }

    private Stream<CostExport> rivals(CostExport object, boolean exact) {
        return rivals(object).filter(rival -> exact == exportName(rival).equals(exportName(object)));
    }

    private Stream<CostExport> rivals(CostExport object) {
        return cache.byIndex(BY_EXPORT, key(object)).stream()
                .filter(rival -> !Objects.equals(
                        rival.getMetadata().getUid(), object.getMetadata().getUid()))
                .filter(rival -> Policies.manages(rival.getSpec()));
    }

    private static String key(CostExport object) {
        return ExportId.of(object.getSpec(), object.getMetadata().getName()).key();
    }
}
