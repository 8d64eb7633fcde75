package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** An older operator reads what a newer CRD has let in, and writes only what is known. */
class CostExportJsonTest {
    private static final String OF_A_NEWER_CRD = """
      apiVersion: azure.finops.dev/v1alpha1
      kind: CostExport
      metadata: {name: sample}
      spec:
        scope: /subscriptions/00000000-0000-0000-0000-000000000000
        dataset:
          type: CarbonCost
          timeframe: NextMonth
          timePeriod: {from: 2026-01-01, to: 2026-01-31, zone: CET}
          unit: kg
        schedule: {recurrence: Hourly, jitter: 5m}
        destination: {container: exports, fabric: {workspace: a}}
        managementPolicy: Suggest
        labels: {team: finops}
      status:
        origin: Inherited
        conditions: [{type: Ready, status: Perhaps, severity: Low}]
        lastRun: {status: Paused, cost: 3}
        forecast: {months: 2}
      """;

    @Test
    void unknownFieldsAndValuesDoNoHarm() {
        var export = Serialization.unmarshal(OF_A_NEWER_CRD, CostExport.class);

        assertEquals("CarbonCost", export.getSpec().dataset().type());
        assertEquals("2026-01-31", export.getSpec().dataset().timePeriod().to());
        assertEquals("Hourly", export.getSpec().schedule().recurrence());
        assertEquals("Suggest", export.getSpec().managementPolicy());
        assertEquals("Perhaps", export.getStatus().conditions().getFirst().status());
        assertEquals("Paused", export.getStatus().lastRun().status());
    }

    @Test
    void whatWasNotStatedStaysOut() {
        var export = Serialization.unmarshal(OF_A_NEWER_CRD, CostExport.class);

        assertNull(export.getSpec().format());
        assertEquals(
                "{\"container\":\"exports\"}",
                Serialization.asJson(export.getSpec().destination()));
        assertEquals(
                "{\"recurrence\":\"Hourly\"}",
                Serialization.asJson(export.getSpec().schedule()));
    }
}
