package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.ExportReads;
import dev.finops.azure.export.ExportsClient;
import dev.finops.azure.export.ExportsClients;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.simulator.Recorded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** The operator's client reads each recorded answer, and no recorded answer closes a bucket. */
class RecordedAnswersTest {
    private static final Waiter CALLER = new Waiter("uid", "finance", Priority.CHANGE, () -> {});

    static List<Recorded> exchanges() {
        return Recorded.all();
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void theClientReadsTheAnswer(Recorded exchange) {
        ExportsClient client = client(exchange);
        Scope scope =
                new Scope(exchange.scope().isEmpty() ? "/subscriptions/" + Recorded.SUBSCRIPTION : exchange.scope());

        ArmResult<?> answer = call(client, scope, exchange);

        if (exchange.outcome().isPresent()) {
            assertEquals(
                    exchange.outcome().get(),
                    assertInstanceOf(ArmResult.Failed.class, answer)
                            .failure()
                            .reason()
                            .toString());
        } else {
            assertEquals(
                    exchange.answer().map(RecordedAnswersTest::summary).orElse("true"),
                    summary(assertInstanceOf(ArmResult.Ok.class, answer, answer::toString)
                            .value()));
        }
        // The second call of the kind goes out too: a header that names a time to wait closes nothing by itself.
        ArmResult<?> again = call(client, scope, exchange);
        assertEquals(answer.getClass(), again.getClass(), again::toString);
    }

    private static ArmResult<?> call(ExportsClient client, Scope scope, Recorded exchange) {
        ExportId id = new ExportId(scope, "daily");
        return switch (exchange.method() + " " + exchange.path()) {
            case "PUT exports/daily" -> client.put(id, Json.object(), CALLER);
            case "DELETE exports/daily" -> client.delete(id, CALLER);
            case "GET exports/daily/runHistory" -> client.runHistory(id, CALLER);
            case "POST exports/daily/run" -> client.run(id, null, CALLER);
            case "GET exports/daily", "GET operationResults/op1" -> client.get(id, CALLER);
            case "POST query" -> client.run(id, null, CALLER);
            default -> client.list(scope, CALLER, export -> export);
        };
    }

    /**
     * What the operator has to know of an answer: the version of a document, the names of a list, the ids of a history.
     */
    private static String summary(Object value) {
        return switch (value) {
            case ObservedExport export -> export.eTag();
            case ExportReads.Listing<?>(var byName, var whole) -> byName.size() + " " + whole;
            case JsonNode document when document.isArray() -> exports(document);
            case JsonNode document when document.path("value").isArray() -> summary(document.path("value"));
            case JsonNode document
            when document.path("eTag").isTextual() -> document.path("eTag").asText();
            default -> "true";
        };
    }

    /** An entry that is not an export is no proof that the list is whole. */
    private static String exports(JsonNode list) {
        long exports = StreamSupport.stream(list.spliterator(), false)
                .filter(entry -> entry.has("properties"))
                .count();
        return exports + " " + (exports == list.size());
    }

    private static ExportsClient client(Recorded exchange) {
        String body = exchange.answer().map(JsonNode::toString).orElse("");
        return ExportsClients.client(
                request -> {
                    assertTrue(request.getUrl().toString().startsWith(ExportsClients.ENDPOINT + "/subscriptions/"));
                    return Mono.just(new CannedResponse(
                            request, new CannedResponse.Reply(exchange.status(), body, exchange.headers())));
                },
                InstantSource.fixed(Instant.parse("2026-11-30T10:00:00Z")));
    }
}
