package dev.finops.azure.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Microsoft's Python client (azure-mgmt-costmanagement) manages exports of the simulator with 2025-03-01. */
class MicrosoftPythonIT {
    private static final Set<String> RUNNING = Set.of("Queued", "InProgress", "Completed");
    private static final int STALE = 412;

    @Test
    void createsReadsListsRunsAndDeletesExports(@TempDir Path directory) throws IOException {
        var client = ForeignClient.installed("microsoft");
        try (var azure = AzureSimulator.start()) {
            Map<String, ObjectNode> stored = new HashMap<>();
            azure.journal().listener(call -> storedWhenRun(azure, call, stored));

            JsonNode walks = client.walk("microsoft", azure, directory);

            assertEquals(4, walks.size());
            for (JsonNode walk : walks) {
                checkAnswers(walk, azure);
                checkCalls(walk, azure);
                checkStored(stored.get(walk.path("name").asText()));
            }
            assertEquals(0, azure.exports().size());
            assertEquals(1, azure.journal().tokenRequests());
            assertFalse(
                    azure.journal().calls().stream().anyMatch(call -> call.operation() == Operation.OTHER),
                    () -> "other calls: " + azure.journal().calls());
        }
    }

    private static void storedWhenRun(AzureSimulator azure, Call call, Map<String, ObjectNode> stored) {
        if (call.operation() != Operation.RUN) {
            return;
        }
        String name = call.path().replaceFirst(".*/exports/([^/]+)/run$", "$1");
        String scope = call.path().substring(0, call.path().indexOf("/providers/Microsoft.CostManagement"));
        azure.exports().find(scope, name).ifPresent(document -> stored.put(name, document));
    }

    private static void checkAnswers(JsonNode walk, AzureSimulator azure) {
        assertEquals(404, walk.at("/missing/status").asInt(), walk::toPrettyString);
        assertTrue(walk.at("/missing/notFound").asBoolean(), walk::toPrettyString);
        assertEquals("created", walk.at("/created/description").asText());
        assertEquals(400, walk.at("/updateWithoutETag/status").asInt());
        assertEquals("updated", walk.at("/updated/description").asText());
        assertNotEquals(walk.at("/created/eTag"), walk.at("/updated/eTag"));
        assertEquals(STALE, walk.at("/updateWithOldETag/status").asInt());
        assertEquals(withoutNextRun(walk.path("updated")), withoutNextRun(walk.path("read")));
        assertTrue(walk.at("/read/nextRun").isTextual(), walk::toPrettyString);
        assertEquals(walk.path("name"), walk.at("/read/name"));
        checkRuns(walk, azure);
        assertEquals(404, walk.at("/deleted/status").asInt());
        assertEquals(0, walk.path("left").size());
    }

    private static void checkRuns(JsonNode walk, AzureSimulator azure) {
        List<JsonNode> runs = walk.path("runs").valueStream().toList();
        assertEquals(2, runs.size());
        for (JsonNode run : runs) {
            assertEquals("OnDemand", run.path("type").asText());
            assertEquals(azure.clientId(), run.path("by").asText());
            assertEquals("exports", run.path("container").asText());
            assertTrue(RUNNING.contains(run.path("status").asText()), run::toPrettyString);
        }
        // One run of the month to date and one of the whole month before.
        LocalDate thisMonth = runs.stream()
                .map(run -> LocalDate.parse(run.path("from").asText()))
                .max(LocalDate::compareTo)
                .orElseThrow();
        assertEquals(
                Set.of(thisMonth.toString(), thisMonth.minusMonths(1).toString()), Set.copyOf(values(runs, "from")));
        assertTrue(values(runs, "to").contains(thisMonth.minusDays(1).toString()), runs::toString);
        assertEquals(2, walk.path("readRuns").asInt());
        assertEquals(1, walk.path("listed").path(walk.path("name").asText()).asInt());
    }

    private static void checkCalls(JsonNode walk, AzureSimulator azure) {
        String exports = walk.path("scope").asText() + "/providers/Microsoft.CostManagement/exports";
        List<Call> calls = azure.journal().calls().stream()
                .filter(call -> call.path().startsWith(exports))
                .toList();
        assertEquals(
                Set.of("2025-03-01"),
                Set.copyOf(calls.stream()
                        .map(call -> call.query().get("api-version"))
                        .toList()));
        assertEquals(
                List.of(
                        "GET 404",
                        "PUT 201",
                        "PUT 400",
                        "PUT 200",
                        "PUT " + STALE,
                        "GET 200",
                        "RUN 200",
                        "RUN 200",
                        "HISTORY 200",
                        "GET 200",
                        "LIST 200",
                        "DELETE 200",
                        "GET 404",
                        "LIST 200"),
                calls.stream()
                        .map(call -> call.operation() + " " + call.status())
                        .toList());
    }

    private static void checkStored(ObjectNode document) {
        JsonNode properties = document.path("properties");
        assertEquals("updated", properties.path("exportDescription").asText());
        assertEquals(
                "OverwritePreviousReport",
                properties.path("dataOverwriteBehavior").asText());
        assertEquals(
                "exports", properties.at("/deliveryInfo/destination/container").asText());
        assertEquals("Daily", properties.at("/definition/dataSet/granularity").asText());
        assertEquals("Active", properties.at("/schedule/status").asText());
    }

    private static JsonNode withoutNextRun(JsonNode described) {
        return ((ObjectNode) described.deepCopy()).without("nextRun");
    }

    private static List<String> values(List<JsonNode> runs, String member) {
        return runs.stream().map(run -> run.path(member).asText()).toList();
    }
}
