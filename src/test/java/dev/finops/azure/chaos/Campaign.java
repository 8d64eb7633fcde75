package dev.finops.azure.chaos;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.system.Invariants;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.SystemTest;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;

/**
 * {@code make campaign}: two operators with one lease look after CostExports of every kind while Azure, the API server,
 * the machine and people do what
 * the {@link Schedule} of a seed says. When all has ended, each object is where an operator that nothing happened to
 * brings it, and Azure has had no
 * run and no deletion too many.
 */
public final class Campaign {
    private static final int OF_EACH_KIND = 2;

    /**
     * The lease of a leader that was killed, the start of another on a busy machine, and the longest wait for a list
     * that another pass makes.
     */
    private static final Duration BOUND = Duration.ofMinutes(3);

    private final ControlPlane cluster;
    private final Path logs;
    private final List<String> launcher;
    private final Schedule schedule;
    private final PrintStream out;

    Campaign(ControlPlane cluster, Path logs, List<String> launcher, Schedule schedule, PrintStream out) {
        this.cluster = cluster;
        this.logs = logs;
        this.launcher = launcher;
        this.schedule = schedule;
        this.out = out;
    }

    /** @param arguments how many minutes, and the seed of an earlier campaign to have it again */
    public static void main(String[] arguments) throws Exception {
        Duration length = Duration.ofSeconds(Math.round(60 * Double.parseDouble(arguments[0])));
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : new Random().nextInt(1_000_000);
        Path directory = Files.createTempDirectory("costexport-campaign-");
        System.out.println("again: make campaign MINUTES=" + arguments[0] + " SEED=" + seed + "; logs in " + directory);
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false)) {
            cluster.installCrd();
            new Campaign(cluster, directory, OperatorCommand.OF_THE_LAUNCHER, new Schedule(seed, length), System.out)
                    .run();
        } catch (AssertionError | ConditionTimeoutException failed) {
            System.out.println("FAILED: " + failed.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    void run() throws InterruptedException {
        String namespace = cluster.newNamespace("campaign");
        List<OperatorProcess> operators = new ArrayList<>();
        try (AzureSimulator azure = simulator();
                Candidates candidates = new Candidates(cluster, azure, namespace, logs, launcher, operators)) {
            Invariants invariants = new Invariants(cluster.client(), namespace, azure, operators);
            Population stormy = new Population(cluster.client(), azure, namespace, OF_EACH_KIND);
            People people = new People(stormy, azure);
            long start = System.nanoTime();
            for (Schedule.Event event : schedule.events(azure, candidates, people, cluster)) {
                while (System.nanoTime() - start < event.at().toNanos()) {
                    candidates.tend();
                    Thread.sleep(50);
                }
                out.printf("%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, event.what());
                event.happens().run();
            }
            long ended = System.nanoTime();
            settled(stormy, candidates);
            out.printf(
                    "settled %.1f s after the end; %d operators, %d terms as leader, %d calls to Azure, "
                            + "%d of them writes%n",
                    (System.nanoTime() - ended) / 1e9,
                    candidates.started(),
                    candidates.tenures(),
                    azure.journal().mark(),
                    azure.journal().writes().size());
            assertEquals(List.of(), candidates.usurped());
            assertEquals(List.of(), stormy.deletions());
            stormy.members()
                    .forEach((name, member) -> assertTrue(
                            stormy.runs(member) <= Population.runsAllowed(member),
                            () -> name + " was run " + stormy.runs(member) + " times for "
                                    + Population.runsAllowed(member) + " requests"));
            candidates.withoutThoseThatCouldNotStart();
            invariants.check();
            sameAsUndisturbed(stormy, people);
        }
    }

    /** Until nothing is left to be done, as the objects say. */
    private static void settled(Population population, Candidates candidates) {
        await().atMost(BOUND)
                .pollInterval(Duration.ofMillis(100))
                .ignoreException(NullPointerException.class)
                .untilAsserted(() -> {
                    candidates.tend();
                    population.members().forEach((name, member) -> {
                        String state = population.state(name);
                        assertTrue(state.contains("\"current\" : true") || member.isPaused(), state);
                        assertTrue(!state.contains("Reconciling") && !state.contains("MonthsOpen"), state);
                        assertEquals(people(member), member.export.status().lastHandledRunRequest(), state);
                        assertTrue(
                                member.observes() || member.isPaused() || LiveExport.isReady(member.export.object()),
                                state);
                    });
                });
    }

    private static String people(Population.Member member) {
        return member.requests == 0 ? null : People.request(member.requests);
    }

    private void sameAsUndisturbed(Population stormy, People people) {
        String namespace = cluster.newNamespace("control");
        try (AzureSimulator azure = simulator()) {
            Population calm = new Population(cluster.client(), azure, namespace, OF_EACH_KIND);
            try (OperatorProcess control = OperatorProcess.launch(
                            logs, SystemTest.environment(azure, cluster.kubeconfig(namespace), namespace), launcher)
                    .awaitReady()) {
                calm.members().values().stream()
                        .filter(member -> !member.isPaused())
                        .forEach(member ->
                                SystemTest.eventually(() -> assertTrue(LiveExport.isReady(member.export.object()))));
                people.doTheSame(calm, azure);
                stormy.members()
                        .keySet()
                        .forEach(name ->
                                SystemTest.eventually(() -> assertEquals(calm.state(name), stormy.state(name))));
                assertTrue(control.process().isAlive());
            }
        }
    }

    private static AzureSimulator simulator() {
        return AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(Schedule.USUAL));
    }
}
