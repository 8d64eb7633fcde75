package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Match;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other clients may write statuses: a person with kubectl, a tool that restores backups. */
class ScribbledStatusIT extends SystemTest {
    private static final String FOREIGN_RUN =
            "{id: f0, status: Failed, executionType: OnDemand, submittedTime: '2026-01-02T10:00:00Z', "
                    + "processingEndTime: '2026-01-02T11:00:00Z'}";

    /** A merge patch of the status, in YAML. */
    private void scribble(LiveExport export, String status) {
        ObjectNode patch = Yaml.object("{}");
        patch.set("status", Yaml.object(status));
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName(export.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    private void empty(LiveExport export) {
        ObjectNode patch = Yaml.object("{}");
        ObjectNode status = patch.putObject("status");
        Yaml.tree(export.status()).fieldNames().forEachRemaining(status::putNull);
        cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName(export.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
      generation     ; {observedGeneration: 99}
      no-generation  ; {observedGeneration: null}
      etag           ; {eTag: scribbled}
      no-etag        ; {eTag: null}
      origin         ; {origin: Adopted}
      api-version    ; {apiVersion: '2099-01-01'}
      applied-fields ; {appliedFields: [description, no.such.field]}
      no-fields      ; {appliedFields: null}
      next-run-time  ; {nextRunTime: '2099-01-01T00:00:00Z'}
      identity       ; {identity: {principalId: nobody}}
      tenant         ; {tenantId: nowhere}
      summary        ; {summary: {schedule: Hourly}}
      conditions     ; {conditions: [{type: Ready, status: 'False', reason: Bad, message: bad, lastTransitionTime: '2026-01-01T00:00:00Z'}]}
      handled        ; {lastHandledRunRequest: null}
      """)
    void isComputedAgain(String name, String scribble) {
        LiveExport export = export(name, "{schedule: {recurrence: Daily}, runOnCreate: true}");
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        export.annotate(RUN_REQUESTED_AT, "once");
        eventually(() -> assertEquals("once", export.status().lastHandledRunRequest()));
        eventually(() -> assertTrue(export.status().runs().size() == 2
                && export.status().runs().stream().allMatch(run -> run.processingEndTime() != null)));
        export.awaitReady().awaitLooks(2);
        CostExportStatus before = export.status();
        int writes = export.writes().size();

        scribble(export, scribble);

        eventually(() -> assertEquals(words(before), words(export.status())));
        export.awaitLooks(3);
        assertEquals(words(before), words(export.status()));
        assertEquals(writes, export.writes().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{lastRun: %s}",
                "{lastSuccessfulRun: %s}",
                "{runs: [%s]}",
                "{runs: [], lastRun: null, lastSuccessfulRun: null}"
            })
    void runsAreAzures(String scribble) {
        String name = "runs-" + Integer.toHexString(scribble.hashCode());
        LiveExport export = export(name, "runOnCreate: true");
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");
        export.awaitReady().awaitLooks(2);
        CostExportStatus before = export.status();

        scribble(export, scribble.formatted(FOREIGN_RUN));

        eventually(() -> assertEquals(words(before), words(export.status())));
    }

    /** Without times, which begin anew, and without the run that a condition was first about. */
    private static String words(CostExportStatus status) {
        return status.toString()
                .replaceAll("lastTransitionTime=[^,\\]]*", "")
                .replaceAll("message=run [0-9a-f-]{36}", "");
    }

    @Test
    void anExportIdOfAnotherExportIsDroppedAndAnEqualExportAdopted() {
        LiveExport victim = export("victim", "").awaitReady();
        LiveExport export = export("renamed", "").awaitReady();

        scribble(export, "exportId: " + victim.status().exportId());

        export.awaitEvent("StatusCorrected", "named " + victim.status().exportId());
        eventually(() -> assertEquals(
                export.scope() + "/providers/Microsoft.CostManagement/exports/renamed",
                export.status().exportId()));
        assertEquals("Adopted", export.awaitReady().status().origin());
        export.delete().awaitGone();
        assertTrue(export.existsInAzure(), "an adopted export is left");
        assertTrue(victim.existsInAzure());
        assertEquals(List.of(PUT), export.written());
        assertEquals(List.of(PUT), victim.written());
    }

    @Test
    void anObjectThatIsDeletedMeanwhileSendsNoDelete() {
        LiveExport victim = export("other-victim", "").awaitReady();
        LiveExport export = export("deleted-meanwhile", "").awaitReady();

        operator.freeze();
        scribble(export, "exportId: " + victim.status().exportId());
        export.delete();
        operator.thaw();

        export.awaitGone();
        export.awaitEvent("StatusCorrected", "sent no DELETE");
        assertTrue(export.existsInAzure());
        assertTrue(victim.existsInAzure());
        assertEquals(List.of(), victim.calls(DELETE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEmptiedStatusRepeatsNoRequest(boolean running) {
        LiveExport export = export("emptied-" + running, "").awaitReady();
        export.annotate(RUN_REQUESTED_AT, "once");
        eventually(() -> assertEquals("once", export.status().lastHandledRunRequest()));
        export.await(Conditions.LAST_RUN_SUCCEEDED, "True");

        if (!running) {
            operator.close();
        }
        empty(export);
        if (!running) {
            startOperator();
        }

        eventually(() -> assertEquals("once", export.status().lastHandledRunRequest()));
        export.awaitReady().awaitLooks(3);
        assertEquals("Adopted", export.status().origin());
        assertEquals(List.of(PUT, RUN), export.written());
        export.awaitEvent("RequestSkipped", "once");
        export.annotate(RUN_REQUESTED_AT, "again");
        eventually(() -> assertEquals(List.of(PUT, RUN, RUN), export.written()));
    }

    @Test
    void anOldIntentToRunIsNotPosted() {
        LiveExport export = export("old-intent", "").awaitReady();
        operator.close();
        export.annotate(RUN_REQUESTED_AT, "old");
        scribble(
                export,
                "pendingRun: {cause: Request, request: old, attempts: 1, requestedTime: '"
                        + clock.instant().minus(Duration.ofDays(21)) + "'}");
        startOperator();

        export.awaitEvent("RequestSkipped", "more than 24 hours ago");
        eventually(() -> assertEquals("old", export.status().lastHandledRunRequest()));
        assertNull(export.status().pendingRun());
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void aScopeIsNotGoneBecauseACredentialOfAnotherTenantDoesNotSeeIt() {
        LiveExport export = export("other-tenant", "").awaitReady();
        assertNotEquals(null, export.status().tenantId());
        operator.close();
        scribble(export, "tenantId: of-somebody-else");
        azure.faults()
                .while_(
                        Match.any().path(export.scope()),
                        Answer.error(404, "SubscriptionNotFound", "The subscription could not be found."));
        startOperator();
        export.delete();

        export.await("Synced", "False", "ScopeNotFound");
        assertTrue(
                export.condition("Synced").message().contains("tenant of-somebody-else last read the export"),
                export.condition("Synced").message());
        azure.faults().clear();
        export.annotate("azure.finops.dev/reconcile-requested-at", "now");
        export.awaitGone();
        assertFalse(export.existsInAzure());
    }
}
