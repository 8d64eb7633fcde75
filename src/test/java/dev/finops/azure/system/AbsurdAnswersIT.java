package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.GET;
import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.OTHER;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.system.Hostile.http;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Fault.Bytes;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Answers of the right kind that say what cannot be, tokens and deliveries among them, and such as never end. */
class AbsurdAnswersIT extends HostileTest {
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String LONG = "x".repeat(1024 * 1024);

    /** The simulator stands for storage as well. */
    @Override
    Map<String, String> settings() {
        return Map.of(
                "JAVA_TOOL_OPTIONS",
                azure.environment().get("JAVA_TOOL_OPTIONS"),
                "AZURE_BLOB_ENDPOINT_TEMPLATE",
                azure.endpoint() + "/{account}");
    }

    // --- documents

    private static Map<String, Consumer<ObjectNode>> absurdities() {
        Map<String, Consumer<ObjectNode>> rows = new LinkedHashMap<>();
        rows.put("etag-number", document -> document.put("eTag", 42));
        rows.put("etag-long", document -> document.put("eTag", LONG));
        rows.put("system-data", document -> document.set("systemData", Yaml.tree(List.of(1))));
        rows.put(
                "identity",
                document ->
                        document.set("identity", Yaml.object("{type: None, principalId: [], tenantId: " + LONG + "}")));
        rows.put("next-run", document -> properties(document).put("nextRunTimeEstimate", "soon"));
        rows.put("unknown-long", document -> properties(document).put("newInThisYear", LONG));
        rows.put(
                "suspension",
                document -> properties(document).set("systemSuspensionContext", Yaml.tree(List.of(LONG))));
        rows.put(
                "runs-object", document -> properties(document).set("runHistory", Yaml.object("{value: {a: {b: c}}}")));
        rows.put("runs-list", document -> properties(document).set("runHistory", Yaml.tree(List.of(List.of(), 7))));
        rows.put(
                "runs-absurd",
                document ->
                        properties(document).set("runHistory", Yaml.object("""
        value:
        - 7
        - {name: null, properties: []}
        - {name: 4711, properties: {status: 1e99, submittedTime: yesterday, startDate: 99999999999999, endDate: {}, error: nothing, executionType: Telepathic}}
        - {name: %1$s, properties: {status: Quantum, submittedTime: +999999999-12-31T23:59:59Z, fileName: %1$s, manifestFile: %1$s, error: {code: %1$s, message: %1$s}}}
        """.formatted(LONG.substring(0, 90_000)))));
        rows.put(
                "schedule-absurd",
                document -> properties(document)
                        .set(
                                "schedule",
                                Yaml.object("{status: Inactive, recurrence: Hourly, recurrencePeriod: {from: "
                                        + "never, to: 7}}")));
        return rows;
    }

    @Test
    void aDocumentWithOneAbsurdPartIsReadForTheOthers() {
        Map<String, LiveExport> exports = new LinkedHashMap<>();
        absurdities().keySet().forEach(name -> exports.put(name, export("absurd-" + name, "")));
        exports.values().forEach(LiveExport::awaitReady);
        absurdities().forEach((name, change) -> {
            LiveExport export = exports.get(name);
            ObjectNode document = export.inAzure();
            change.accept(document);
            answer(GET, export, document.toString());
            answer(LIST, export, "{\"value\": [" + document + "]}");
            export.annotate(Annotations.RECONCILE_REQUESTED_AT, "now");
        });

        assertAll(exports.values().stream().map(export -> () -> {
            export.awaitStatus("now", status -> status.lastHandledReconcileRequest());
            export.awaitLooks(3);
            export.await(Conditions.READY, "True");
            bounded(export);
            assertEquals(List.of(PUT), export.written(), export.name());
        }));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
        exports.values().forEach(export -> assertEquals(List.of(PUT), export.written(), export.name()));
    }

    /** As a proxy answers that keeps documents under the wrong key. */
    @Test
    void anotherExportsDocumentIsNotTakenForThisOne() {
        LiveExport other = export("other", "format: Parquet").awaitReady();
        LiveExport sameName = export("of-another-scope", "{exportName: shared, format: Parquet}")
                .awaitReady();
        LiveExport export = export("shared", "").awaitReady();
        for (LiveExport wrong : List.of(other, sameName)) {
            azure.faults().clear();
            export.awaitReady();
            int before = export.written().size();
            answer(GET, export, wrong.inAzure().toString());

            export.change("description: not yet, " + wrong.name()).await(Conditions.READY, "False", "BadArmResponse");

            export.awaitLooks(2);
            assertEquals(before, export.written().size());
        }
        azure.faults().clear();
        export.awaitReady();
    }

