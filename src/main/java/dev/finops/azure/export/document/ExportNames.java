package dev.finops.azure.export.document;

import dev.finops.azure.document.LetterCase;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Names of exports, which can differ in letter case alone (docs/azure.md, "Ids"): where Azure shows several spellings
 * they are
 * several exports, and a name means one of them exactly; where it shows one, that is the export in any letter case.
 */
public final class ExportNames {
    private ExportNames() {}

    /** The one that is meant; empty also when several are alike and none is exact. */
    public static Optional<String> meant(String name, Collection<String> shown) {
        if (shown.contains(name)) {
            return Optional.of(name);
        }
        List<String> alike = alike(name, shown);
        return alike.size() == 1 ? Optional.of(alike.getFirst()) : Optional.empty();
    }

    /** Those that are equal but for letter case, in order. */
    public static List<String> alike(String name, Collection<String> shown) {
        return shown.stream()
                .filter(other -> LetterCase.same(name, other))
                .sorted()
                .toList();
    }
}
