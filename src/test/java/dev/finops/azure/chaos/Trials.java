package dev.finops.azure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.chaos.Tripwire.Call;
import dev.finops.azure.chaos.Tripwire.Point;
import dev.finops.azure.chaos.Tripwire.Side;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.Invariants;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.SystemTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One scenario, undisturbed and then again and again with an operator that is killed at one of the calls that it makes
 * for it. Such calls are
 * those to Azure's exports and those to the API server that concern the object: itself, its status, its Events, its
 * Secrets. Not points are what
 * an operator does whether there is an object or not: tokens, the lists and watches of the informer, discovery, the
 * lease.
 */
final class Trials implements AutoCloseable {
    private static final Duration NOT_REACHED = Duration.ofSeconds(3);

    /**
     * To the API server: what was lost is sent again, and how many steps of a run are seen and written down depends on
     * time.
     */
    private static final int REPEATED = 4;

    /** What the object's end is compared with. */
    private record Reference(
            String state,
            Map<Operation, Long> effects,
            Map<String, Long> written,
            Set<String> warnings,
            List<Call> calls) {}

    /** @param failure empty where the end was the same */
    record Outcome(Point point, boolean reached, Optional<String> failure) {}

    private final ControlPlane cluster;
    private final Scenario scenario;
    private final Path logs;
    private final List<String> launcher;
    private final String namespace;
    private final AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults()
            .withBehaviour(Behaviour.defaults().withRunsPerMinute(1000)));
    private final Tripwire tripwire = new Tripwire();
    private final ApiServerProxy proxy;
    private final List<OperatorProcess> operators = new ArrayList<>();
    private final Invariants invariants;
    private final Reference reference;
    private volatile Subject subject;
    private int trials;

    Trials(ControlPlane cluster, Scenario scenario, Path logs, List<String> launcher) {
        this.cluster = cluster;
        this.scenario = scenario;
        this.logs = logs;
        this.launcher = launcher;
        this.namespace = cluster.newNamespace("chaos");
        this.proxy = new ApiServerProxy(cluster, this::carry);
        this.invariants = new Invariants(cluster.client(), namespace, azure, operators);
        azure.faults().while_(Match.any(), new Fault.Across(this::cross));
        start();
        this.reference = undisturbed();
    }

    /** Both sides of each call up to the last write: what comes then is looking. */
    List<Point> points() {
        return reference.calls.stream()
                .flatMap(call -> Stream.of(Side.values()).map(side -> new Point(call, side)))
                .toList();
    }

    private Reference undisturbed() {
        Reference first = measured();
        Reference second = measured();
        if (!first.state.equals(second.state) || !first.effects.equals(second.effects)) {
            throw new IllegalStateException(
                    scenario + " does not end the same when nothing is done to it:\n" + first + "\n" + second);
        }
        return first;
    }

    private Reference measured() {
        begin(Optional.empty());
        SystemTest.eventually(() -> {
            if (!scenario.isDone(subject.export())) {
                throw new AssertionError(subject.state());
            }
        });
        settle();
        List<Call> calls = tripwire.calls();
        int end = calls.size();
        while (!writes(calls.get(end - 1))) {
            end--;
        }
        Reference measured =
                new Reference(subject.state(), subject.effects(), written(), subject.warnings(), calls.subList(0, end));
        clear();
        return measured;
    }

    private static boolean writes(Call call) {
        return !call.what().matches("GET .*|azure (GET|LIST|HISTORY)");
    }

    private Map<String, Long> written() {
        Map<String, Long> written = new HashMap<>();
        tripwire.calls().stream().filter(Trials::writes).forEach(call -> written.merge(call.what(), 1L, Long::sum));
        return written;
    }

    Outcome at(Point point) {
        try {
            begin(Optional.of(point));
            boolean reached = awaitKill();
            if (reached) {
                tripwire.revive();
                start();
            }
            sameEnd();
            settle();
            sameEnd();
            noMoreWrites();
            invariants.check();
            clear();
            boolean needed = writes(point.call()); // how often something is looked at depends on time
            return new Outcome(
                    point, reached, reached || !needed ? Optional.empty() : Optional.of("it was not reached"));
        } catch (AssertionError | RuntimeException failed) {
            String told = failed.getMessage() + "\ncalls: "
                    + tripwire.calls().stream().limit(50).toList() + "\nlog:\n"
                    + operators.getLast().log();
            restart();
            return new Outcome(point, true, Optional.of(told));
        }
    }

    private void begin(Optional<Point> point) {
        subject = null;
        Subject next = new Subject(
                cluster.client(),
                azure,
                namespace,
                scenario.name().toLowerCase().replace('_', '-') + "-" + ++trials);
        scenario.prepare(next);
        tripwire.set(point, operators.getLast()::kill);
        subject = next;
        scenario.act(next);
    }

    /** Whether the point was met: where it is one of looking, it may not be. */
    private boolean awaitKill() {
        long until = Long.MAX_VALUE;
        while (!tripwire.hasKilled() && System.nanoTime() < until) {
            if (until == Long.MAX_VALUE
                    && subject.export() != null
                    && subject.state().equals(reference.state)) {
                until = System.nanoTime() + NOT_REACHED.toNanos();
            }
            pause();
        }
        return tripwire.hasKilled();
    }

    private void sameEnd() {
        SystemTest.eventually(() -> assertEquals(reference.state, subject.state()));
    }

    private void noMoreWrites() {
        Map<Operation, Long> allowed = new HashMap<>(reference.effects);
        allowed.computeIfPresent(Operation.DELETE, (_, count) -> count + 1); // which Azure takes twice
        subject.effects()
                .forEach((operation, count) -> require(
                        count <= allowed.getOrDefault(operation, 0L), operation + " took effect " + count + " times"));
        written()
                .forEach((what, count) -> require(
                        count <= reference.written.getOrDefault(what, 0L) + REPEATED,
                        what + " was sent " + count + " times"));
        require(reference.warnings.equals(subject.warnings()), "Events that warn: " + subject.warnings());
    }

    private static void require(boolean kept, String otherwise) {
        if (!kept) {
            throw new AssertionError(otherwise);
        }
    }

    /** Long enough for whatever an operator that looks again would do. */
    private void settle() {
        int mark = azure.journal().mark();
        SystemTest.eventually(() -> require(
                subject.export().object() == null
                        || azure.journal().since(mark).stream()
                                        .filter(call -> call.operation() == Operation.LIST
                                                && call.path().contains(subject.scope()))
                                        .count()
                                >= 2,
                "no list"));
    }

    private void clear() {
        if (subject.export().object() != null) {
            tripwire.set(Optional.empty(), () -> {});
            subject.export().delete().awaitGone();
        }
    }

    private void start() {
        Map<String, String> environment =
                SystemTest.environment(azure, proxy.kubeconfig(cluster, namespace), namespace);
        environment.putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "OBSERVE_INTERVAL", "250ms"));
        operators.add(OperatorProcess.launch(logs, environment, launcher).awaitReady());
    }

    private void restart() {
        operators.getLast().kill();
        tripwire.revive();
        start();
    }

    private Optional<Exchange> carry(Exchange request, ApiServerProxy.Onward onward) throws IOException {
        Subject now = subject;
        Optional<String> words = now == null ? Optional.empty() : Subject.words(request, now.name());
        if (words.isPresent()) {
            return tripwire.across(words.get(), onward::answer);
        }
        return tripwire.hasKilled() ? Optional.empty() : Optional.of(onward.answer());
    }

    private Optional<Answer> cross(Operation operation, String path, Fault.Handling call) throws InterruptedException {
        Subject now = subject;
        if (now != null && path.startsWith(now.scope())) {
            return tripwire.across("azure " + operation, call::answer);
        }
        return tripwire.hasKilled() ? Optional.empty() : Optional.of(call.answer());
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        operators.forEach(OperatorProcess::close);
        proxy.close();
        azure.close();
    }
}
