package dev.finops.azure.arm;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding (RFC 3986): a request line is ASCII, whatever characters a scope or a name has. */
public final class UrlPath {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** What a segment of a path may have as it is; the slashes between segments come with it. */
    private static final String IN_PATH = UNRESERVED + "!$&'()*+,;=:@/";

    /** What a complete address may have as it is, what is encoded already included. */
    private static final String IN_ADDRESS = IN_PATH + "?#[]%";

    private UrlPath() {}

    /** A path of plain segments, encoded once: a percent sign is one of the name. */
    public static String encoded(String path) {
        return encoded(path, IN_PATH);
    }

    /** An address from a response, which may be encoded in part. */
    public static String completed(String address) {
        return encoded(address, IN_ADDRESS);
    }

    private static String encoded(String text, String plain) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet > 0 && plain.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
        return encoded.toString();
    }
}
