package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.HISTORY;
import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Answers that should not be: each is an error of that one call, bounded in time and memory, never an absence, and ends
 * by itself.
 * All of a table come at once, each to an export at a scope of its own, and one at another scope is answered meanwhile.
 */
class HostileAnswersIT extends HostileTest {
    private final List<Hostile> answers = Hostile.all(elsewhere.endpoint().toString());

    // --- the table, to each operation

    @Test
    void toAList() {
        Map<Hostile, LiveExport> exports = each("list", (answer, scope) -> fault(LIST, scope, answer));

        told(exports, LIST);
        exports.forEach((answer, export) ->
                assertEquals(List.of(), export.writes(), () -> answer + ": nothing follows from it"));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> assertEquals(List.of(PUT), export.written(), answer::toString));
    }

    @Test
    void toAGet() {
        Map<Hostile, LiveExport> exports = each("get", (_, _) -> {});
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> fault(GET, export.scope(), answer));
        exports.values().forEach(export -> export.change("description: changed"));

        told(exports, GET);
        exports.forEach((answer, export) ->
                assertEquals(List.of(PUT), export.written(), () -> answer + ": nothing follows from it"));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> assertEquals(List.of(PUT, PUT), export.written(), answer::toString));
    }

    @Test
    void toAPut() {
        Map<Hostile, LiveExport> exports = each("put", (answer, scope) -> fault(PUT, scope, answer));

        told(exports, PUT);
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> assertEquals(
                List.of(201),
                export.calls(PUT).stream()
                        .map(put -> put.status())
                        .filter(status -> status > 0)
                        .toList(),
                answer::toString));
    }

    @Test
    void toADelete() {
        Map<Hostile, LiveExport> exports = each("delete", (_, _) -> {});
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> fault(DELETE, export.scope(), answer));
        exports.values().forEach(LiveExport::delete);

        exports.forEach((answer, export) -> eventually(() -> assertTrue(met(export, DELETE) >= 1, answer::toString)));
        theBystanderIsAnswered();
        exports.forEach(
                (answer, export) -> assertNotNull(export.object(), () -> answer + ": the export is still there"));

        azure.faults().clear();
        clock.advance(Duration.ofMinutes(3)); // until then a deletion that was accepted may not show yet
        exports.values().forEach(LiveExport::awaitGone);
        exports.forEach((answer, export) -> assertFalse(export.existsInAzure(), answer::toString));
    }

    @Test
    void toARun() {
        Map<Hostile, LiveExport> exports = each("run", (_, _) -> {});
        exports.values().forEach(LiveExport::awaitReady);
        exports.forEach((answer, export) -> fault(RUN, export.scope(), answer));
        exports.values().forEach(export -> export.annotate(Annotations.RUN_REQUESTED_AT, "once"));

        exports.forEach((answer, export) -> eventually(() -> assertTrue(met(export, RUN) >= 1, answer::toString)));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.forEach((answer, export) -> export.awaitStatus("once", status -> status.lastHandledRunRequest()));
        exports.forEach((answer, export) -> {
            bounded(export);
            boolean refused = !export.events("RunRefused").isEmpty();
            assertEquals(
                    refused ? 0 : 1,
                    azure.exports().runs(export.scope(), export.name()).size(),
                    answer::toString);
        });
    }

    /** It is asked for when newer runs have pushed a month's out of the ten that a get shows. */
    @Test
    void toAHistory() {
        azure.behaviour(usual.withInProgressFor(Duration.ofHours(5)));
        Map<Hostile, LiveExport> exports = each("history", "backfill: {months: 1}", (_, _) -> {});
        exports.values()
                .forEach(export ->
                        eventually(() -> assertEquals("Running", month(export).state())));
        exports.forEach((answer, export) -> fault(HISTORY, export.scope(), answer));
        exports.values()
                .forEach(export -> IntStream.range(0, 11)
                        .forEach(_ -> azure.exports().run(export.scope(), export.name(), PORTAL_USER)));

        exports.forEach((answer, export) -> eventually(() -> assertTrue(met(export, HISTORY) >= 2, answer::toString)));
        theBystanderIsAnswered();
        exports.forEach(
                (answer, export) -> assertEquals("Running", month(export).state(), answer::toString));
        exports.values().forEach(HostileTest::bounded);

        azure.faults().clear();
        clock.advance(Duration.ofHours(6));
        exports.forEach((answer, export) ->
                eventually(() -> assertEquals("Completed", month(export).state(), answer::toString)));
        exports.forEach((answer, export) -> assertEquals(List.of(PUT, RUN), export.written(), answer::toString));
    }

    private static Month month(LiveExport export) {
        return export.status().backfill().months().getFirst();
    }

    // --- what they have in common

    /** An export for each answer, at a subscription of its own. */
    private Map<Hostile, LiveExport> each(String name, BiConsumer<Hostile, String> before) {
        return each(name, "", before);
    }

    private Map<Hostile, LiveExport> each(String name, String spec, BiConsumer<Hostile, String> before) {
        Map<Hostile, LiveExport> exports = new LinkedHashMap<>();
        for (Hostile answer : answers) {
            String scope = newSubscription();
            before.accept(answer, scope);
            exports.put(answer, export(name + "-" + exports.size(), scope, spec));
        }
        return exports;
    }

    private void fault(Operation operation, String scope, Hostile answer) {
        azure.faults().while_(Match.on(operation).path(scope), new Fault.OnTheWire(answer.bytes()));
    }

    /** Each is told by a reason that it may have, after it was met twice. */
    private void told(Map<Hostile, LiveExport> exports, Operation operation) {
        assertAll(exports.entrySet().stream().map(entry -> () -> {
            Hostile answer = entry.getKey();
            LiveExport export = entry.getValue();
            eventually(() -> {
                assertTrue(met(export, operation) >= 2, answer::toString);
                Condition ready = export.condition(Conditions.READY);
                assertEquals("False", ready.status(), () -> answer + ": " + ready);
                assertTrue(answer.reasons().contains(ready.reason()), () -> answer + ": " + ready);
            });
            bounded(export);
        }));
    }
}
