package dev.finops.azure.bench;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * What the operator costs and how long it takes, with a {@link Peer} beside it; API server, simulator and load are on
 * the same machine.
 */
final class Benchmark {
    private static final Behaviour SLOW = Behaviour.defaults().withLatency(Duration.ofMillis(50));
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(5);

    /** What Azure Resource Manager grants a subscription: at once, and each second. */
    private static final int WRITES = 200;

    private static final int WRITES_A_SECOND = 10;

    private final ControlPlane cluster;
    private final Path directory;
    private final Size size;
    private final Table table;

    Benchmark(ControlPlane cluster, Path directory, Size size, Table table) {
        this.cluster = cluster;
        this.directory = directory;
        this.size = size;
        this.table = table;
    }

    void starts() throws IOException, InterruptedException {
        table.heading("Start, no CostExport");
        for (Path launcher : List.of(Estate.LAUNCHER, withoutCache())) {
            List<Double> seconds = new ArrayList<>();
            List<Double> megabytes = new ArrayList<>();
            for (int i = 0; i < size.starts(); i++) {
                try (Estate estate = new Estate(cluster, directory, Behaviour.defaults(), 1)) {
                    Instant start = Instant.now();
                    Footprint footprint = estate.operate(launcher, Map.of());
                    seconds.add(seconds(Duration.between(start, Instant.now())));
                    Thread.sleep(3000);
                    megabytes.add(footprint.megabytes());
                }
            }
            String how = launcher == Estate.LAUNCHER ? "with the AOT cache" : "without the AOT cache";
            table.row("start to ready, " + how, "s", median(seconds));
            table.row("resident, " + how, "MB", median(megabytes));
        }
    }

    /** The operator as it is built, but for the cache. */
    private Path withoutCache() throws IOException {
        Path built = Estate.LAUNCHER.toAbsolutePath();
        Path home = Files.createDirectory(directory.resolve("without-cache"));
        for (String part : List.of("costexport-operator.jvm", "costexport-operator.jar", "lib")) {
            Files.createSymbolicLink(home.resolve(part), built.resolveSibling(part));
        }
        return Files.createSymbolicLink(home.resolve(built.getFileName()), built);
    }

    /** So many at once, then at rest, then polled for a day that is made short. */
    void many() throws InterruptedException {
        table.heading("%,d CostExports in %d scopes, Azure takes 50 ms for an answer"
                .formatted(size.exports(), size.scopes()));
        try (Estate estate = new Estate(cluster, directory, SLOW, size.scopes())) {
            Footprint footprint = estate.operate(Map.of());
            Instant start = Instant.now();
            estate.apply(0, size.exports());
            estate.awaitReady(size.exports());
            double rate = size.exports() / seconds(Duration.between(start, Instant.now()));
            double calls = estate.azure().journal().calls().size() / (double) size.exports();
            Baseline peer = peer(size.exports());
            table.row("applied at once: Ready a second", "", rate);
            table.row("applied at once: ARM calls each", "", calls, peer.created);
            table.row("resident then", "MB", footprint.megabytes());
            rest(estate, peer);
            polled(estate, size.exports(), size.polls(), Duration.ofSeconds(1));
        }
    }

    /** Calls of a peer for each export, to create it and to look at it once. */
    private record Baseline(double created, double looked) {}

    private Baseline peer(int count) throws InterruptedException {
        try (Estate estate = new Estate(cluster, directory, SLOW, size.scopes());
                Peer peer = new Peer(estate)) {
            for (Future<Instant> work : IntStream.range(0, count)
                    .mapToObj(number -> peer.put(number, "first"))
                    .toList()) {
                Peer.done(work);
            }
            int created = estate.azure().journal().mark();
            for (Future<Instant> work :
                    IntStream.range(0, count).mapToObj(peer::look).toList()) {
                Peer.done(work);
            }
            return new Baseline(
                    created / (double) count, (estate.azure().journal().mark() - created) / (double) count);
        }
    }

