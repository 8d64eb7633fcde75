package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose an export is: nothing that somebody else made is taken over by accident. */
class OwnershipIT extends SystemTest {

    /** An export that somebody made in the portal: not ours, and no object means it. */
    private String somebodyElses(String name) {
        String scope = newSubscription();
        azure.exports().create(scope, name, API_VERSION, PORTAL_USER, Yaml.object("""
        properties:
          format: Csv
          definition: {type: ActualCost, timeframe: TheLastMonth, dataSet: {granularity: Daily}}
          deliveryInfo: {destination: {container: exports, rootFolderPath: finops, resourceId: \
        /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports}}
          schedule: {status: Active, recurrence: Weekly, recurrencePeriod: {from: "2026-01-01T00:00:00Z", to: "2050-01-01T00:00:00Z"}}
        """));
        return scope;
    }

    @Test
    void anExportThatExistsAndDiffersIsRefused() {
        var export = export("portals", somebodyElses("portals"), "");

        var stalled = export.await("Stalled", "True", "AlreadyExists");

        assertTrue(stalled.message().contains("dataset.timeframe"), stalled.message());
        assertTrue(stalled.message().contains("adoptionPolicy: Adopt"), stalled.message());
        assertEquals("False", export.condition("Ready").status());
        assertNull(export.status().exportId());
        assertTrue(export.status().difference().stream()
                .anyMatch(d -> d.path().equals("dataset.timeframe")
                        && d.desired().equals("\"MonthToDate\"")
                        && d.observed().equals("\"TheLastMonth\"")));
        export.awaitLooks(3);
        assertEquals(List.of(), export.written());
        export.delete().awaitGone();
        assertTrue(export.existsInAzure());
    }

