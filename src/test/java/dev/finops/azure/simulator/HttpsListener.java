package dev.finops.azure.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** HTTP/1.1 over TLS. The JDK's HttpsServer insists on its own Date header, and here time is simulated. */
final class HttpsListener implements AutoCloseable {

    /** What happens to a request on the wire. */
    sealed interface Reply {

        record Whole(Answer answer) implements Reply {}

        /** The connection ends half way through the body. */
        record Half(Answer answer) implements Reply {}

        record Cut() implements Reply {}

        /** Whatever it writes; then the connection ends. */
        record Raw(Fault.Bytes bytes) implements Reply {}
    }

    private final ServerSocket server;
    private final Function<ArmRequest, Reply> handler;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    HttpsListener(InetAddress address, int port, SSLContext tls, Function<ArmRequest, Reply> handler)
            throws IOException {
        server = tls.getServerSocketFactory().createServerSocket(port, 512, address);
        this.handler = handler;
    }

    int port() {
        return server.getLocalPort();
    }

    void start() {
        threads.execute(() -> {
            try {
                while (true) {
                    var connection = server.accept();
                    connections.add(connection);
                    threads.execute(() -> serve(connection));
                }
            } catch (IOException e) {
                if (!server.isClosed()) throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var connection : connections) connection.close();
        threads.shutdownNow();
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            var in = new BufferedInputStream(connection.getInputStream());
            var out = new BufferedOutputStream(connection.getOutputStream());
            for (var request = read(in, out); request.isPresent(); request = read(in, out)) {
                switch (handler.apply(request.get())) {
                    case Reply.Whole(var answer) -> write(out, answer, false);
                    case Reply.Half(var answer) -> {
                        write(out, answer, true);
                        reset(connection);
                        return;
                    }
                    case Reply.Cut() -> {
                        reset(connection);
                        return;
                    }
                    case Reply.Raw(var bytes) -> {
                        bytes.writeTo(out);
                        out.flush();
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // The client has gone, or speaks something else; there is nobody to tell.
        } finally {
            connections.remove(connection);
        }
    }

    /** Closing with unsent data thrown away is what a crashed peer looks like. */
    private static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
    }

    private static Optional<ArmRequest> read(InputStream in, OutputStream out) throws IOException {
        var first = line(in);
        if (first.isEmpty()) return Optional.empty();
        var start = first.split(" ");
        if (start.length != 3) throw new IOException("not HTTP: " + first);
        var headers = new TreeMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var parts = line.split(":", 2);
            if (parts.length == 2)
                headers.merge(parts[0].toLowerCase(), parts[1].strip(), (one, other) -> one + "," + other);
        }
        if (headers.containsKey("expect")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        return Optional.of(ArmRequest.of(
                start[0],
                start[1],
                headers,
                new String(
                        body(in, headers.get("content-length"), headers.getOrDefault("transfer-encoding", "")),
                        StandardCharsets.UTF_8)));
    }

    private static byte[] body(InputStream in, String length, String encoding) throws IOException {
        if (!encoding.equalsIgnoreCase("chunked"))
            return length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length));
        var body = new ByteArrayOutputStream();
        int size;
        do {
            size = Integer.parseInt(line(in).split(";")[0].strip(), 16);
            body.write(in.readNBytes(size));
            line(in);
        } while (size > 0);
        return body.toByteArray();
    }

    /** One line without its end; the end of the stream between two requests is an empty one. */
    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 && line.size() > 0) throw new EOFException();
            if (c < 0) return "";
            if (c != '\r') line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static void write(OutputStream out, Answer answer, boolean half) throws IOException {
        var body = answer.body().getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" \r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        // For a half answer one byte more than there is, so that an empty body is cut too.
        if (answer.status() != 204 || half)
            head.append("Content-Length: ").append(body.length + (half ? 1 : 0)).append("\r\n");
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(body, 0, half ? body.length / 2 : body.length);
        out.flush();
    }
}
