package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Without a secret and without a token file: the token comes from the endpoint of the machine that the operator runs
 * on.
 */
class ManagedIdentityIT extends SystemTest {
    private static final String HEADER = "this-machine";
    private final HttpServer machine = machine();

    @Override
    Map<String, String> settings() {
        return Map.of(
                "AZURE_CLIENT_SECRET",
                "",
                "AZURE_CLIENT_ID",
                "",
                "IDENTITY_ENDPOINT",
                "http://127.0.0.1:" + machine.getAddress().getPort() + "/msi/token",
                "IDENTITY_HEADER",
                HEADER);
    }

    @AfterAll
    void stopMachine() {
        machine.stop(0);
    }

    @Test
    void the_export_is_created() {
        LiveExport daily = export("managed", "{}");
        daily.awaitReady();
        assertTrue(operator.log().contains("as managed identity"), operator.log());
    }

    private HttpServer machine() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/msi/token", exchange -> {
                boolean known = HEADER.equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"));
                byte[] answer = """
            {"access_token": "%s", "expires_on": "%d", "resource": "arm", "token_type": "Bearer"}
            """.formatted(
                                azure.entra().token(azure.clientId()),
                                clock.instant().getEpochSecond() + 3600)
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(known ? 200 : 403, answer.length);
                try (var body = exchange.getResponseBody()) {
                    body.write(answer);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
