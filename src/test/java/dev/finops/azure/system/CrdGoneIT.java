package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Somebody deletes the CRD, which deletes every CostExport, and installs it again. */
class CrdGoneIT extends OwnClusterTest {

    @Test
    void everyObjectIsDeletedByItsPolicyAndTheNextOnesAreServed() {
        LiveExport ours = export("ours", "").awaitReady();
        LiveExport orphan = export("orphan", "deletionPolicy: Orphan").awaitReady();

        cluster.kubectl()
                .run("", "delete", "crd", "costexports.azure.finops.dev", "--timeout=60s")
                .orFail();
        assertEquals(List.of(PUT, DELETE), ours.written());
        assertFalse(ours.existsInAzure());
        assertTrue(orphan.existsInAzure());
        eventually(
                () -> assertTrue(operator.page("/metrics").contains("costexport_watch_up 0"), "it has looked in vain"));
        assertTrue(operator.process().isAlive(), operator::log);

        cluster.installCrd();
        LiveExport again = export("ours", ours.scope(), "").awaitReady();
        assertEquals(List.of(PUT), again.written());
        assertEquals(
                "Adopted",
                export("orphan", orphan.scope(), "").awaitReady().status().origin());
    }
}
