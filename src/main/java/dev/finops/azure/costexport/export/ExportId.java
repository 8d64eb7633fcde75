package dev.finops.azure.costexport.export;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Which export: {@code {scope}/providers/Microsoft.CostManagement/exports/{name}}. Two spellings of one id are equal. */
public record ExportId(Scope scope, String name) {
  static final String TYPE = "/providers/Microsoft.CostManagement/exports";
  private static final String MARK = (TYPE + "/").toLowerCase(Locale.ROOT);

  public ExportId {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(name, "name");
  }

  /** The export that a CostExport of this name means. */
  public static ExportId of(CostExportSpec spec, String metadataName) {
    return new ExportId(new Scope(spec.scope()), spec.exportName() == null ? metadataName : spec.exportName());
  }

  /** Reads an ARM id in any of Azure's spellings; empty when it is none of an export. */
  public static Optional<ExportId> parse(String id) {
    if (id == null) {
      return Optional.empty();
    }
    int mark = ("/" + id).toLowerCase(Locale.ROOT).lastIndexOf(MARK) - 1;
    if (mark < 0) {
      return Optional.empty();
    }
    String name = Paths.strip(id.substring(mark + MARK.length()));
    return name.isEmpty() || name.contains("/")
        ? Optional.empty()
        : Optional.of(new ExportId(new Scope(id.substring(0, mark)), name));
  }

  public String path() {
    return scope.path() + TYPE + "/" + name;
  }

  public String key() {
    return path().toLowerCase(Locale.ROOT);
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
