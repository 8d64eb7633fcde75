package dev.finops.azure.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finops.azure.simulator.Fault.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * An answer that should not be, to whatever was asked.
 *
 * @param reasons what it may be called
 */
record Hostile(String name, Bytes bytes, Set<String> reasons) {
    private static final String BAD = "BadArmResponse";
    private static final String UNREACHABLE = "ArmUnreachable";
    private static final String JSON = "Content-Type: application/json; charset=utf-8\r\n";
    private static final String HTML = "Content-Type: text/html\r\n";
    private static final String PAGE =
            "<html><head><title>Sign in</title></head><body>" + "Please sign in. ".repeat(300) + "</body></html>";
    private static final int MB = 1024 * 1024;

    @Override
    public String toString() {
        return name;
    }

    /** @param elsewhere a host that must never hear of it */
    static List<Hostile> all(String elsewhere) {
        return Stream.of(shapes(), statuses(), redirects(elsewhere), sizes(), framing())
                .flatMap(rows -> rows)
                .toList();
    }

    /** A success that is none. */
    private static Stream<Hostile> shapes() {
        return Stream.concat(
                Stream.of(
                                "",
                                "null",
                                "[]",
                                "\"text\"",
                                "42",
                                "{}",
                                "{\"properties\": []}",
                                "{\"properties\": \"none\"}",
                                "{\"properties\": {}}",
                                "{\"value\": {}}",
                                "{\"value\": null}",
                                "{\"value\": [], \"properties\": {\"a\": NaN}}",
                                "{\"value\": [], \"properties\": {\"a\": \"",
                                "{\"error\": {\"code\": \"404\"}}")
                        .map(body -> row("200 " + body, http(200, JSON, body), BAD)),
                Stream.of(
                        row("200 html", http(200, HTML, PAGE), BAD),
                        row("200 deep", http(200, JSON, "{\"value\": [], \"properties\": " + "[".repeat(100_000)), BAD),
                        row(
                                "200 deep, closed",
                                http(
                                        200,
                                        JSON,
                                        "{\"properties\": " + "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_001)),
                                BAD),
                        row(
                                "200 not utf-8",
                                http(
                                        200,
                                        JSON,
                                        ("{\"value\": [{\"name\": \"\u00ff\u00fe\", \"properties\": {}}], "
                                                        + "\"properties\": {\"a\": \"\u00ff\u00fe\"}}")
                                                .getBytes(ISO_8859_1)),
                                BAD),
                        row("204", http(204, "", ""), BAD),
                        row("206", http(206, JSON + "Content-Range: bytes 0-12/4711\r\n", "{\"value\": []}"), BAD)));
    }

    private static Stream<Hostile> statuses() {
        return Stream.of(
                row("404 html", http(404, HTML, PAGE), BAD),
                row("404 empty", http(404, "", ""), BAD),
                row("404 of a proxy", http(404, JSON, "{\"message\": \"no Route matched with those values\"}"), BAD),
                row("404 with a number", http(404, JSON, "{\"code\": 404, \"message\": \"page not found\"}"), BAD),
                row(
                        "404 with another code",
                        http(
                                404,
                                JSON,
                                "{\"error\": {\"code\": \"UpstreamMissing\", \"message\": \"" + "x".repeat(100_000)
                                        + "\"}}"),
                        "ScopeNotFound"),
                row("401", http(401, "WWW-Authenticate: Basic realm=\"proxy\"\r\n", ""), "AuthenticationFailed", BAD),
                row("407", http(407, "Proxy-Authenticate: Basic realm=\"proxy\"\r\n" + HTML, PAGE), BAD),
                row("418", http(418, "", "short and stout"), BAD),
                row("429", http(429, "", ""), "Throttled"),
                row("429 negative", http(429, "Retry-After: -5\r\n", ""), "Throttled"),
                row(
                        "429 until a time that was",
                        http(429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", ""),
                        "Throttled"),
                row(
                        "429 garbage",
                        http(
                                429,
                                "Retry-After: NaN\r\nx-ms-ratelimit-microsoft.costmanagement-entity-retry-after: soon\r\n",
                                ""),
                        "Throttled"),
                row("500 of 20 MB", http(500, HTML, "x".repeat(20 * MB)), UNREACHABLE, BAD),
                row("500 of deep JSON", http(500, JSON, "[".repeat(5 * MB)), UNREACHABLE),
                row(
                        "500 in the year 9999",
                        http(500, "x-ms-request-id: 1\r\nDate: Fri, 31 Dec 9999 23:59:59 GMT\r\n", ""),
                        UNREACHABLE),
                row(
                        "500 of a proxy in another month",
                        http(500, "Date: Thu, 01 Oct 2026 00:00:00 GMT\r\n", ""),
                        UNREACHABLE),
                row(
                        "502 of a proxy two hours ahead",
                        http(502, JSON + "Date: " + date(Duration.ofHours(2)), "{}"),
                        UNREACHABLE),
                row(
                        "500 two hours ago",
                        http(500, JSON + "x-ms-request-id: 1\r\nDate: " + date(Duration.ofHours(-2)), "{}"),
                        UNREACHABLE),
                row("500 at no time", http(500, "Date: yesterday\r\n", ""), UNREACHABLE));
    }

    private static String date(Duration ahead) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plus(ahead)) + "\r\n";
    }

