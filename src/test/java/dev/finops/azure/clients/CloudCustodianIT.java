package dev.finops.azure.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.SystemTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cloud Custodian, whose api-version of 2020 reads the old store: its policies list, filter and run exports. */
class CloudCustodianIT {
    private static final String NAME = "custodian";

    @Test
    void policiesListFilterAndRunExports(@TempDir Path directory) throws IOException {
        var client = ForeignClient.installed("custodian");
        try (var azure = AzureSimulator.start()) {
            String scope = "/subscriptions/" + azure.subscriptionId();
            SystemTest.portalExport(azure, scope, "new-store");

            JsonNode walk = client.walk(
                    "custodian", azure, directory, directory.resolve("output").toString());

            checkAnswers(walk);
            checkPolicies(walk.path("policies"));
            checkCalls(azure);
            // The export of the new store was invisible to Custodian and is still there.
            assertEquals(1, azure.exports().size());
            assertTrue(azure.exports().find(scope, "new-store").isPresent());
        }
    }

    private static void checkAnswers(JsonNode walk) {
        assertEquals("exports", walk.at("/created/container").asText());
        assertEquals(400, walk.path("updateWithoutETag").asInt());
        assertNotEquals(walk.at("/created/eTag"), walk.at("/updated/eTag"));
        assertEquals("archive", walk.at("/updated/container").asText());
        assertEquals(walk.path("updated"), walk.path("read"));
        assertEquals(1, walk.path("runs").size());
        assertEquals(404, walk.path("deleted").asInt());
        assertEquals(0, walk.path("left").size());
    }

    private static void checkPolicies(JsonNode policies) {
        for (String policy : List.of("listed", "never-run", "run", "run-lately")) {
            assertEquals(
                    List.of(NAME),
                    policies.path(policy)
                            .valueStream()
                            .map(found -> found.path("name").asText())
                            .toList(),
                    policy);
        }
        assertEquals("None", policies.at("/never-run/0/c7n:last-execution").asText());
        assertEquals(
                "archive",
                policies.at("/listed/0/properties/deliveryInfo/destination/container")
                        .asText());
    }

    private static void checkCalls(AzureSimulator azure) {
        List<Call> calls = azure.journal().calls();
        assertEquals(
                Set.of("2020-06-01"),
                Set.copyOf(calls.stream()
                        .map(call -> call.query().get("api-version"))
                        .toList()));
        assertEquals(
                List.of("PUT 201", "PUT 400", "PUT 200", "RUN 200", "DELETE 200"),
                calls.stream()
                        .filter(call -> call.operation().writes())
                        .map(call -> call.operation() + " " + call.status())
                        .toList());
        Call created = calls.getFirst();
        assertEquals(Operation.PUT, created.operation());
        assertEquals(
                "exports",
                created.body()
                        .at("/properties/deliveryInfo/destination/container")
                        .asText());
        // One list for each of the four policies and one by the client; both filters read the history, and so does the
        // client.
        assertEquals(
                5,
                calls.stream()
                        .filter(call -> call.operation() == Operation.LIST)
                        .count());
        assertEquals(
                3,
                calls.stream()
                        .filter(call -> call.operation() == Operation.HISTORY)
                        .count());
    }
}
