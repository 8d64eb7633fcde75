package dev.finops.azure.export.plan;

import dev.finops.azure.document.ETag;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What somebody else changed in Azure since our last write, also when the spec has changed too: it is told before it is
 * overwritten.
 */
final class ExternalChanges {
    private ExternalChanges() {}

    /** Those of the differences that are somebody else's doing. */
    static List<Difference> among(
            ReconcileState s, ObservedExport export, List<Difference> differences, Step.Cause cause) {
        Set<ExportField> edited = cause == Step.Cause.DRIFT ? EnumSet.allOf(ExportField.class) : since(s, export);
        return differences.stream()
                .filter(d -> d.field() != ExportField.SAS_TOKEN && edited.contains(d.field()))
                .filter(d -> cause == Step.Cause.DRIFT || d.observed() != null)
                .toList(); // of what is not there nobody is the author
    }

    /** After a restart nobody knows what the document was when it had our eTag: then each field may be edited. */
    private static Set<ExportField> since(ReconcileState s, ObservedExport export) {
        String ours = s.status().eTag();
        boolean written = export.eTag() != null
                && !export.isAt(ours)
                && !s.memory().writes().replaced(export);
        TransientState.Shown known = s.memory().shown();
        return !written
                ? Set.of()
                : known != null && ETag.same(known.eTag(), ours)
                        ? export.changedSince(known.fields())
                        : EnumSet.allOf(ExportField.class);
    }
}
