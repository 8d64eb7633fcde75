package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.PAUSED;
import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.export.plan.Conditions.BACKFILLED;
import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static dev.finops.azure.export.plan.Conditions.LAST_RUN_SUCCEEDED;
import static dev.finops.azure.export.plan.Conditions.READY;
import static dev.finops.azure.export.plan.Conditions.STALLED;
import static dev.finops.azure.export.plan.Conditions.SYNCED;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.gitops.ArgoCd;
import dev.finops.azure.gitops.Kstatus;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.RunOutcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What Argo CD, and Flux or {@code kubectl wait} by kstatus, make of a live object in each state. With {@code
 * -Dtestdata.write=true} the
 * objects become the test data beside Argo CD's script.
 */
class HealthIT extends SystemTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, JsonNode> healths = new TreeMap<>();

    @Test
    void beforeTheOperatorHasSeenIt() {
        operator.freeze();
        try {
            LiveExport export = export("not-seen", "");
            reads(export, "not-seen", "InProgress", "Progressing", "Pending");
        } finally {
            operator.thaw();
        }
    }

    @Test
    void applied() {
        LiveExport export = export("applied", "{runOnCreate: true, schedule: {recurrence: Daily}}")
                .awaitReady();
        export.await(LAST_RUN_SUCCEEDED, "True");
        reads(export, "applied", "Current", "Healthy", "Applied");
    }

    @Test
    void aSpecThatIsNotYetInAzure() {
        LiveExport export = export("edited", "").awaitReady();
        operator.freeze();
        try {
            export.change("description: later");
            reads(export, "edited", "InProgress", "Progressing", "Pending");
        } finally {
            operator.thaw();
        }
        export.awaitReady();
        reads(export, "edited-applied", "Current", "Healthy", "Applied");
    }

    @Test
    void aBackfillUnderWayHoldsNobodyUp() {
        azure.behaviour(usual.withInProgressFor(Duration.ofMinutes(5)));
        LiveExport export = export("backfilling", "backfill: {months: 12}").awaitReady();
        export.await(BACKFILLED, "Unknown", "MonthsOpen");
        reads(export, "backfilling", "Current", "Healthy", "Applied");
    }

    @Test
    void monthsThatFailed() {
        LiveExport export = export("months-failed", "").awaitReady();
        azure.exports().nextRun(export.scope(), export.name(), new RunOutcome.DataNotAvailable());
        for (int i = 0; i < 5; i++) {
            azure.exports()
                    .nextRun(
                            export.scope(),
                            export.name(),
                            new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        }
        export.change("backfill: {from: 2026-01, to: 2026-02}").await(BACKFILLED, "False", "MonthsFailed");
        reads(export, "months-failed", "Current", "Degraded", "MonthsFailed");
    }

    @Test
    void aFailedRun() {
        LiveExport export =
                export("run-failed", "schedule: {recurrence: Daily}").awaitReady();
        azure.exports()
                .nextRun(
                        export.scope(),
                        export.name(),
                        new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        export.annotate(RUN_REQUESTED_AT, "now").await(LAST_RUN_SUCCEEDED, "False", "RunFailed");
        reads(export, "run-failed", "Current", "Degraded", "RunFailed: ");
    }

    @Test
    void dataThatIsLate() {
        LiveExport export = export("stale", "freshness: {maxAge: 1h}").awaitReady();
        export.annotate(RUN_REQUESTED_AT, "now").await(DELIVERED, "True");
        clock.advance(Duration.ofHours(2));
        export.await(DELIVERED, "False", "Stale");
        reads(export, "stale", "Current", "Degraded", "Stale: ");
    }

    @Test
    void storageThatCannotBeAsked() {
        LiveExport export = export(
                        "storage-unreachable",
                        "{runOnCreate: true, schedule: {recurrence: Daily}, delivery: {verify: true}}")
                .awaitReady();
        export.await(DELIVERED, "Unknown", "StorageUnreachable");
        reads(export, "storage-unreachable", "Current", "Healthy", "Applied");
    }

    @Test
    void refused() {
        String scope = newSubscription();
        azure.faults().while_(Match.on(PUT).path(scope), Answer.error(400, "BadRequest", "the timeframe is invalid"));
        LiveExport export = export("refused", scope, "");
        export.await(STALLED, "True", "InvalidRequest");
        reads(export, "refused", "Failed", "Degraded", "InvalidRequest: ");
    }

    @Test
    void refusedAfterItWasApplied() {
        LiveExport export = export("refused-later", "").awaitReady();
        azure.faults()
                .while_(
                        Match.on(PUT).path(export.scope()),
                        Answer.error(400, "BadRequest", "the timeframe is invalid"));
        export.change("description: other").await(STALLED, "True", "InvalidRequest");
        reads(export, "refused-later", "Failed", "Degraded", "InvalidRequest: ");
    }

    @Test
    void throttled() {
        String scope = newSubscription();
        azure.faults().while_(Match.on(PUT).path(scope), ArmErrors.throttled("entity", 600));
        LiveExport export = export("throttled", scope, "");
        export.await(READY, "False", "Throttled");
        reads(export, "throttled", "InProgress", "Progressing", "Throttled: ");
    }

    @Test
    void withoutTheRole() {
        String scope = newSubscription();
        azure.behaviour(usual.withDeniedScopes(scope));
        LiveExport export = export("no-role", scope, "");
        export.await(SYNCED, "False", "AuthorizationFailed");
        reads(export, "no-role", "InProgress", "Progressing", "AuthorizationFailed: ");
        clock.advance(Duration.ofMinutes(31));
        export.await(STALLED, "True", "AuthorizationFailed");
        reads(export, "no-role-for-long", "Failed", "Degraded", "AuthorizationFailed: ");
    }

    @Test
    void suspended() {
        LiveExport export = export("suspended", "schedule: {recurrence: Daily, suspend: true}")
                .awaitReady();
        reads(export, "suspended", "Current", "Suspended", "Suspended: ");
    }

    @Test
    void paused() {
        LiveExport export = export("paused", "").awaitReady().annotate(PAUSED, "true");
        export.await(READY, "True", "Paused");
        reads(export, "paused", "Current", "Suspended", "Paused: ");
        export.change("description: later");
        reads(export, "paused-and-edited", "InProgress", "Suspended", "Paused: ");
        export.delete();
        reads(export, "deleting", "Terminating", "Progressing", "Deleting");
        export.withoutAnnotation(PAUSED).awaitGone();
    }

    @Test
    void observed() {
        String scope = newSubscription();
        portalExport(scope, "observed");
        LiveExport export = export("observed", scope, "managementPolicy: Observe");
        export.await(SYNCED, "False", "Difference");
        reads(export, "observed", "Current", "Healthy", "Observed: ");
    }

    /** @param message how Argo CD's begins */
    private void reads(LiveExport export, String state, String kstatus, String argoCd, String message) {
        eventually(() -> {
            JsonNode object = live(export);
            JsonNode health = ArgoCd.health(object);
            assertEquals(kstatus, Kstatus.of(object), object::toPrettyString);
            assertEquals(argoCd, health.path("status").asText(), object::toPrettyString);
            assertTrue(health.path("message").asText().startsWith(message), health::toString);
            healths.put(state, health);
            if (Boolean.getBoolean("testdata.write")) {
                write("testdata/" + state + ".yaml", object);
            }
        });
    }

    private JsonNode live(LiveExport export) {
        GenericKubernetesResource object = cluster.client()
                .genericKubernetesResources("azure.finops.dev/v1alpha1", "CostExport")
                .inNamespace(namespace)
                .withName(export.name())
                .get();
        object.getMetadata().setManagedFields(null);
        ObjectNode tree = Yaml.tree(object).deepCopy();
        ((ObjectNode) tree.path("metadata")).put("namespace", "finops");
        return tree;
    }

    @AfterAll
    void testData() {
        if (Boolean.getBoolean("testdata.write")) {
            ObjectNode all = YAML.createObjectNode();
            healths.forEach((state, health) -> all.withArray("tests")
                    .addObject()
                    .put("inputPath", "testdata/" + state + ".yaml")
                    .set("healthStatus", health));
            write("health_test.yaml", all);
        }
    }

    private static void write(String file, JsonNode document) {
        try {
            Files.writeString(
                    ArgoCd.SCRIPTS.resolve(file),
                    YAML.writeValueAsString(document).replaceFirst("^---\n", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
