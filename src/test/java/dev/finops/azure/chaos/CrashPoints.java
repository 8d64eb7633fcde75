package dev.finops.azure.chaos;

import dev.finops.azure.chaos.Tripwire.Point;
import dev.finops.azure.controlplane.ControlPlane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code make chaos}: the packaged operator is killed before and after each call of each {@link Scenario}, and the end
 * must be the same.
 */
public final class CrashPoints {
    private static final int AT_ONCE = 2;

    private CrashPoints() {}

    /** @param arguments a scenario, and one of its points as they are printed; all without them */
    public static void main(String[] arguments) throws Exception {
        List<Scenario> scenarios =
                arguments.length == 0 ? List.of(Scenario.values()) : List.of(Scenario.valueOf(arguments[0]));
        String point = arguments.length < 2 ? "" : arguments[1];
        Path directory = Files.createTempDirectory("costexport-chaos-");
        boolean same;
        try (ControlPlane cluster = ControlPlane.start(directory.resolve("cluster"), false)) {
            cluster.installCrd();
            System.out.println("scenario        points  passed  not reached   time");
            same = all(cluster, directory, scenarios, point);
        }
        System.exit(same ? 0 : 1);
    }

    private static boolean all(ControlPlane cluster, Path directory, List<Scenario> scenarios, String point)
            throws InterruptedException, ExecutionException {
        boolean same = true;
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Boolean>> results = scenarios.stream()
                    .map(scenario -> threads.submit(() -> one(cluster, directory, scenario, point)))
                    .toList();
            for (Future<Boolean> result : results) {
                same &= result.get();
            }
        }
        return same;
    }

    private static boolean one(ControlPlane cluster, Path directory, Scenario scenario, String point) {
        long start = System.nanoTime();
        List<Trials.Outcome> outcomes = new ArrayList<>();
        try (Trials trials = new Trials(cluster, scenario, directory, OperatorCommand.OF_THE_LAUNCHER)) {
            for (Point at : trials.points()) {
                if (point.isEmpty() || point.equals(at.toString())) {
                    outcomes.add(trials.at(at));
                }
            }
        }
        List<Trials.Outcome> failed = outcomes.stream()
                .filter(outcome -> outcome.failure().isPresent())
                .toList();
        long missed = outcomes.stream().filter(outcome -> !outcome.reached()).count();
        synchronized (System.out) {
            System.out.printf(
                    "%-14s  %6d  %6d  %11d  %4d s%n",
                    scenario,
                    outcomes.size(),
                    outcomes.size() - failed.size(),
                    missed,
                    Duration.ofNanos(System.nanoTime() - start).toSeconds());
            failed.forEach(outcome -> System.out.printf(
                    "%nFAILED: %s, killed %s; again: make chaos SCENARIO=%1$s POINT=\"%2$s\"%n%s%n%n",
                    scenario, outcome.point(), outcome.failure().orElseThrow()));
        }
        return failed.isEmpty() && !outcomes.isEmpty();
    }
}
