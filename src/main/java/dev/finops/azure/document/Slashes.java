package dev.finops.azure.document;

/** Slashes at the ends of ids and folders, which never make a difference to Azure. */
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
