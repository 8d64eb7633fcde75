package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The metadata of a CostExport that decisions depend on.
 *
 * @param claim of an older object on what this one would take
 * @param unread path of a member in a form that this release does not know
 */
public record ResourceView(
        String namespace,
        String name,
        long generation,
        Instant created,
        boolean deleting,
        Map<String, String> annotations,
        Optional<Claim> claim,
        Optional<String> unread) {

    /**
     * Another object that means the same export or folder: an older one, which has it already, or the one that has it
     * after this object's deletion. The owner is {@code namespace/name}.
     */
    public sealed interface Claim {
        String owner();

        /** The same export. */
        record OnExport(String owner) implements Claim {}

        /** The same export, unless Azure has two whose names differ in letter case alone. */
        record OnSpelling(String owner, String name) implements Claim {}

        /** The folder that this one would deliver into, where one of the two removes what it finds. */
        record OnFolder(String owner, String folder) implements Claim {}

        /** The object that manages the export once this one is deleted. */
        record NextOwner(String owner) implements Claim {}

        /** The same, unless Azure has two exports whose names differ in letter case alone. */
        record NextOwnerInOtherCase(String owner, String name) implements Claim {}
    }

    /** The same, by the names that Azure shows: two spellings of which both are there are two exports. */
    ResourceView withNames(String exportName, Set<String> names) {
        Optional<String> otherName = claim.flatMap(known -> switch (known) {
            case Claim.OnSpelling(var owner, var name) -> Optional.of(name);
            case Claim.NextOwnerInOtherCase(var owner, var name) -> Optional.of(name);
            default -> Optional.empty();
        });
        boolean twoExports =
                names.contains(exportName) && otherName.filter(names::contains).isPresent();
        return twoExports
                ? new ResourceView(
                        namespace, name, generation, created, deleting, annotations, Optional.empty(), unread)
                : this;
    }

    /** The same, by another clock. */
    public ResourceView createdAt(Instant at) {
        return new ResourceView(namespace, name, generation, at, deleting, annotations, claim, unread);
    }

    boolean paused() {
        return Annotations.pauses(annotations);
    }

    /** The value of a request annotation that was not handled yet. */
    Optional<String> request(String annotation, String lastHandled) {
        return Optional.ofNullable(annotations.get(annotation))
                .filter(value -> !value.isEmpty() && !value.equals(lastHandled));
    }

    /** For a command in a message. */
    public String kubectl(String verb) {
        return "kubectl -n " + namespace + " " + verb + " costexport " + name;
    }
}
