package dev.finops.azure.document;

import java.util.Optional;

/**
 * The version of a document. Azure spells one version with or without quotes and the prefix of a weak validator; two
 * spellings are equal. Versions have no order, even if they look like a time (docs/azure.md, "The document").
 *
 * @param value without quotes and prefix
 */
public record ETag(String value) {

    /** Empty when nothing is left without quotes and prefix. */
    public static Optional<ETag> of(String text) {
        String value = text == null ? "" : text.strip();
        if (value.startsWith("W/") || value.startsWith("w/")) {
            value = value.substring(2);
        }
        while (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        return value.isEmpty() || value.equals("\"") ? Optional.empty() : Optional.of(new ETag(value));
    }

    /** Whether two texts are spellings of one version; false when one of them is not a version. */
    public static boolean same(String one, String other) {
        return of(one).filter(tag -> of(other).filter(tag::equals).isPresent()).isPresent();
    }
}