    @Test
    void adoptNamesWhatItChangesAndMakesAnUnstatedScheduleInactive() {
        var export = export("adopted", somebodyElses("adopted"), "adoptionPolicy: Adopt")
                .awaitReady();

        String told = export.awaitEvent("Adopted", "dataset.timeframe");
        assertTrue(told.contains("schedule"), told);
        assertEquals("Adopted", export.status().origin());
        assertEquals("MonthToDate", export.inAzure("definition/timeframe").asText());
        assertEquals("Inactive", export.inAzure("schedule/status").asText());
        assertEquals("Weekly", export.inAzure("schedule/recurrence").asText());
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void whatEqualsTheSpecIsNeverRefusedAndNotWritten() {
        var export = export(
                        "equal",
                        somebodyElses("equal"),
                        "{dataset: {timeframe: TheLastMonth}, schedule: {recurrence: Weekly}}")
                .awaitReady();

        assertEquals("Adopted", export.status().origin());
        assertEquals(1, export.events("Adopted").size());
        export.awaitLooks(2);
        assertEquals(List.of(), export.written());
    }

    /** Azure refuses an update of this document as it is (azure-powershell#27730). */
    @Test
    void anExportOfAnOldClientIsAdoptedWithAllThatItHas() {
        String scope = newSubscription();
        azure.exports().create(scope, "legacy", API_VERSION, PORTAL_USER, Yaml.object("""
        properties:
          format: Csv
          definition:
            type: ActualCost
            timeframe: MonthToDate
            dataSet:
              granularity: Daily
              aggregation: {totalCost: {name: PreTaxCost, function: Sum}}
              grouping: [{type: Dimension, name: ResourceGroup}]
              configuration: {columns: [Date, MeterId]}
          deliveryInfo: {destination: {container: exports, rootFolderPath: finops, resourceId: \
        /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports}}
          schedule: {status: Inactive, recurrencePeriod: {from: "2019-02-14T21:19:21.457Z", to: "2020-02-14T21:19:21.457Z"}}
        """));

        var export = export("legacy", scope, "{adoptionPolicy: Adopt, description: adopted}")
                .awaitReady();

        assertEquals("adopted", export.inAzure("exportDescription").asText());
        assertEquals(
                "Sum",
                export.inAzure("definition/dataSet/aggregation/totalCost/function")
                        .asText());
        assertEquals(
                "ResourceGroup",
                export.inAzure("definition/dataSet/grouping/0/name").asText());
        assertEquals(
                2, export.inAzure("definition/dataSet/configuration/columns").size());
        assertTrue(export.inAzure("schedule/recurrencePeriod/from").asText().startsWith("2019-02-14T21:19:21"));
        assertEquals(
                "Inactive Daily",
                export.inAzure("schedule/status").asText() + " "
                        + export.inAzure("schedule/recurrence").asText());
        export.awaitEvent("Updated", "got the recurrence Daily");
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void ofTwoObjectsTheOlderOwnsTheExportAndTheOtherTouchesNothing() {
        var older = export("older", "exportName: shared").awaitReady().grown();
        var younger = export(
                "younger",
                older.scope().toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"),
                "{exportName: SHARED, dataset: {timeframe: TheLastMonth}}");

        var conflict = younger.await("Stalled", "True", "Conflict");

        assertTrue(conflict.message().contains(namespace + "/older"), conflict.message());
        assertNull(younger.status().exportId());
        older.awaitLooks(2);
        assertEquals("MonthToDate", older.inAzure("definition/timeframe").asText());
        younger.delete().awaitGone();
        assertEquals(List.of(PUT), older.written());
        assertEquals("True", older.condition("Ready").status());
    }

    @Test
    void theNextOldestInheritsWithoutADeletion() {
        var owner = export("owner", "exportName: inherited").awaitReady().grown();
        var heir = export("heir", owner.scope(), "exportName: inherited");
        heir.await("Stalled", "True", "Conflict");

        owner.delete().awaitGone();

        heir.awaitReady();
        owner.awaitEvent("Inherited", namespace + "/heir");
        assertNull(heir.condition("Stalled"));
        assertEquals("Created", heir.status().origin());
        assertEquals(List.of(PUT), owner.written());
        heir.delete().awaitGone();
        assertFalse(heir.existsInAzure());
    }

    @Test
    void anObserverOwnsNothingAndConflictsWithNobody() {
        var observer = export("observer", "{exportName: watched, managementPolicy: Observe}");
        observer.await("Synced", "False", "NotFound");

        var manager = export("manager", observer.scope(), "exportName: watched").awaitReady();

        observer.await("Synced", "True", "Observed");
        assertEquals(List.of(PUT), manager.written());
        observer.delete().awaitGone();
        assertTrue(manager.existsInAzure());
    }

    private static final String OVERWRITING = "{exportName: %s, dataOverwriteBehavior: OverwritePreviousReport}";

    @Test
    void ofTwoThatOverwriteInOneFolderTheYoungerTouchesNothing() {
        var older = export("folder-older", OVERWRITING.formatted("folder"))
                .awaitReady()
                .grown();
        var younger = export("folder-younger", """
        {exportName: folder, dataOverwriteBehavior: OverwritePreviousReport, destination: {container: Exports, rootFolderPath: finops/, storageAccountId: \
        /SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourceGroups/other/providers/microsoft.storage/storageAccounts/FinOpsExports/}}""");

        var stalled = younger.await("Stalled", "True", "PathCollision");

        assertTrue(stalled.message().contains(namespace + "/folder-older"), stalled.message());
        assertTrue(stalled.message().contains("rootFolderPath"), stalled.message());
        assertEquals("PathCollision", younger.condition("Ready").reason());
        older.awaitLooks(3);
        assertEquals(List.of(), younger.calls());
        younger.change("destination: {rootFolderPath: elsewhere}").awaitReady();
        assertNull(younger.condition("Stalled"));
        assertEquals(List.of(PUT), older.written());
    }

    @Test
    void aFolderThatTheOlderLeavesIsTheYoungers() {
        var older = export("moving", "exportName: left")
                .awaitReady()
                .grown(); // makes new files; the other would remove them
        var younger = export("waiting", OVERWRITING.formatted("left"));
        younger.await("Stalled", "True", "PathCollision");

        older.change("destination: {rootFolderPath: elsewhere}").awaitReady();

        younger.awaitReady();
        older.change("destination: {rootFolderPath: finops}");
        younger.awaitReady();
        older.await("Ready", "True");
        younger.await("Stalled", "True", "PathCollision");
        assertEquals(List.of(PUT), younger.written(), "what it has in Azure is left");
        older.delete().awaitGone();
        younger.awaitReady();
    }

    @Test
    void twoThatOverwriteNothingAreToldOfEachOther() {
        var one = export("one-of-two", "exportName: both").awaitReady().grown();
        var other = export("other-of-two", "exportName: both").awaitReady();

        one.awaitEvent("PathCollision", namespace + "/other-of-two");
        other.awaitEvent("PathCollision", namespace + "/one-of-two");
        one.awaitLooks(3);
        assertEquals(1, one.events("PathCollision").size());
        assertEquals(1, other.events("PathCollision").size());
    }

    @Test
    void twoThatAreCreatedTogetherAreToldOnceEach() {
        operator.freeze();
        var one = export("together-one", "exportName: together");
        var other = export("together-other", "exportName: together");
        operator.thaw();
        one.awaitReady();
        other.awaitReady();

        one.awaitEvent("PathCollision", namespace + "/together-other");
        other.awaitEvent("PathCollision", namespace + "/together-one");
        one.awaitLooks(3);
        assertEquals(
                List.of(1, 1),
                List.of(
                        one.events("PathCollision").size(),
                        other.events("PathCollision").size()));
    }

    @Test
    void aScopeInsideAnotherIsToldOfDoubleCounting() {
        var whole = export("whole", "").awaitReady();
        var part = export("part", whole.scope() + "/resourceGroups/Shop", "").awaitReady();
        var otherData = export("other-data", whole.scope() + "/resourceGroups/shop", "dataset: {type: AmortizedCost}")
                .awaitReady();

        part.awaitEvent("ScopeOverlap", namespace + "/whole");
        var amortized = export("whole-amortized", whole.scope(), "dataset: {type: AmortizedCost}")
                .awaitReady();
        otherData.awaitEvent("ScopeOverlap", namespace + "/whole-amortized");

        assertEquals(
                List.of(1, 1, 0, 0),
                List.of(part, otherData, whole, amortized).stream()
                        .map(export -> export.events("ScopeOverlap").size())
                        .toList());
    }

    /** As one that was adopted is left when its object goes, it must not become ours by an answer that was wrong. */
    @Test
    void anAdoptedExportThatWasAwayForAMomentIsNotOurs() {
        LiveExport maker = export("away", "deletionPolicy: Orphan").awaitReady();
        maker.delete().awaitGone();
        LiveExport export = export("away", maker.scope(), "").awaitReady();
        assertEquals("Adopted", export.status().origin());

        clock.advance(Duration.ofMinutes(3)); // until then an absence may be one of a replica that lags
        azure.faults()
                .while_(Match.on(LIST).path(export.scope()), Answer.json(200, Yaml.object("{value: []}")))
                .while_(
                        Match.on(GET).path(export.scope()),
                        Answer.error(404, "NotFound", "The export away was not found."));
        eventually(() -> assertEquals(
                List.of(400),
                export.calls(PUT).stream().map(put -> put.status()).distinct().toList()));
        azure.faults().clear();
        export.awaitReady();

        assertEquals("Adopted", export.status().origin());
        export.delete().awaitGone();
        assertTrue(export.existsInAzure());
    }

    /** As a backup that is restored under another name has it. */
    @Test
    void aStatusThatWasCopiedDeletesNobodysExport() {
        LiveExport original = export("original", "").awaitReady();
        LiveExport copy = export("copy", "").awaitReady();
        operator.close();
        copy.copyStatus(original);
        startOperator();

        copy.delete().awaitGone();
        assertTrue(original.existsInAzure());
        original.awaitLooks(2);
        assertEquals(List.of(PUT), original.written());
    }

    @Test
    void anAdoptedExportThatWasDeletedAndIsMadeAgainIsOurs() {
        LiveExport maker = export("remade", "deletionPolicy: Orphan").awaitReady();
        maker.delete().awaitGone();
        LiveExport export = export("remade", maker.scope(), "").awaitReady();

        clock.advance(Duration.ofMinutes(3)); // until then an absence may be one of a replica that lags
        azure.exports().remove(export.scope(), export.name());
        eventually(() -> assertEquals(List.of(PUT), export.written()));
        eventually(() -> assertEquals("Created", export.status().origin()));
        export.awaitReady();
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
    }
}
