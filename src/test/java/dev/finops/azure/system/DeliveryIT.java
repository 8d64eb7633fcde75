package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.RunOutcome;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether the data is there: real blobs in Azurite, which the simulated Azure writes. */
class DeliveryIT extends StoringTest {
    private static final String VERIFIED =
            "{schedule: {recurrence: Daily}, delivery: {verify: true}, runOnCreate: true}";

    @Test
    void aRunIsProvenBlobByBlob() {
        LiveExport export = export("proven", VERIFIED);

        export.await(DELIVERED, "True", "Fresh");

        CostExportStatus.Delivery delivery = export.status().delivery();
        assertEquals(export.status().lastSuccessfulRun().id(), delivery.runId());
        assertTrue(delivery.blobs() > 0 && delivery.bytes() > 0 && delivery.rows() > 0, delivery.toString());
        assertTrue(
                export.condition(DELIVERED)
                        .message()
                        .contains("The storage account has its " + delivery.blobs() + " blobs"),
                export.condition(DELIVERED).message());
    }

    @Test
    void aMissingBlobIsToldAndTheNextRunIsProven() {
        LiveExport export = export(
                        "holes", newSubscription(), "{schedule: {recurrence: Daily}, delivery: {verify: true}}")
                .awaitReady();
        azure.exports()
                .nextRun(export.scope(), export.name(), new RunOutcome.Completed(new Delivered.LastPartMissing()));
        export.annotate(Map.of("azure.finops.dev/run-requested-at", "first"));
        export.await(DELIVERED, "False", "BlobMissing");
        assertNull(export.status().delivery());
        assertEquals("True", export.condition("Ready").status());

        export.annotate(Map.of("azure.finops.dev/run-requested-at", "second"));

        export.await(DELIVERED, "True", "Fresh");
    }

    @Test
    void aManifestThatComesLateIsWaitedFor() {
        LiveExport export = export(
                        "late", newSubscription(), "{schedule: {recurrence: Daily}, delivery: {verify: true}}")
                .awaitReady();
        azure.exports()
                .nextRun(
                        export.scope(),
                        export.name(),
                        new RunOutcome.Completed(new Delivered.LateManifest(Duration.ofSeconds(3))));
        export.annotate(Map.of("azure.finops.dev/run-requested-at", "now"));

        export.await(DELIVERED, "False", "ManifestMissing");
        export.await(DELIVERED, "True", "Fresh");
    }

    @Test
    void anAccountThatCannotBeAskedIsNoFailure() {
        LiveExport export = export("stranger", newSubscription(), """
        schedule: {recurrence: Daily}
        delivery: {verify: true}
        runOnCreate: true
        destination: {storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/elsewhere}
        """);

        export.await(DELIVERED, "Unknown", "StorageUnreachable");

        assertEquals("True", export.condition("Ready").status());
    }
}
