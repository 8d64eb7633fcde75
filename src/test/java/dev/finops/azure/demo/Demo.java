package dev.finops.azure.demo;

import com.azure.storage.blob.models.BlobItem;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Kubectl;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.simulator.RunOutcome;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import dev.finops.azure.storage.Azurite;
import dev.finops.azure.system.OperatorProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * {@code make demo}: samples applied in a {@link World}, runs followed to their end. Stays until Ctrl-C, or ends by
 * itself with
 * {@code DEMO_EXIT=1}.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> SAMPLES = List.of(
            "deploy/samples/focus-daily.yaml",
            "deploy/samples/actual-cost-weekly.yaml",
            "deploy/samples/cost-trend.yaml");
    private static final String COLUMNS =
            "custom-columns=NAME:.metadata.name,READY:.status.conditions[?(@.type==\"Ready\")].status,"
                    + "SCHEDULE:.status.summary.schedule,LAST "
                    + "RUN:.status.lastRun.status,BACKFILL:.status.summary.backfill,"
                    + "DELIVERED:.status.conditions[?(@.type==\"Delivered\")].status";

    private Demo() {}

    public static void main(String[] arguments) throws IOException {
        World.play(world -> {
            show(world.cluster(), world.operator(), world.azure(), world.storage());
            if (!"1".equals(System.getenv("DEMO_EXIT"))) {
                goOn(world.cluster(), world.operator(), world.azure());
                World.say("it all stays up until Ctrl-C");
                new CountDownLatch(1).await();
            }
        });
    }

    private static void show(ControlPlane cluster, OperatorProcess operator, AzureSimulator azure, Azurite storage)
            throws InterruptedException {
        Kubectl kubectl = cluster.kubectl();
        // Runs are taken one after the other, so that the past arrives month by month; one month of it fails at first.
        azure.faults()
                .while_(Match.on(Operation.RUN).path("/exports/cost-trend/"), new Fault.Delay(Duration.ofMillis(1000)));
        azure.exports().nextRun(World.SUBSCRIPTION, "cost-trend", new RunOutcome.Completed(new Delivered.Whole()));
        azure.exports()
                .nextRun(
                        World.SUBSCRIPTION,
                        "cost-trend",
                        new RunOutcome.Failed("StorageThrottled", "the storage account was busy"));
        for (String sample : SAMPLES) {
            print(
                    "kubectl apply --namespace default -f " + sample,
                    kubectl.run("", "apply", "--namespace", "default", "-f", sample)
                            .orFail());
        }
        follow(kubectl, operator);
        azure.faults().clear();
        print(
                "kubectl get costexports --namespace default",
                kubectl.run("", "get", "costexports", "--namespace", "default").orFail());
        String months =
                "jsonpath={range .status.backfill.months[*]}{.month} {.state}, tried {.attempts}x{\"\\n\"}{end}";
        print(
                "kubectl get costexport cost-trend --namespace default -o '" + months + "'",
                kubectl.run("", "get", "costexport", "cost-trend", "--namespace", "default", "-o", months)
                        .orFail());
        print(
                "kubectl get events --namespace default --field-selector reason=RunFailed",
                kubectl.run("", "get", "events", "--namespace", "default", "--field-selector", "reason=RunFailed")
                        .orFail());
        String delivered = "jsonpath={.status.conditions[?(@.type==\"Delivered\")].message}{\"\\n\"}";
        print(
                "kubectl get costexport cost-trend --namespace default -o '" + delivered + "'",
                kubectl.run("", "get", "costexport", "cost-trend", "--namespace", "default", "-o", delivered)
                        .orFail());
        print(
                "(in the storage emulator: container msexports, the newest months of cost-trend)",
                storage.container("finopsexports", "msexports").listBlobs().stream()
                        .filter(blob -> blob.getName().startsWith("trend/cost-trend/"))
                        .sorted(Comparator.comparing(BlobItem::getName).reversed())
                        .limit(6)
                        .map(blob ->
                                "%6d bytes  %s\n".formatted(blob.getProperties().getContentLength(), blob.getName()))
                        .collect(Collectors.joining()));
    }

    /** As {@code kubectl get --watch} prints it: what has changed, line by line. */
    private static void follow(Kubectl kubectl, OperatorProcess operator) throws InterruptedException {
        System.out.println("\n$ kubectl get costexports --namespace default --watch   (some of the columns)");
        long until = System.nanoTime() + PATIENCE.toNanos();
        Set<String> printed = new HashSet<>();
        List<String> table;
        do {
            if (System.nanoTime() > until) {
                System.out.println(operator.log());
                throw new IllegalStateException("the runs did not complete within " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(250);
            table = kubectl.run("", "get", "costexports", "-o", COLUMNS)
                    .orFail()
                    .lines()
                    .map(Demo::aligned)
                    .toList();
            table.stream().filter(printed::add).forEach(System.out::println);
        } while (table.stream().noneMatch(line -> line.contains(" 12/12 "))
                || !table.stream().skip(1).allMatch(line -> line.contains(" Completed ") && line.endsWith(" True")));
    }

    private static String aligned(String line) {
        return "%-20s%-10s%-10s%-13s%-11s%s"
                .formatted((Object[]) line.strip().replace("<none>", "-").split("\\s{2,}"));
    }

    private static void goOn(ControlPlane cluster, OperatorProcess operator, AzureSimulator azure) {
        System.out.println("""

        Go on by hand, in another terminal:

          export KUBECONFIG=%s PATH=%s:$PATH
          kubectl get costexports --namespace default -o wide
          kubectl annotate costexport focus-daily --namespace default --overwrite azure.finops.dev/run-requested-at="$(date)"
          kubectl annotate costexport focus-daily --namespace default --overwrite azure.finops.dev/run-period=%s azure.finops.dev/run-requested-at="$(date)"
          kubectl patch costexport focus-daily --namespace default --type merge -p '{"spec":{"schedule":{"suspend":true}}}'
          kubectl delete costexport focus-daily --namespace default

        The operator's metrics are at http://127.0.0.1:%d/metrics; the simulated Azure is %s
        """.formatted(
                        cluster.kubeconfig(),
                        cluster.kubectl().binary().getParent(),
                        YearMonth.now(ZoneOffset.UTC).minusMonths(1),
                        operator.port(),
                        azure.endpoint()));
    }

    private static void print(String command, String output) {
        System.out.print("\n" + (command.startsWith("(") ? "" : "$ ") + command + "\n" + output);
    }
}
