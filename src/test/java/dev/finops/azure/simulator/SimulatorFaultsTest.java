package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.export;
import static dev.finops.azure.simulator.PlainClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be made to go wrong, and what the journal says about it. */
class SimulatorFaultsTest {

    private static final String NEW = "2025-03-01";

    private AzureSimulator azure;
    private PlainClient client;

    @BeforeEach
    void start() {
        azure = AzureSimulator.start();
        client = new PlainClient(azure);
    }

    @AfterEach
    void stop() {
        client.close();
        azure.close();
    }

    @Test
    void aFaultHitsOnceOrAsLongAsItLasts() {
        azure.faults()
                .next(Match.on(Operation.LIST), ArmErrors.unavailable(7))
                .while_(Match.method("GET").path("BILLINGACCOUNTS"), ArmErrors.internalError());
        var first = client.get(path(EA, "", NEW));
        assertEquals(503, first.status());
        assertEquals("7", first.header("Retry-After"));
        assertEquals(
                List.of(500, 500),
                IntStream.range(0, 2)
                        .mapToObj(_ -> client.get(path(EA, "", NEW)).status())
                        .toList());
        assertEquals(200, client.get(path(SUBSCRIPTION, "", NEW)).status(), "another scope");
        azure.faults().clear();
        assertEquals(200, client.get(path(EA, "", NEW)).status());
        assertEquals(0, azure.faults().pending());
    }

    @Test
    void everyThrottleHeader() {
        for (var bucket : List.of("entity", "tenant", "client", "clienttype", "qpu")) {
            azure.faults().next(Match.any(), ArmErrors.throttled(bucket, 30));
            var reply = client.get(path(EA, "", NEW));
            assertEquals(429, reply.status());
            assertEquals(
                    "{\"error\":{\"code\":\"429\",\"message\":\"Too many requests. Please retry.\"}}", reply.text());
            assertEquals("30", reply.header("x-ms-ratelimit-microsoft.costmanagement-" + bucket + "-retry-after"));
        }
        azure.faults()
                .next(
                        Match.any(),
                        ArmErrors.throttledBy("x-ms-ratelimit-microsoft.consumption-retry-after", 9)
                                .with("Retry-After", "3"));
        assertEquals("9", client.get(path(EA, "", NEW)).header("x-ms-ratelimit-microsoft.consumption-retry-after"));
    }

    @Test
    void answersThatAreNone() {
        azure.faults()
                .next(Match.any(), ArmErrors.badGateway())
                .next(Match.any(), ArmErrors.truncatedJson())
                .next(Match.any(), ArmErrors.wrongShape())
                .next(Match.any(), ArmErrors.redirect(307, "https://elsewhere.example/"));
        assertTrue(client.get(path(EA, "", NEW)).text().startsWith("<html>"));
        assertTrue(Json.parse(client.get(path(EA, "", NEW)).text()).isEmpty());
        assertTrue(client.get(path(EA, "", NEW)).json().isArray());
        assertEquals("https://elsewhere.example/", client.get(path(EA, "", NEW)).header("Location"));
    }

    @Test
    void aConnectionCutBeforeDuringAndAfter() {
        azure.faults().next(Match.writes(), new Fault.ResetBefore());
        assertThrows(IOException.class, () -> client.sendOrFail("PUT", path(EA, "a", NEW), export().toString()));
        assertEquals(0, azure.exports().size());
        azure.faults().next(Match.writes(), new Fault.ResetAfter());
        assertThrows(IOException.class, () -> client.sendOrFail("PUT", path(EA, "a", NEW), export().toString()));
        assertEquals(1, azure.exports().size());
        azure.faults().next(Match.writes(), new Fault.ResetDuring());
        assertThrows(IOException.class, () -> client.sendOrFail("PUT", path(EA, "b", NEW), export().toString()));
        assertEquals(2, azure.exports().size());
        azure.faults().next(Match.writes(), new Fault.ResetDuring());
        assertThrows(IOException.class, () -> client.sendOrFail("DELETE", path(EA, "b", NEW), null));
        assertEquals(1, azure.exports().size());
        assertEquals(
                List.of(0, 201, 201, 200),
                azure.journal().writes().stream().map(Journal.Call::status).toList());
        assertEquals(200, client.get(path(EA, "a", NEW)).status());
    }

    @Test
    void somebodyEditsBetweenGetAndPut() {
        client.put(path(EA, "a", NEW), export());
        azure.faults()
                .next(
                        Match.on(Operation.GET),
                        new Fault.ThenAct(() -> azure.exports()
                                .edit(
                                        EA,
                                        "a",
                                        "portal-user@contoso.example",
                                        document -> Json.set(
                                                document,
                                                "properties.exportDescription",
                                                Json.parse("\"mine\"").orElseThrow()))));
        var read = client.get(path(EA, "a", NEW)).json();
        assertEquals("", Json.text(read, "properties.exportDescription").orElseThrow());
        assertEquals(412, client.put(path(EA, "a", NEW), read).status());
    }

    @Test
    void delaysAndLatency() {
        azure.faults().next(Match.any(), new Fault.Delay(Duration.ofMillis(150)));
        azure.behaviour(azure.behaviour().withLatency(Duration.ofMillis(100)));
        long start = System.nanoTime();
        client.get(path(EA, "", NEW));
        assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() >= 250);
    }

    @Test
    void theJournalKeepsOrderAndNoSecret() {
        client.get(path(EA, "", NEW));
        int mark = azure.journal().mark();
        client.put(path(EA, "a", NEW), export());
        client.delete(path(EA, "a", NEW));
        assertEquals(
                List.of("PUT", "DELETE"),
                azure.journal().since(mark).stream().map(Journal.Call::method).toList());
        assertEquals(3, azure.journal().calls().size());
        assertEquals(1, azure.journal().to("PUT", "/EXPORTS/A").size());
        var put = azure.journal().writes().getFirst();
        assertEquals(export(), put.body());
        assertEquals(NEW, put.query().get("api-version"));
        assertFalse(put.headers().containsKey("authorization"));
        assertTrue(put.headers().containsKey("user-agent"));
        assertEquals(1, azure.journal().tokenRequests());
    }
}
