package dev.finops.azure.chaos;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One half of an HTTP/1.1 exchange: the first line, the headers as they came, and a body that is read in full, chunks
 * and all.
 */
record Exchange(String start, List<String> headers, byte[] body) {

    /** Without the body; empty when the other side has closed. */
    static Optional<Exchange> head(InputStream in) throws IOException {
        String start = line(in);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        List<String> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            headers.add(line);
        }
        return Optional.of(new Exchange(start, headers, new byte[0]));
    }

    static Exchange answer(int status, String json) {
        return new Exchange(
                "HTTP/1.1 " + status + " ",
                List.of("Content-Type: application/json", "Content-Length: " + json.length()),
                json.getBytes(StandardCharsets.US_ASCII));
    }

    Exchange withBody(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isEmpty()) {
            body.write(in.readNBytes(
                    header("content-length").map(Integer::parseInt).orElse(0)));
        } else {
            int size;
            do {
                String length = line(in);
                size = Integer.parseInt(length.split(";")[0].strip(), 16);
                body.write((length + "\r\n").getBytes(StandardCharsets.US_ASCII));
                body.write(in.readNBytes(size + 2));
            } while (size > 0);
        }
        return new Exchange(start, headers, body.toByteArray());
    }

    /** For a connection of its own: each request goes to the API server over a new one, which no idle time closes. */
    Exchange alone() {
        List<String> kept = without("connection", "upgrade", "http2-settings");
        kept.add("Connection: close");
        return new Exchange(start, kept, body);
    }

    Exchange kept() {
        return new Exchange(start, without("connection"), body);
    }

    private List<String> without(String... names) {
        return headers.stream()
                .filter(header -> !List.of(names).contains(header.split(":")[0].toLowerCase(Locale.ROOT)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(header -> header.substring(name.length() + 1).strip())
                .findFirst();
    }

    String method() {
        return start.split(" ")[0];
    }

    String target() {
        return start.split(" ")[1];
    }

    int status() {
        return Integer.parseInt(start.split(" ")[1]);
    }

    boolean isWatch() {
        return target().contains("watch=true")
                || header("upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    void write(OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder(start).append("\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 && line.size() > 0) {
                throw new EOFException();
            }
            if (c < 0) {
                return "";
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
