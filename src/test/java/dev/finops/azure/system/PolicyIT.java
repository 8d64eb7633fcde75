package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Observe, pause, and what people ask for once. */
class PolicyIT extends SystemTest {

    @Test
    void observeShowsTheDifferenceAndSendsNothingButGet() {
        var export = export("observed", "description: ours").awaitReady();
        export.change("{managementPolicy: Observe, description: another}");

        export.await("Synced", "False", "Difference");

        assertEquals("True", export.condition("Ready").status());
        assertEquals(
                List.of(new CostExportStatus.Difference("description", "\"another\"", "\"ours\"")),
                export.status().difference());
        export.annotate(Map.of(Annotations.RUN_REQUESTED_AT, "now", Annotations.APPLY_REQUESTED_AT, "now"));
        export.awaitEvent("RunRefused", "Observe");
        export.awaitEvent("RequestRefused", "Observe");
        export.awaitStatus("now", CostExportStatus::lastHandledRunRequest);
        export.awaitStatus("now", CostExportStatus::lastHandledApplyRequest);
        export.delete().awaitGone();
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void anAbsentExportIsOnlyMissedByAnObserver() {
        var export = export("absent", "managementPolicy: Observe");

        export.await("Synced", "False", "NotFound");

        assertEquals("True", export.condition("Ready").status());
        assertNull(export.status().exportId());
        assertEquals(List.of(), export.written());
    }

    @Test
    void aPausedObjectMakesNoCallAndCatchesUpAfterwards() {
        var witness = export("witness", "").awaitReady();
        var export = export("paused", "").awaitReady();
        export.annotate(Annotations.PAUSED, "true");
        eventually(() -> assertEquals("Paused", export.condition("Ready").reason()));
        assertEquals("True", export.condition("Ready").status());
        int calls = export.calls().size();

        export.change("description: for later")
                .annotate(Annotations.RUN_REQUESTED_AT, "tonight")
                .delete();
        witness.awaitLooks(3);

        assertEquals(calls, export.calls().size());
        assertNotNull(export.object());
        assertNotEquals(
                export.object().getMetadata().getGeneration(), export.status().observedGeneration());
        export.withoutAnnotation(Annotations.PAUSED).awaitGone();
        assertEquals(List.of(PUT, DELETE), export.written());
    }

    @Test
    void aPausedObjectThatResumesAppliesItsLatestSpecOnce() {
        var export = export("resumed", "").awaitReady().annotate(Annotations.PAUSED, "true");
        eventually(() -> assertEquals("Paused", export.condition("Ready").reason()));
        export.change("description: first thought").change("description: second thought");

        export.withoutAnnotation(Annotations.PAUSED).awaitReady();

        assertEquals("Applied", export.condition("Ready").reason());
        assertEquals(List.of(PUT, PUT), export.written());
        assertEquals("second thought", export.inAzure("exportDescription").asText());
    }

    @Test
    void aNewObjectThatIsPausedIsUnknownUntilItResumes() {
        var export = export("born-paused", newSubscription(), "", Map.of(Annotations.PAUSED, "true"));
        eventually(() -> assertEquals("Paused", export.condition("Ready").reason()));
        assertEquals("Unknown", export.condition("Ready").status());
        assertNull(export.status().observedGeneration());
        assertEquals(List.of(), export.calls());

        export.withoutAnnotation(Annotations.PAUSED).awaitReady();
    }

    @Test
    void aMisspelledPausePausesAndIsTold() {
        var export = export("misspelled", newSubscription(), "", Map.of(Annotations.PAUSED, "Yes"));

        export.awaitEvent("UnknownValue", "\"Yes\" is neither true nor false");
        assertEquals(List.of(), export.calls());
        restart();
        eventually(() -> assertTrue(
                operator.log().contains("1 CostExports are paused by a value of the annotation " + Annotations.PAUSED),
                operator::log));
        assertEquals(List.of(), export.calls());
        assertEquals(1, export.events("UnknownValue").size());

        export.annotate(Annotations.PAUSED, " FALSE ").awaitReady();
    }

    @Test
    void applyRequestedSendsOnePutForEachValue() {
        var export = export("applied", "").awaitReady();

        export.annotate(Annotations.APPLY_REQUESTED_AT, "after the firewall changed");
        export.awaitStatus("after the firewall changed", CostExportStatus::lastHandledApplyRequest);
        export.annotate(Annotations.APPLY_REQUESTED_AT, "after the firewall changed")
                .awaitLooks(2);
        assertEquals(List.of(PUT, PUT), export.written());

        export.annotate(Annotations.APPLY_REQUESTED_AT, "once more");
        export.awaitStatus("once more", CostExportStatus::lastHandledApplyRequest);
        assertEquals(List.of(PUT, PUT, PUT), export.written());
    }

    @Test
    void reconcileRequestedLooksAtOnceAndWritesNothing() {
        var export = export("looked-at", "").awaitReady();

        export.annotate(Annotations.RECONCILE_REQUESTED_AT, "now");

        export.awaitStatus("now", CostExportStatus::lastHandledReconcileRequest);
        assertTrue(export.calls().stream()
                .anyMatch(call -> call.method().equals("GET") && call.path().endsWith("/looked-at")));
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void aSuspendedScheduleIsActivatedAgainOnlyWhenAskedFor() {
        var export = export("suspended", "schedule: {recurrence: Daily}").awaitReady();
        azure.exports().suspend(export.scope(), export.exportName(), "StorageUnreachable", "the last 10 runs failed");

        var stalled = export.await("Stalled", "True", "SystemSuspended");
        assertTrue(
                stalled.message().contains("StorageUnreachable")
                        && stalled.message().contains(Annotations.APPLY_REQUESTED_AT),
                stalled.message());
        export.annotate(Annotations.RUN_REQUESTED_AT, "try");
        export.awaitEvent("RunRefused", "SystemSuspended");
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());

        export.annotate(Annotations.APPLY_REQUESTED_AT, "mended");
        export.awaitReady();

        assertNull(export.condition("Stalled"));
        assertEquals(List.of(PUT, PUT), export.written());
        assertEquals(List.of(), export.calls(RUN));
    }
}
