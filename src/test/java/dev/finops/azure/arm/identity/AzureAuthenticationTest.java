package dev.finops.azure.arm.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.sun.net.httpserver.HttpServer;
import dev.finops.azure.arm.BoundedHttpClient;
import dev.finops.azure.arm.ConnectProxy;
import dev.finops.azure.arm.ProxySettings;
import dev.finops.azure.arm.Timeouts;
import dev.finops.azure.arm.TransportErrorClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureAuthenticationTest {

    @Test
    void nothingIsSentByWhoMayNotAct() throws IOException {
        AtomicInteger received = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        AtomicBoolean acts = new AtomicBoolean(true);
        var http = new AzureAuthentication(null, ProxySettings.NONE, Timeouts.USUAL, acts::get).http();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            http.send(new HttpRequest(HttpMethod.PUT, url).setBody("{}"))
                    .block(Duration.ofSeconds(10))
                    .close();
            acts.set(false);

            assertThrows(
                    RuntimeException.class,
                    () -> http.send(new HttpRequest(HttpMethod.PUT, url).setBody("{}"))
                            .block(Duration.ofSeconds(10)));

            assertEquals(1, received.get());
        } finally {
            server.stop(0);
        }
    }

    /** The host name is one that only the proxy knows. */
    @ParameterizedTest
    @CsvSource({"http://127.0.0.1, ''", "http://me:p%40ss@127.0.0.1, 'Basic bWU6cEBzcw=='"})
    void aProxyCanBeTheOnlyWay(String proxy, String authorization) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try (ConnectProxy between = ConnectProxy.to(server.getAddress().getPort())) {
            var http = new AzureAuthentication(
                            null,
                            ProxySettings.of(proxy + ":" + between.port(), "direct.invalid")
                                    .orElseThrow(),
                            Timeouts.USUAL,
                            () -> true)
                    .http();

            int status = http.send(new HttpRequest(HttpMethod.GET, "http://management.azure.invalid:8080/x"))
                    .map(HttpResponse::getStatusCode)
                    .block(Duration.ofSeconds(20));

            assertEquals(204, status);
            assertEquals(List.of("CONNECT management.azure.invalid:8080 " + authorization), between.asked());
            assertThrows(
                    RuntimeException.class,
                    () -> http.send(new HttpRequest(HttpMethod.GET, "http://direct.invalid/x"))
                            .block(Duration.ofSeconds(20)));
            http.send(new HttpRequest(
                            HttpMethod.GET,
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/x"))
                    .block(Duration.ofSeconds(20))
                    .close();
            assertEquals(1, between.asked().size(), "exempt hosts and this machine are called directly");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aProxyThatRefusesIsNamed() throws IOException {
        try (ConnectProxy between = ConnectProxy.refusing()) {
            var http = new AzureAuthentication(
                            null,
                            ProxySettings.of("http://me:hush@127.0.0.1:" + between.port(), "")
                                    .orElseThrow(),
                            Timeouts.USUAL,
                            () -> true)
                    .http();

            RuntimeException fault = assertThrows(
                    RuntimeException.class,
                    () -> http.send(new HttpRequest(HttpMethod.GET, "http://management.azure.invalid/x"))
                            .block(Duration.ofSeconds(20)));

            String told = TransportErrorClassifier.of(fault).detail().text();
            assertTrue(
                    told.startsWith("Azure Resource Manager gave no answer: the proxy did not connect (HTTPS_PROXY): "),
                    told);
            assertTrue(told.contains("407") && !told.contains("hush"), told);
        }
    }

    @Test
    void noAnswerIsReadWithoutEnd() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                while (true) {
                    body.write(new byte[64 * 1024]);
                }
            }
        });
        server.start();
        var http = new AzureAuthentication(null, ProxySettings.NONE, Timeouts.USUAL, () -> true).http();
        try {
            var answer = http.send(new HttpRequest(
                            HttpMethod.GET,
                            "http://127.0.0.1:" + server.getAddress().getPort()))
                    .flatMap(response -> response.getBodyAsString());

            assertThrows(BoundedHttpClient.AnswerTooLarge.class, () -> answer.block(Duration.ofSeconds(30)));
        } finally {
            server.stop(0);
        }
    }
}
