package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.APPLY_REQUESTED_AT;
import static dev.finops.azure.api.v1alpha1.Annotations.PAUSED;
import static dev.finops.azure.api.v1alpha1.Annotations.RECONCILE_REQUESTED_AT;
import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.export.plan.Conditions.BACKFILLED;
import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static dev.finops.azure.export.plan.Conditions.LAST_RUN_SUCCEEDED;
import static dev.finops.azure.export.plan.Conditions.READY;
import static dev.finops.azure.export.plan.Conditions.SYNCED;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.packaged.Terminal;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.RunOutcome;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * From the chart of the release before to the chart of now, as the page says, while much is under way. The operator of
 * the release before is played by today's: no old jar is kept. What the old one really stored is read by {@link
 * StoredObjectsIT}.
 */
class UpgradeIT extends ReleaseTest {
    private static final String PAGE = "docs/how-to/upgrade.md";
    private static final Duration LONG = Duration.ofSeconds(20);

    @Override
    String firstChart() {
        return StoredObjects.newest().chart();
    }

    @Test
    void nothingIsCreatedAgainRunAgainOrLost() {
        JsonNode crd = crd();
        rest();
        begin();
        InFlight left = InFlight.of(azure, objects());
        record(left);

        terminal.run(Terminal.commands(PAGE, "With Helm").replace("costexport-operator-VERSION.tgz", CHART));
        azure.faults().clear();
        startOperator();

        left.awaitDone(this::objects);
        applied("resting").awaitLooks(3);
        left.assertNothingTwice();
        left.assertNothingLost(objects());
        Map<String, String> now = resourceVersions(); // new members of a status are written once
        applied("resting").awaitLooks(3);
        assertEquals(now, resourceVersions());
        assertEquals(crd.at("/metadata/uid"), crd().at("/metadata/uid"), "it was changed where it was");
        assertTrue(terminal.run("helm list --namespace " + HOME).contains("deployed"));

        terminal.run(Terminal.commands(PAGE, "Roll back"));
        applied("resting").awaitLooks(3);
        assertEquals(now, resourceVersions());
    }

    /** Objects with a history, by which all of a status is filled, and none of which anything is due. */
    private void rest() {
        at(1);
        LiveExport resting = export("resting", """
        schedule: {recurrence: Daily}
        identity: {type: SystemAssigned, location: centralus}
        runOnCreate: true
        delivery: {verify: true}
        closedMonth: {rerunOnDays: [2, 5]}
        """).awaitReady();
        resting.await(DELIVERED, "True", "Fresh");
        resting.editInPortal(properties -> properties.put("format", "Parquet"));
        resting.change("format: Csv").awaitReady();
        resting.editInPortal(properties -> properties.put("format", "Parquet"));
        resting.awaitEvent("DriftCorrected", "format");
        azure.exports()
                .nextRun(
                        resting.scope(),
                        "resting",
                        new RunOutcome.Failed("InternalError", "An unknown error occurred."));
        resting.annotate(RUN_REQUESTED_AT, "first").await(LAST_RUN_SUCCEEDED, "False", "RunFailed");
        resting.annotate(Map.of(RUN_REQUESTED_AT, "second", RECONCILE_REQUESTED_AT, "now", APPLY_REQUESTED_AT, "now"))
                .await(LAST_RUN_SUCCEEDED, "True", "Completed");
        resting.awaitStatus("now", CostExportStatus::lastHandledReconcileRequest);
        resting.awaitStatus("now", CostExportStatus::lastHandledApplyRequest);
        at(2);
        eventually(
                () -> assertNotNull(resting.status().closedMonths().getFirst().bytes()));

        LiveExport failed = export("failed", """
        dataset: {columns: [Date, Quantity]}
        schedule: {recurrence: Weekly, from: 2035-01-01T00:00:00Z, to: 2036-01-01T00:00:00Z, suspend: true}
        freshness: {maxAge: 1000h}
        compressionMode: Gzip
        partitionData: true
        dataOverwriteBehavior: CreateNewReport
        deletionPolicy: Orphan
        """).awaitReady();
        azure.exports().nextRun(failed.scope(), "failed", new RunOutcome.DataNotAvailable());
        failed.change("backfill: {from: 2026-02, to: 2026-02}").await(BACKFILLED, "True", "MonthsDone");
        azure.exports()
                .nextRun(
                        failed.scope(), "failed", new RunOutcome.Failed("InternalError", "An unknown error occurred."));
        failed.annotate(RUN_REQUESTED_AT, "now").await(LAST_RUN_SUCCEEDED, "False", "RunFailed");
        LiveExport adopted = existing("adopted", "adoptionPolicy: Adopt").awaitReady();
        adopted.awaitStatus("Adopted", CostExportStatus::origin);
        existing("observed", "managementPolicy: Observe").await(SYNCED, "False", "Difference");
        export("paused", "").awaitReady().annotate(PAUSED, "true").await(READY, "True", "Paused");
        azure.behaviour(usual.withEmailClaimRequired(true));
        export("denied", "backfill: {from: 2026-02, to: 2026-02}").await(BACKFILLED, "Unknown", "RunDenied");
        azure.behaviour(usual);
    }

