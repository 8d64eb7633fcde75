package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 and lost answers at the worst moments: the end is the same as without. */
class CrashIT extends SystemTest {

    /** The operator is killed when Azure has acted on the next such call and before it has the answer. */
    private void killDuring(Operation operation, String scope) {
        azure.faults().next(Match.on(operation).path(scope), new Fault.ThenAct(() -> operator.kill()));
    }

    private void startAgain() {
        eventually(() -> assertFalse(operator.process().isAlive()));
        startOperator();
    }

    private int runs(LiveExport export) {
        return azure.exports().runs(export.scope(), export.exportName()).size();
    }

    @ParameterizedTest
    @EnumSource(names = {"LIST", "PUT"})
    void killedWhileItCreates(Operation at) {
        String scope = newSubscription();
        killDuring(at, scope);
        var export = export("created-" + at.name().toLowerCase(), scope, "description: one");

        startAgain();

        export.awaitReady();
        assertEquals("Created", export.status().origin(), "our own export is known from somebody else's");
        assertEquals(List.of(PUT), export.written());
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
    }

    @ParameterizedTest
    @EnumSource(names = {"GET", "PUT"})
    void killedWhileItUpdates(Operation at) {
        var export = export("updated-" + at.name().toLowerCase(), "{description: one, dataset: {columns: [Date]}}")
                .awaitReady();
        killDuring(at, export.scope());
        export.change("{description: null, dataset: {columns: [Date, Quantity]}}");

        startAgain();

        export.awaitReady();
        assertEquals(
                2, export.inAzure("definition/dataSet/configuration/columns").size());
        assertTrue(
                export.inAzure("exportDescription").isMissingNode(),
                "what the spec no longer states is taken out all the same");
        assertEquals(List.of(PUT, PUT), export.written());
    }

    @ParameterizedTest
    @EnumSource(names = {"GET", "RUN"})
    void killedWhileItRuns(Operation at) {
        var export = export("run-" + at.name().toLowerCase(), "").awaitReady();
        killDuring(at, export.scope());
        export.annotate(RUN_REQUESTED_AT, "now");

        startAgain();

        export.await("LastRunSucceeded", "True", "Completed");
        export.awaitStatus("now", CostExportStatus::lastHandledRunRequest);
        export.awaitLooks(2);
        assertEquals(1, runs(export));
        assertEquals(1, export.calls(RUN).size());
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE", "GET"})
    void killedWhileItDeletes(Operation at) {
        var export = export("deleted-" + at.name().toLowerCase(), "").awaitReady();
        killDuring(at, export.scope());
        export.delete();

        startAgain();

        export.awaitGone();
        assertFalse(export.existsInAzure());
        assertTrue(export.calls(DELETE).size() <= 2);
    }

    @Test
    void killedWhileRunOnCreateIsPosted() {
        String scope = newSubscription();
        killDuring(RUN, scope);
        var export = export("run-on-create", scope, "runOnCreate: true");

        startAgain();

        export.await("LastRunSucceeded", "True", "Completed");
        assertEquals(List.of(PUT, RUN), export.written());
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "during", "after"})
    void aConnectionThatBreaksDuringACreate(String when) {
        String scope = newSubscription();
        Fault reset = reset(when);
        azure.faults().next(Match.on(PUT).path(scope), reset);

        var export = export("reset-create-" + when, scope, "").awaitReady();

        assertEquals("Created", export.status().origin());
        assertEquals(acted(reset) ? 1 : 2, export.calls(PUT).size(), "Azure is asked before anything is sent again");
        lookedBetween(export, PUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "during", "after"})
    void aConnectionThatBreaksDuringAnUpdate(String when) {
        var export = export("reset-update-" + when, "").awaitReady();
        Fault reset = reset(when);
        azure.faults().next(Match.on(PUT).path(export.scope()), reset);

        export.change("description: new").awaitReady();

        assertEquals("new", export.inAzure("exportDescription").asText());
        assertEquals(acted(reset) ? 2 : 3, export.calls(PUT).size());
        lookedBetween(export, PUT);
        assertEquals(List.of(), export.events("DriftDetected"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "during", "after"})
    void aConnectionThatBreaksDuringARun(String when) {
        var export = export("reset-run-" + when, "").awaitReady();
        azure.faults().next(Match.on(RUN).path(export.scope()), reset(when));

        export.annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");

        export.awaitLooks(2);
        assertEquals(1, runs(export));
        lookedBetween(export, RUN);
    }

    @Test
    void aRunThatTheHistoryShowsLateIsNotPostedAgain() {
        azure.behaviour(usual.withLateReads(Duration.ofMillis(700)));
        var export = export("late-history", "").awaitReady().annotate(RUN_REQUESTED_AT, "now");

        export.await("LastRunSucceeded", "True", "Completed");

        assertEquals(1, runs(export));
    }

    private static Fault reset(String when) {
        return switch (when) {
            case "before" -> new Fault.ResetBefore();
            case "during" -> new Fault.ResetDuring();
            default -> new Fault.ResetAfter();
        };
    }

    private static boolean acted(Fault reset) {
        return !(reset instanceof Fault.ResetBefore);
    }

    /** Between any two such writes Azure was read. */
    private static void lookedBetween(LiveExport export, Operation write) {
        Set<Operation> reads = Set.of(GET, LIST);
        boolean looked = true;
        for (var call : export.calls()) {
            assertTrue(call.operation() != write || looked, () -> "sent blindly: " + export.calls());
            looked = reads.contains(call.operation()) || looked && call.operation() != write;
        }
    }
}
