package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.LIST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One list a scope and interval, and nobody is woken without news. */
class ObserveIT extends SystemTest {
    private static final Pattern PASSES =
            Pattern.compile("(?m)^operator_sdk_reconciliations_started_total\\{[^}]*} ([0-9.E]+)$");

    @Override
    Map<String, String> settings() {
        return Map.of("OBSERVE_INTERVAL", "1s");
    }

    @Test
    void whoseExportIsUnchangedIsNotWokenByTheList() {
        String scope = newSubscription();
        List<LiveExport> exports = IntStream.range(0, 10)
                .mapToObj(i -> export("asleep-" + i, scope, ""))
                .toList();
        exports.forEach(LiveExport::awaitReady);
        exports.getFirst().awaitLooks(2);
        double passes = passes();
        assertTrue(passes > 0, operator.page("/metrics"));
        int mark = azure.journal().mark();

        exports.getFirst().awaitLooks(4);

        // Each comes by itself once in two intervals, and none for a list.
        assertTrue(passes() - passes <= 3 * exports.size(), () -> "passes: " + (passes() - passes));
        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.path().startsWith(scope) && call.operation() == GET)
                        .toList());
    }

    @Test
    void whoseExportWasEditedIsWoken() {
        LiveExport export =
                export("edited", "description: as in Git").awaitReady().awaitLooks(1);

        export.editInPortal(properties -> properties.put("exportDescription", "as I like it"));

        export.awaitEvent("DriftCorrected", "description");
    }

    @Test
    void nobodyListsForAnObjectThatIsPaused() {
        LiveExport export = export("asleep", "").awaitReady().awaitLooks(1);
        export.annotate("azure.finops.dev/paused", "true").await("Ready", "True", "Paused");
        int lists = export.calls(LIST).size();

        export("awake", "").awaitReady().awaitLooks(4);

        assertTrue(export.calls(LIST).size() <= lists + 1, "at most the one that was under way");
    }

    @Test
    void exportsThatNoObjectNamesAreCountedAndNamed() {
        String scope = newSubscription();
        portalExport(scope, "by-hand");
        export("named", scope, "").awaitReady();

        eventually(() ->
                assertTrue(operator.log().contains("No CostExport names these exports at " + scope + " (1): by-hand")));
        assertTrue(operator.page("/metrics").contains("costexport_unclaimed_exports 1.0"), operator.page("/metrics"));
    }

    private double passes() {
        return PASSES.matcher(operator.page("/metrics"))
                .results()
                .mapToDouble(count -> Double.parseDouble(count.group(1)))
                .sum();
    }
}
