package dev.finops.azure.api.v1alpha1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A description of a spec field, as {@code kubectl explain} prints it: its meaning, then on lines of their own "Default: x." or
 * "Azure's default: x.", and "Example: y".
 */
record Explanation(String meaning, String defaultValue, String example) {
    private static final Pattern PARTS =
            Pattern.compile("(?s)(?<meaning>.+?[.])(\n(?<default>(Azure's d|D)efault.+))?\nExample: (?<example>\\S.*)");

    /** Fails when meaning or example are missing; the default is empty where none is stated. */
    static Explanation of(CrdField field) {
        Matcher parts = PARTS.matcher(field.schema().getDescription());
        if (!parts.matches()) {
            throw new AssertionError(field.path() + " says no meaning, then \"Example: …\" at its end: "
                    + field.schema().getDescription());
        }
        String stated = parts.group("default") == null ? "" : parts.group("default");
        return new Explanation(line(parts.group("meaning")), line(stated), parts.group("example"));
    }

    private static String line(String text) {
        return text.replace('\n', ' ');
    }
}
