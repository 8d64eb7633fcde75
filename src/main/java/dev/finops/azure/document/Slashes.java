package dev.finops.azure.document;

/** Removes leading and trailing slashes of ids and folders, which Azure ignores. */
public final class Slashes {
    private Slashes() {}

    public static String strip(String path) {
        int from = 0;
        int to = path.length();
        while (from < to && path.charAt(from) == '/') {
            from++;
        }
        while (to > from && path.charAt(to - 1) == '/') {
            to--;
        }
        return path.substring(from, to);
    }
}
