package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.HISTORY;
import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.clients.ForeignClient;
import dev.finops.azure.clients.Traffic;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Microsoft's validator compares the traffic of the operator and the simulator with the specification of 2025-03-01.
 */
class SpecificationIT extends SystemTest {
    private static final Path SPECIFICATION = Path.of("src/test/resources/specification");
    private static final Path EXPORTS =
            SPECIFICATION.resolve("Microsoft.CostManagement/stable/2025-03-01/costmanagement.exports.json");
    /** The validator says so of a request that no path of the specification matches. */
    private static final String UNDEFINED = "Undefined operation";

    private static final int OPERATIONS = 6;

    @Test
    void theTrafficIsAsSpecified(@TempDir Path directory) throws IOException {
        var validator = ForeignClient.installed("oav");
        Traffic traffic = new Traffic();
        azure.journal().recorder(traffic);

        List<LiveExport> exports = created();
        changed(exports.getFirst());
        ran();
        pushedOutOfTheHistory();
        refused();
        recordedButNotSpecified();
        exports.forEach(LiveExport::delete);
        exports.forEach(export -> eventually(() -> assertNull(export.object())));

        assertTrue(
                traffic.covered()
                        .containsAll(List.of(
                                "PUT 201",
                                "PUT 200",
                                "PUT 400",
                                "GET 200",
                                "GET 404",
                                "LIST 200",
                                "RUN 200",
                                "RUN 401",
                                "HISTORY 200",
                                "DELETE 200",
                                "DELETE 429",
                                "LIST 401")),
                () -> traffic.covered().toString());
        assertEquals(deviations(), errors(validator, traffic, directory));
    }

    /** The samples: all types of data sets, scopes, formats and destinations. */
    private List<LiveExport> created() throws IOException {
        List<LiveExport> exports = new ArrayList<>();
        for (Path file : SamplesIT.files()) {
            for (String document : Files.readString(file).split("(?m)^---$")) {
                ObjectNode manifest = Yaml.object(document);
                exports.add(apply(manifest));
            }
        }
        exports.forEach(export -> eventually(() -> assertTrue(export.written().contains(PUT), export.name())));
        return exports;
    }

    private void changed(LiveExport export) {
        export.awaitReady().change("description: changed").awaitReady();
        export.editInPortal(properties -> properties.put("exportDescription", "as I like it"));
        eventually(() ->
                assertEquals("changed", export.inAzure("exportDescription").asText()));
    }

    private void ran() {
        LiveExport export = export("ran", "{schedule: {recurrence: Daily}, backfill: {months: 2}}")
                .awaitReady();
        export.annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");
        export.await("Backfilled", "True", "MonthsDone");
        clock.advance(Duration.ofHours(49));
        eventually(() -> assertEquals("Scheduled", export.status().lastRun().executionType()));
    }

    /** The whole history is read when newer runs push one of the operator's own out of the ten that a get shows. */
    private void pushedOutOfTheHistory() {
        azure.behaviour(usual.withInProgressFor(Duration.ofHours(5)));
        LiveExport export = export("pushed-out", "backfill: {months: 1}").awaitReady();
        eventually(() -> assertEquals(
                "Running", export.status().backfill().months().getFirst().state()));
        IntStream.range(0, 11).forEach(_ -> azure.exports().run(export.scope(), export.name(), PORTAL_USER));
        eventually(() -> assertFalse(export.calls(HISTORY).isEmpty()));
        azure.behaviour(usual);
        clock.advance(Duration.ofHours(6));
    }

    private void refused() {
        export("invalid", "/providers/Microsoft.Management/managementGroups/contoso", "")
                .await("Stalled", "True", "InvalidRequest");
        LiveExport export = export("refused", "").awaitReady();
        azure.faults().while_(Match.on(RUN).path(export.scope()), ArmErrors.accessDenied());
        export.annotate(RUN_REQUESTED_AT, "denied").await("LastRunSucceeded", "False", "RunDenied");
        azure.faults().while_(Match.on(LIST, GET).path(export.scope()), ArmErrors.accessDenied());
        export.change("description: denied");
        eventually(() ->
                assertTrue(azure.journal().to("GET", export.scope()).stream().anyMatch(call -> call.status() >= 400)));
        azure.faults().clear();
        azure.faults().next(Match.on(DELETE).path(export.scope()), ArmErrors.throttled("entity", 1));
        export.awaitReady().delete();
        eventually(() -> assertTrue(export.calls(DELETE).stream().anyMatch(call -> call.status() == 200)));
    }

    /** What Azure was seen to answer and the specification does not have: each is a line of deviations.tsv. */
    private void recordedButNotSpecified() {
        LiveExport export = export("recorded", "").awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), new RunOutcome.DataReady());
        export.annotate(RUN_REQUESTED_AT, "data-ready");
        eventually(() -> assertEquals("DataReady", export.status().lastRun().status()));
        azure.faults().next(Match.on(PUT).path(export.scope()), ArmErrors.foreignShape(400));
        export.change("description: refused in a foreign shape");
        eventually(() -> assertTrue(export.calls(PUT).stream().anyMatch(call -> call.status() == 400)));
        LiveExport bare = export("bare", "").awaitReady(); // a request waits behind a run in a state that nobody knows
        azure.faults().next(Match.on(RUN).path(bare.scope()), ArmErrors.bareUnauthorized());
        azure.faults().next(Match.on(RUN).path(bare.scope()), ArmErrors.notAcceptable());
        bare.annotate(RUN_REQUESTED_AT, "bare");
        eventually(() -> assertFalse(bare.calls(RUN).isEmpty()));
    }

    private TreeSet<String> errors(ForeignClient validator, Traffic traffic, Path directory) throws IOException {
        Path files = Files.createDirectory(directory.resolve("traffic"));
        Path report = directory.resolve("report.json");
        traffic.write(files);
        // The command ends with 1 also without an error, because its package lacks the templates of its other report.
        var run = ForeignClient.run(
                List.of(
                        "node",
                        validator.environment().resolve("node_modules/.bin/oav").toString(),
                        "validate-traffic",
                        files.toString(),
                        EXPORTS.toAbsolutePath().toString(),
                        "--jsonReport",
                        report.toString(),
                        "--logLevel",
                        "error"),
                directory,
                Map.of("HOME", directory.toString()));
        assertFalse(run.output().contains(UNDEFINED), run::output);
        assertTrue(Files.exists(report), () -> run.output() + run.errors());
        JsonNode result = new ObjectMapper().readTree(report.toFile());
        assertEquals(OPERATIONS, result.path("coveredOperations").asInt(), result::toPrettyString);
        TreeSet<String> errors = new TreeSet<>();
        result.path("errors")
                .forEach(error -> errors.add(String.join(
                        "\t",
                        error.path("operationId").asText(),
                        error.path("issueSource").asText(),
                        error.path("errorCode").asText(),
                        error.path("errorMessage").asText())));
        return errors;
    }

    private static TreeSet<String> deviations() throws IOException {
        TreeSet<String> deviations = new TreeSet<>();
        for (String line : Files.readAllLines(SPECIFICATION.resolve("deviations.tsv"))) {
            if (line.startsWith("#")) {
                continue;
            }
            List<String> columns = Stream.of(line.split("\t", -1)).toList();
            assertEquals(5, columns.size(), line);
            assertFalse(columns.getLast().isBlank(), line);
            deviations.add(String.join("\t", columns.subList(0, 4)));
        }
        return deviations;
    }
}