    private LiveExport existing(String name, String spec) {
        String scope = newSubscription();
        portalExport(scope, name);
        return export(name, scope, spec);
    }

    /** Objects in the middle of something, when the operator is killed while Azure accepts a run. */
    private void begin() {
        LiveExport changed = export("changed", "").awaitReady();
        LiveExport asked = export("asked", "").awaitReady();
        LiveExport lost = export("lost", "").awaitReady();
        LiveExport running = export("running", "").awaitReady();
        LiveExport deleting = export("deleting", "").awaitReady();
        LiveExport backfilling = export("backfilling", "backfill: {months: 12}");
        eventually(() -> assertTrue(backfilling.status().backfill().completed() >= 3));
        azure.behaviour(usual.withInProgressFor(LONG));
        azure.faults().while_(Match.any().path(deleting.scope()), ArmErrors.internalError());
        deleting.delete().await(SYNCED, "False", "ArmUnreachable");
        running.annotate(RUN_REQUESTED_AT, "now")
                .awaitStatus("InProgress", status -> status.lastRun().status());
        eventually(() -> assertTrue(backfilling.status().backfill().months().stream()
                .anyMatch(month -> month.state().equals("Running"))));
        azure.behaviour(usual);
        azure.faults().next(Match.on(RUN).path(lost.scope()), new Fault.ThenAct(() -> operator.kill()));
        lost.annotate(RUN_REQUESTED_AT, "now");
        eventually(() -> assertFalse(operator.process().isAlive()));

        changed.change("description: changed while nobody looked");
        asked.annotate(RUN_REQUESTED_AT, "while nobody looked");
    }

    /** Noon of that day of next month. */
    private void at(int day) {
        LocalDate today = clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
        LocalDate date = day == 1 ? today.plusMonths(1).withDayOfMonth(1) : today.withDayOfMonth(day);
        clock.advance(Duration.between(clock.instant(), date.atTime(12, 0).toInstant(ZoneOffset.UTC)));
    }

    /** For the release that is being made. */
    private void record(InFlight left) {
        if (Boolean.getBoolean("release.write")) {
            eventually(() -> assertTrue(List.of("running", "backfilling", "lost").stream()
                    .allMatch(name ->
                            azure
                                    .exports()
                                    .runs(
                                            left.objects()
                                                    .get(name)
                                                    .at("/spec/scope")
                                                    .asText(),
                                            name)
                                    .stream()
                                    .allMatch(run -> run.at("/properties/status")
                                            .asText()
                                            .equals("Completed")))));
            StoredObjects.newest().write(clock.instant(), left.objects(), azure);
        }
    }

    private JsonNode crd() {
        return Yaml.tree(cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("costexports.azure.finops.dev")
                .get());
    }

    private Map<String, String> resourceVersions() {
        Map<String, String> versions = new TreeMap<>();
        objects()
                .forEach((name, object) -> versions.put(
                        name, object.at("/metadata/resourceVersion").asText()));
        return versions;
    }
}
