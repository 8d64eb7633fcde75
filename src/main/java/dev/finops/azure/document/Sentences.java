package dev.finops.azure.document;

/** Parts of messages to people. */
public final class Sentences {
    private Sentences() {}

    /** The text with a period, unless it ends with a punctuation mark already. */
    public static String closed(String text) {
        String trimmed = text.stripTrailing();
        return trimmed.isEmpty() || ".!?:;".indexOf(trimmed.charAt(trimmed.length() - 1)) >= 0
                ? trimmed
                : trimmed + ".";
    }
}
