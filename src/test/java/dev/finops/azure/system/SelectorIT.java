package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An operator that serves the objects of one label. */
class SelectorIT extends SystemTest {

    @Override
    Map<String, String> settings() {
        return Map.of("WATCH_SELECTOR", "team=finance");
    }

    private LiveExport labelled(String name) {
        ObjectNode manifest = manifest(name, newSubscription(), "", Map.of());
        ((ObjectNode) manifest.path("metadata")).putObject("labels").put("team", "finance");
        return apply(manifest).awaitReady();
    }

    private void label(LiveExport export, String team) {
        ObjectNode patch = Yaml.object("{}");
        patch.putObject("metadata").putObject("labels").put("team", team);
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName(export.name())
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    @Test
    void anObjectThatLosesItsLabelIsReportedAndServedAgainWithIt() {
        LiveExport export = labelled("relabelled");

        label(export, null);

        String told = export.awaitEvent("NotWatched", "no longer match WATCH_SELECTOR");
        assertTrue(told.contains("kubectl -n " + namespace + " patch costexport relabelled"), told);
        eventually(() -> assertTrue(operator.page("/metrics").contains("costexport_left_selection_total 1.0")));
        export.delete();
        label(export, "finance");
        export.awaitGone();
        assertFalse(export.existsInAzure());
        assertEquals(List.of(PUT, DELETE), export.written());
    }

    @Test
    void theCommandOfTheEventLetsItGo() {
        LiveExport export = labelled("released");
        label(export, null);
        export.awaitEvent("NotWatched", "no longer match WATCH_SELECTOR");

        export.delete();
        assertNotNull(export.object());
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName(export.name())
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");

        export.awaitGone();
        assertTrue(export.existsInAzure());
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void anObjectThatIsDeletedIsNotReported() {
        LiveExport export = labelled("deleted");

        export.delete().awaitGone();

        labelled("next").awaitLooks(2);
        assertEquals(List.of(), export.events("NotWatched"));
    }
}
