package dev.finops.azure.bench;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.OperatorProcess;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code make figures-backfill}: what a backfill costs and how long it takes against an Azure that takes ten runs a
 * minute,
 * answers a tenth of all calls with 429, and fails one month twice; the same with kill -9 every few seconds.
 */
public final class BackfillFigures {
    private static final String SCOPE = "/subscriptions/00000000-0000-0000-0000-000000000000";
    private static final int SEED = 42;
    private static final int FAILURES = 2;

    private BackfillFigures() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("costexport-figures-");
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false)) {
            cluster.installCrd();
            System.out.println("months  kill -9      wall   runs accepted  POSTs  of them 429  other calls  months "
                    + "not run as often as they should");
            for (int months : new int[] {12, 84}) {
                for (boolean kills : new boolean[] {false, true}) {
                    backfill(cluster, directory, months, kills);
                }
            }
        }
    }

    private static void backfill(ControlPlane cluster, Path directory, int months, boolean kills)
            throws InterruptedException {
        Behaviour tenRunsAMinute =
                Behaviour.defaults().withQueuedFor(Duration.ofSeconds(1)).withInProgressFor(Duration.ofSeconds(2));
        try (AzureSimulator azure =
                AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(tenRunsAMinute))) {
            String namespace = cluster.newNamespace("backfill");
            YearMonth last = YearMonth.now(ZoneOffset.UTC).minusMonths(1);
            YearMonth failing = last.minusMonths(3);
            azure.exports().failMonth(SCOPE, "history", failing, FAILURES);
            azure.faults().sometimes(0.1, SEED, Match.any(), ArmErrors.throttled("entity", 2));
            Map<String, String> environment = new HashMap<>(azure.environment());
            environment.putAll(Map.of(
                    "KUBECONFIG",
                    cluster.kubeconfig().toString(),
                    "WATCH_NAMESPACES",
                    namespace,
                    "HTTP_PORT",
                    "0",
                    "RUN_POLL_INTERVAL",
                    "1s",
                    "OBSERVE_INTERVAL",
                    "10s",
                    "RETRY_INITIAL",
                    "1s"));
            OperatorProcess operator = launch(directory, environment);
            Instant start = Instant.now();
            cluster.client().resource(export(namespace, months)).create();
            Random random = new Random(SEED);
            Instant kill = start;
            int killed = 0;
            while (!done(cluster, namespace)) {
                Thread.sleep(200);
                if (kills && Instant.now().isAfter(kill.plusMillis(4000 + random.nextInt(3000)))) {
                    operator.kill();
                    killed++;
                    operator = launch(directory, environment);
                    kill = Instant.now();
                }
            }
            Duration wall = Duration.between(start, Instant.now());
            operator.close();
            tell(azure.journal().calls(), months, failing, last, wall, killed);
        }
    }

    private static void tell(
            List<Call> calls, int months, YearMonth failing, YearMonth last, Duration wall, int killed) {
        List<Call> posts =
                calls.stream().filter(call -> call.operation() == Operation.RUN).toList();
        Map<String, Long> accepted = posts.stream()
                .filter(call -> call.status() == 200)
                .collect(Collectors.groupingBy(
                        call -> call.body().at("/timePeriod/from").asText().substring(0, 7),
                        TreeMap::new,
                        Collectors.counting()));
        Map<String, Long> wrong = new TreeMap<>();
        for (int i = 0; i < months; i++) {
            YearMonth month = last.minusMonths(i);
            long runs = accepted.getOrDefault(month.toString(), 0L);
            if (runs != (month.equals(failing) ? FAILURES + 1 : 1)) {
                wrong.put(month.toString(), runs);
            }
        }
        System.out.printf(
                "%6d  %-8s  %5d s  %13d  %5d  %11d  %11d  %s%n",
                months,
                killed == 0 ? "never" : killed + " times",
                wall.toSeconds(),
                accepted.values().stream().mapToLong(Long::longValue).sum(),
                posts.size(),
                posts.stream().filter(call -> call.status() == 429).count(),
                calls.size() - posts.size(),
                wrong.isEmpty() ? "none" : wrong);
    }

    private static OperatorProcess launch(Path directory, Map<String, String> environment) {
        return OperatorProcess.launch(directory, environment, List.of("target/costexport-operator"));
    }

    private static boolean done(ControlPlane cluster, String namespace) {
        CostExport object = cluster.client()
                .resources(CostExport.class)
                .inNamespace(namespace)
                .withName("history")
                .get();
        return Optional.ofNullable(object.getStatus())
                .map(status -> status.backfill())
                .filter(BackfillFigures::closed)
                .isPresent();
    }

    private static boolean closed(Backfill backfill) {
        return backfill.total() != null && backfill.completed() + backfill.failed() == backfill.total();
    }

    private static CostExport export(String namespace, int months) {
        return Serialization.unmarshal("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: history, namespace: %s}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          schedule: {recurrence: Daily}
          destination:
            storageAccountId: %s/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops
            container: exports
          backfill: {months: %d}
        """.formatted(namespace, SCOPE, SCOPE, months), CostExport.class);
    }
}
