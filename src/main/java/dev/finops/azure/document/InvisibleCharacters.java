package dev.finops.azure.document;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * What editors and portals leave in a value and nobody sees: byte order marks, zero-width characters, white space of
 * any kind.
 */
public final class InvisibleCharacters {
    private InvisibleCharacters() {}

    /**
     * A text in UTF-8, or in UTF-16 with or without a byte order mark, as PowerShell writes it; without what is
     * invisible around it.
     */
    public static String decoded(byte[] bytes) {
        return stripped(new String(bytes, charset(bytes)));
    }

    /** Without what is invisible around it. */
    public static String stripped(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && is(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (to > from && is(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    /** Without what is invisible anywhere: safe for an id, which has no such characters. */
    public static String removed(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().filter(character -> !is(character)).forEach(visible::appendCodePoint);
        return visible.toString();
    }

    /** The first one, by its number and its position, which give nothing else of the text away. */
    public static Optional<String> first(String text) {
        int[] characters = text.codePoints().toArray();
        for (int i = 0; i < characters.length; i++) {
            if (is(characters[i])) {
                return Optional.of(named(characters[i], i + 1));
            }
        }
        return Optional.empty();
    }

    /** A character by its number: {@code U+200B at position 12}. */
    public static String named(int character, int position) {
        return String.format(Locale.ROOT, "U+%04X at position %d", character, position);
    }

    private static boolean is(int character) {
        return Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.UNASSIGNED,
                            Character.PRIVATE_USE -> true;
                    default -> character == 0xFFFD; // what is not UTF-8
                };
    }

    private static Charset charset(byte[] bytes) {
        if (bytes.length >= 2 && (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE || zeros(bytes, 1))) {
            return StandardCharsets.UTF_16LE;
        }
        boolean big = bytes.length >= 2 && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF || zeros(bytes, 0));
        return big ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }

    /** Whether each second byte is zero, as in ASCII of two bytes. */
    private static boolean zeros(byte[] bytes, int first) {
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] == 0) != (i % 2 == first)) {
                return false;
            }
        }
        return bytes.length % 2 == 0;
    }
}