    @Test
    void furtherPagesAreAskedForHereOnlyAndNotForEver() {
        Map<String, String> links = Map.of(
                "elsewhere",
                elsewhere.endpoint() + "/next",
                "plain",
                azure.endpoint().toString().replace("https", "http") + "/next",
                "nonsense",
                "::",
                "another-port",
                azure.endpoint() + "0/next");
        Map<String, LiveExport> exports = new LinkedHashMap<>();
        links.forEach((name, link) -> {
            String scope = newSubscription();
            azure.faults()
                    .while_(
                            Match.on(LIST).path(scope),
                            new Fault.OnTheWire(http(200, JSON, "{\"value\": [], \"nextLink\": \"" + link + "\"}")));
            exports.put(name, export("page-" + name, scope, ""));
        });
        String looping = newSubscription();
        azure.faults()
                .while_(
                        Match.on(LIST).path(looping),
                        new Fault.OnTheWire(http(
                                200,
                                JSON,
                                "{\"value\": [], \"nextLink\": \"" + azure.endpoint() + looping
                                        + "/providers/Microsoft.CostManagement/exports?api-version=2025-03-01\"}")));
        LiveExport loop = export("page-loop", looping, "");

        exports.values().forEach(export -> export.await(Conditions.READY, "False", "BadArmResponse"));
        exports.values().forEach(export -> assertEquals(List.of(), export.writes()));
        eventually(() -> assertTrue(loop.calls(LIST).size() > 1));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
        loop.awaitReady();
        assertEquals(List.of(PUT), loop.written());
    }

    private void answer(Operation operation, LiveExport export, String body) {
        azure.faults().while_(Match.on(operation).path(export.scope()), new Fault.OnTheWire(http(200, JSON, body)));
    }

    private static ObjectNode properties(ObjectNode document) {
        return (ObjectNode) document.path("properties");
    }

    // --- tokens

    @Test
    void aTokenEndpointThatAnswersNonsenseIsAnErrorOfWhoeverSignsInThere() {
        Map<String, Bytes> answers = new LinkedHashMap<>();
        answers.put("html", http(200, "Content-Type: text/html\r\n", "<html>" + LONG));
        answers.put("empty", http(200, JSON, ""));
        answers.put("no-token", http(200, JSON, "{\"token_type\": \"Bearer\", \"expires_in\": 3600}"));
        answers.put("list", http(200, JSON, "[]"));
        answers.put(
                "long",
                http(
                        200,
                        JSON,
                        "{\"token_type\": \"Bearer\", \"expires_in\": 3600, \"access_token\": \"" + LONG + "\"}"));
        answers.put(
                "broken-token",
                http(
                        200,
                        JSON,
                        "{\"token_type\": \"Bearer\", \"expires_in\": 3600, \"access_token\": \"a\\r\\nb: c\"}"));
        answers.put(
                "expired",
                http(200, JSON, "{\"token_type\": \"Bearer\", \"expires_in\": -3600, \"access_token\": \"a.b.c\"}"));
        answers.put(
                "eternal",
                http(
                        200,
                        JSON,
                        "{\"token_type\": \"Bearer\", \"expires_in\": 99999999999999999999, "
                                + "\"access_token\": \"a.b.c\"}"));
        answers.put(
                "soon",
                http(200, JSON, "{\"token_type\": \"Bearer\", \"expires_in\": \"soon\", \"access_token\": \"a.b.c\"}"));
        answers.put("down", http(503, "Content-Type: text/html\r\n", "<html>" + LONG));
        answers.put("elsewhere", http(307, "Location: " + elsewhere.endpoint() + "/common/oauth2/v2.0/token\r\n", ""));
        answers.put(
                "repeats",
                http(
                        400,
                        JSON,
                        "{\"error\": \"invalid_client\", \"error_description\": \"no hush-repeats " + LONG + "\"}"));
        answers.put("endless", out -> {
            out.write(("HTTP/1.1 200 \r\n" + JSON + "\r\n{\"access_token\": \"").getBytes());
            while (true) {
                out.write(LONG.getBytes());
            }
        });
        Map<String, LiveExport> exports = new LinkedHashMap<>();
        answers.forEach((name, bytes) -> {
            azure.faults().while_(Match.token().path(name + ".example"), new Fault.OnTheWire(bytes));
            exports.put(name, signingIn("token-" + name, name + ".example", "hush-" + name));
        });

        assertAll(exports.entrySet().stream().map(entry -> () -> {
            eventually(() -> {
                Condition ready = entry.getValue().condition(Conditions.READY);
                assertEquals("False", ready.status(), () -> entry.getKey() + ": " + ready);
                assertTrue(
                        Set.of("AuthenticationFailed", "ArmUnreachable").contains(ready.reason()),
                        () -> entry.getKey() + ": " + ready);
            });
            bounded(entry.getValue());
        }));
        theBystanderIsAnswered();

        azure.faults().clear();
        exports.values().forEach(LiveExport::awaitReady);
    }

