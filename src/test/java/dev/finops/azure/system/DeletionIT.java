package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the export when its object is deleted. */
class DeletionIT extends SystemTest {

    @Test
    void whatWeCreatedIsDeletedAndTheObjectGoesWhenAGetSays404() {
        var export = export("created", "").awaitReady();

        export.delete().awaitGone();

        assertFalse(export.existsInAzure());
        assertEquals(List.of(PUT, DELETE), export.written());
        assertEquals(GET, export.calls().getLast().operation());
        assertEquals(404, export.calls().getLast().status());
    }

    @Test
    void anObjectThatIsDeletedWhileItsExportIsCreatedLeavesNothing() {
        String scope = newSubscription();
        CompletableFuture<LiveExport> applied = new CompletableFuture<>();
        azure.faults()
                .next(
                        Match.on(PUT).path(scope),
                        new Fault.ThenAct(() -> applied.join().delete()));
        var export = export("in-flight", scope, "");
        applied.complete(export);

        export.awaitGone();

        assertFalse(export.existsInAzure());
        assertEquals(List.of(PUT, DELETE), export.written());
    }

    @Test
    void orphanLeavesTheExportAndCallsNothing() {
        var export = export("orphaned", "deletionPolicy: Orphan").awaitReady();
        int calls = export.calls().size();

        export.delete().awaitGone();

        assertTrue(export.existsInAzure());
        assertEquals(List.of(PUT), export.written());
        assertTrue(export.calls().size() <= calls + 1, "one look may have been under way");
    }

    /** F54: the object is deleted while Azure has not yet made up its mind. */
    @Test
    void anExportThatAzureCreatesLateIsDeletedToo() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), new Fault.Late(Duration.ofSeconds(3)));
        azure.faults().while_(Match.on(PUT).path(scope), ArmErrors.unavailable(1));
        var export = export("late-create", scope, "");
        export.await("Ready", "False", "ArmUnavailable");

        export.delete();
        eventually(() -> assertEquals(1, export.calls(DELETE).size()));
        eventually(() -> assertFalse(export.existsInAzure()));
        clock.advance(Duration.ofMinutes(3)); // the PUT that was answered 503 may come late as well

        export.awaitGone();
        assertEquals(1, export.calls(DELETE).size());
    }

    @Test
    void whatNeverCameToBeHoldsADeletionUpForNoLongerThanAzureTakes() {
        String scope = newSubscription();
        azure.faults().while_(Match.on(PUT).path(scope), new Fault.ResetBefore());
        var export = export("never-created", scope, "");
        export.await("Ready", "False", "ArmUnreachable");
        export.delete();
        eventually(
                () -> assertEquals("Deleting", export.condition("Reconciling").reason()));

        clock.advance(Duration.ofMinutes(3));

        export.awaitGone();
        assertEquals(0, export.calls(DELETE).size());
    }

    @Test
    void whatWeAdoptedStays() {
        String scope = newSubscription();
        export("first-life", scope, "{exportName: adopted, deletionPolicy: Orphan}")
                .awaitReady()
                .delete()
                .awaitGone();
        var export = export("second-life", scope, "exportName: adopted").awaitReady();
        assertEquals("Adopted", export.status().origin());

        export.delete().awaitGone();

        assertTrue(export.existsInAzure());
        assertEquals(List.of(), export.written());
    }

    @Test
    void whatWeAdoptedGoesWhenThePolicySaysDelete() {
        String scope = newSubscription();
        export("first-owner", scope, "{exportName: taken-over, deletionPolicy: Orphan}")
                .awaitReady()
                .delete()
                .awaitGone();
        var export = export("second-owner", scope, "{exportName: taken-over, deletionPolicy: Delete}")
                .awaitReady();

        export.delete().awaitGone();

        assertFalse(export.existsInAzure());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 404})
    void anExportThatIsGoneAlreadyHoldsNothingUp(int missingDeleteStatus) {
        azure.behaviour(usual.withMissingDeleteStatus(missingDeleteStatus));
        var export = export("gone-" + missingDeleteStatus, "").awaitReady();
        azure.exports().remove(export.scope(), export.exportName());

        export.delete().awaitGone();

        assertFalse(export.existsInAzure());
    }

    @Test
    void aProxysPageIsNo404() {
        var export = export("behind-proxy", "").awaitReady();
        var page = new Answer(404, Map.of("Content-Type", "text/html"), "<html>no such host</html>");
        azure.faults().while_(Match.on(DELETE, GET).path(export.scope()), page);

        export.delete();
        eventually(
                () -> assertEquals("BadArmResponse", export.condition("Synced").reason()));
        assertNotNull(export.object(), "the finalizer stays");
        assertTrue(export.existsInAzure());

        azure.faults().clear();
        export.awaitGone();
        assertFalse(export.existsInAzure());
    }

    @Test
    void aSubscriptionThatIsGoneCountsAsDeleted() {
        var export = export("no-subscription", "").awaitReady();
        azure.faults().while_(Match.any().path(export.scope()), ArmErrors.subscriptionNotFound("gone"));

        export.delete().awaitGone();
    }

    @Test
    void anExportThatAzureStillShowsIsWaitedForAndNotDeletedTwice() {
        var export = export("late-404", "").awaitReady();
        azure.behaviour(usual.withLateReads(Duration.ofSeconds(2)));

        export.delete();
        eventually(() -> assertTrue(export.calls(GET).stream().anyMatch(get -> get.status() == 200), "a late read"));
        assertNotNull(export.object());
        export.awaitGone();

        assertEquals(1, export.calls(DELETE).size());
    }

    @Test
    void aLostAnswerToTheDeletionIsNotTakenForOne() {
        var export = export("lost-answer", "").awaitReady();
        azure.faults().next(Match.on(DELETE).path(export.scope()), new Fault.ResetAfter());

        export.delete().awaitGone();

        assertFalse(export.existsInAzure());
        assertEquals(404, export.calls(GET).getLast().status());
    }

    @Test
    void anOutageKeepsTheObjectAndEndsWithIt() {
        var export = export("outage", "").awaitReady();
        azure.faults().while_(Match.any().path(export.scope()), ArmErrors.internalError());

        export.delete();
        eventually(
                () -> assertEquals("ArmUnreachable", export.condition("Synced").reason()));
        assertNotNull(export.object());

        azure.faults().clear();
        export.awaitGone();
        assertFalse(export.existsInAzure());
    }

    @Test
    void orphanIsTheWayOutWhenAzureNeverComesBack() {
        var export = export("way-out", "").awaitReady();
        azure.faults()
                .while_(
                        Match.any().path(export.scope()),
                        ArmErrors.authorizationFailed("operator", "exports/delete", export.scope()));
        export.delete();
        eventually(() ->
                assertEquals("AuthorizationFailed", export.condition("Synced").reason()));

        export.change("deletionPolicy: Orphan").awaitGone();

        assertTrue(export.existsInAzure());
    }

    @Test
    void anObjectThatNeverCreatedAnythingGoesWithoutACall() {
        String scope = newSubscription();
        azure.faults().while_(Match.any().path(scope), ArmErrors.accessDenied());
        var export = export("never-created", scope, "");
        export.await("Ready", "False", "AuthorizationFailed");

        export.delete().awaitGone();

        assertEquals(List.of(), export.calls(Operation.DELETE));
    }
}
