package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Others write too, Azure shows late what it has, and some things it will never take. */
class ContestIT extends SystemTest {

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 412})
    void anEditBetweenGetAndPutSurvives(int staleETagStatus) {
        azure.behaviour(usual.withStaleETagStatus(staleETagStatus));
        var export = export("raced-" + staleETagStatus, "").awaitReady();
        azure.faults()
                .next(
                        Match.on(GET).path(export.scope()),
                        new Fault.ThenAct(
                                () -> export.editInPortal(properties -> properties.put("exportDescription", "mine"))));

        export.change("dataset: {timeframe: TheLastMonth}").awaitReady();

        assertEquals(
                List.of(201, staleETagStatus, 200),
                export.calls(PUT).stream().map(put -> put.status()).toList());
        assertEquals("mine", export.inAzure("exportDescription").asText());
        assertEquals("TheLastMonth", export.inAzure("definition/timeframe").asText());
        assertNull(export.condition("Stalled"));
    }

    @Test
    void anotherWriterThatNeverRestsIsNamed() {
        var export = export("contested", "").awaitReady();
        azure.faults()
                .while_(
                        Match.on(GET).path(export.scope()),
                        new Fault.ThenAct(
                                () -> export.editInPortal(properties -> properties.put("exportDescription", "mine"))));

        export.change("dataset: {timeframe: TheLastMonth}").await("Synced", "False", "ContestedByAnotherWriter");
        assertNull(export.condition("Stalled"));

        azure.faults().clear();
        export.awaitReady();
        assertEquals("mine", export.inAzure("exportDescription").asText());
    }

    /** Azure's answer to each PUT has the field: a rival is at work, and Azure ignores nothing. */
    @Test
    void aRivalThatUndoesEachCorrectionAtOnceIsContestedAndNotIgnored() {
        var export = export("rival", "description: ours").awaitReady();
        azure.faults()
                .while_(
                        Match.on(PUT).path(export.scope()),
                        new Fault.ThenAct(() ->
                                export.editInPortal(properties -> properties.put("exportDescription", "theirs"))));
        export.editInPortal(properties -> properties.put("exportDescription", "theirs"));

        var synced = export.await("Synced", "False", "ContestedByAnotherWriter");

        assertTrue(synced.message().contains(PORTAL_USER), synced.message());
        assertNull(export.condition("Stalled"));
        azure.faults().clear();
        eventually(
                () -> assertEquals("ours", export.inAzure("exportDescription").asText()));
        export.awaitReady();
    }

    @Test
    void anExportThatAzureShowsLateIsNotCreatedTwice() {
        azure.behaviour(usual.withLateReads(Duration.ofSeconds(2)));
        var export = export("late-create", "").awaitReady();

        export.awaitLooks(4);

        assertEquals(List.of(PUT), export.written());
        assertEquals(List.of(), export.events("ExternalDeleted"));
        assertEquals("True", export.condition("Ready").status());
    }

    @Test
    void anUpdateThatAzureShowsLateIsNoDrift() {
        var export = export("late-update", "description: before").awaitReady();
        azure.behaviour(usual.withLateReads(Duration.ofSeconds(2)));

        export.change("description: after").awaitReady().awaitLooks(4);

        assertEquals(List.of(PUT, PUT), export.written());
        assertEquals(List.of(), export.events("DriftDetected"));
        assertEquals("True", export.condition("Ready").status());
    }

    @Test
    void whatAzureRefusesIsSentOnceAndSaidInItsWords() {
        var export =
                export("two-months", "dataset: {timeframe: Custom, timePeriod: {from: 2026-01-01, to: 2026-02-28}}");

        var stalled = export.await("Stalled", "True", "InvalidRequest");

        assertTrue(stalled.message().contains("the range cannot exceed 1 calendar month"), stalled.message());
        assertEquals("False", export.condition("Ready").status());
        assertNull(export.condition("Reconciling"));
        export.awaitLooks(2);
        restart();
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written(), "no loop, and no new try because of a restart");

        export.change("dataset: {timePeriod: {to: 2026-01-31}}").awaitReady();
        assertNull(export.condition("Stalled"));
        assertEquals(List.of(PUT, PUT), export.written());
    }

    @Test
    void aFieldThatAzureIgnoresIsSentTwiceAndThenNamed() {
        azure.behaviour(usual.withIgnoredFields("properties.exportDescription"));
        var export = export("ignored", "description: never kept");

        var stalled = export.await("Stalled", "True", "FieldIgnored");

        assertTrue(
                stalled.message().contains("description") && stalled.message().contains(API_VERSION),
                stalled.message());
        assertEquals("description", export.status().difference().getFirst().path());
        export.awaitLooks(2);
        restart();
        export.awaitLooks(2);
        assertEquals(List.of(PUT, PUT), export.written());

        azure.behaviour(usual);
        export.annotate(Annotations.APPLY_REQUESTED_AT, "Azure has learned it").awaitReady();
        assertEquals("never kept", export.inAzure("exportDescription").asText());
        assertEquals(List.of(PUT, PUT, PUT), export.written());
    }

    @Test
    void aFieldThatAzureIgnoresInAnUpdateIsSentTwiceToo() {
        var export = export("ignored-later", "").awaitReady();
        azure.behaviour(usual.withIgnoredFields("properties.dataOverwriteBehavior"));

        export.change("{dataOverwriteBehavior: OverwritePreviousReport, description: kept}")
                .await("Stalled", "True", "FieldIgnored");

        export.awaitLooks(2);
        assertEquals(List.of(PUT, PUT, PUT), export.written());
        assertEquals("kept", export.inAzure("exportDescription").asText());
        export.change("dataOverwriteBehavior: null").awaitReady();
    }
}
