package dev.finops.azure.dashboard;

import static dev.finops.azure.demo.World.SUBSCRIPTION;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.controlplane.Kubectl;
import dev.finops.azure.demo.World;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.simulator.RunOutcome;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** Some minutes in which everything happens that the dashboard shows. */
final class Story {
    static final String NAMESPACE = "default";

    /** The export of the row "One export". */
    static final String ONE = "partner-share";

    private static final String BILLING_ACCOUNT = "/providers/Microsoft.Billing/billingAccounts/1234567";
    private static final String DENIED = "/subscriptions/11111111-1111-1111-1111-111111111111";
    private static final String COLLEAGUE = "colleague@example.com";

    private final World world;
    private final Kubectl kubectl;

    Story(World world) {
        this.world = world;
        this.kubectl = world.cluster().kubectl();
    }

    void play() throws InterruptedException {
        world.azure().behaviour(world.azure().behaviour().withLatency(Duration.ofMillis(40)));
        world.azure().faults().sometimes(0.3, 1, Match.any(), new Fault.Delay(Duration.ofMillis(250)));
        pass(15);
        apply("focus-daily", "actual-cost-weekly");
        pass(30);
        partner();
        apply("cross-charging");
        pass(30);
        backfillWhileRunsAreScarce();
        drift();
        pass(20);
        failures();
        pass(30);
        throttledReads();
        suspension();
        pass(60);
    }

    /** Data for a partner, to an account of theirs with a token of theirs; a run of it fails once. */
    private void partner() throws InterruptedException {
        String token = world.storage()
                .accountSas(
                        "finopsexports",
                        OffsetDateTime.now(ZoneOffset.UTC).plusDays(90).withNano(0));
        kubectl.run("", "create", "secret", "generic", "partner-sas", "--from-literal=token=?" + token)
                .orFail();
        applyText("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s}
        spec:
          scope: %s
          dataset: {type: AmortizedCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily, to: 2036-12-01}
          destination: {storageAccountName: finopsexports, sasTokenSecretRef: {name: partner-sas, key: token}, container: partner, rootFolderPath: share}
          format: Csv
          partitionData: true
          runOnCreate: true
          backfill: {months: 6}
        """.formatted(ONE, SUBSCRIPTION));
        pass(25);
        world.azure()
                .exports()
                .nextRun(
                        SUBSCRIPTION,
                        ONE,
                        new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        run(ONE);
    }

    private void backfillWhileRunsAreScarce() throws InterruptedException {
        world.azure().behaviour(world.azure().behaviour().withRunsPerMinute(6));
        apply("cost-trend");
        pass(30);
    }

    private void drift() throws InterruptedException {
        for (String timeframe : new String[] {"TheLastMonth", "WeekToDate", "TheLastMonth"}) {
            world.azure()
                    .exports()
                    .edit(
                            BILLING_ACCOUNT,
                            "focus-daily",
                            COLLEAGUE,
                            export -> ((ObjectNode) export.at("/properties/definition")).put("timeframe", timeframe));
            pass(15);
        }
        ObjectNode nobodys =
                world.azure().exports().find(SUBSCRIPTION, "actual-cost-weekly").orElseThrow();
        nobodys.remove(List.of("id", "name", "type"));
        Stream.of("made-by-hand", "old-report")
                .forEach(name -> world.azure().exports().create(SUBSCRIPTION, name, "2025-03-01", COLLEAGUE, nobodys));
    }

    /** A run fails, a delivery is incomplete, a role is missing. */
    private void failures() {
        run(ONE);
        world.azure()
                .exports()
                .nextRun(
                        BILLING_ACCOUNT + "/departments/12345",
                        "charge-department",
                        new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        run("charge-department");
        world.azure()
                .exports()
                .nextRun(SUBSCRIPTION, "focus-closed", new RunOutcome.Completed(new Delivered.LastPartMissing()));
        apply("closed-month", "reservations");
        run("focus-closed");
        world.azure().behaviour(world.azure().behaviour().withDeniedScopes(DENIED));
        applyText("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: no-role}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          destination: {storageAccountId: %s/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports, container: msexports, rootFolderPath: denied}
          format: Csv
        """.formatted(DENIED, SUBSCRIPTION));
    }

    /** A refused list keeps all reads of the subscription back for a while. */
    private void throttledReads() throws InterruptedException {
        world.azure().behaviour(world.azure().behaviour().withRunsPerMinute(100));
        world.azure().faults().next(Match.on(Operation.LIST).path(SUBSCRIPTION), ArmErrors.throttled("entity", 45));
        pass(60);
    }

    private void suspension() {
        kubectl.run(
                        "",
                        "patch",
                        "costexport",
                        "actual-cost-weekly",
                        "--type=merge",
                        "--patch={\"spec\":{\"schedule\":{\"suspend\":true}}}")
                .orFail();
    }

    private void apply(String... samples) {
        for (String sample : samples) {
            kubectl.run("", "apply", "-f", "deploy/samples/" + sample + ".yaml").orFail();
            World.say("applied " + sample);
        }
    }

    private void applyText(String manifest) {
        kubectl.run(manifest, "apply", "-f", "-").orFail();
    }

    private void run(String name) {
        kubectl.run(
                        "",
                        "annotate",
                        "costexport",
                        name,
                        "--overwrite",
                        "azure.finops.dev/run-requested-at=" + Instant.now())
                .orFail();
    }

    private static void pass(int seconds) throws InterruptedException {
        Thread.sleep(Duration.ofSeconds(seconds));
    }
}
