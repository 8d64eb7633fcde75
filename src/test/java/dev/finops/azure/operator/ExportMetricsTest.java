package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.kube.PendingEvent;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExportMetricsTest {
    private static final Instant NOW = Instant.parse("2026-03-05T10:00:07Z");
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ExportMetrics metrics = metrics(registry, true);

    private static ExportMetrics metrics(PrometheusMeterRegistry registry, boolean deliveries) {
        ExportMetrics metrics = new ExportMetrics(registry, () -> NOW, deliveries);
        registry.getPrometheusRegistry().register(metrics);
        return metrics;
    }

    private static CostExport object(String name, String status) {
        return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %1$s, namespace: finops, uid: uid-of-%1$s, creationTimestamp: "2026-03-05T10:00:00Z"}
        spec: {scope: /subscriptions/1, schedule: {recurrence: Daily, to: "2027-01-01T00:00:00Z"}}
        status:
        """.formatted(name) + status.indent(2), CostExport.class);
    }

    private void seen(String name, String status) {
        metrics.reconciled(object(name, ""), object(name, status).getStatus(), Optional.empty());
    }

    private List<String> lines(String metric) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(metric))
                .sorted()
                .toList();
    }

    private static String condition(String type, String status, String reason) {
        return "- {type: " + type + ", status: \"" + status + "\", reason: " + reason + "}\n";
    }

    @Test
    void exportsAreCountedByReady() {
        seen("a", "conditions:\n" + condition("Ready", "True", "Applied"));
        seen("b", "conditions:\n" + condition("Ready", "True", "Applied"));
        seen("c", "conditions:\n" + condition("Ready", "False", "Throttled"));

        assertEquals(
                List.of(
                        "costexport_exports{ready=\"False\",reason=\"Throttled\"} 1.0",
                        "costexport_exports{ready=\"True\",reason=\"Applied\"} 2.0"),
                lines("costexport_exports{"));
    }

    @Test
    void onlyWhatFailsIsNamed() {
        seen(
                "good",
                "conditions:\n" + condition("Ready", "True", "Applied")
                        + condition("Delivered", "Unknown", "NoRunYet"));
        seen(
                "bad",
                "conditions:\n" + condition("Ready", "False", "InvalidRequest")
                        + condition("Stalled", "True", "InvalidRequest") + condition("Reconciling", "True", "X"));

        assertEquals(
                List.of(
                        "costexport_condition_failing{condition=\"Ready\",name=\"bad\",namespace=\"finops\",reason=\"InvalidRequest\"} 1.0",
                        "costexport_condition_failing{condition=\"Stalled\",name=\"bad\",namespace=\"finops\",reason=\"InvalidRequest\"} 1.0"),
                lines("costexport_condition_failing{"));
        seen("bad", "conditions:\n" + condition("Ready", "True", "Applied"));
        assertEquals(List.of(), lines("costexport_condition_failing{"));
    }

    @Test
    void timesAreNamedWhereThereAreAny() {
        seen("a", "lastSuccessfulRun: {id: r, processingEndTime: \"2026-03-05T04:00:00Z\"}\nconditions: []");
        metrics.reconciled(
                object("b", ""),
                object("b", "conditions: []").getStatus(),
                Optional.of(Instant.parse("2026-06-01T00:00:00Z")));

        assertEquals(
                List.of("costexport_last_delivery_timestamp_seconds{name=\"a\",namespace=\"finops\"} 1.7726832E9"),
                lines("costexport_last_delivery_timestamp_seconds{"));
        assertEquals(
                List.of("costexport_sas_token_expiry_timestamp_seconds{name=\"b\",namespace=\"finops\"} 1.780272E9"),
                lines("costexport_sas_token_expiry_timestamp_seconds{"));
        assertEquals(2, lines("costexport_schedule_end_timestamp_seconds{").size());
    }

    @Test
    void theSeriesOfHealthyExportsCanBeLeftOut() {
        PrometheusMeterRegistry without = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics(without, false)
                .reconciled(
                        object("a", ""),
                        object(
                                        "a",
                                        "lastSuccessfulRun: {id: r, processingEndTime: "
                                                + "\"2026-03-05T04:00:00Z\"}\nconditions: []")
                                .getStatus(),
                        Optional.empty());

        assertFalse(without.scrape().contains("last_delivery"));
        assertTrue(without.scrape().contains("costexport_exports{"));
    }

    @Test
    void monthsAreCountedAndTheOpenOnesNamed() {
        seen("a", """
        backfill: {months: [{month: 2026-02, state: Running}, {month: 2026-01, state: Completed}, {month: 2025-12, state: Pending}]}
        conditions: []
        """);
        seen("b", "backfill: {months: [{month: 2026-01, state: Completed}]}\nconditions: []");

        assertEquals(
                List.of(
                        "costexport_backfill_months{state=\"Completed\"} 2.0",
                        "costexport_backfill_months{state=\"Pending\"} 1.0",
                        "costexport_backfill_months{state=\"Running\"} 1.0"),
                lines("costexport_backfill_months{"));
        assertEquals(
                List.of("costexport_backfill_open_months{name=\"a\",namespace=\"finops\"} 2.0"),
                lines("costexport_backfill_open_months{"));
    }

    @Test
    void whoIsGoneIsForgotten() {
        seen("a", "conditions:\n" + condition("Ready", "False", "Throttled"));
        metrics.deleted("finops", "a", "uid-of-a");

        assertEquals(List.of(), lines("costexport_exports{"));
        assertEquals(List.of(), lines("costexport_condition_failing{"));
    }

    @Test
    void theNextObjectOfTheNameIsKept() {
        seen("a", "conditions:\n" + condition("Ready", "False", "Throttled"));
        metrics.deleted("finops", "a", "uid-of-its-predecessor");

        assertEquals(
                List.of("costexport_exports{ready=\"False\",reason=\"Throttled\"} 1.0"), lines("costexport_exports{"));
    }

    @Test
    void theFirstTimeInAzureIsMeasuredOnce() {
        String ready = "eTag: '\"1\"'\nconditions:\n" + condition("Ready", "True", "Applied");
        seen("a", ready);
        metrics.reconciled(object("a", ready), object("a", ready).getStatus(), Optional.empty());

        assertEquals(
                List.of("costexport_time_to_ready_seconds_count 1"), lines("costexport_time_to_ready_seconds_count"));
        assertEquals(
                List.of("costexport_time_to_ready_seconds_sum 7.0"), lines("costexport_time_to_ready_seconds_sum"));
    }

    @Test
    void whatHappensIsCounted() {
        assertEquals(List.of("costexport_drift_corrections_total 0.0"), lines("costexport_drift_corrections_total"));
        assertEquals(
                List.of("costexport_time_to_ready_seconds_count 0"), lines("costexport_time_to_ready_seconds_count"));
        assertEquals(List.of("completed\"} 0.0", "failed\"} 0.0", "refused\"} 0.0", "started\"} 0.0"), runs());
        metrics.eventSent(PendingEvent.normal(Reason.DRIFT_CORRECTED, ""));
        metrics.eventSent(PendingEvent.normal(Reason.RUN_COMPLETED, ""));
        metrics.eventSent(PendingEvent.warning(Reason.RUN_FAILED, ""));
        metrics.eventSent(PendingEvent.warning(Reason.RUN_FAILED, ""));
        metrics.eventSent(PendingEvent.normal(Reason.CREATED, ""));

        assertEquals(List.of("costexport_drift_corrections_total 1.0"), lines("costexport_drift_corrections_total"));
        assertEquals(List.of("completed\"} 1.0", "failed\"} 2.0", "refused\"} 0.0", "started\"} 0.0"), runs());
    }

    private List<String> runs() {
        return lines("costexport_runs_total{").stream()
                .map(line -> line.replace("costexport_runs_total{outcome=\"", ""))
                .toList();
    }
}
