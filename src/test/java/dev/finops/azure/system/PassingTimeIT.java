package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes while nobody asks. Azure's time goes on from test to test. */
class PassingTimeIT extends SystemTest {

    @Test
    void aScheduledRunIsFollowedToo() {
        var export = export("scheduled", "schedule: {recurrence: Daily}").awaitReady();
        assertNotNull(export.status().nextRunTime());

        clock.advance(Duration.ofHours(49));

        eventually(() -> assertEquals("Scheduled", export.status().lastRun().executionType()));
        assertEquals("System", export.status().lastRun().submittedBy());
        export.await("LastRunSucceeded", "True", "Completed");
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void dataOlderThanItsLimitIsStaleUntilTheNextRun() {
        var export = export("ageing", "freshness: {maxAge: 1h}").awaitReady();
        export.annotate(RUN_REQUESTED_AT, "now").await("Delivered", "True", "Fresh");

        clock.advance(Duration.ofMinutes(61));

        var stale = export.await("Delivered", "False", "Stale");
        String lastGood =
                export.status().lastSuccessfulRun().processingEndTime().substring(0, 19);
        assertTrue(stale.message().contains(lastGood), stale.message());
        assertEquals("True", export.condition("Ready").status());
        assertEquals("True", export.condition("LastRunSucceeded").status());
        export.annotate(RUN_REQUESTED_AT, "again").await("Delivered", "True", "Fresh");
    }

    @Test
    void withoutAnyRunPastTheLimitItIsStaleToo() {
        var export = export("never-delivered", "freshness: {maxAge: 1000h}").awaitReady();
        export.await("Delivered", "Unknown", "NoRunYet");

        clock.advance(Duration.ofHours(1001));

        export.await("Delivered", "False", "Stale");
        export.change("schedule: {recurrence: Daily, suspend: true}").awaitReady();
        assertNull(export.condition("Delivered"), "nothing is expected of a suspended schedule");
    }

    @Test
    void aMissingRoleStallsWhenItHasLastedHalfAnHour() {
        var export = export("no-role", newSubscription(), "");
        azure.behaviour(usual.withDeniedScopes(export.scope()));
        export.change("description: waits for a role").await("Synced", "False", "AuthorizationFailed");
        assertNull(export.condition("Stalled"));

        clock.advance(Duration.ofMinutes(31));

        export.await("Stalled", "True", "AuthorizationFailed");
        assertNull(export.condition("Reconciling"));
        azure.behaviour(usual);
        export.awaitReady();
        assertNull(export.condition("Stalled"));
    }

    @Test
    void aRefusalIsTriedAgainSlowly() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.policyDenied("refused"));
        var export = export("refused", scope, "");
        export.await("Stalled", "True", "DisallowedByPolicy");
        export.awaitLooks(3);
        assertEquals(1, export.calls(PUT).size());

        clock.advance(RETRY_MAX.multipliedBy(96).plusSeconds(1));

        export.awaitReady();
        assertEquals(2, export.calls(PUT).size());
    }

    @Test
    void clocksThatDifferAreTold() {
        export("skewed", "").awaitReady();

        clock.advance(Duration.ofMinutes(6));

        eventually(() -> assertEquals(
                1,
                cluster.client().v1().events().inNamespace(namespace).list().getItems().stream()
                        .filter(event -> event.getReason().equals("ClockSkew"))
                        .count()));
    }
}
