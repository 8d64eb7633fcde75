package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Every ARM call in order, noted before its answer is on the way; requests for tokens are only counted. */
public final class Journal {

    private static final Set<String> SECRET_HEADERS = Set.of("authorization", "x-ms-authorization-auxiliary");

    /**
     * One call, without what is secret; names of headers are in lower case.
     *
     * @param caller the application that the token was issued to; empty without one
     * @param status what was answered, or would have been where the connection was cut afterwards; 0 where it was cut
     *     before anything happened
     */
    public record Call(
            Instant time,
            String caller,
            Operation operation,
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            JsonNode body,
            int status) {

        @Override
        public String toString() {
            return method + " " + path + " " + status;
        }
    }

    /** One call and what was answered. */
    public record Exchange(Call call, Answer answer) {}

    private final List<Call> calls = new ArrayList<>();
    private int tokenRequests;
    private Consumer<Call> listener = _ -> {};
    private Consumer<Exchange> recorder = _ -> {};

    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** PUT, DELETE and POST run, whatever came of them. */
    public List<Call> writes() {
        return calls().stream().filter(call -> call.operation.writes()).toList();
    }

    public List<Call> to(String method, String pathContains) {
        var part = pathContains.toLowerCase(Locale.ROOT);
        return calls().stream()
                .filter(call -> call.method.equals(method)
                        && call.path.toLowerCase(Locale.ROOT).contains(part))
                .toList();
    }

    /** A place in the journal, for {@link #since(int)}. */
    public synchronized int mark() {
        return calls.size();
    }

    public synchronized List<Call> since(int mark) {
        return List.copyOf(calls.subList(mark, calls.size()));
    }

    public synchronized int tokenRequests() {
        return tokenRequests;
    }

    synchronized void countToken() {
        tokenRequests++;
    }

    /** Told of every call before its answer is on the way. */
    public synchronized void listener(Consumer<Call> consumer) {
        listener = consumer;
    }

    /** Told of every answer before it is on the way, also of one that a fault cuts off. */
    public synchronized void recorder(Consumer<Exchange> consumer) {
        recorder = consumer;
    }

    synchronized void answered(Call call, Answer answer) {
        recorder.accept(new Exchange(call, answer));
    }

    Call note(Instant time, String caller, ArmRequest request, int status) {
        var headers = new HashMap<>(request.headers());
        headers.keySet().removeAll(SECRET_HEADERS);
        var body = Json.parse(request.text())
                .orElseGet(() -> Json.object().put("unreadable", request.text().length()));
        if (Json.at(body, "properties.deliveryInfo.destination") instanceof ObjectNode destination
                && destination.has("sasToken")) {
            destination.put("sasToken", "(redacted)");
        }
        var call = new Call(
                time,
                caller,
                request.operation(),
                request.method(),
                request.path(),
                request.query(),
                Map.copyOf(headers),
                body,
                status);
        synchronized (this) {
            calls.add(call);
            listener.accept(call);
        }
        return call;
    }
}
