package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one port on which the operator listens, as somebody sees it who may reach it and means harm. */
class SurfaceIT extends SystemTest {
    /** More than the server takes at once. */
    private static final int MANY = 400;

    @ParameterizedTest
    @CsvSource(textBlock = """
      GET /healthz,                                   200
      GET /readyz,                                    200
      GET /metrics,                                   200
      HEAD /healthz,                                  405
      POST /metrics,                                  405
      PUT /healthz,                                   405
      DELETE /readyz,                                 405
      OPTIONS /metrics,                               405
      TRACE /healthz,                                 405
      GET /,                                          404
      GET /metrics/,                                  404
      GET /METRICS,                                   404
      GET /metrics/../healthz,                        404
      GET /%6Detrics,                                 404
      GET /..%2f..%2f..%2fetc/passwd,                 404
      GET /%2e%2e/%2e%2e/etc/passwd,                  404
      GET /../../etc/passwd,                          404
      GET //metrics,                                  404
      GET /healthz%00,                                404
      GET /debug/pprof/,                              404
      GET /actuator/env,                              404
      GET /health z,                                  404
      GET /%zz,                                       400
      """)
    void onlyThreePagesAreServedAndNothingIsToldOfTheServer(String request, int status) throws IOException {
        String answer = ask(request + " HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        String head = answer.substring(0, answer.indexOf("\r\n\r\n")).toLowerCase(Locale.ROOT);
        assertFalse(head.contains("\r\nserver:") || head.contains("\r\nx-powered-by:"), head);
        assertFalse(answer.contains("\tat ") || answer.contains("dev.finops"), answer);
    }

    @Test
    void whatIsNoPathIsNotAnswered() throws IOException {
        assertEquals("", ask("GET mailto:metrics HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\r\n"));
        assertEquals("ok", operator.page("/healthz"));
    }

    @Test
    void aHugeHeaderIsNotReadToItsEnd() throws IOException {
        String answer = ask("GET /healthz HTTP/1.1\r\nHost: operator\r\nX-Long: " + "x".repeat(4_000_000) + "\r\n\r\n");

        assertFalse(answer.startsWith("HTTP/1.1 200"), answer);
        assertEquals("ok", operator.page("/healthz"));
    }

    /**
     * Requests that never end: they are ended, so that neither file handles nor memory are used up, and kubelet is
     * answered again.
     */
    @Test
    void manyRequestsThatNeverEndAreEnded() throws IOException {
        long files = files();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                Socket socket = connect();
                slow.add(socket);
                try {
                    socket.getOutputStream()
                            .write("GET /metrics HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException refused) {
                    // One too many.
                }
            }
            assertTrue(files() < files + MANY, "all " + MANY + " connections are open");

            eventually(() -> assertTrue(ask("GET /healthz HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\r\n")
                    .endsWith("\r\n\r\nok")));
            eventually(
                    () -> assertTrue(files() <= files + 10, () -> files() + " file handles, and " + files + " before"));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private long files() {
        try (var open = Files.list(Path.of("/proc/" + operator.pid() + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), operator.port());
    }

    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (SocketTimeoutException silent) {
                throw silent;
            } catch (IOException closed) {
                return "closed";
            }
        }
    }
}
