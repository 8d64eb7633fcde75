package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Choice;
import dev.finops.azure.simulator.Match;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What Azure refuses, as a person reads it; and how often it is asked again. Azure's time goes on from test to test.
 */
class ExplanationsIT extends SystemTest {
    /**
     * What Azure refused for good, or a run that it denied, is asked again after 96 RETRY_MAX: a day with the defaults.
     */
    private static final Duration A_DAY = RETRY_MAX.multipliedBy(96).plusSeconds(2);

    private static String newBillingProfile() {
        return "/providers/Microsoft.Billing/billingAccounts/" + UUID.randomUUID() + ":" + UUID.randomUUID()
                + "_2019-05-31/billingProfiles/AB12-CD34-EF5-GHI";
    }

    private static int posts(LiveExport export) {
        return export.calls(RUN).size();
    }

    @Test
    void aRunThatIsDeniedIsAskedForOnceADayOverRestarts() {
        String scope = newBillingProfile();
        azure.faults().while_(Match.on(RUN).path(scope), ArmErrors.accessDenied());
        var export = export("denied", scope, "runOnCreate: true").awaitReady();

        var denied = export.await("LastRunSucceeded", "False", "RunDenied");
        assertTrue(
                denied.message()
                        .startsWith("Azure rejected a run: RBACAccessDenied: The client does not "
                                + "have authorization to perform action."),
                denied.message());
        assertTrue(
                denied.message()
                        .contains("A user with a billing role can start a run: az rest --method post --url '" + scope),
                denied.message());
        assertEquals(denied.message(), export.awaitEvent("RunRefused", "Scheduled runs need no such permission"));
        assertEquals("True", export.condition("Ready").status());
        restart();
        export.awaitLooks(3);
        assertEquals(1, posts(export));

        clock.advance(A_DAY);
        eventually(() -> assertEquals(2, posts(export)));
        restart();
        export.awaitLooks(3);
        assertEquals(2, posts(export));
        assertEquals(List.of(PUT, RUN, RUN), export.written());

        azure.faults().clear();
        azure.behaviour(usual.with(Choice.RunAtMca.ACCEPTED));
        export.annotate(RUN_REQUESTED_AT, "at once").await("LastRunSucceeded", "True", "Completed");
        assertEquals(3, posts(export));
        assertNull(export.status().pendingRun());
    }

    /** As the page of closed months says, where closedMonth is of no use. */
    @Test
    void aSecondScheduleExportsAClosedMonthWhereRunsAreDenied() {
        cluster.kubectl()
                .run("", "apply", "--namespace", namespace, "--filename", "deploy/samples/closed-month-mca.yaml")
                .orFail();
        var export = applied("closed-month-mca").awaitReady();
        azure.faults().while_(Match.on(RUN).path(export.scope()), ArmErrors.accessDenied());

        clock.advance(Duration.ofDays(32));

        export.await("LastRunSucceeded", "True", "Completed");
        var run = export.status().lastRun();
        assertEquals("Scheduled", run.executionType());
        LocalDate submitted = LocalDate.parse(run.submittedTime().substring(0, 10));
        assertEquals(5, submitted.getDayOfMonth());
        YearMonth closed = YearMonth.from(submitted).minusMonths(1);
        assertEquals(closed.atDay(1).toString(), run.timePeriod().from().substring(0, 10));
        assertEquals(closed.atEndOfMonth().toString(), run.timePeriod().to().substring(0, 10));
    }

    @Test
    void theScheduleGoesOnWhereRunsAreDenied() {
        String scope = newBillingProfile();
        azure.faults().while_(Match.on(RUN).path(scope), ArmErrors.accessDenied());
        var export = export("by-schedule", scope, "schedule: {recurrence: Daily}")
                .awaitReady()
                .annotate(RUN_REQUESTED_AT, "now");
        export.await("LastRunSucceeded", "False", "RunDenied");
        export.awaitStatus("now", status -> status.lastHandledRunRequest());

        clock.advance(Duration.ofHours(49));

        export.await("LastRunSucceeded", "True", "Completed");
        eventually(() -> assertNull(export.status().pendingRun()));
        assertEquals("Scheduled", export.status().lastRun().executionType());
    }

