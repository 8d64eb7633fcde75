package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.BACKFILLED;
import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.storage.Azurite;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** A system test with storage accounts, into which the simulated Azure writes what runs deliver. */
abstract class StoringTest extends SystemTest {
    final Azurite storage = Azurite.start(azure, Path.of("target/azurite"), "finopsexports", "partner");

    @Override
    Map<String, String> settings() {
        azure.deliverTo(storage);
        return Map.of("AZURE_BLOB_ENDPOINT_TEMPLATE", storage.endpointTemplate());
    }

    /**
     * From its creation to its end: applied, run, proven in storage, with its past, changed, drifted, asked for a run,
     * deleted.
     */
    final void followOne() {
        LiveExport export = export(
                        "daily",
                        "{schedule: {recurrence: Daily}, runOnCreate: true, delivery: {verify: true}, "
                                + "backfill: {months: 2}}")
                .awaitReady();
        export.await(DELIVERED, "True", "Fresh");
        export.await(BACKFILLED, "True", "MonthsDone");
        export.change("description: changed").awaitReady();
        export.editInPortal(properties -> properties.put("exportDescription", "in the portal"));
        export.awaitEvent("DriftCorrected", "description");
        export.annotate(Annotations.RUN_REQUESTED_AT, "now");
        export.awaitStatus("now", status -> status.lastHandledRunRequest());
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
    }

    @AfterAll
    void stopStorage() {
        storage.close();
    }
}
