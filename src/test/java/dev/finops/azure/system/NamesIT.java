package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Choice;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports whose names differ in letter case alone, as recorded sessions show them. */
class NamesIT extends SystemTest {
    private static final String ADOPT =
            "{exportName: %s, adoptionPolicy: Adopt, deletionPolicy: Delete, destination: {rootFolderPath: finops}}";

    @Test
    void twoObjectsHaveTheTwoOfAPairAndEachDeletesItsOwn() {
        String scope = newSubscription();
        portalExport(scope, "daily");
        portalExport(scope, "Daily");
        LiveExport lower = export("lower", scope, ADOPT.formatted("daily")).awaitReady();
        LiveExport upper = export("upper", scope, ADOPT.formatted("Daily")).awaitReady();

        assertTrue(
                lower.status().exportId().endsWith("/exports/daily"),
                lower.status().exportId());
        assertTrue(
                upper.status().exportId().endsWith("/exports/Daily"),
                upper.status().exportId());
        restart();
        lower.awaitLooks(2);
        assertEquals("True", lower.condition("Ready").status());
        assertEquals("True", upper.condition("Ready").status());

        upper.delete().awaitGone();
        assertEquals(Optional.empty(), azure.exports().find(scope, "Daily"));
        assertTrue(azure.exports().find(scope, "daily").isPresent());
        lower.awaitLooks(2);
        assertEquals("True", lower.condition("Ready").status());
        lower.delete().awaitGone();
        assertEquals(Optional.empty(), azure.exports().find(scope, "daily"));
    }

    @Test
    void oneOfAPairThatSomebodyDeletesIsCreatedAgainAndTheOtherIsNotTouched() {
        String scope = newSubscription();
        portalExport(scope, "Daily");
        portalExport(scope, "daily");
        LiveExport export = export("again", scope, ADOPT.formatted("daily")).awaitReady();
        clock.advance(Duration.ofMinutes(3)); // until then its absence may be a replica that lags
        String twin = azure.exports().find(scope, "Daily").orElseThrow().toString();

        azure.exports().remove(scope, "daily");

        export.awaitEvent("ExternalDeleted", "/exports/daily");
        export.awaitReady();
        assertTrue(azure.exports().find(scope, "daily").isPresent());
        assertEquals(twin, azure.exports().find(scope, "Daily").orElseThrow().toString());
    }

    @ParameterizedTest
    @EnumSource(Choice.Names.class)
    void theOnlyOneIsTheExportInAnyLetterCase(Choice.Names names) {
        azure.behaviour(usual.with(names));
        String scope = newSubscription();
        portalExport(scope, "2_Month-End");

        LiveExport refused = export("only-refused-" + names.ordinal(), scope, "exportName: 2_MONTH-end");
        refused.await("Stalled", "True", "AlreadyExists");
        refused.delete().awaitGone();
        LiveExport export = export("only-" + names.ordinal(), scope, ADOPT.formatted("2_month-end"))
                .awaitReady();

        assertTrue(
                export.status().exportId().endsWith("/exports/2_Month-End"),
                export.status().exportId());
        assertEquals(1, azure.exports().names(scope).size());
        export.awaitLooks(2);
        assertEquals(List.of(Operation.PUT), export.written());
        export.delete().awaitGone();
        assertEquals(List.of(), azure.exports().names(scope));
    }

    @Test
    void ofSeveralAndNoneExactNoneIsTouched() {
        String scope = newSubscription();
        portalExport(scope, "Daily");
        portalExport(scope, "DAILY");
        LiveExport export = export("several", scope, ADOPT.formatted("daily"));

        String message = export.await("Stalled", "True", "AlreadyExists").message();

        assertTrue(message.contains("DAILY, Daily") && message.contains("spec.exportName"), message);
        export.awaitLooks(3);
        assertEquals(List.of(), export.written());
        export.change("exportName: Daily").awaitReady();
        assertEquals(2, azure.exports().names(scope).size());
    }

    /** As long as recorded ones are. */
    @Test
    void aLongNameWithADigitFirstIsServed() {
        String name = "2019-11-01_" + "x".repeat(67 - 11 - 8) + "_Canary-";
        assertEquals(67, name.length());
        LiveExport export = export("long", "exportName: " + name).awaitReady();

        assertTrue(export.existsInAzure());
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
    }
}
