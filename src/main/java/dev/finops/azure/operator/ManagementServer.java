package dev.finops.azure.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /healthz}, {@code /readyz} and {@code /metrics}, for kubelet and Prometheus; nothing else is answered. */
final class ManagementServer implements AutoCloseable {
    static {
        // Else whoever reaches the port could hold file handles and memory for as long as he likes, by requests that
        // never end.
        System.setProperty("jdk.httpserver.maxConnections", "256");
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "30");
    }

    private final HttpServer server;

    /**
     * @param dead why the process has to be restarted
     * @param ready whether the caches are synced; a process that does not lead is ready too
     */
    ManagementServer(int port, Supplier<Optional<String>> dead, BooleanSupplier ready, Supplier<String> metrics)
            throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            switch (exchange.getRequestURI().getRawPath()) {
                case String path when !exchange.getRequestMethod().equals("GET") -> answer(exchange, 405, "only GET");
                case "/healthz" -> {
                    Optional<String> why = dead.get();
                    answer(exchange, why.isPresent() ? 503 : 200, why.orElse("ok"));
                }
                case "/readyz" ->
                    answer(
                            exchange,
                            ready.getAsBoolean() ? 200 : 503,
                            ready.getAsBoolean() ? "ok" : "the caches are not synced yet");
                case "/metrics" -> answer(exchange, 200, metrics.get());
                default -> answer(exchange, 404, "not found");
            }
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        boolean head = exchange.getRequestMethod().equals("HEAD"); // whose answer has no body
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (head) {
            exchange.close();
            return;
        }
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
