package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Match;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * What a log collector reads: a line says of which object it is, and of which call. That no secret is in it is checked
 * after every test.
 */
class LogsIT extends SystemTest {

    @Override
    Map<String, String> settings() {
        return Map.of("LOG_FORMAT", "json", "LOG_LEVEL", "trace");
    }

    @Test
    void aDecisionIsOneLineWithItsObjectAndGeneration() {
        LiveExport export = export("decided", "").awaitReady();
        export.change("description: other").awaitReady();

        List<ObjectNode> decisions = lines(line -> line.path("level").asText().equals("INFO")
                && line.at("/mdc/resource.name").asText().equals("decided"));

        assertEquals(
                List.of("1", "2"),
                decisions.stream()
                        .map(line -> line.at("/mdc/resource.generation").asText())
                        .toList(),
                decisions::toString);
        assertTrue(
                decisions.stream()
                        .allMatch(line ->
                                line.at("/mdc/resource.namespace").asText().equals(namespace)),
                decisions::toString);
        assertTrue(
                decisions
                        .getFirst()
                        .path("formattedMessage")
                        .asText()
                        .startsWith(namespace + "/decided generation 1: Create: "),
                decisions::toString);
    }

    @Test
    void aCallHasAzuresRequestId() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), Answer.error(400, "BadRequest", "no such column"));
        LiveExport export = export("refused", scope, "");
        String message = export.await("Stalled", "True", "InvalidRequest").message();

        ObjectNode call = lines(line -> line.path("level").asText().equals("DEBUG")
                        && line.path("formattedMessage").asText().startsWith("put " + scope))
                .getFirst();

        String requestId = call.at("/mdc/requestId").asText();
        assertFalse(requestId.isEmpty(), call.toString());
        assertTrue(message.contains(requestId), message + " " + call);
        assertEquals("refused", call.at("/mdc/resource.name").asText());
    }

    private List<ObjectNode> lines(Predicate<ObjectNode> wanted) {
        return operator.log()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(Yaml::object)
                .filter(wanted)
                .toList();
    }
}
