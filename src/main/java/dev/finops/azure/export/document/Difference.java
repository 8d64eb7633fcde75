package dev.finops.azure.export.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Spelling;

/**
 * One field in which Azure differs from the desired export.
 *
 * @param desired null when the spec stated the field once and does no longer: it is to be taken out
 * @param observed null when Azure does not show the field
 */
public record Difference(ExportField field, JsonNode desired, JsonNode observed) {

    /** The spec path, for people. */
    public String path() {
        return field.specPath();
    }

    public String desiredText() {
        return field == ExportField.SAS_TOKEN ? "***" : Json.text(desired);
    }

    public String observedText() {
        return field == ExportField.SAS_TOKEN ? "***" : Json.text(observed);
    }

    /**
     * Whether both values are there and differ only in spaces, letter case, slashes at the ends or the form of a
     * number.
     */
    public boolean onlySpelledOtherwise() {
        return desired != null && observed != null && Spelling.plain(desired).equals(Spelling.plain(observed));
    }

    /** The same difference as reported before, when Azure only spells the value in another way now. */
    public Difference reportedAs(String observedBefore) {
        return Json.tryRead(observedBefore)
                .filter(before -> field != ExportField.SAS_TOKEN && field.same(before, observed))
                .map(before -> new Difference(field, desired, before.isNull() ? null : before))
                .orElse(this);
    }

    @Override
    public String toString() {
        return path() + ": " + observedText() + " → " + desiredText();
    }
}
