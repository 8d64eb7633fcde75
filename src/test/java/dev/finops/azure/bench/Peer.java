package dev.finops.azure.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.PlainClient;
import dev.finops.azure.simulator.PlainClient.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The baseline, which does what tools with a resource per export do: a GET and a PUT to create, a GET and a PUT to
 * change, a GET to
 * look, as many at once as terraform has workers, first come first served, and after a 429 again when the answer says
 * so.
 */
final class Peer implements AutoCloseable {
    private static final int WORKERS = 10;
    private static final String VERSION = "2025-03-01";

    private final Estate estate;
    private final PlainClient http;
    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);

    Peer(Estate estate) {
        this.estate = estate;
        this.http = new PlainClient(estate.azure());
    }

    /** Creates, or changes what is there. */
    Future<Instant> put(int number, String description) {
        return workers.submit(() -> {
            String path = path(number);
            Reply before = patient(() -> http.get(path));
            ObjectNode body = PlainClient.export();
            body.withObject("properties").put("exportDescription", description);
            if (before.status() == 200) {
                body.put("eTag", before.json().path("eTag").asText());
            }
            patient(() -> http.put(path, body));
            return Instant.now();
        });
    }

    Future<Instant> look(int number) {
        return workers.submit(() -> {
            patient(() -> http.get(path(number)));
            return Instant.now();
        });
    }

    static Instant done(Future<Instant> work) throws InterruptedException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private String path(int number) {
        return PlainClient.path(estate.scope(number), Estate.name(number), VERSION);
    }

    private interface Request {
        Reply send();
    }

    private static Reply patient(Request request) throws InterruptedException {
        while (true) {
            Reply reply = request.send();
            if (reply.status() != 429) {
                return reply;
            }
            Thread.sleep(Duration.ofSeconds(Long.parseLong(reply.header("Retry-After"))));
        }
    }

    @Override
    public void close() {
        workers.close();
        http.close();
    }
}