    private static Stream<Hostile> redirects(String elsewhere) {
        return Stream.of(301, 302, 303, 307, 308)
                .map(status -> row(
                        status + " elsewhere",
                        http(status, "Location: " + elsewhere + "/subscriptions\r\n", ""),
                        "UnexpectedRedirect"));
    }

    private static Stream<Hostile> sizes() {
        return Stream.of(
                row("200 of 20 MB", http(200, JSON, "{\"value\": [], \"a\": \"" + "x".repeat(20 * MB)), BAD),
                row(
                        "200 of many trees",
                        http(
                                200,
                                JSON,
                                "{\"value\": [{\"properties\": {\"a\": [[]" + ",[]".repeat(5 * MB)
                                        + "]}}], \"properties\": {}}"),
                        BAD),
                row(
                        "400 of many trees",
                        http(400, JSON, "{\"error\": {\"a\": [[]" + ",[]".repeat(5 * MB) + "]}}"),
                        BAD),
                row(
                        "200 without end",
                        out -> {
                            out.write(ascii("HTTP/1.1 200 \r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n"));
                            while (true) {
                                out.write(ascii("10000\r\n" + " ".repeat(0x10000) + "\r\n"));
                            }
                        },
                        BAD,
                        UNREACHABLE),
                row("200 bomb", http(200, JSON + "Content-Encoding: gzip\r\n", bomb()), BAD, UNREACHABLE),
                row("a header of 1 MB", http(200, "X-Long: " + "x".repeat(MB) + "\r\n", "{}"), UNREACHABLE));
    }

    private static Stream<Hostile> framing() {
        return Stream.of(
                row("gzip that is none", http(200, JSON + "Content-Encoding: gzip\r\n", "{}"), BAD, UNREACHABLE),
                row(
                        "shorter than said",
                        out -> out.write(
                                ascii("HTTP/1.1 200 \r\n" + JSON + "Content-Length: 1000\r\n\r\n{\"value\": []}")),
                        UNREACHABLE),
                row(
                        "a chunk that is none",
                        out -> out.write(ascii("HTTP/1.1 200 \r\n" + JSON
                                + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")),
                        UNREACHABLE),
                row(
                        "a chunk that never comes",
                        out -> out.write(
                                ascii("HTTP/1.1 200 \r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}")),
                        UNREACHABLE),
                row("no HTTP", out -> out.write(ascii("SSH-2.0-OpenSSH_9.6\r\n")), UNREACHABLE),
                row("no status", out -> out.write(ascii("HTTP/1.1 OK OK\r\n\r\n")), UNREACHABLE),
                row("nothing", _ -> {}, UNREACHABLE));
    }

    /** A byte in a second, for ever. */
    static Bytes trickle(String begin) {
        return out -> {
            out.write(ascii(begin));
            while (true) {
                out.write(' ');
                out.flush();
                pause(Duration.ofSeconds(1));
            }
        };
    }

    static Bytes silence() {
        return _ -> pause(Duration.ofMinutes(5));
    }

    static Bytes http(int status, String headers, String body) {
        return http(status, headers, body.getBytes(UTF_8));
    }

    private static Bytes http(int status, String headers, byte[] body) {
        return out -> {
            out.write(ascii("HTTP/1.1 " + status + " \r\nConnection: close\r\n" + headers
                    + (status == 204 ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n"));
            out.write(body);
        };
    }

    private static Hostile row(String name, Bytes bytes, String... reasons) {
        return new Hostile(name, bytes, Set.of(reasons));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** A gigabyte of blanks. */
    private static byte[] bomb() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(packed)) {
            byte[] blanks = " ".repeat(MB).getBytes(UTF_8);
            for (int i = 0; i < 1024; i++) {
                zip.write(blanks);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException closing) {
            throw new IOException(closing);
        }
    }
}