    private void rest(Estate estate, Baseline peer) throws InterruptedException {
        List<String> before = estate.versions();
        int mark = estate.azure().journal().mark();
        Footprint footprint = estate.operate(Map.of("OBSERVE_INTERVAL", "5m"));
        Thread.sleep(SETTLED);
        List<Call> restart = estate.azure().journal().since(mark);
        table.row("restart: reads", "", count(restart, false), peer.looked * size.exports());
        table.row("restart: writes", "", count(restart, true));
        mark = estate.azure().journal().mark();
        Duration cpu = footprint.cpu();
        Thread.sleep(size.rest());
        List<Call> calls = estate.azure().journal().since(mark);
        double hours = size.rest().toMillis() / 3_600_000.0;
        table.row(
                "at rest, every 5 minutes: reads an hour",
                "",
                count(calls, false) / hours,
                peer.looked * size.exports() * 12);
        table.row("at rest: writes to Azure", "", count(calls, true));
        table.row(
                "at rest: objects written to the API server",
                "",
                estate.versions().stream()
                        .filter(version -> !before.contains(version))
                        .count());
        table.row("at rest: CPU", "% of a core", 100 * seconds(footprint.cpu().minus(cpu)) / seconds(size.rest()));
        table.row("at rest: resident", "MB", footprint.megabytes());
    }

    /**
     * As many lists of each scope as are made in a day, or in a part of it, in quick succession. All else that goes by
     * the interval is quick
     * too: each object is looked at every six of them.
     */
    private void polled(Estate estate, int exports, int polls, Duration interval) throws InterruptedException {
        int mark = estate.azure().journal().mark();
        Footprint footprint = estate.operate(Map.of("OBSERVE_INTERVAL", interval.toSeconds() + "s"));
        List<Double> megabytes = new ArrayList<>();
        for (int tenth = 1; tenth <= 10; tenth++) {
            while (count(estate.azure().journal().since(mark), false) < (long) polls * size.scopes() * tenth / 10) {
                Thread.sleep(200);
            }
            megabytes.add(footprint.megabytes());
        }
        String after = "%,d exports, resident after ".formatted(exports) + "%d polls of each scope, %d s apart";
        table.row(after.formatted(polls / 10, interval.toSeconds()), "MB", megabytes.getFirst());
        table.row(after.formatted(polls, interval.toSeconds()), "MB", megabytes.getLast());
        table.row("the most of ten looks in between", "MB", Collections.max(megabytes));
    }

    /** More than the bucket of one subscription has. */
    void quota() throws InterruptedException {
        Behaviour granting = Behaviour.defaults().withArmQuota(true);
        table.heading("%,d CostExports in one subscription that grants %d writes and %d more a second"
                .formatted(size.quota(), WRITES, WRITES_A_SECOND));
        double least = Math.max(0, size.quota() + 1 - WRITES) / (double) WRITES_A_SECOND;
        List<Double> operator;
        try (Estate estate = new Estate(cluster, directory, granting, 1)) {
            estate.operate(Map.of());
            Thread applying = estate.applying(0, size.quota());
            awaitPuts(estate, size.quota() / 2);
            Duration change = estate.change(0, "changed");
            applying.join();
            estate.awaitReady(size.quota());
            operator = outcome(estate, change);
        }
        List<Double> peer;
        try (Estate estate = new Estate(cluster, directory, granting, 1);
                Peer client = new Peer(estate)) {
            List<Future<Instant>> all = IntStream.range(0, size.quota())
                    .mapToObj(number -> client.put(number, "first"))
                    .toList();
            awaitPuts(estate, size.quota() / 2);
            Instant start = Instant.now();
            Future<Instant> change = client.put(0, "changed");
            for (Future<Instant> work : all) {
                Peer.done(work);
            }
            peer = outcome(estate, Duration.between(start, Peer.done(change)));
        }
        table.row("first to last write (the bucket allows %.1f s)".formatted(least), "s", operator.get(0), peer.get(0));
        table.row("calls answered 429", "%", operator.get(1), peer.get(1));
        table.row("calls in all", "", operator.get(2), peer.get(2));
        table.row("one change in the middle of it: until its PUT", "s", operator.get(3), peer.get(3));
    }

    private void awaitPuts(Estate estate, int count) throws InterruptedException {
        while (count(estate.azure().journal().calls(), true) < count) {
            Thread.sleep(20);
        }
    }

