package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Choice;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.RunOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One run per request, and what its end means. */
class RunsIT extends SystemTest {

    private LiveExport ranAs(String name, RunOutcome outcome) {
        var export = export(name, "").awaitReady();
        azure.exports().nextRun(export.scope(), export.exportName(), outcome);
        return export.annotate(RUN_REQUESTED_AT, "now");
    }

    /** How many runs Azure has of it. */
    private int runs(LiveExport export) {
        return azure.exports().runs(export.scope(), export.exportName()).size();
    }

    @Test
    void anExportIsReadyWhileAzureStillThinksAboutItsFirstRun() {
        String scope = newSubscription();
        azure.faults().next(Match.on(RUN).path(scope), new Fault.Delay(Duration.ofSeconds(8)));

        var export = export("thinking", scope, "runOnCreate: true").awaitReady();

        assertEquals(List.of(PUT), export.written());
        export.await("LastRunSucceeded", "True", "Completed");
    }

    @Test
    void withoutARunTheStatusSaysHowToAskForOne() {
        var export = export("never-ran", "").awaitReady();

        var condition = export.await("LastRunSucceeded", "Unknown", "NoRunYet");

        assertTrue(
                condition.message().contains("kubectl -n " + namespace + " annotate costexport never-ran"),
                condition.message());
        assertTrue(condition.message().contains(RUN_REQUESTED_AT), condition.message());
    }

    @Test
    void runOnCreateRunsOnce() {
        var export = export("on-create", "runOnCreate: true").awaitReady();

        export.await("LastRunSucceeded", "True", "Completed");

        export.awaitLooks(3)
                .change("description: an update creates nothing")
                .awaitReady()
                .awaitLooks(2);
        assertEquals(List.of(PUT, RUN, PUT), export.written());
        assertTrue(export.calls(RUN).getFirst().body().isMissingNode(), "a body of {} would be refused");
    }

    @Test
    void eachNewValueRunsOnce() {
        var export = export("requested", "").awaitReady();

        export.annotate(RUN_REQUESTED_AT, "first");
        export.awaitStatus("first", CostExportStatus::lastHandledRunRequest);
        export.await("LastRunSucceeded", "True", "Completed");
        export.annotate(RUN_REQUESTED_AT, "first")
                .change("description: touched")
                .awaitReady()
                .awaitLooks(2);
        assertEquals(1, runs(export));

        export.annotate(RUN_REQUESTED_AT, "second");
        export.awaitStatus("second", CostExportStatus::lastHandledRunRequest);
        eventually(() -> assertEquals(2, export.status().runs().size()));
        assertEquals(2, runs(export));
        assertNull(export.status().pendingRun());
    }

    @Test
    void aRequestWhileARunIsUnderWayWaitsForItAndTheNewestWins() {
        azure.behaviour(usual.withInProgressFor(Duration.ofSeconds(2)));
        var export = export("queueing", "").awaitReady().annotate(RUN_REQUESTED_AT, "first");
        export.awaitStatus("first", CostExportStatus::lastHandledRunRequest);
        azure.behaviour(usual);

        export.annotate(RUN_REQUESTED_AT, "second").awaitLooks(1).annotate(RUN_REQUESTED_AT, "third");

        export.awaitStatus("third", CostExportStatus::lastHandledRunRequest);
        assertEquals(2, runs(export));
        var ended = azure.exports()
                .runs(export.scope(), export.exportName())
                .getLast()
                .at("/properties/processingEndTime")
                .asText();
        assertTrue(export.calls(RUN).getLast().time().isAfter(Instant.parse(ended)));
    }

    @Test
    void theStatusTellsARunFromItsBeginningToItsEnd() {
        azure.behaviour(usual.with(Choice.RunBegin.QUEUED)
                .withQueuedFor(Duration.ofSeconds(1))
                .withInProgressFor(Duration.ofSeconds(1)));
        var export = export("followed", "").awaitReady().annotate(RUN_REQUESTED_AT, "now");

        export.awaitStatus(
                "Queued",
                status -> status.lastRun() == null ? null : status.lastRun().status());
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason());
        export.awaitStatus("InProgress", status -> status.lastRun().status());
        export.awaitStatus("Completed", status -> status.lastRun().status());

