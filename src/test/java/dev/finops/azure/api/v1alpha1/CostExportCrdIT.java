package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Kubectl;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The CostExport as a user of kubectl sees it. */
class CostExportCrdIT {
    private static final ControlPlane PLANE = ControlPlane.shared();
    private static final Kubectl KUBECTL = PLANE.kubectl();
    private String namespace;

    @BeforeAll
    static void installCrd() {
        PLANE.installCrd();
    }

    @BeforeEach
    void createSample() {
        namespace = PLANE.newNamespace("crd");
        PLANE.client().resource(Manifest.of("{}")).inNamespace(namespace).create();
    }

    @Test
    void crdIsAppliedWithoutWarnings() {
        // Judged as a whole again, although it is installed already.
        var replaced = KUBECTL.run("", "replace", "--dry-run=server", "-f", "crds/");

        assertTrue(replaced.succeeded(), replaced.stderr());
        assertEquals(List.of(), replaced.warnings());
    }

    @Test
    void hasColumnsInReadingOrder() {
        assertEquals(
                List.of("NAME", "READY", "REASON", "DATASET", "SCHEDULE", "LAST RUN", "NEXT RUN", "AGE"),
                cells(0, "costexports"));
        assertEquals(
                List.of(
                        "NAME",
                        "READY",
                        "REASON",
                        "DATASET",
                        "SCHEDULE",
                        "LAST RUN",
                        "NEXT RUN",
                        "AGE",
                        "SCOPE",
                        "CONTAINER",
                        "BACKFILL",
                        "DELIVERED",
                        "DATA",
                        "MESSAGE"),
                cells(0, "costexports", "-o", "wide"));
    }

    @Test
    void hasShortNameAndCategories() {
        assertAll(Stream.of("cexp", "costexport", "azure", "finops")
                .map(name -> () ->
                        assertTrue(get(name, "-o", "name").contains("costexport.azure.finops.dev/sample"), name)));
    }

    @Test
    void freshObjectIsNotReadyYet() {
        var conditions = get("cexp", "sample", "-o", "jsonpath={.status}");

        assertEquals(
                List.of("sample", "Unknown", "Pending", "ActualCost"),
                cells(1, "cexp").subList(0, 4));
        assertEquals("""
        {"conditions":[{"lastTransitionTime":"1970-01-01T00:00:00Z","message":"Waiting for the operator",\
        "reason":"Pending","status":"Unknown","type":"Ready"}]}""", conditions);
    }

    @Test
    void columnsPrintTheStatus() {
        var lastRun = Instant.now().minus(Duration.ofHours(3)).toString().replaceFirst("([.]\\d+)?Z", ".1234567Z");
        patchStatus("""
        nextRunTime: "2099-01-01T00:00:00Z"
        summary: {schedule: Daily (suspended), backfill: 7/12}
        lastRun: {status: Failed}
        lastSuccessfulRun: {processingEndTime: "%s"}
        conditions:
        - {type: Ready, status: "True", reason: Applied, message: All is well}
        - {type: Delivered, status: "False", reason: Stale, message: Late}
        """.formatted(lastRun));

        var cells = cells(1, "cexp", "-o", "wide");

        assertEquals(
                List.of(
                        "sample",
                        "True",
                        "Applied",
                        "ActualCost",
                        "Daily (suspended)",
                        "Failed",
                        "2099-01-01T00:00:00Z"),
                cells.subList(0, 7));
        assertEquals(
                List.of(
                        "/subscriptions/00000000-0000-0000-0000-000000000000",
                        "exports",
                        "7/12",
                        "False",
                        "3h",
                        "All is well"),
                cells.subList(8, 14));
    }

    @Test
    void statusTakesWhatAzureInvents() {
        patchStatus("""
        origin: Inherited
        apiVersion: 2099-01-01-preview
        nextRunTime: whenever
        lastRun: {id: "", executionType: Replayed, status: Paused, submittedTime: soon}
        pendingRun: {cause: Weather}
        conditions: [{type: Haunted, status: Perhaps, reason: "not CamelCase", message: "", lastTransitionTime: ""}]
        """);

        assertEquals("Paused", get("cexp", "sample", "-o", "jsonpath={.status.lastRun.status}"));
    }

    @Test
    void conditionsOfTwoWritersAreMergedByType() {
        applyStatus("one", "conditions: [{type: Synced, status: 'True'}]");
        applyStatus("two", "conditions: [{type: Delivered, status: 'True'}]");
        applyStatus("one", "conditions: [{type: Synced, status: 'False'}]");

        assertEquals(
                "Ready=Unknown Synced=False Delivered=True ",
                get("cexp", "sample", "-o", "jsonpath={range .status.conditions[*]}{.type}={.status} {end}"));
    }

    @Test
    void statusIsWrittenByItsSubresourceOnly() {
        patch("origin: Created");

        assertEquals("", get("cexp", "sample", "-o", "jsonpath={.status.origin}"));
    }

    @Test
    void explainDescribesEveryField() {
        var crds = PLANE.client().apiextensions().v1().customResourceDefinitions();
        var version = crds.withName("costexports.azure.finops.dev")
                .get()
                .getSpec()
                .getVersions()
                .getFirst();

        assertAll(objects("costexport", version.getSchema().getOpenAPIV3Schema())
                .map(path -> () -> {
                    var explanation = KUBECTL.run("", "explain", path).orFail();
                    assertFalse(
                            explanation.contains("<no description>") || explanation.contains("<empty>"), explanation);
                }));
    }

    private static Stream<String> objects(String path, JSONSchemaProps schema) {
        var object = schema.getItems() == null ? schema : schema.getItems().getSchema();
        if (object.getProperties().isEmpty()) {
            return Stream.empty();
        }
        var nested = object.getProperties().entrySet().stream()
                .flatMap(property -> objects(path + "." + property.getKey(), property.getValue()));
        return Stream.concat(Stream.of(path), nested);
    }

    private void patchStatus(String status) {
        patch(status, "--subresource=status");
    }

    private void patch(String status, String... options) {
        var json = Serialization.asJson(Map.of("status", Serialization.unmarshal(status, Object.class)));
        var command = Stream.of("patch", "cexp", "sample", "-n", namespace, "--type=merge", "-p", json);
        KUBECTL.run("", Stream.concat(command, Stream.of(options)).toArray(String[]::new))
                .orFail();
    }

    private void applyStatus(String manager, String status) {
        var manifest = """
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: sample}
        status: {%s}
        """.formatted(status);
        KUBECTL.run(
                        manifest,
                        "apply",
                        "-n",
                        namespace,
                        "--server-side",
                        "--field-manager=" + manager,
                        "--subresource=status",
                        "-f",
                        "-")
                .orFail();
    }

    private List<String> cells(int row, String... args) {
        return List.of(get(args).lines().toList().get(row).split(" {2,}"));
    }

    private String get(String... args) {
        return KUBECTL.run(
                        "",
                        Stream.concat(Stream.of("get", "-n", namespace), Stream.of(args))
                                .toArray(String[]::new))
                .orFail();
    }
}
