package dev.finops.azure.arm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.http.HttpClient;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.identity.AzureAuthentication;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.ExportReads.Listing;
import dev.finops.azure.export.ExportsClient;
import dev.finops.azure.export.ExportsClients;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.SettableClock;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over the wire, by the transport that the operator has, from a server that writes what a test says. */
class TransportTest {
    private static final Waiter CALLER = new Waiter("uid", "finance", Priority.POLL, () -> {});
    private static final Scope SCOPE = new Scope("/subscriptions/0a");
    private static final ExportId ID = new ExportId(SCOPE, "export-1");
    private static final String JSON = "Content-Type: application/json\r\n";

    private final List<ServerSocket> servers = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final SettableClock clock = new SettableClock();

    private interface Bytes {
        void writeTo(OutputStream out) throws IOException;
    }

    @AfterEach
    void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    /** 20 MB in some 6,000 exports: a total of that size was never read, and a proxy blamed. */
    @Test
    void aListOfAnySizeIsReadEntryByEntry() {
        int exports = 6_000;
        AtomicLong written = new AtomicLong();
        AtomicLong writtenAtFirst = new AtomicLong(-1);
        ExportsClient client = serve(
                out -> {
                    chunk(out, "{\"value\":[");
                    for (int export = 0; export < exports; export++) {
                        String entry = (export == 0 ? "" : ",") + export(export, 3_400);
                        chunk(out, entry);
                        written.addAndGet(entry.length());
                    }
                    chunk(out, "]}");
                    out.write("0\r\n\r\n".getBytes(US_ASCII));
                },
                "HTTP/1.1 200 \r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n");

        Listing<Integer> list = ok(client.list(SCOPE, CALLER, export -> {
            writtenAtFirst.compareAndSet(-1, written.get());
            return export.document().size();
        }));

        assertEquals(exports, list.byName().size());
        assertTrue(list.whole());
        assertTrue(written.get() > 20_000_000, () -> written + " bytes");
        assertTrue(
                writtenAtFirst.get() < written.get() / 2,
                () -> "of the list were written when its first entry was kept: " + writtenAtFirst);
    }

    @Test
    void aListLeavesItsConnectionForTheNext() {
        ExportsClient client = serve(200, JSON, ("{\"value\":[" + export(1, 100) + "]}").getBytes(UTF_8));
        for (int lists = 0; lists < 10; lists++) {
            assertEquals(
                    1,
                    ok(client.list(SCOPE, CALLER, Function.identity())).byName().size());
        }

        assertTrue(connections.get() < 10, () -> connections + " for ten lists");
    }

