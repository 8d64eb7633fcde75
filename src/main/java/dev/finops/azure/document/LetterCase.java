package dev.finops.azure.document;

/**
 * Letter case as Azure Resource Manager ignores it in ids: letter by letter, in no language. String.toLowerCase and
 * equalsIgnoreCase do not fit: the first makes two characters of a capital dotted I, the second takes that letter for
 * an i.
 */
public final class LetterCase {
    private static final int LAST_ASCII = 127;

    private LetterCase() {}

    /** Equal for two texts that differ in letter case alone, and as long as the text. */
    public static String fold(String text) {
        return text.codePoints()
                .map(LetterCase::fold)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    public static boolean same(String one, String other) {
        return fold(one).equals(fold(other));
    }

    /** A letter beyond ASCII never folds into one of ASCII: the dotless i and the long s are letters of their own. */
    private static int fold(int letter) {
        if (letter <= LAST_ASCII) {
            return Character.toLowerCase(letter);
        }
        int upper = Character.toUpperCase(letter);
        return upper <= LAST_ASCII ? letter : upper;
    }
}