        Run run = export.status().lastRun();
        ObjectNode shown =
                azure.exports().runs(export.scope(), export.exportName()).getFirst();
        assertEquals(shown.path("name").asText(), run.id());
        assertEquals("OnDemand", run.executionType());
        assertEquals(azure.clientId(), run.submittedBy());
        assertNotNull(run.processingStartTime());
        assertTrue(run.fileName().startsWith("finops/followed/"), run.fileName());
        assertTrue(run.manifestFile().endsWith("/manifest.json"), run.manifestFile());
        assertEquals(run, export.status().lastSuccessfulRun());
        assertEquals(List.of(run), export.status().runs());
        assertEquals(1, export.events("RunRequested").size());
        assertEquals(1, export.events("RunStarted").size());
        assertEquals(1, export.events("RunCompleted").size());
    }

    @Test
    void aFailedRunIsNoFaultOfTheExport() {
        var export = ranAs("failing", new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));

        var condition = export.await("LastRunSucceeded", "False", "RunFailed");

        assertTrue(
                condition.message().contains("StorageAccountNotFound: the account has been deleted"),
                condition.message());
        assertEquals("True", export.condition("Ready").status());
        assertEquals("True", export.condition("Synced").status());
        assertEquals("StorageAccountNotFound", export.status().lastRun().error().code());
        assertNull(export.status().lastSuccessfulRun());
        export.awaitEvent("RunFailed", "StorageAccountNotFound");

        export.annotate(RUN_REQUESTED_AT, "after mending it").await("LastRunSucceeded", "True", "Completed");
        assertEquals(2, export.status().runs().size());
    }

    @Test
    void aRunThatTimesOutIsNamedSo() {
        ranAs("late", new RunOutcome.Timeout()).await("LastRunSucceeded", "False", "RunTimedOut");
    }

    @Test
    void aRunWithoutNewDataIsASuccess() {
        var export = ranAs("nothing-new", new RunOutcome.NewDataNotAvailable());

        export.await("LastRunSucceeded", "True", "NoNewData");

        assertEquals("NewDataNotAvailable", export.status().lastSuccessfulRun().status());
    }

    @Test
    void aRunThatAzureDeniesIsHandledAndTold() {
        azure.behaviour(usual.withEmailClaimRequired(true));
        var export = export("denied", "").awaitReady().annotate(RUN_REQUESTED_AT, "now");

        var condition = export.await("LastRunSucceeded", "False", "RunDenied");
        azure.behaviour(usual);

        assertTrue(condition.message().contains("email claim"), condition.message());
        export.awaitEvent("RunRefused", "email claim");
        export.awaitStatus("now", CostExportStatus::lastHandledRunRequest);
        assertEquals("True", export.condition("Ready").status());
        assertEquals(List.of(PUT, RUN), export.written());
        export.annotate(RUN_REQUESTED_AT, "with a role").await("LastRunSucceeded", "True", "Completed");
    }

    @Test
    void aThrottledRunIsPostedWhenItsBucketFills() {
        var export = export("throttled", "").awaitReady();
        azure.faults().next(Match.on(RUN).path(export.scope()), ArmErrors.throttled("entity", 1));

        export.annotate(RUN_REQUESTED_AT, "now").await("LastRunSucceeded", "True", "Completed");

        var posts = export.calls(RUN);
        assertEquals(
                List.of(429, 200), posts.stream().map(post -> post.status()).toList());
        assertTrue(Duration.between(posts.get(0).time(), posts.get(1).time()).compareTo(Duration.ofSeconds(1)) >= 0);
        assertEquals("True", export.condition("Ready").status());
    }

    @Test
    void aRunThatWentWithItsExportIsOverAndTheNextOneRuns() {
        azure.behaviour(usual.withInProgressFor(Duration.ofHours(5)));
        LiveExport export = export("vanishing", "").awaitReady().annotate(RUN_REQUESTED_AT, "one");
        eventually(() -> assertEquals("InProgress", export.status().lastRun().status()));
        clock.advance(Duration.ofMinutes(3)); // until then an absence may be one of a replica that lags
        azure.exports().remove(export.scope(), export.name());
        eventually(() -> assertEquals(2, export.calls(PUT).size()));
        export.awaitReady().annotate(RUN_REQUESTED_AT, "two").awaitLooks(3);
        assertEquals(1, export.calls(RUN).size(), "the run may still be shown");

        clock.advance(Duration.ofMinutes(11));

        assertTrue(export.awaitEvent("RunFailed", "Vanished").contains("Azure no longer returns this run"));
        export.awaitStatus("two", CostExportStatus::lastHandledRunRequest);
        assertEquals(2, export.calls(RUN).size());
        assertEquals(1, runs(export));
    }
}
