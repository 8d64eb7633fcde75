package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.Choice;
import dev.finops.azure.simulator.Operation;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The operator lives with each answer of each switch of the simulator: an export is created, rests, runs, is changed,
 * is
 * corrected and is deleted, at a scope where Azure behaves so. One operator lives at several scopes at the same time.
 */
class ChoicesIT extends SystemTest {
    private static final String OLD_VERSION = "2019-11-01";
    private static final int AT_ONCE = 8;
    private static final int WINDOWS = 5;
    private static final List<Operation> WALK = List.of(PUT, RUN, PUT, PUT, DELETE);

    @Test
    void eachAnswerOfEachSwitchIsLivedWith() throws InterruptedException {
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            var walks = Choice.all().stream()
                    .map(choice -> threads.submit(() -> walk(choice)))
                    .toList();
            Assertions.assertAll(walks.stream().<Executable>map(walk -> walk::get));
        }
    }

    private void walk(Choice choice) {
        try {
            String scope = isOfBillingScopes(choice) ? newBillingProfile() : newSubscription();
            Choice runs =
                    isOfBillingScopes(choice) ? Choice.RunAtMca.ACCEPTED : Choice.RunAtMca.REFUSED_TO_APPLICATIONS;
            azure.behaviour(scope, usual.with(runs).with(choice));
            String name = choice.label().toLowerCase().replaceAll("[^a-z0-9]+", "-");
            switch (choice) {
                case Choice.RunAtMca.REFUSED_TO_APPLICATIONS, Choice.RunToken.WITH_EMAIL -> runIsDenied(name, scope);
                case Choice.IdentityAtMca.BARE_401 -> identityIsRefused(name, scope);
                case Choice.LegacyMembers.REFUSED -> legacyIsRefused(name, scope);
                case Choice.LegacyMembers.ACCEPTED -> legacyIsAdopted(name, scope);
                case Choice.InactiveWithoutRecurrence _ -> legacyIsAdopted(name, scope);
                case Choice.HistoryAfterDelete _ -> {
                    walk(name, scope);
                    walk(name, scope);
                }
                case Choice.Names.CASE_SENSITIVE -> ofTwoSpellingsTheOwnIsMeant(name, scope);
                case Choice.ListPages.SEVERAL -> {
                    IntStream.range(0, 25).forEach(i -> portalExport(scope, "other-" + i));
                    walk(name, scope);
                }
                default -> walk(name, scope);
            }
        } catch (Throwable e) {
            throw new AssertionError(choice.label() + ": " + e.getMessage(), e);
        }
    }

    private static boolean isOfBillingScopes(Choice choice) {
        return choice instanceof Choice.RunAtMca
                || choice instanceof Choice.IdentityAtMca
                || choice instanceof Choice.BillingList;
    }

    private static String newBillingProfile() {
        return "/providers/Microsoft.Billing/billingAccounts/" + UUID.randomUUID() + ":" + UUID.randomUUID()
                + "_2019-05-31/billingProfiles/ABC";
    }

    private void walk(String name, String scope) {
        LiveExport export = export(name, scope, "schedule: {recurrence: Daily}").awaitReady();
        rests(export);
        export.annotate(RUN_REQUESTED_AT, "first").awaitStatus("first", CostExportStatus::lastHandledRunRequest);
        export.await("LastRunSucceeded", "True", "Completed");
        export.change("description: changed").awaitReady();
        export.editInPortal(properties -> {
            properties.put("exportDescription", "edited");
            ((ObjectNode) properties.at("/schedule/recurrencePeriod")).put("from", "2020-01-01T00:00:00Z");
        });
        eventually(() ->
                assertEquals("changed", export.inAzure("exportDescription").asText()));
        export.awaitReady();
        rests(export);
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
        assertEquals(
                WALK,
                export.writes().stream()
                        .filter(call -> call.status() < 300)
                        .map(call -> call.operation())
                        .toList());
        assertTrue(
                export.writes().size() <= WALK.size() + 1,
                () -> "Azure refused more than the past start: " + export.writes());
    }

    /** In the end nothing is written, neither to Azure nor to the API server, while Azure is read twice. */
    private static void rests(LiveExport export) {
        CostExport before = export.object();
        List<Operation> written = export.written();
        for (int i = 0; i < WINDOWS; i++) {
            export.awaitLooks(2);
            CostExport after = export.object();
            if (before.getMetadata()
                            .getResourceVersion()
                            .equals(after.getMetadata().getResourceVersion())
                    && written.equals(export.written())) {
                return;
            }
            before = after;
            written = export.written();
        }
        throw new AssertionError("no rest: " + before.getStatus() + " " + written);
    }

    private void ofTwoSpellingsTheOwnIsMeant(String name, String scope) {
        LiveExport export = export(name, scope, "").awaitReady();
        portalExport(scope, name.toUpperCase());
        export.change("description: changed").awaitReady();
        rests(export);
        export.delete().awaitGone();
        assertFalse(export.existsInAzure());
        assertTrue(
                azure.exports().find(scope, name.toUpperCase()).isPresent(),
                "another export's name differs in letter case alone");
    }

    private void runIsDenied(String name, String scope) {
        LiveExport export = export(name, scope, "").awaitReady().annotate(RUN_REQUESTED_AT, "first");
        export.await("LastRunSucceeded", "False", "RunDenied");
        export.awaitLooks(2);
        assertEquals(List.of(PUT, RUN), export.written());
        export.delete().awaitGone();
    }

    private void identityIsRefused(String name, String scope) {
        LiveExport export = export(name, scope, "identity: {type: SystemAssigned, location: centralus}");
        eventually(() -> assertEquals("False", export.condition("Ready").status()));
        azure.behaviour(scope, usual.with(Choice.IdentityAtMca.ACCEPTED));
        export.awaitReady();
        export.delete().awaitGone();
    }

    /** An export of 2019: a period without a recurrence, and members that only the versions of that time had. */
    private void legacy(String name, String scope) {
        azure.exports().create(scope, name, OLD_VERSION, PORTAL_USER, Yaml.object("""
        properties:
          format: Csv
          deliveryInfo: {destination: {resourceId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports, container: old, rootFolderPath: finops}}
          definition:
            type: ActualCost
            timeframe: MonthToDate
            dataSet: {granularity: Daily, aggregation: {totalCost: {name: PreTaxCost, function: Sum}}, grouping: [{type: Dimension, name: ResourceGroup}]}
          schedule: {status: Inactive, recurrencePeriod: {from: '2019-02-14T21:19:21.457Z', to: '2026-12-31T00:00:00'}}
        """));
    }

    private void legacyIsAdopted(String name, String scope) {
        legacy(name, scope);
        LiveExport export = export(name, scope, "adoptionPolicy: Adopt").awaitReady();
        assertEquals(
                "exports", export.inAzure("deliveryInfo/destination/container").asText());
        assertEquals(
                "ResourceGroup",
                export.inAzure("definition/dataSet/grouping/0/name").asText());
        rests(export);
        export.delete().awaitGone();
        assertTrue(export.existsInAzure(), "adopted");
    }

    private void legacyIsRefused(String name, String scope) {
        legacy(name, scope);
        LiveExport export = export(name, scope, "adoptionPolicy: Adopt");
        var stalled = export.await("Stalled", "True", "InvalidRequest");
        assertTrue(stalled.message().contains("aggregation"), stalled.message());
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written());
        export.delete().awaitGone();
    }
}
