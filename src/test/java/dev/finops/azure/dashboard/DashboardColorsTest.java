package dev.finops.azure.dashboard;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.export.runs.BackfillMonths;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each color has one meaning: green good, red failed, orange unknown or throttled, blue in progress, grey a count. */
class DashboardColorsTest {
    private static final int EXPORTS_BY_READY = 9;
    private static final int RUNS = 10;
    private static final int BACKFILL_MONTHS = 11;
    private static final int FAILING_CONDITIONS = 21;
    private static final int CALLS = 23;
    private static final int THROTTLED_TIME = 27;
    private static final int RECONCILIATIONS = 29;
    private static final int WATCH = 30;

    private static List<Panel> panels;

    @BeforeAll
    static void read() throws IOException {
        panels = Picture.panels();
    }

    @ParameterizedTest
    @CsvSource({
        "True Applied, green",
        "True Suspended, green",
        "False AuthorizationFailed, red",
        "False TrueLooksDifferent, red",
        "Unknown Pending, orange"
    })
    void theReadyConditionHasTheColorOfItsStatus(String name, String color) {
        assertColor(EXPORTS_BY_READY, name, color);
    }

    @ParameterizedTest
    @CsvSource({"started, blue", "completed, green", "failed, red", "refused, dark-red"})
    void aRunHasTheColorOfItsOutcome(String name, String color) {
        assertColor(RUNS, name, color);
    }

    @Test
    void aMonthHasTheColorOfItsState() {
        Map.of(
                        BackfillMonths.PENDING, Palette.NEUTRAL,
                        BackfillMonths.REQUESTED, "light-blue",
                        BackfillMonths.RUNNING, "blue",
                        BackfillMonths.COMPLETED, "green",
                        BackfillMonths.NO_DATA, "light-green",
                        BackfillMonths.FAILED, "red")
                .forEach((state, color) -> assertColor(BACKFILL_MONTHS, state, color));
    }

    @ParameterizedTest
    @CsvSource({
        "Delivered BlobMissing, red",
        "LastRunSucceeded RunFailed, red",
        "Stalled InvalidRequest, red",
        "Synced Throttled, orange"
    })
    void aFailingConditionIsRedUnlessAzureThrottles(String name, String color) {
        assertColor(FAILING_CONDITIONS, name, color);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "get", "put", "delete", "run", "history"})
    void aCallHasTheColorOfItsOutcome(String operation) {
        String successful = seriesColor(CALLS, operation + " ok");
        assertTrue(successful.endsWith("green") || successful.equals("#6b8e23"), successful);
        assertColor(CALLS, operation + " Throttled", "orange");
        assertColor(CALLS, operation + " AuthorizationFailed", "red");
        assertColor(CALLS, operation + " Unavailable", "red");
    }

    @Test
    void successfulCallsOfTwoOperationsDiffer() {
        List<String> operations = List.of("list", "get", "put", "delete", "run", "history");
        assertEquals(
                operations.size(),
                operations.stream()
                        .map(operation -> seriesColor(CALLS, operation + " ok"))
                        .distinct()
                        .count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "delete", "run"})
    void throttledTimeIsOrange(String kind) {
        assertTrue(seriesColor(THROTTLED_TIME, kind).endsWith("orange"));
    }

    @Test
    void reconciliationsAreInProgress() {
        assertColor(RECONCILIATIONS, "started per second", "blue");
        assertColor(RECONCILIATIONS, "in progress", "light-blue");
    }

    @Test
    void aClosedWatchIsRed() {
        assertEquals(Optional.of("green"), panel(WATCH).seriesColor("costexport-operator-0", 1));
        assertEquals(Optional.of("red"), panel(WATCH).seriesColor("costexport-operator-0", 0));
    }

    /** Grafana's palette would give a state the color of its place in the alphabet. */
    @Test
    void noLineHasAColorByChance() {
        assertEquals(
                List.of(),
                panels.stream()
                        .filter(panel -> panel.type().equals("timeseries"))
                        .filter(panel ->
                                panel.seriesColor("a name that nobody has", 1).isEmpty())
                        .map(Panel::title)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CostExports", "Unmanaged exports", "Time since last delivery"})
    void aPlainNumberIsGreyWhateverItsValue(String title) {
        Panel panel = panels.stream()
                .filter(one -> one.type().equals("stat") && one.title().equals(title))
                .findFirst()
                .orElseThrow();
        assertAll(Stream.of(0.0, 1.0, 80.0, 1e9).map(value -> () -> assertEquals(Palette.NEUTRAL, panel.color(value))));
    }

    @ParameterizedTest
    @CsvSource({
        "Ready, 0.9, red",
        "Ready, 1, green",
        "Failing CostExports, 0, green",
        "Failing CostExports, 1, red",
        "Late or missing deliveries, 0, green",
        "Late or missing deliveries, 1, red",
        "Open backfill months, 0, #8e8e8e",
        "Open backfill months, 1, blue",
        "Schedule ends in, -1, red",
        "Schedule ends in, 1209599, orange",
        "Schedule ends in, 1209600, green",
        "SAS token expires in, -1, red",
        "SAS token expires in, 604799, orange",
        "SAS token expires in, 604800, green"
    })
    void aThresholdHasAMeaning(String title, double value, String color) {
        List<Panel> stats = panels.stream()
                .filter(panel -> panel.type().equals("stat") && panel.title().equals(title))
                .toList();
        assertTrue(!stats.isEmpty(), title);
        stats.forEach(panel -> assertEquals(color, panel.color(value)));
    }

    @ParameterizedTest
    @CsvSource({"unknown, orange", "no end, #8e8e8e", "none, #8e8e8e", "none yet, #8e8e8e", "0, #8e8e8e"})
    void aMissingValueIsNeitherGoodNorBad(String noValue, String color) {
        List<Panel> stats = panels.stream()
                .filter(panel -> panel.type().equals("stat") && panel.noValue().equals(noValue))
                .toList();
        assertTrue(!stats.isEmpty(), noValue);
        stats.forEach(panel -> assertEquals(color, panel.colorOfNoValue(), panel.title()));
    }

    private static void assertColor(int id, String name, String color) {
        assertEquals(color, seriesColor(id, name), name);
    }

    private static String seriesColor(int id, String name) {
        return panel(id).seriesColor(name, 1).orElse("by chance");
    }

    private static Panel panel(int id) {
        return panels.stream().filter(panel -> panel.id() == id).findFirst().orElseThrow();
    }
}
