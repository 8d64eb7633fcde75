package dev.finops.azure.export.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.RunOutcome.Completed;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import dev.finops.azure.storage.Azurite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against real storage: Azurite over HTTPS, with the simulator's tokens and with SAS. Every test has a container of its
 * own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StorageTest {
    static final String ACCOUNT = "finopsexports";
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));
    static final ObjectMapper MAPPER = new ObjectMapper();

    final AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults()
            .withClock(CLOCK)
            .withBehaviour(Behaviour.defaults().withQueuedFor(Duration.ZERO).withInProgressFor(Duration.ZERO)));
    final Queue<HttpRequest> asked = new ConcurrentLinkedQueue<>();
    String container;
    Azurite storage;
    HttpClient http;
    StorageCredential identity;

    @BeforeAll
    void start(@TempDir Path directory) {
        storage = Azurite.start(azure, directory, ACCOUNT);
        azure.deliverTo(storage);
        http = request -> {
            asked.add(request);
            return storage.http().send(request);
        };
        identity =
                new StorageCredential.Identity(credential(azure.clientSecret()).build());
    }

    @AfterAll
    void stop() {
        storage.close();
        azure.close();
    }

    @BeforeEach
    void inAContainerOfItsOwn() {
        container = "c" + UUID.randomUUID().toString().substring(0, 8);
        asked.clear();
    }

    DeliveryResult prove(Run run) {
        return prove(run, identity, false);
    }

    DeliveryResult prove(Run run, StorageCredential access, boolean overwritable) {
        return new DeliveryVerifier(http, storage.endpointTemplate(), CLOCK).of(run, folder(), access, overwritable);
    }

    ExportFolder folder() {
        return new ExportFolder(ACCOUNT, container, "finops/p");
    }

    static Delivery proven(DeliveryResult proof) {
        return assertInstanceOf(DeliveryResult.Verified.class, proof, proof.toString())
                .delivery();
    }

    static void failed(Reason reason, String message, DeliveryResult proof) {
        var failed = assertInstanceOf(DeliveryResult.Failed.class, proof, proof.toString());
        assertEquals(reason, failed.reason(), failed.message());
        assertTrue(failed.message().contains(message), failed.message());
    }

    static String unreachable(String message, DeliveryResult proof) {
        var unreachable = assertInstanceOf(DeliveryResult.Unreachable.class, proof, proof.toString());
        assertTrue(unreachable.message().contains(message), unreachable.message());
        return unreachable.message();
    }

    ClientSecretCredentialBuilder credential(String secret) {
        return new ClientSecretCredentialBuilder()
                .tenantId(azure.tenantId())
                .clientId(azure.clientId())
                .clientSecret(secret)
                .authorityHost(azure.endpoint() + "/")
                .disableInstanceDiscovery()
                .httpClient(storage.http());
    }

    Run run(Delivered delivered) {
        return run("2025-03-01", document("CreateNewReport", "Csv", "None", true), delivered);
    }

    /** What the newest run of this test's export left behind. */
    Run run(String version, ObjectNode document, Delivered delivered) {
        String scope = "/subscriptions/" + UUID.nameUUIDFromBytes(container.getBytes(UTF_8));
        if (azure.exports().find(scope, "p").isEmpty()) {
            azure.exports().create(scope, "p", version, "portal@example.com", document);
        }
        azure.exports().nextRun(scope, "p", new Completed(delivered));
        azure.exports().run(scope, "p", "portal@example.com");
        JsonNode run = azure.exports().runs(scope, "p").getFirst();
        JsonNode properties = run.path("properties");
        return new Run(
                run.path("name").asText(),
                null,
                "Completed",
                null,
                null,
                null,
                null,
                new TimePeriod(
                        properties.path("startDate").textValue(),
                        properties.path("endDate").textValue()),
                properties.path("fileName").textValue(),
                properties.path("manifestFile").textValue(),
                null);
    }

    ObjectNode document(String overwrite, String format, String compression, boolean partition) {
        try {
            return (ObjectNode)
                    MAPPER.readTree("""
          {"properties": {"format": "%s", "compressionMode": "%s", "dataOverwriteBehavior": "%s", "partitionData": %s,
            "deliveryInfo": {"destination": {"container": "%s", "rootFolderPath": "finops",
              "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/%s"}},
            "definition": {"type": "ActualCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}}}}
          """.formatted(format, compression, overwrite, partition, container, ACCOUNT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The run as an api-version tells it that does not name the manifest. */
    static Run searched(Run run, String fileName) {
        return new Run(run.id(), null, run.status(), null, null, null, null, run.timePeriod(), fileName, null, null);
    }

    static Run named(String manifest) {
        return new Run(
                UUID.randomUUID().toString(), null, "Completed", null, null, null, null, null, null, manifest, null);
    }
}
