package dev.finops.azure.document;

import java.util.regex.Pattern;

/**
 * Words of others without what is new in each answer that says the same: times, and ids of a request or of a try. These
 * are
 * known by their form, as each service writes them otherwise. An id in quotes or in a path is what the words are about.
 */
public final class VolatileParts {
    private static final String GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String CLOCK =
            "\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?: ?[ap]m\\b)?(?: ?(?:z\\b|utc\\b|gmt\\b|[+-]\\d\\d:?\\d\\d))?";
    private static final Pattern PASSING = Pattern.compile(
            String.join(
                    "|",
                    // a labelled id, whatever it is made of
                    "\\(?\\b(?:(?:x-ms-)?(?:client-?)?request|correlation|trace|activity|tracking|session|operation|transaction|error|incident|diagnostic|ray)"
                            + "[ _-]?id(?:entifier)?\\b['\"]? ?[:=]? ?['\"]?[^\\s()'\",;]+['\"]?\\)?",
                    "(?<![\\w'\"/:-])" + GUID + "(?![\\w'\"/-])",
                    "(?<![\\w'\"/-])(?=[a-f]*\\d)[0-9a-f]{16,}(?![\\w'\"/-])",
                    // a time: ISO 8601 with any separator, American, RFC 1123, a clock alone, seconds or milliseconds
                    // since 1970
                    "\\d{4}-\\d\\d-\\d\\d[t ]" + CLOCK,
                    "\\d{1,2}/\\d{1,2}/\\d{4},? " + CLOCK,
                    "\\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, )?\\d{1,2}[ "
                            + "-](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]\\d{4} "
                            + CLOCK,
                    "(?<![\\w.:])" + CLOCK + "(?![\\w:])",
                    "(?<![\\w'.-])1[5-9]\\d{8}(?:\\d{3})?(?![\\w'.-])",
                    // how long to wait, or how long it took
                    "'?\\b\\d+(?:\\.\\d+)?'? ?(?:ms|milliseconds?|s|sec|seconds?|minutes?)\\b"),
            Pattern.CASE_INSENSITIVE);

    private VolatileParts() {}

    /** Equal for two texts that say the same. */
    public static String without(String text) {
        return text == null ? "" : PASSING.matcher(text).replaceAll("");
    }
}
