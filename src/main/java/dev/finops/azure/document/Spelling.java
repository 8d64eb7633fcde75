package dev.finops.azure.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is left of a value without the ways in which Azure may spell it: spaces, letter case, slashes at the ends, the
 * form of a number.
 */
public final class Spelling {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern WHOLE = Pattern.compile("(\\d+)\\.0+");

    private Spelling() {}

    public static String plain(JsonNode value) {
        String text = value.isValueNode() ? value.asText() : value.toString();
        String plain = Slashes.strip(SPACES.matcher(LetterCase.fold(text)).replaceAll(""));
        Matcher whole = WHOLE.matcher(plain);
        return whole.matches() ? whole.group(1) : plain;
    }
}
