package dev.finops.azure.export.plan;

import dev.finops.azure.document.ETag;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The changes that others made in Azure since the operator's last write. They are reported before they are overwritten,
 * also when the spec has changed.
 */
final class ExternalChanges {
    private ExternalChanges() {}

    /** The differences that another client made. */
    static List<Difference> among(
            ReconcileState s, ObservedExport export, List<Difference> differences, Step.Cause cause) {
        Set<ExportField> edited = cause == Step.Cause.DRIFT ? EnumSet.allOf(ExportField.class) : since(s, export);
        return differences.stream()
                .filter(d -> d.field() != ExportField.SAS_TOKEN && edited.contains(d.field()))
                .filter(d -> cause == Step.Cause.DRIFT || d.observed() != null)
                .toList(); // an absent field has no author
    }

    /** After a restart, the document that had the operator's eTag is unknown. Then each field may be edited. */
    private static Set<ExportField> since(ReconcileState s, ObservedExport export) {
        String ours = s.status().eTag();
        boolean written = export.eTag() != null
                && !export.isAt(ours)
                && !s.transientState().writes().replaced(export);
        TransientState.Shown known = s.transientState().shown();
        return !written
                ? Set.of()
                : known != null && ETag.same(known.eTag(), ours)
                        ? export.changedSince(known.fields())
                        : EnumSet.allOf(ExportField.class);
    }
}
