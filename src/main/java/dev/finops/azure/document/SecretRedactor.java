package dev.finops.azure.document;

import java.util.regex.Pattern;

/** Words of others without what nobody may read: the signature of a SAS, and a token, which an answer may repeat. */
public final class SecretRedactor {
    private static final Pattern SECRET = Pattern.compile(
            "((?:sig(?:=|%3d|\\\\u003d)|bearer ))[^&\\s\"']+|eyJ[\\w-]{8,}(?:\\.[\\w-]*)*", Pattern.CASE_INSENSITIVE);

    private SecretRedactor() {}

    public static String of(String text) {
        return SECRET.matcher(text).replaceAll(secret -> (secret.group(1) == null ? "" : secret.group(1)) + "***");
    }
}