    private static List<Double> outcome(Estate estate, Duration change) {
        List<Call> calls = estate.azure().journal().calls();
        List<Instant> writes = calls.stream()
                .filter(call -> call.operation() == Operation.PUT && call.status() < 300)
                .map(Call::time)
                .sorted()
                .toList();
        double throttled = calls.stream().filter(call -> call.status() == 429).count();
        return List.of(
                seconds(Duration.between(writes.getFirst(), writes.getLast())),
                100 * throttled / calls.size(),
                (double) calls.size(),
                seconds(change));
    }

    /** Changes while thousands are created; then all of them. */
    void large() throws InterruptedException {
        table.heading(
                "%,d CostExports in %d scopes, Azure takes 50 ms for an answer".formatted(size.many(), size.scopes()));
        try (Estate estate = new Estate(cluster, directory, SLOW, size.scopes())) {
            Footprint footprint = estate.operate(Map.of());
            estate.apply(0, 1);
            estate.awaitReady(1);
            Thread applying = estate.applying(1, size.first());
            List<Double> changes = new ArrayList<>();
            while (applying.isAlive()
                    || count(estate.azure().journal().calls(), true) - changes.size() < size.first()) {
                changes.add(seconds(estate.change(0, "change " + changes.size())));
                Thread.sleep(BETWEEN_CHANGES);
            }
            table.row(
                    "a change while %,d are created, median of %d: until its PUT"
                            .formatted(size.first(), changes.size()),
                    "s",
                    median(changes));
            table.row("the slowest of them", "s", Collections.max(changes));
            estate.apply(size.first(), size.many());
            estate.awaitReady(size.many());
            table.row("resident with all of them Ready", "MB", footprint.megabytes());
            polled(estate, size.many(), size.pollsOfMany(), Duration.ofSeconds(4));
        }
    }

    /**
     * Requests of an hour in which nobody changes anything, with a role missing at some scopes. The hour and the
     * intervals of the
     * configuration are scaled; the lifetime of tokens and the timeouts of watches are not.
     */
    void idle() throws InterruptedException {
        Size.Idle idle = size.idle();
        String[] denied = IntStream.range(0, idle.withoutRole())
                .mapToObj(number -> Estate.scope(number, idle.exports()))
                .toArray(String[]::new);
        table.heading("%d CostExports in as many scopes, %d of them without a role: requests of an idle hour"
                .formatted(idle.exports(), idle.withoutRole()));
        try (Estate estate =
                new Estate(cluster, directory, Behaviour.defaults().withDeniedScopes(denied), idle.exports())) {
            estate.operate(Map.of(
                    "OBSERVE_INTERVAL",
                    idle.interval(Duration.ofMinutes(5)),
                    "RUN_POLL_INTERVAL",
                    idle.interval(Duration.ofSeconds(30)),
                    "RETRY_INITIAL",
                    idle.interval(Duration.ofSeconds(5)),
                    "RETRY_MAX",
                    idle.interval(Duration.ofMinutes(15))));
            estate.apply(0, idle.exports());
            estate.awaitReady(idle.exports() - idle.withoutRole());
            Thread.sleep(idle.hour()); // until the waits between retries have reached their maximum
            int mark = estate.azure().journal().mark();
            int tokens = estate.azure().journal().tokenRequests();
            Requests before = Requests.of(cluster);
            Thread.sleep(idle.hour());
            List<Call> calls = estate.azure().journal().since(mark);
            Requests after = Requests.of(cluster);
            table.row(
                    "Entra: tokens, in addition to one renewal an hour",
                    "",
                    estate.azure().journal().tokenRequests() - tokens);
            table.row(
                    "Azure: answered",
                    "",
                    calls.stream().filter(call -> call.status() < 400).count());
            table.row(
                    "Azure: refused for want of a role",
                    "",
                    calls.stream().filter(call -> call.status() >= 400).count());
            table.row("Azure: writes among them", "", count(calls, true));
            table.row("API server: writes", "", after.writes() - before.writes());
            table.row("API server: reads and watches", "", after.reads() - before.reads());
        }
    }

    private static long count(List<Call> calls, boolean writes) {
        return calls.stream()
                .filter(call -> call.operation().writes() == writes)
                .count();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
