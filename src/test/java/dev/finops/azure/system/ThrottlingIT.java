package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bucket that Azure says is dry is left alone until it fills, and only that one. */
class ThrottlingIT extends SystemTest {

    /** Between a refused call and the next of its kind. */
    private static Duration pause(LiveExport export, Operation operation) {
        List<Call> calls = export.calls(operation);
        int refused = calls.indexOf(
                calls.stream().filter(call -> call.status() == 429).findFirst().orElseThrow());
        return Duration.between(
                calls.get(refused).time(), calls.get(refused + 1).time());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Retry-After",
                "x-ms-ratelimit-microsoft.consumption-retry-after",
                "x-ms-ratelimit-microsoft.consumption-tenant-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-client-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-clienttype-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after"
            })
    void everyHeaderThatNamesATimeIsHonoured(String header) {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.throttledBy(header, 1));

        var export = export("header-" + azure.journal().mark(), scope, "").awaitReady();

        assertEquals(2, export.calls(PUT).size());
        assertTrue(pause(export, PUT).compareTo(Duration.ofSeconds(1)) >= 0);
    }

    @Test
    void theLongestTimeCounts() {
        String scope = newSubscription();
        azure.faults()
                .next(
                        Match.on(PUT).path(scope),
                        ArmErrors.throttled("entity", 1)
                                .with("Retry-After", "0")
                                .with("x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after", "2"));

        var export = export("longest", scope, "").awaitReady();

        assertTrue(pause(export, PUT).compareTo(Duration.ofSeconds(2)) >= 0);
    }

    @Test
    void aDryBucketIsSharedByItsScopesAndNoOthers() {
        String subscription = newSubscription();
        azure.faults().next(Match.on(PUT).path(subscription), ArmErrors.throttled("entity", 3));
        var first = export("first-of-bucket", subscription, "");
        var refusal = first.await("Ready", "False", "Throttled");
        assertTrue(refusal.message().contains("Too many requests"), refusal.message());
        assertEquals("Throttled", first.condition("Reconciling").reason());
        assertNull(first.condition("Stalled"));

        var second = export("second-of-bucket", subscription + "/resourceGroups/finops", "");
        var stranger = export("stranger", "").awaitReady();

        second.await("Ready", "False", "Throttled");
        assertEquals(List.of(), second.calls(PUT), "kept back here");
        assertTrue(stranger.existsInAzure());
        first.awaitReady();
        second.awaitReady();
        assertTrue(pause(first, PUT).compareTo(Duration.ofSeconds(3)) >= 0);
        assertTrue(second.calls(PUT)
                .getFirst()
                .time()
                .isAfter(first.calls(PUT).getFirst().time().plusSeconds(3)));
    }

    @Test
    void aThrottledReadLeavesReadyAloneAndKeepsQuiet() {
        var export = export("read", "").awaitReady();
        azure.faults().next(Match.on(LIST).path(export.scope()), ArmErrors.throttled("qpu", 3));

        export.awaitLooks(2);

        assertTrue(pause(export, LIST).compareTo(Duration.ofSeconds(3)) >= 0);
        assertEquals("True", export.condition("Ready").status());
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void withoutATimeItIsTriedAgainAllTheSame() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.throttledBy("x-nothing", 1));

        export("no-header", scope, "").awaitReady();
    }

    @Test
    void runsKeepTheirPaceWhenAzureRefusesTheEleventh() {
        azure.behaviour(usual.withRunsPerMinute(0));
        String scope = newSubscription();
        var export = export("run", scope, "runOnCreate: true").awaitReady();
        eventually(() -> assertEquals(1, export.calls(Operation.RUN).size()));

        export.awaitLooks(3);

        assertEquals(1, export.calls(Operation.RUN).size(), "a minute has not passed");
        assertEquals("True", export.condition("Ready").status());
    }
}
