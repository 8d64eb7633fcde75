package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.delivery.ExportFolder;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.plan.Policies;
import dev.finops.azure.export.plan.RequiredFields;
import dev.finops.azure.kube.NamespacedName;
import dev.finops.azure.kube.OwnershipIndex;
import dev.finops.azure.kube.PendingEvent;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Finds different exports that deliver into the same folder or count the same costs twice. */
final class OverlapDetector {
    private static final String BY_FOLDER = "folder";
    private static final String BY_SCOPE = "scope";
    private static final String BY_SCOPE_AROUND = "scope around";

    /** Warnings at once. In a subscription with hundreds of resource groups, people read no more. */
    private static final int TOLD = 20;

    private final IndexerResourceCache<CostExport> cache;

    /** Pairs already warned about; otherwise two objects created together would each emit both warnings. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** A warning and its object. */
    record Warning(CostExport object, CostExport other, PendingEvent note) {
        String key() {
            return object.getMetadata().getUid() + " " + other.getMetadata().getUid() + " " + note.reason();
        }
    }

    OverlapDetector(IndexerResourceCache<CostExport> cache) {
        this.cache = cache;
        cache.addIndexer(
                BY_FOLDER, object -> manages(object) ? List.of(folder(object).key()) : List.of());
        cache.addIndexer(BY_SCOPE, object -> manages(object) ? List.of(costs(scope(object), object)) : List.of());
        cache.addIndexer(
                BY_SCOPE_AROUND,
                object -> manages(object)
                        ? scope(object).around().stream()
                                .map(around -> costs(around, object))
                                .toList()
                        : List.of());
    }

    /** The older object whose folder this one would deliver into, where one of the two removes what it finds. */
    Optional<CostExport> collision(CostExport object) {
        return sharers(object)
                .filter(other -> OwnershipIndex.<CostExport>oldestFirst().compare(other, object) < 0
                        && (overwrites(other) || overwrites(object)))
                .min(OwnershipIndex.oldestFirst());
    }

    /** The others that deliver into the folder of this one. */
    Stream<CostExport> sharers(CostExport object) {
        return !manages(object)
                ? Stream.empty()
                : others(BY_FOLDER, folder(object).key(), object)
                        .filter(other -> !id(other).equals(id(object)));
    }

    /** What people should know once the object's spec is in Azure. */
    List<Warning> warnings(CostExport object) {
        if (!manages(object)) {
            return List.of();
        }
        Stream<Warning> folders = sharers(object)
                .filter(other -> !overwrites(other) && !overwrites(object))
                .flatMap(other -> Stream.of(sharing(object, other), sharing(other, object)));
        Stream<Warning> around = scope(object).around().stream()
                .flatMap(scope -> others(BY_SCOPE, costs(scope, object), object))
                .map(outer -> nested(object, outer));
        Stream<Warning> within =
                others(BY_SCOPE_AROUND, costs(scope(object), object), object).map(inner -> nested(inner, object));
        return Stream.of(folders, around, within)
                .flatMap(warnings -> warnings)
                .limit(TOLD)
                .filter(warning -> told.add(warning.key()))
                .toList();
    }

    void forget(String uid) {
        told.removeIf(pair -> pair.contains(uid));
    }

    static String describe(CostExport object) {
        ExportFolder folder = folder(object);
        return folder.path() + " in " + folder;
    }

    private static Warning sharing(CostExport told, CostExport other) {
        return new Warning(
                told,
                other,
                PendingEvent.warning(
                        Reason.PATH_COLLISION,
                        "CostExport " + NamespacedName.of(other) + " delivers into the same folder, " + describe(told)
                                + ". A reader of the folder gets the data of both. Set another "
                                + "spec.destination.rootFolderPath on one of the two."));
    }

    private static Warning nested(CostExport inner, CostExport outer) {
        return new Warning(
                inner,
                outer,
                PendingEvent.warning(
                        Reason.SCOPE_OVERLAP,
                        "CostExport " + NamespacedName.of(outer) + " exports the same dataset, "
                                + inner.getSpec().dataset().type() + ", at "
                                + outer.getSpec().scope()
                                + ", which contains this scope. A sum of both counts these costs twice."));
    }

    private Stream<CostExport> others(String index, String key, CostExport object) {
        return cache.byIndex(index, key).stream()
                .filter(other -> !Objects.equals(
                        other.getMetadata().getUid(), object.getMetadata().getUid()));
    }

    private static boolean manages(CostExport object) {
        return RequiredFields.missing(object.getSpec()).isEmpty() && Policies.manages(object.getSpec());
    }

    private static boolean overwrites(CostExport object) {
        return "OverwritePreviousReport".equalsIgnoreCase(object.getSpec().dataOverwriteBehavior());
    }

    private static ExportFolder folder(CostExport object) {
        return ExportFolder.of(object.getSpec().destination(), id(object).name());
    }

    private static ExportId id(CostExport object) {
        return ExportId.of(object.getSpec(), object.getMetadata().getName());
    }

    private static Scope scope(CostExport object) {
        return new Scope(object.getSpec().scope());
    }

    private static String costs(Scope scope, CostExport object) {
        return object.getSpec().dataset().type() + " " + scope.key();
    }
}
