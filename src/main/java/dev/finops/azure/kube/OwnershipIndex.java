package dev.finops.azure.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds the owner among the objects that target the same thing in Azure: the oldest one that manages it. */
public final class OwnershipIndex<R extends HasMetadata> {
    private static final String BY_TARGET = "target";

    private final IndexerResourceCache<R> cache;
    private final Function<R, Optional<String>> key;
    private final Function<R, String> name;
    private final Predicate<R> manages;

    /**
     * @param key of what an object targets, the same for names that differ in letter case alone; empty for an object
     *     that targets nothing
     * @param name of the target, as the object spells it
     * @param manages whether an object manages its target, and does not only observe it
     */
    public OwnershipIndex(
            IndexerResourceCache<R> cache,
            Function<R, Optional<String>> key,
            Function<R, String> name,
            Predicate<R> manages) {
        this.cache = cache;
        this.key = key;
        this.name = name;
        this.manages = manages;
        cache.addIndexer(BY_TARGET, object -> key.apply(object).map(List::of).orElse(List.of()));
    }

    public static <R extends HasMetadata> Comparator<R> oldestFirst() {
        return Comparator.comparing((R object) -> object.getMetadata().getCreationTimestamp())
                .thenComparing(object -> object.getMetadata().getUid());
    }

    /** The older object that owns the target of this one. */
    public Optional<R> owner(R object) {
        return older(rivals(object, true), object);
    }

    /** An older object whose target is the same one unless Azure has two that differ in letter case alone. */
    public Optional<R> ownerInOtherCase(R object) {
        return older(rivals(object, false), object);
    }

    /** The object that owns the target once this one is deleted. */
    public Optional<R> nextOwner(R object) {
        return notDeleted(rivals(object, true));
    }

    /** The same, unless Azure has two targets that differ in letter case alone. */
    public Optional<R> nextOwnerInOtherCase(R object) {
        return notDeleted(rivals(object, false));
    }

    private Optional<R> older(Stream<R> rivals, R object) {
        return rivals.filter(rival -> OwnershipIndex.<R>oldestFirst().compare(rival, object) < 0)
                .min(oldestFirst());
    }

    private Optional<R> notDeleted(Stream<R> rivals) {
        return rivals.filter(rival -> rival.getMetadata().getDeletionTimestamp() == null)
                .min(oldestFirst());
    }

    private Stream<R> rivals(R object, boolean sameSpelling) {
        return key.apply(object).stream()
                .flatMap(target -> cache.byIndex(BY_TARGET, target).stream())
                .filter(rival -> !Objects.equals(
                        rival.getMetadata().getUid(), object.getMetadata().getUid()))
                .filter(manages)
                .filter(rival -> sameSpelling == name.apply(rival).equals(name.apply(object)));
    }
}
