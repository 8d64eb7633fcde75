package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The CostExport object, as far as a decision depends on it.
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

    /** What an older object has already, {@code namespace/name}. */
    public sealed interface Claim {
        String owner();

        /** The same export. */
        record OnExport(String owner) implements Claim {}

        /** The same export, unless Azure has two whose names differ in letter case alone. */
        record OnSpelling(String owner, String name) implements Claim {}

        /** The folder that this one would deliver into, where one of the two removes what it finds. */
        record OnFolder(String owner, String folder) implements Claim {}
    }

    /** The same, by the names that Azure shows: two spellings of which both are there are two exports. */
    ResourceView told(String exportName, Set<String> names) {
        boolean twins = claim.filter(known -> known instanceof Claim.OnSpelling(var owner, var name)
                        && names.contains(name)
                        && names.contains(exportName))
                .isPresent();
        return twins
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