    @Test
    void aListThatIsCutSaysNothing() {
        ExportsClient client = serve(
                out -> chunk(out, "{\"value\":[" + export(1, 100)),
                "HTTP/1.1 200 \r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n",
                false);

        assertEquals(Reason.ARM_UNREACHABLE, failure(client.list(SCOPE, CALLER, Function.identity())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", "identity"})
    void aBodyIsDecodedThoughNobodyAskedForThat(String encoding) throws IOException {
        ExportsClient list = serve(
                200,
                JSON + "Content-Encoding: " + encoding + "\r\n",
                encoded(encoding, "{\"value\":[" + export(1, 100) + "]}"));
        assertEquals(
                1, ok(list.list(SCOPE, CALLER, Function.identity())).byName().size());

        ExportsClient get =
                serve(200, JSON + "Content-Encoding: " + encoding + "\r\n", encoded(encoding, export(1, 100)));
        assertEquals(Optional.of("export-1"), ok(get.get(ID, CALLER)).name());

        ExportsClient refusal = serve(
                400,
                JSON + "Content-Encoding: " + encoding + "\r\n",
                encoded(encoding, "{\"error\":{\"code\":\"BadRequest\",\"message\":\"no\"}}"));
        assertEquals(Reason.INVALID_REQUEST, failure(refusal.get(ID, CALLER)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"value\":[], \"a\":\"",
                "{\"value\":[{\"name\":\"",
                "{\"value\":[ ",
                "{\"value\":[], \"properties\":{\"a\":\""
            })
    void aBombIsNoAnswer(String begin) throws IOException {
        byte[] bomb = bomb(begin);

        assertEquals(
                Reason.BAD_ARM_RESPONSE,
                failure(serve(200, JSON + "Content-Encoding: gzip\r\n", bomb)
                        .list(SCOPE, CALLER, Function.identity())));
        assertEquals(
                Reason.BAD_ARM_RESPONSE,
                failure(serve(200, JSON + "Content-Encoding: gzip\r\n", bomb).get(ID, CALLER)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"103 Early Hints", "102 Processing", "100 Continue"})
    void interimResponsesAreNotTheAnswer(String status) {
        String interim = "HTTP/1.1 " + status + "\r\nLink: </style.css>; rel=preload\r\n\r\n";
        byte[] body = export(1, 100).getBytes(UTF_8);
        ExportsClient client = serve(
                out -> {
                    out.write(interim.getBytes(US_ASCII)); // in a packet of its own
                    out.flush();
                    out.write((interim + "HTTP/1.1 200 \r\n" + JSON + "Content-Length: " + body.length + "\r\n\r\n")
                            .getBytes(US_ASCII));
                    out.write(body);
                },
                interim);
        for (int gets = 0; gets < 10; gets++) {
            assertEquals(Optional.of("export-1"), ok(client.get(ID, CALLER)).name());
        }

        assertTrue(connections.get() < 10, "an interim response does not end its connection");
    }

    private static <T> T ok(ArmResult<T> answer) {
        return switch (answer) {
            case ArmResult.Ok<T>(var value) -> value;
            case ArmResult.Failed<T>(var why) -> throw new AssertionError(why.toString());
        };
    }

    private static <T> Reason failure(ArmResult<T> answer) {
        return switch (answer) {
            case ArmResult.Ok<T>(var value) -> throw new AssertionError(String.valueOf(value));
            case ArmResult.Failed<T>(var why) -> why.reason();
        };
    }

    private static String export(int number, int padding) {
        return "{\"id\":\"" + SCOPE.path() + "/providers/Microsoft.CostManagement/exports/export-" + number
                + "\",\"name\":\"export-" + number
                + "\",\"eTag\":\"1\",\"properties\":{\"format\":\"Csv\",\"exportDescription\":\"" + "x".repeat(padding)
                + "\"}}";
    }

    private static byte[] encoded(String encoding, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (encoding) {
            case "identity" -> bytes;
            case "deflate" -> new DeflaterOutputStream(bytes);
            default -> new GZIPOutputStream(bytes);
        }) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /** 300 MB in 300 kB. */
    private static byte[] bomb(String begin) throws IOException {
        byte[] filling = (begin.endsWith("\"") ? "x" : " ").repeat(1024 * 1024).getBytes(US_ASCII);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(begin.getBytes(US_ASCII));
            for (int i = 0; i < 300; i++) {
                out.write(filling);
            }
        }
        return bytes.toByteArray();
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        out.write((Integer.toHexString(text.length()) + "\r\n" + text + "\r\n").getBytes(US_ASCII));
    }

    private ExportsClient serve(int status, String headers, byte[] body) {
        return serve(
                out -> out.write(body),
                "HTTP/1.1 " + status + " \r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n");
    }

    private ExportsClient serve(Bytes body, String head) {
        return serve(body, head, true);
    }

    /** Answers each request so, and keeps the connection or not. */
    private ExportsClient serve(Bytes body, String head, boolean keeps) {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            servers.add(server);
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        Socket connection = server.accept();
                        connections.incrementAndGet();
                        Thread.startVirtualThread(() -> answer(connection, body, head, keeps));
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            return client(server.getLocalPort());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static void answer(Socket connection, Bytes body, String head, boolean keeps) {
        try (connection) {
            connection.setTcpNoDelay(true);
            do {
                if (!request(connection)) {
                    return;
                }
                OutputStream out = new BufferedOutputStream(connection.getOutputStream());
                out.write(head.getBytes(US_ASCII));
                body.writeTo(out);
                out.flush();
            } while (keeps);
        } catch (IOException gone) {
            // the client has what it wants
        }
    }

    /** Reads up to the empty line; the requests of these tests have no body. */
    private static boolean request(Socket connection) throws IOException {
        List<Integer> last = new ArrayList<>(List.of(0, 0, 0, 0));
        while (!last.equals(List.of((int) '\r', (int) '\n', (int) '\r', (int) '\n'))) {
            int next = connection.getInputStream().read();
            if (next < 0) {
                return false;
            }
            last.removeFirst();
            last.add(next);
        }
        return true;
    }

    /** The token is only ever sent over TLS, which is left out here: the address is changed behind the policies. */
    private ExportsClient client(int port) {
        HttpClient http = new AzureAuthentication(null, ProxySettings.NONE, Timeouts.USUAL, () -> true).http();
        return ExportsClients.client(
                request -> http.send(request.copy()
                        .setUrl(request.getUrl()
                                .toString()
                                .replace(ExportsClients.ENDPOINT, "http://127.0.0.1:" + port))),
                clock);
    }
}