    @Test
    void monthsThatAreDeniedWaitAndSayWhy() {
        String scope = newBillingProfile();
        azure.faults().while_(Match.on(RUN).path(scope), ArmErrors.accessDenied());
        var export = export("denied-months", scope, "backfill: {months: 3}").awaitReady();

        var backfilled = export.await("Backfilled", "Unknown", "RunDenied");
        assertTrue(backfilled.message().startsWith("Months done: 0/3. Azure rejected a run of "), backfilled.message());
        assertTrue(backfilled.message().contains("azure.finops.dev/run-period="), backfilled.message());
        restart();
        export.awaitLooks(3);
        assertEquals(1, posts(export));
        assertEquals(
                List.of(0, 0, 0),
                export.status().backfill().months().stream()
                        .map(Month::attempts)
                        .toList());
        assertEquals("NoRunYet", export.condition("LastRunSucceeded").reason());

        azure.faults().clear();
        azure.behaviour(usual.with(Choice.RunAtMca.ACCEPTED));
        clock.advance(A_DAY);

        export.await("Backfilled", "True", "MonthsDone");
        assertEquals(4, posts(export));
    }

    @Test
    void aMissingRoleOfAnEnrollmentIsABillingRole() {
        String scope = "/providers/Microsoft.Billing/billingAccounts/7654321";
        azure.faults().while_(Match.on(PUT).path(scope), ArmErrors.unauthorized());
        var export = export("enrollment", scope, "");

        var ready = export.await("Ready", "False", "AuthorizationFailed");

        assertTrue(
                ready.message().startsWith("Unauthorized: Unauthorized. Authentication failed. (request id "),
                ready.message());
        assertTrue(ready.message().contains("Azure roles have no effect in an enrollment"), ready.message());
        assertTrue(
                ready.message().contains("$(az ad sp show --id " + azure.clientId() + " --query id"), ready.message());
        assertEquals(ready.message(), export.awaitEvent("AuthorizationFailed", "EnrollmentReader"));
        azure.faults().clear();
        export.awaitReady();
    }

    @Test
    void aMissingRoleOfASubscriptionIsOneCommand() {
        String scope = newSubscription() + "/resourceGroups/data(finops)";
        azure.faults()
                .while_(
                        Match.on(PUT).path(scope),
                        ArmErrors.authorizationFailed(
                                azure.clientId(), "Microsoft.CostManagement/exports/write", scope));
        var export = export("group", scope, "");

        var ready = export.await("Ready", "False", "AuthorizationFailed");

        assertTrue(
                ready.message()
                        .contains("az role assignment create --role 'Cost Management Contributor' --assignee "
                                + azure.clientId() + " --scope '" + scope + "' and az role "),
                ready.message());
        azure.faults().clear();
        export.awaitReady();
    }

    @Test
    void anAccountWithoutKeysIsMendedAndAskedForOnceMore() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.keyAccessDisabled());
        var export = export("no-keys", scope, "");

        var stalled = export.await("Stalled", "True", "InvalidRequest");
        assertTrue(
                stalled.message()
                        .contains(
                                "az storage account update --ids /subscriptions/00000000-0000-0000-0000-000000000001/"),
                stalled.message());
        assertTrue(
                stalled.message()
                        .endsWith(". Then send the export again: kubectl -n " + namespace
                                + " annotate costexport no-keys --overwrite "
                                + "azure.finops.dev/apply-requested-at=\"$(date)\""),
                stalled.message());
        export.awaitLooks(3);
        assertEquals(1, export.calls(PUT).size());

        cluster.kubectl()
                .run(
                        "",
                        "annotate",
                        "--namespace",
                        namespace,
                        "costexport",
                        "no-keys",
                        "--overwrite",
                        "azure.finops.dev/apply-requested-at=now")
                .orFail();
        export.awaitReady();
    }

    @Test
    void aNewSubscriptionIsWaitedForHoweverLong() {
        String scope = newSubscription();
        azure.faults()
                .while_(
                        Match.any().path(scope),
                        Answer.error(
                                400,
                                "BadRequest",
                                "Cost management data is not supported for subscription(s) " + scope.substring(15)
                                        + " in the provided api-version. Please use api-version 2019-10-01 or later."));
        var export = export("brand-new", scope, "");
        export.await("Ready", "False", "SubscriptionTooNew");

        clock.advance(Duration.ofHours(30));
        export.awaitLooks(3);

        var ready = export.await("Ready", "False", "SubscriptionTooNew");
        assertTrue(ready.message().endsWith("Wait up to 48 hours: the operator retries."), ready.message());
        assertNull(export.condition("Stalled"));
        azure.faults().clear();
        export.awaitReady();
    }
}
