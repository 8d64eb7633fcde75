package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.READY;
import static dev.finops.azure.export.plan.Conditions.STALLED;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The CRD of a release to come, with values and fields that this one has never heard of: a rollback leaves such objects
 * behind.
 */
class NewerCrdIT extends OwnClusterTest {

    @Override
    ControlPlane cluster() {
        ControlPlane own = ControlPlane.own();
        own.kubectl().run(newer().toString(), "apply", "-f", "-").orFail();
        own.kubectl()
                .run("", "wait", "--for=condition=Established", "crd/costexports.azure.finops.dev")
                .orFail();
        return own;
    }

    private static ObjectNode newer() {
        try {
            ObjectNode crd = Yaml.object(Files.readString(Path.of("crds/costexports.azure.finops.dev.yaml")));
            ObjectNode schema = (ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema/properties");
            Map.of(
                            "spec/properties/dataset/properties/type",
                            "CarbonEmissions",
                            "spec/properties/managementPolicy",
                            "Suggest",
                            "spec/properties/schedule/properties/recurrence",
                            "Hourly",
                            "spec/properties/format",
                            "Avro")
                    .forEach((path, value) -> ((ArrayNode) schema.at("/" + path + "/enum")).add(value));
            for (String path : List.of("spec", "spec/properties/dataset", "status", "status/properties/summary")) {
                ((ObjectNode) schema.at("/" + path)).put("x-kubernetes-preserve-unknown-fields", true);
            }
            for (String path : List.of("spec", "spec/properties/dataset", "spec/properties/destination")) {
                ((ObjectNode) schema.at("/" + path)).remove("required");
                ((ObjectNode) schema.at("/" + path)).remove("x-kubernetes-validations");
            }
            for (String path : List.of(
                    "spec/properties/description",
                    "spec/properties/closedMonth",
                    "spec/properties/deletionPolicy",
                    "status/properties/backfill",
                    "status/properties/runs",
                    "status/properties/pendingRun",
                    "status/properties/closedMonths",
                    "status/properties/lastRun")) {
                ((ObjectNode) schema.at("/" + path)).removeAll().put("x-kubernetes-preserve-unknown-fields", true);
            }
            return crd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void othersAreFine() {
        export("other-" + azure.journal().mark(), "").awaitReady();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      carbon | dataset: {type: CarbonEmissions} | definition/type              | CarbonEmissions
      avro   | format: Avro                     | format                       | Avro
      hourly | schedule: {recurrence: Hourly}   | schedule/recurrence          | Hourly
      """)
    void aValueThatIsNotKnownIsAzuresToJudge(String name, String spec, String pointer, String value) {
        LiveExport export = export(name, spec);

        eventually(() -> assertTrue(
                export.calls(PUT).stream()
                        .anyMatch(put ->
                                put.body().at("/properties/" + pointer).asText().equals(value)),
                export.calls()::toString));
        eventually(() -> assertTrue(
                LiveExport.isReady(export.object()) || export.condition(STALLED) != null,
                () -> export.status().conditions().toString()));
        boolean ready = LiveExport.isReady(export.object());
        assertEquals(
                ready,
                export.existsInAzure() && export.inAzure(pointer).asText().equals(value));
        assertEquals(value, Yaml.tree(export.object().getSpec()).toString().contains(value) ? value : "lost");
    }

    /** Such as one that has found another way to say it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      scope                  | scope: null
      dataset.type           | dataset: null
      dataset.type           | dataset: {type: null}
      dataset.timeframe      | dataset: {timeframe: null}
      destination.container  | destination: null
      destination.container  | destination: {container: null}
      """)
    void whatThisReleaseNeedsAndANewerOneDoesNotIsNamed(String field, String spec) {
        LiveExport export = export("without-" + azure.journal().mark(), newSubscription(), spec, Map.of());

        assertTrue(
                export.await(READY, "False", "InvalidRequest").message().startsWith("spec." + field + " is missing"),
                export.condition(READY)::message);
        assertEquals("True", export.condition(STALLED).status());
        export.delete().awaitGone();
    }

    /** A release to come may break its word; the others' objects are served all the same, also after a restart. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      description             | {description: {de: Kosten, en: costs}}
      closedMonth             | {closedMonth: last}
      closedMonth.rerunOnDays | {closedMonth: {rerunOnDays: [2, last]}}
      deletionPolicy          | {deletionPolicy: {after: 30d}}
      """)
    void aMemberOfAnotherFormIsNamedAndNothingIsDone(String field, String spec) {
        ObjectNode manifest = manifest("form-" + azure.journal().mark(), newSubscription(), spec, Map.of());
        String name = manifest.at("/metadata/name").asText();
        cluster.kubectl()
                .run(manifest.toString(), "-n", namespace, "apply", "-f", "-")
                .orFail();
        eventually(() -> assertTrue(message(name).startsWith("spec." + field), () -> message(name)));

        restart();
        assertTrue(message(name).startsWith("spec." + field), () -> message(name));
        cluster.kubectl()
                .run("", "-n", namespace, "delete", "costexport", name, "--timeout=30s")
                .orFail();
        assertEquals(
                List.of(),
                azure.journal().since(0).stream()
                        .filter(call -> call.path().contains(name))
                        .toList());
    }

    private String message(String name) {
        return cluster.kubectl()
                .run(
                        "",
                        "-n",
                        namespace,
                        "get",
                        "costexport",
                        name,
                        "-o",
                        "jsonpath={.status.conditions[?(@.type==\"Ready\")].message}")
                .orFail();
    }

    @Test
    void rowsOfAStatusThatAreNotKnownHoldNothingUp() {
        LiveExport export = export("rows", "schedule: {recurrence: Daily}").awaitReady();
        patch(export, """
        {"status": {"backfill": {"until": "2026-Q3", "months": [{"month": "2026-W40", "state": "Running"}, {"month": "2026-09"}]}, "closedMonths": [{"month": "2026Q3"}],
          "runs": [{"status": "Completed"}], "lastRun": {"status": "Quantum"}, "pendingRun": {"cause": "ClosedMonth", "request": "2026-10"}}}""", "--subresource=status");

        export.change("description: changed").awaitReady();
        assertEquals("changed", export.inAzure("exportDescription").asText());
    }

    @Test
    void whatIsTakenOutLaterIsNamedTooAndTheExportStays() {
        LiveExport export = export("emptied", "schedule: {recurrence: Daily}").awaitReady();

        export.change("destination: null").await(READY, "False", "InvalidRequest");
        assertEquals(List.of(PUT), export.written());
        export.delete().awaitGone();
        assertEquals(List.of(PUT, Operation.DELETE), export.written());
    }

    @Test
    void aManagementPolicyThatIsNotKnownAllowsNothing() {
        LiveExport export = export("suggest", "managementPolicy: Suggest");

        export.await(READY, "True", "Observed");
        export.awaitLooks(2);

        assertEquals(List.of(), export.writes());
        assertTrue(
                export.condition(READY).message().contains("Suggest"),
                export.condition(READY).message());
        export.change("managementPolicy: Manage").awaitReady();
        export.change("managementPolicy: Suggest").await(READY, "True", "Observed");
        export.delete().awaitGone();
        assertTrue(export.existsInAzure());
    }

    @Test
    void aDeletionPolicyThatIsNotKnownDeletesNothing() {
        LiveExport export = export("archive", "deletionPolicy: Archive").awaitReady();

        export.delete().awaitGone();

        assertTrue(export.existsInAzure());
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void whatANewerOperatorKnowsStays() {
        LiveExport export =
                export("rolled-back", "schedule: {recurrence: Daily}").awaitReady();
        patch(
                export,
                "{\"spec\": {\"budget\": {\"monthly\": 4711}, \"dataset\": {\"sampling\": \"Full\"}}, "
                        + "\"metadata\": {\"annotations\": {\"azure.finops.dev/later\": \"x\"}}}");
        patch(
                export,
                "{\"status\": {\"forecast\": [{\"month\": \"2027-01\", \"cost\": 1.5}], \"summary\": "
                        + "{\"forecast\": \"1.5\"}}}",
                "--subresource=status");

        export.change("description: changed").awaitReady();
        export.annotate(Annotations.RUN_REQUESTED_AT, "now");
        export.await("LastRunSucceeded", "True");
        export.change("schedule: {suspend: true}").awaitReady();
        export.awaitLooks(2);

        JsonNode now = raw(export);
        assertEquals(4711, now.at("/spec/budget/monthly").asInt());
        assertEquals("Full", now.at("/spec/dataset/sampling").asText());
        assertEquals(
                "x",
                now.at("/metadata/annotations").path("azure.finops.dev/later").asText());
        assertEquals("2027-01", now.at("/status/forecast/0/month").asText());
        assertEquals("1.5", now.at("/status/summary/forecast").asText());
        assertEquals("Daily (suspended)", now.at("/status/summary/schedule").asText());
    }

    private JsonNode raw(LiveExport export) {
        return Yaml.object(cluster.kubectl()
                .run("", "-n", namespace, "get", "costexport", export.name(), "-o", "yaml")
                .orFail());
    }

    private void patch(LiveExport export, String patch, String... more) {
        List<String> command = new ArrayList<>(
                List.of("-n", namespace, "patch", "costexport", export.name(), "--type=merge", "-p", patch));
        command.addAll(List.of(more));
        cluster.kubectl().run("", command.toArray(String[]::new)).orFail();
    }
}
