package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.LIST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Respelling;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An operator with nothing to do does nothing, however Azure spells what it has. */
class IdleIT extends SystemTest {
    private static final int INTERVALS = 4;

    /** Fields whose spelling an answer may change, and some that only Azure fills in. */
    private static final List<String> SPECS = List.of(
            "schedule: {recurrence: Daily, from: 2026-01-01}",
            "{schedule: {recurrence: Weekly}, compressionMode: Gzip, format: Csv}",
            "{dataset: {type: FocusCost, version: 1.2-preview, columns: [BilledCost, BillingPeriodStart, "
                    + "ChargePeriodStart]}, format: Parquet, compressionMode: Snappy}",
            "{dataset: {timeframe: Custom, timePeriod: {from: 2026-01-01, to: 2026-01-31}}, description: "
                    + "one month, partitionData: false}",
            "{destination: {rootFolderPath: finops/focus/}, dataOverwriteBehavior: "
                    + "OverwritePreviousReport, identity: {type: SystemAssigned, location: Central US}}");

    /** As one plain set of exports is shown in every spelling. */
    private List<LiveExport> spelled = List.of();

    @Override
    Map<String, String> settings() {
        return Map.of("OBSERVE_INTERVAL", "400ms");
    }

    private List<LiveExport> exports(String prefix, String scope, int count) {
        var exports = IntStream.range(0, count)
                .mapToObj(i -> export(prefix + "-" + i, scope, SPECS.get(i % SPECS.size())))
                .toList();
        exports.forEach(LiveExport::awaitReady);
        return exports;
    }

    private static Map<String, String> resourceVersions(List<LiveExport> exports) {
        return exports.stream()
                .collect(Collectors.toMap(
                        LiveExport::name,
                        export -> export.object().getMetadata().getResourceVersion()));
    }

    private int eventsOfNamespace() {
        return cluster.client()
                .v1()
                .events()
                .inNamespace(namespace)
                .list()
                .getItems()
                .size();
    }

    private void nothingIsWrittenWhile(List<LiveExport> exports, Runnable time) {
        Map<String, String> before = resourceVersions(exports);
        int events = eventsOfNamespace();
        int calls = azure.journal().mark();
        time.run();
        assertEquals(
                List.of(),
                azure.journal().since(calls).stream()
                        .filter(call -> call.operation().writes())
                        .toList());
        assertEquals(before, resourceVersions(exports));
        assertEquals(events, eventsOfNamespace());
    }

    static Stream<List<Respelling>> spellings() {
        return Stream.concat(
                Stream.of(Respelling.values()).map(List::of),
                Stream.of(
                        Stream.of(Respelling.values())
                                .filter(r -> r != Respelling.NO_SLASH_AFTER_FOLDER)
                                .toList(),
                        Stream.of(Respelling.values())
                                .filter(r -> r != Respelling.SLASH_AFTER_FOLDER)
                                .toList()));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void anotherSpellingIsNoDifference(List<Respelling> spelling) {
        if (spelled.isEmpty()) {
            azure.behaviour(usual.withRespellings());
            spelled = exports("spelled", newSubscription(), SPECS.size());
        }
        azure.behaviour(usual.withRespellings(spelling.toArray(Respelling[]::new)));

        nothingIsWrittenWhile(spelled, () -> spelled.getFirst().awaitLooks(2));
    }

    @Test
    void twentyExportsRestWithOneReadPerScopeAndInterval() {
        azure.behaviour(usual.withRespellings(Stream.of(Respelling.values())
                .filter(r -> r != Respelling.NO_SLASH_AFTER_FOLDER)
                .toArray(Respelling[]::new)));
        var scopes = List.of(newSubscription(), newSubscription());
        var exports = scopes.stream()
                .flatMap(scope -> exports("rest-" + scopes.indexOf(scope), scope, 10).stream())
                .toList();
        exports.getFirst().awaitLooks(2);
        int calls = azure.journal().mark();

        nothingIsWrittenWhile(exports, () -> exports.getFirst().awaitLooks(INTERVALS));

        var reads = azure.journal().since(calls).stream()
                .filter(call -> scopes.stream().anyMatch(call.path()::startsWith))
                .toList();
        assertEquals(
                List.of(),
                reads.stream().filter(call -> call.operation() == GET).toList());
        var lists = reads.stream()
                .filter(call -> call.operation() == LIST)
                .collect(Collectors.groupingBy(call -> call.path(), Collectors.counting()));
        assertEquals(2, lists.size());
        lists.forEach(
                (scope, count) -> assertTrue(count <= 2 * INTERVALS, () -> scope + " was listed " + count + " times"));
    }

    @Test
    void aRestartWithFiftyExportsWritesNothing() {
        String scope = newSubscription();
        var exports = exports("many", scope, 50);
        exports.getFirst().awaitLooks(1);

        nothingIsWrittenWhile(exports, () -> {
            int calls = azure.journal().mark();
            restart();
            exports.getFirst().awaitLooks(2);
            var counts = azure.journal().since(calls).stream()
                    .filter(call -> call.path().startsWith(scope))
                    .collect(Collectors.groupingBy(call -> call.operation(), Collectors.counting()));
            assertTrue(counts.getOrDefault(GET, 0L) == 0, () -> "one list serves all: " + counts);
        });
    }
}
