package dev.finops.azure.export.document;

import dev.finops.azure.document.Timestamps;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The account SAS with which Azure writes into a partner's storage account. Only requests contain its value: this class
 * prints as {@code ***}.
 */
public final class SasToken {
    private static final Pattern ENCODED = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9%=&+/._:,~-]+");
    private static final int HASH_BYTES = 16;

    private final String value;
    private final Map<String, String> fields;

    private SasToken(String value) {
        this.value = value;
        this.fields = Arrays.stream(value.split("&"))
                .map(field -> field.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(
                        field -> field[0].toLowerCase(Locale.ROOT), field -> decoded(field[1]), (one, other) -> one));
    }

    /** @param text as the portal shows it: a question mark before and white space around it are no part of the token */
    public static SasToken of(String text) {
        return new SasToken(text.strip().replaceFirst("^\\?", ""));
    }

    public String value() {
        return value;
    }

    /** Tells two tokens apart and gives neither away: 32 hexadecimal digits of its SHA-256. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Empty when the token does not say: a stored access policy may. */
    public Optional<Instant> expiry() {
        return Optional.ofNullable(fields.get("se")).flatMap(Timestamps::start);
    }

    /**
     * What Azure would not deliver with, by the token's own fields (docs/azure.md, "Storage"); empty when there is
     * nothing against it.
     */
    public List<String> faults(Instant now) {
        if (!fields.containsKey("sig")) {
            return List.of("it is not a SAS token: it has no sig");
        }
        List<String> faults = new ArrayList<>();
        if (!TOKEN.matcher(value).matches()) {
            faults.add("it has characters that no token has: put the token alone, without quotes and "
                    + "without the address before it");
        }
        Optional<Instant> start = Optional.ofNullable(fields.get("st")).flatMap(Timestamps::start);
        if (start.isPresent() && start.get().isAfter(now)) {
            faults.add("it is not valid before " + Timestamps.write(start.get()));
        }
        if (!fields.containsKey("ss")) {
            faults.add("it is not an account SAS: it names no services (ss)");
        } else {
            lacking("ss", "b").ifPresent(lacks -> faults.add("its services (ss) lack b, Blob"));
            lacking("srt", "sco")
                    .ifPresent(lacks -> faults.add(
                            "its resource types (srt) lack " + lacks + " of s, Service, c, Container, o, Object"));
        }
        lacking("sp", "rwdlac")
                .ifPresent(lacks -> faults.add("its permissions (sp) lack " + lacks
                        + " of r, Read, w, Write, d, Delete, l, List, a, Add, c, Create"));
        if (!"https".equalsIgnoreCase(fields.get("spr"))) {
            faults.add("its protocol (spr) is not https alone");
        }
        Optional<Instant> expiry = expiry();
        if (expiry.isEmpty()) {
            faults.add("it names no expiry (se)");
        } else if (!expiry.get().isAfter(now)) {
            faults.add("it expired at " + Timestamps.write(expiry.get()));
        }
        return List.copyOf(faults);
    }

    private Optional<String> lacking(String field, String wanted) {
        String has = fields.getOrDefault(field, "");
        String lacks = wanted.chars()
                .filter(c -> has.indexOf(c) < 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return Optional.of(lacks).filter(missing -> !missing.isEmpty());
    }

    private static String decoded(String text) {
        return ENCODED.matcher(text)
                .replaceAll(code -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1), 16))));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SasToken token && token.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
