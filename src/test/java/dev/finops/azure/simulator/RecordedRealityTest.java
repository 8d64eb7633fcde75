package dev.finops.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.PlainClient.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulator can produce each recorded exchange: the status, the headers, the members and the form of their values.
 */
class RecordedRealityTest {

    private static final String PERSON = "person@contoso.example";

    static List<Recorded> exchanges() {
        return Recorded.all();
    }

    @Test
    void noExchangeIsLeftOut() {
        assertEquals(44, exchanges().size());
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void theSimulatorAnswersAsRecorded(Recorded exchange) {
        var clock = new ManualClock(exchange.clock());
        try (var azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withClock(clock));
                var client = new PlainClient(azure)) {
            azure.behaviour(switched(azure.behaviour().withQueuedFor(Duration.ofMinutes(10)), exchange));
            exchange.made()
                    .forEach((name, document) ->
                            azure.exports().create(exchange.scope(), name, exchange.version(), PERSON, document));
            for (var before : exchange.given()) {
                if (exchange.isQuick() && before.equals(exchange.given().getLast())) {
                    azure.behaviour(azure.behaviour()
                            .withQueuedFor(Duration.ofSeconds(2))
                            .withInProgressFor(Duration.ofSeconds(43)));
                }
                assertTrue(send(azure, client, clock, before).status() < 300, before.id());
            }

            var reply = send(azure, client, clock, exchange);

            assertEquals(exchange.status(), reply.status(), reply.text());
            var wrong = new ArrayList<String>();
            exchange.absentHeaders().stream()
                    .filter(name -> reply.headers().firstValue(name).isPresent())
                    .forEach(name -> wrong.add(name + " is there"));
            exchange.headerForms().forEach((name, form) -> {
                var value = reply.headers().firstValue(name).orElse("");
                if (!value.matches(form)) wrong.add(name + " is '" + value + "', recorded was " + form);
            });
            if (exchange.answer().isPresent()) wrong.addAll(exchange.differences(reply.json()));
            else if (!reply.text().isEmpty()) wrong.add("a body: " + reply.text());
            assertEquals(List.of(), wrong);
        }
    }

    private static Reply send(AzureSimulator azure, PlainClient client, ManualClock clock, Recorded exchange) {
        clock.advance(exchange.after());
        var path = exchange.scope() + "/providers/Microsoft.CostManagement/" + exchange.path() + "?api-version="
                + exchange.version();
        var body = exchange.body().map(document -> {
            // An update has the eTag that the client read before.
            if (exchange.method().equals("PUT")) {
                azure.exports()
                        .find(exchange.scope(), "daily")
                        .ifPresent(existing -> document.set("eTag", existing.path("eTag")));
            }
            return document.toString();
        });
        return client.send(
                exchange.method(),
                path,
                body.orElse(null),
                "x-ms-client-request-id",
                UUID.randomUUID().toString());
    }

    private static Behaviour switched(Behaviour behaviour, Recorded exchange) {
        var result = behaviour;
        for (var name : exchange.switches()) {
            result = Stream.of(Respelling.values())
                    .filter(respelling -> name.equals("Respelling." + respelling))
                    .findFirst()
                    .map(respelling -> behaviour.withRespellings(with(respelling)))
                    .orElseGet(() -> behaviour.with(Choice.all().stream()
                            .filter(choice -> choice.label().equals(name))
                            .findFirst()
                            .orElseThrow()));
        }
        return result;
    }

    private static Respelling[] with(Respelling respelling) {
        return Stream.concat(Respelling.LIVE.stream(), Stream.of(respelling)).toArray(Respelling[]::new);
    }
}
