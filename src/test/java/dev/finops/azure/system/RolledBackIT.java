package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * etcd is restored from a backup under a running operator: the API server hands out resource versions again that the
 * operator knows already.
 */
class RolledBackIT extends OwnClusterTest {

    @Test
    void theOperatorBeginsAnewFromWhatTheApiServerSays() throws InterruptedException {
        LiveExport older = export("older", "").awaitReady();
        Path backup = cluster.backup();
        for (int i = 0; i < 5; i++) {
            older.change("description: change " + i).awaitReady();
        }
        LiveExport younger = export("younger", "").awaitReady();

        cluster.restore(backup);
        assertTrue(operator.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "it ends");
        assertTrue(operator.log().contains("it was restored from a backup"), operator::log);
        startOperator();
        older.change("description: after all").awaitReady();

        assertEquals("after all", older.inAzure("exportDescription").asText());
        assertEquals(List.of(PUT), younger.written(), "nobody asked for its deletion");
        assertEquals(
                "Adopted",
                export("younger", younger.scope(), "").awaitReady().status().origin());
    }
}