    /** As an application of its own at a tenant that has this name too. */
    private LiveExport signingIn(String name, String domain, String secret) {
        String client = UUID.randomUUID().toString();
        azure.entra().application(client, secret);
        azure.entra().domain(domain);
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToStringData("AZURE_TENANT_ID", domain)
                        .addToStringData("AZURE_CLIENT_ID", client)
                        .addToStringData("AZURE_CLIENT_SECRET", secret)
                        .build())
                .create();
        return export(name, "credentialsSecretRef: {name: " + name + "}");
    }

    // --- deliveries

    @Test
    void aStorageAccountThatAnswersNonsenseProvesNothing() {
        String storage = "x-ms-version: 2025-01-05\r\n" + JSON;
        Map<String, Bytes> answers = new LinkedHashMap<>();
        answers.put("html", http(404, "Content-Type: text/html\r\n", "<html>" + LONG));
        answers.put("elsewhere", http(307, storage + "Location: " + elsewhere.endpoint() + "/a\r\n", ""));
        answers.put("list", http(200, storage, "[1]"));
        answers.put("numbers", http(200, storage, "{\"blobs\": 7}"));
        answers.put("negative", http(200, storage, "{\"blobs\": [{\"blobName\": \"a\", \"byteCount\": -1}]}"));
        answers.put(
                "outside",
                http(
                        200,
                        storage,
                        "{\"blobs\": [{\"blobName\": \"../../secret?x=" + LONG
                                + "\", \"byteCount\": 1}, {\"blobName\": \"" + elsewhere.endpoint() + "/a\"}]}"));
        answers.put("trees", http(200, storage, "{\"blobs\": [[]" + ",[]".repeat(2 * 1024 * 1024) + "]}"));
        answers.put("deep", http(200, storage, "[".repeat(100_000)));
        answers.put("long", http(500, storage, LONG.repeat(30)));
        Map<String, LiveExport> exports = new LinkedHashMap<>();
        answers.forEach((name, bytes) -> {
            azure.faults().while_(Match.on(OTHER).path("/" + name + "store/"), new Fault.OnTheWire(bytes));
            exports.put(name, export("store-" + name, """
          {schedule: {recurrence: Daily}, runOnCreate: true, delivery: {verify: true}, destination: {storageAccountId:
            /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/%sstore}}""".formatted(name)));
        });

        assertAll(exports.entrySet().stream().map(entry -> () -> {
            eventually(() -> {
                Condition delivered = entry.getValue().condition(Conditions.DELIVERED);
                assertTrue(
                        Set.of("StorageUnreachable", "ManifestMissing", "SizeMismatch")
                                .contains(delivered.reason()),
                        () -> entry.getKey() + ": " + delivered);
                assertFalse(delivered.status().equals("True"), () -> entry.getKey() + ": " + delivered);
            });
            entry.getValue().awaitReady();
            bounded(entry.getValue());
        }));
        theBystanderIsAnswered();
    }

    // --- such as never end

    @Test
    void whatNeverEndsIsGivenUpWithinAMinute() {
        List<Bytes> never = List.of(
                Hostile.silence(),
                Hostile.trickle("HTTP/1.1 503 \r\nContent-Length: 100000\r\n\r\n"),
                Hostile.trickle("HTTP/1.1 200 \r\nX-Slow:"),
                Hostile.trickle("HTTP/1.1 200 \r\n" + JSON + "\r\n{"));
        List<LiveExport> exports = IntStream.range(0, never.size())
                .mapToObj(i -> {
                    String scope = newSubscription();
                    azure.faults().next(Match.on(LIST).path(scope), new Fault.OnTheWire(never.get(i)));
                    return export("slow-" + i, scope, "");
                })
                .toList();
        azure.faults()
                .next(
                        Match.token().path("slow.example"),
                        new Fault.OnTheWire(Hostile.trickle("HTTP/1.1 200 \r\n" + JSON + "\r\n{")));
        LiveExport token = signingIn("token-slow", "slow.example", "hush-slow");
        long begun = System.nanoTime();

        theBystanderIsAnswered();
        await().atMost(Duration.ofSeconds(75))
                .until(() -> exports.stream().allMatch(export -> LiveExport.isReady(export.object()))
                        && LiveExport.isReady(token.object()));

        assertTrue(System.nanoTime() - begun > Duration.ofSeconds(20).toNanos(), "they were slow");
        exports.forEach(export -> assertEquals(List.of(PUT), export.written()));
    }
}
