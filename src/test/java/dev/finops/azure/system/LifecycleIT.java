package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.Journal.Call;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the first PUT to the last correction. */
class LifecycleIT extends SystemTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
      subscription,       /subscriptions/00000000-0000-0000-0000-00000000000a
      resource-group,     /subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/finops
      management-group,   /providers/Microsoft.Management/managementGroups/contoso
      billing-account,    /providers/Microsoft.Billing/billingAccounts/1234567
      mca-account,        /providers/Microsoft.Billing/billingAccounts/0a1b:2c3d_2019-05-31
      department,         /providers/Microsoft.Billing/billingAccounts/1234567/departments/42
      enrollment-account, /providers/Microsoft.Billing/billingAccounts/1234567/enrollmentAccounts/77
      billing-profile,    /providers/Microsoft.Billing/billingAccounts/0a1b:2c3d_2019-05-31/billingProfiles/AB12-CD34
      invoice-section,    /providers/Microsoft.Billing/billingAccounts/0a1b:2c3d_2019-05-31/billingProfiles/AB12-CD34/invoiceSections/EF56
      section-short,      /providers/Microsoft.Billing/billingAccounts/0a1b:2c3d_2019-05-31/invoiceSections/EF56
      customer,           /providers/Microsoft.Billing/billingAccounts/0a1b:2c3d_2019-05-31/customers/GH78
      """)
    void anExportIsCreatedAtEveryKindOfScope(String name, String scope) {
        var export = export(name, scope, "dataset: {type: Usage}").awaitReady();

        assertEquals(
                scope + "/providers/Microsoft.CostManagement/exports/" + name,
                export.status().exportId());
        assertEquals("Created", export.status().origin());
        assertEquals(API_VERSION, export.status().apiVersion());
        assertEquals(export.inAzure().path("eTag").asText(), export.status().eTag());
        assertEquals("Usage", export.inAzure("definition/type").asText());
        assertEquals(List.of(PUT), export.written());
        assertEquals(1, export.events("Created").size());
    }

    @Test
    void aCreateHasNoETagAndAnUpdateTheLatest() {
        var export = export("updated", "").awaitReady();
        String firstETag = export.status().eTag();

        export.change("{dataset: {timeframe: TheLastMonth}, description: for the finance hub}")
                .awaitReady();

        List<Call> puts = export.calls(PUT);
        assertEquals(2, puts.size());
        assertTrue(puts.get(0).body().path("eTag").isMissingNode());
        assertEquals(firstETag, puts.get(1).body().path("eTag").asText());
        assertEquals("TheLastMonth", export.inAzure("definition/timeframe").asText());
        assertEquals("for the finance hub", export.inAzure("exportDescription").asText());
        String told = export.awaitEvent("Updated", "dataset.timeframe");
        assertTrue(told.contains("description"), told);
    }

    @Test
    void anEditInThePortalIsToldAndPutRight() {
        var export = export("drifting", "description: as in Git").awaitReady();

        export.editInPortal(properties -> properties.put("exportDescription", "as I like it"));

        export.awaitEvent("DriftDetected", "description");
        eventually(() ->
                assertEquals("as in Git", export.inAzure("exportDescription").asText()));
        export.awaitEvent("DriftCorrected", "description");
        eventually(() -> assertEquals(1, export.status().corrections().size()));
        var correction = export.status().corrections().getFirst();
        assertEquals("description", correction.path());
        assertEquals("\"as I like it\"", correction.observed());
        assertEquals("\"as in Git\"", correction.desired());
        assertEquals(PORTAL_USER, correction.changedBy());
        assertEquals("True", export.condition("Ready").status());
    }

    @Test
    void anEditThatANewSpecMeetsIsToldBeforeItIsOverwritten() {
        var export = export("both", "").awaitReady();
        operator.close();
        export.editInPortal(
                properties -> ((ObjectNode) properties.at("/deliveryInfo/destination")).put("container", "evil"));
        export.change("description: new");
        startOperator();

        export.awaitReady();

        assertTrue(export.awaitEvent("DriftDetected", "destination.container is \"evil\"")
                .contains("by " + PORTAL_USER));
        assertTrue(export.status().corrections().stream()
                .anyMatch(c -> c.path().equals("destination.container") && PORTAL_USER.equals(c.changedBy())));
        assertEquals(
                "exports", export.inAzure("deliveryInfo/destination/container").asText());
    }

    @Test
    void whatTheSpecLeavesOutStaysAzures() {
        var export = export("unmanaged", "").awaitReady();
        export.editInPortal(properties -> {
            properties.put("exportDescription", "written in the portal");
            properties.put("dataOverwriteBehavior", "OverwritePreviousReport");
        });
        export.awaitLooks(2);
        assertEquals(List.of(PUT), export.written());

        export.change("destination: {rootFolderPath: elsewhere}").awaitReady();

        assertEquals(
                "written in the portal", export.inAzure("exportDescription").asText());
        assertEquals(
                "OverwritePreviousReport",
                export.inAzure("dataOverwriteBehavior").asText());
        assertEquals(
                "elsewhere",
                export.inAzure("deliveryInfo/destination/rootFolderPath").asText());
    }

    @Test
    void aFieldThatTheSpecNoLongerStatesIsTakenOutOnceAndThenLeftAlone() {
        var export = export("taken-out", "{description: mine, format: Csv}").awaitReady();
        assertTrue(export.status().appliedFields().contains("description"));

        export.change("description: null").awaitReady();

        assertTrue(export.inAzure("exportDescription").isMissingNode());
        export.awaitStatus(false, status -> status.appliedFields().contains("description"));
        int puts = export.calls(PUT).size();
        export.editInPortal(properties -> properties.put("exportDescription", "now yours"))
                .awaitLooks(3);
        assertEquals("now yours", export.inAzure("exportDescription").asText());
        assertEquals(puts, export.calls(PUT).size());
    }

    @Test
    void anIdentityThatTheSpecNoLongerStatesIsSentAsNone() {
        var export = export("identity", "identity: {type: SystemAssigned, location: centralus}")
                .awaitReady();
        eventually(() -> assertEquals(
                export.inAzure().at("/identity/principalId").asText(),
                export.status().identity().principalId()));

        export.change("identity: null").awaitReady();

        assertEquals("None", export.inAzure().at("/identity/type").asText());
    }

    @Test
    void anExportDeletedInThePortalIsCreatedAgain() {
        var export = export("lost", "").awaitReady();
        clock.advance(Duration.ofMinutes(3)); // until then its absence may be a replica that lags

        azure.exports().remove(export.scope(), export.exportName());

        export.awaitEvent("ExternalDeleted", "creates it again");
        eventually(() -> assertTrue(export.existsInAzure()));
        export.awaitReady();
        assertEquals(List.of(PUT, PUT), export.written());
    }

    @Test
    void whatWouldMeanAnotherExportIsRefusedByTheApiServer() {
        var export = export("immutable", "identity: {type: SystemAssigned, location: centralus}")
                .awaitReady();

        for (String change :
                List.of("scope: " + newSubscription(), "exportName: another", "identity: {location: westeurope}")) {
            var refusal = assertThrows(KubernetesClientException.class, () -> export.change(change));
            assertTrue(refusal.getMessage().contains("cannot be changed"), refusal.getMessage());
        }
        export.change("scope: " + export.scope().toUpperCase().replace("/SUBSCRIPTIONS", "/Subscriptions") + "/")
                .awaitReady()
                .awaitLooks(2);
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void theDocumentIsWhatTheSpecStates() {
        var export = export("whole", "/providers/Microsoft.Billing/billingAccounts/1234567", """
        exportName: whole-of-it
        dataset: {type: FocusCost, version: 1.2-preview, timeframe: Custom, timePeriod: {from: 2026-01-01, to: 2026-01-31}, columns: [BilledCost, ChargePeriodStart]}
        format: Parquet
        compressionMode: Snappy
        partitionData: true
        dataOverwriteBehavior: OverwritePreviousReport
        """)
                .awaitReady();

        ObjectNode body = (ObjectNode) export.calls(PUT).getFirst().body();
        assertEquals(Yaml.object("""
        properties:
          format: Parquet
          compressionMode: snappy
          partitionData: true
          dataOverwriteBehavior: OverwritePreviousReport
          deliveryInfo:
            destination:
              resourceId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports
              container: exports
              rootFolderPath: finops
          definition:
            type: FocusCost
            timeframe: Custom
            timePeriod: {from: "2026-01-01T00:00:00Z", to: "2026-01-31T23:59:59Z"}
            dataSet: {granularity: Daily, configuration: {dataVersion: 1.2-preview, columns: [BilledCost, ChargePeriodStart]}}
        """), body);
        assertFalse(body.has("location"));
    }
}
