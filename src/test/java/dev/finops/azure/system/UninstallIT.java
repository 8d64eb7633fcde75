package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.PAUSED;
import static dev.finops.azure.export.plan.Conditions.READY;
import static dev.finops.azure.simulator.Operation.DELETE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.packaged.Terminal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What remains when the chart is uninstalled, and that the commands of the page that says how remove the rest. */
class UninstallIT extends ReleaseTest {
    private static final String PAGE = "docs/how-to/uninstall.md";
    private static final String CRD = "costexports.azure.finops.dev";

    @Override
    String firstChart() {
        return CHART;
    }

    @BeforeEach
    void installed() {
        if (!operator.process().isAlive()) {
            reinstall();
        }
    }

    @Override
    @AfterEach
    void invariantsHold() {
        if (crdExists()) {
            super.invariantsHold();
            operator.close();
            objects().keySet().forEach(name -> page("When the operator was removed first", 1, name));
            terminal.run("kubectl delete costexports --all --all-namespaces --ignore-not-found; helm "
                    + "uninstall costexport-operator -n costexport-system --ignore-not-found; "
                    + "kubectl delete crd "
                    + CRD);
        }
    }

    @Test
    void theChartLeavesCrdObjectsAndExports() {
        LiveExport export = export("kept", "").awaitReady();
        String uid = export.object().getMetadata().getUid();
        int mark = azure.journal().mark();

        operator.close();
        terminal.run("helm uninstall costexport-operator --namespace costexport-system");

        assertTrue(crdExists());
        assertEquals(uid, export.object().getMetadata().getUid());
        assertTrue(export.existsInAzure());
        reinstall();
        export.awaitLooks(2);
        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation().writes())
                        .toList());
    }

    @Test
    void inTheDocumentedOrderNothingRemains() {
        LiveExport created = export("created", "").awaitReady();
        LiveExport paused = export("paused", "").awaitReady().annotate(PAUSED, "true");
        paused.await(READY, "True", "Paused");
        String scope = newSubscription();
        portalExport(scope, "adopted");
        LiveExport adopted = export("adopted", scope, "adoptionPolicy: Adopt").awaitReady();

        page("Delete the CostExports");
        page("Remove the operator and the CRD");
        operator.close();

        assertFalse(created.existsInAzure());
        assertFalse(paused.existsInAzure());
        assertTrue(adopted.existsInAzure(), "it was there before");
        assertFalse(crdExists());
        assertNull(cluster.client().namespaces().withName(HOME).get());
        assertEquals(
                "",
                terminal.run("kubectl get clusterroles,clusterrolebindings -l "
                        + "app.kubernetes.io/name=costexport-operator -o name"));
    }

    @Test
    void whoWantsToKeepThemKeepsThem() {
        LiveExport export = export("orphan", "").awaitReady();

        page("Keep the exports in Azure");
        page("Delete the CostExports");

        assertTrue(export.existsInAzure());
        assertEquals(List.of(), export.calls(DELETE));
    }

    @Test
    void withoutAnOperatorTheFinalizerIsTakenOff() {
        LiveExport export = withoutOperator("stuck");

        String told = page("When the operator was removed first", 1, "stuck");

        assertTrue(told.contains(export.scope() + "/providers/Microsoft.CostManagement/exports/stuck"), told);
        export.awaitGone();
        assertTrue(export.existsInAzure());
        reinstall();
    }

    @Test
    void anOperatorThatIsInstalledAgainFinishesTheDeletion() {
        LiveExport export = withoutOperator("late");

        reinstall();

        export.awaitGone();
        assertFalse(export.existsInAzure());
    }

    /** Deleted when the chart was uninstalled already. */
    private LiveExport withoutOperator(String name) {
        LiveExport export = export(name, "").awaitReady();
        operator.close();
        terminal.run("helm uninstall costexport-operator --namespace costexport-system");
        export.delete();
        assertNotNull(export.object().getMetadata().getDeletionTimestamp());
        return export;
    }

    private void reinstall() {
        install(CHART);
        startOperator();
    }

    private String page(String heading) {
        return terminal.run(Terminal.commands(PAGE, heading));
    }

    /** One of its blocks. */
    private String page(String heading, int block, String name) {
        return terminal.run(Terminal.blocks(PAGE, heading)
                .get(block)
                .replace("NAMESPACE", namespace)
                .replace("NAME", name)
                .replace("costexport-operator-VERSION.tgz", CHART));
    }

    private boolean crdExists() {
        return cluster.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(CRD)
                        .get()
                != null;
    }
}
