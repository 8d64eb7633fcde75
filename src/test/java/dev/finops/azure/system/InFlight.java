package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CostExports that no operator looks after at the moment, each in the middle of something else, and what the next
 * operator may do for them.
 *
 * @param objects what the API server has of each, by name
 * @param mark where in the journal the next operator's calls begin
 */
record InFlight(AzureSimulator azure, Map<String, ObjectNode> objects, int mark, Map<String, List<Operation>> due) {
    /** The window of stated months is not written any more, and the next run is computed from the schedule. */
    private static final Set<String> RECOMPUTED = Set.of("/backfill/until", "/nextRunTime");

    /** Where there is nothing to be done, and so nothing to be written to Azure. */
    static final Set<String> AT_REST = Set.of("adopted", "denied", "failed", "observed", "paused", "resting");

    static InFlight of(AzureSimulator azure, Map<String, ObjectNode> objects) {
        Map<String, List<Operation>> due =
                new TreeMap<>(Map.of("asked", List.of(RUN), "changed", List.of(PUT), "deleting", List.of(DELETE)));
        due.put(
                "backfilling",
                Collections.nCopies(
                        12 - months(azure, objects.get("backfilling")).size(), RUN));
        return new InFlight(azure, objects, azure.journal().mark(), due);
    }

    /** Months of which Azure has a run. */
    private static Set<String> months(AzureSimulator azure, ObjectNode object) {
        return runs(azure, object)
                .map(run -> run.at("/properties/startDate").asText().substring(0, 7))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<ObjectNode> runs(AzureSimulator azure, ObjectNode object) {
        return azure
                .exports()
                .runs(
                        object.at("/spec/scope").asText(),
                        object.at("/metadata/name").asText())
                .stream();
    }

    /** Until what was under way, or was asked for, has come to its end. */
    void awaitDone(Supplier<Map<String, ObjectNode>> now) {
        SystemTest.eventually(() -> {
            Map<String, ObjectNode> objects = now.get();
            assertFalse(objects.containsKey("deleting"));
            assertEquals(
                    "12/12",
                    objects.get("backfilling").at("/status/summary/backfill").asText());
            List.of("asked", "lost", "running")
                    .forEach(name -> assertEquals(
                            "Completed",
                            objects.get(name).at("/status/lastRun/status").asText(),
                            name));
            assertEquals(
                    objects.get("changed").at("/metadata/generation"),
                    objects.get("changed").at("/status/observedGeneration"));
        });
    }

    /** Azure was written to as was due: nothing was created, run or deleted that had been before. */
    void assertNothingTwice() {
        Map<String, List<Operation>> written = new TreeMap<>();
        azure.journal().since(mark).stream()
                .filter(call -> call.operation().writes())
                .forEach(call -> written.computeIfAbsent(exportName(call), name -> new ArrayList<>())
                        .add(call.operation()));
        assertEquals(due, written);
    }

    private static String exportName(Call call) {
        return call.path().replaceFirst("/run$", "").replaceFirst(".*/", "");
    }

    /**
     * The members that an earlier release wrote and that are gone or different. A newer release may add members, and
     * word the message of a condition in another way.
     */
    private static List<String> lost(String path, JsonNode before, JsonNode after) {
        if (before.isObject() && after.isObject()) {
            return before.properties().stream()
                    .flatMap(member ->
                            lost(path + "/" + member.getKey(), member.getValue(), after.path(member.getKey())).stream())
                    .toList();
        }
        if (before.isArray() && after.isArray() && before.size() == after.size()) {
            return IntStream.range(0, before.size())
                    .boxed()
                    .flatMap(i -> lost(path + "/" + i, before.get(i), after.get(i)).stream())
                    .toList();
        }
        boolean reworded =
                path.matches("/conditions/\\d+/message") && !after.asText().isEmpty();
        return before.equals(after) || RECOMPUTED.contains(path) || reworded
                ? List.of()
                : List.of(path + " was " + before + " and is " + after);
    }

    /** Nothing that was known is forgotten. */
    void assertNothingLost(Map<String, ObjectNode> now) {
        Set<String> left = new TreeSet<>(objects.keySet());
        left.remove("deleting");
        assertEquals(left, now.keySet());
        left.forEach(name -> {
            JsonNode before = objects.get(name).path("status");
            JsonNode after = now.get(name).path("status");
            if (AT_REST.contains(name)) {
                assertEquals(List.of(), lost("", before, after), name);
            }
            List.of(
                            "exportId",
                            "origin",
                            "apiVersion",
                            "lastHandledApplyRequest",
                            "lastHandledReconcileRequest",
                            "corrections")
                    .forEach(field -> assertEquals(before.path(field), after.path(field), name + " " + field));
            if (before.has("runs")) {
                assertEquals(
                        runs(azure, objects.get(name))
                                .map(run -> run.path("name").asText())
                                .limit(10)
                                .toList(),
                        values(after, "/runs", "id"),
                        name);
            }
            before.at("/backfill/months")
                    .valueStream()
                    .filter(month -> month.path("state").asText().equals("Completed"))
                    .forEach(month -> assertTrue(
                            after.at("/backfill/months").valueStream().anyMatch(month::equals),
                            () -> name + " " + month + " in " + after.path("backfill")));
        });
        assertEquals(
                Set.of("Completed"),
                Set.copyOf(values(now.get("backfilling").path("status"), "/backfill/months", "state")));
        assertEquals(1, now.get("lost").at("/status/runs").size());
        assertEquals(1, now.get("running").at("/status/runs").size());
    }

    private static List<String> values(JsonNode status, String rows, String column) {
        return status.at(rows)
                .valueStream()
                .map(row -> row.path(column).asText())
                .toList();
    }
}
