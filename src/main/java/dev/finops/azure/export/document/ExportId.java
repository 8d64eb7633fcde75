package dev.finops.azure.export.document;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.LetterCase;
import dev.finops.azure.document.Scope;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ARM id of an export: {@code {scope}/providers/Microsoft.CostManagement/exports/{name}}. Two spellings of one id
 * are equal.
 */
public record ExportId(Scope scope, String name) {
    static final String TYPE = "/providers/Microsoft.CostManagement/exports";

    /** On the id as it was written: a copy in another letter case may be longer, and is cut elsewhere. */
    private static final Pattern ID = Pattern.compile(
            "/*([^/].*)" + Pattern.quote(TYPE) + "/([^/]+)/*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    public ExportId {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(name, "name");
    }

    /** The export that a CostExport of this name means. */
    public static ExportId of(CostExportSpec spec, String metadataName) {
        return new ExportId(new Scope(spec.scope()), spec.exportName() == null ? metadataName : spec.exportName());
    }

    /** Reads an ARM id in any of Azure's spellings; empty when it is not the id of an export. */
    public static Optional<ExportId> parse(String id) {
        if (id == null) {
            return Optional.empty();
        }
        Matcher matcher = ID.matcher(id);
        return matcher.matches()
                ? Optional.of(new ExportId(new Scope(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    public String path() {
        return scope.path() + TYPE + "/" + name;
    }

    public String key() {
        return LetterCase.fold(path());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExportId id && id.key().equals(key());
    }

    @Override
    public int hashCode() {
        return key().hashCode();
    }

    @Override
    public String toString() {
        return path();
    }
}
