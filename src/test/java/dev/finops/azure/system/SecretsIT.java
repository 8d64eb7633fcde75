package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials that a namespace brings, and SAS tokens of partners' storage accounts. */
class SecretsIT extends StoringTest {
    private static final String OF_NAMESPACE = "azure-finops-credentials";
    private static final String PARTNER = """
      destination: {storageAccountId: null, storageAccountName: partner, sasTokenSecretRef: {name: %s, key: token}}
      schedule: {recurrence: Daily}
      """;

    private final String client = UUID.randomUUID().toString();

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("LOG_LEVEL", "trace");
        return settings;
    }

    @AfterEach
    void theNamespaceHasNoCredentialsAgain() {
        cluster.client().secrets().inNamespace(namespace).withName(OF_NAMESPACE).delete();
    }

    // --- credentials

    @Test
    void whatTheNamedSecretSaysIsWhoWrites() {
        azure.entra().application(client, "hush-named");
        credentials("named", client, "hush-named");

        LiveExport export =
                export("by-secret", "credentialsSecretRef: {name: named}").awaitReady();

        assertEquals(client, writer(export));
    }

    @Test
    void theNamespacesSecretIsForObjectsThatNameNone() {
        String own = UUID.randomUUID().toString();
        azure.entra().application(own, "hush-own");
        credentials(OF_NAMESPACE, own, "hush-own");

        LiveExport export = export("by-namespace", "").awaitReady();

        assertEquals(own, writer(export));
    }

    @Test
    void aNamedSecretThatIsMissingIsWaitedForAndNeverReplaced() {
        azure.entra().application(client, "hush-late");
        LiveExport export = export("waiting", "credentialsSecretRef: {name: late}");

        String message = export.await("Ready", "False", "CredentialsMissing").message();

        assertTrue(
                message.contains("Secret " + namespace + "/late") && message.contains("AZURE_CLIENT_SECRET"), message);
        assertEquals(List.of(), export.calls());
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("late")
                        .endMetadata()
                        .addToStringData("AZURE_TENANT_ID", azure.tenantId())
                        .build())
                .inNamespace(namespace)
                .create();
        eventually(() -> assertTrue(
                export.condition("Ready").message().contains("has no key AZURE_CLIENT_ID"),
                export.condition("Ready").message()));
        credentials("late", client, "hush-late");
        export.awaitReady();
        assertEquals(client, writer(export));
    }

    /** It would be another path to the API server. */
    @ParameterizedTest
    @ValueSource(strings = {"no name", "../secrets/inside", "inside?x=y", "Inside"})
    void aNameThatNoSecretHasIsMissing(String name) {
        azure.entra().application(client, "hush-inside");
        if (cluster.client().secrets().inNamespace(namespace).withName("inside").get() == null) {
            credentials("inside", client, "hush-inside");
        }
        LiveExport export =
                export("named-" + Math.abs(name.hashCode()), "credentialsSecretRef: {name: \"%s\"}".formatted(name));

        export.await("Ready", "False", "CredentialsMissing");

        assertEquals(List.of(), export.calls());
        export.delete().awaitGone();
    }

    @Test
    void aRotatedSecretIsTakenWithoutARestart() {
        String rotated = UUID.randomUUID().toString();
        azure.entra().application(rotated, "hush-before");
        credentials("rotated", rotated, "hush-before");
        LiveExport export =
                export("rotates", "credentialsSecretRef: {name: rotated}").awaitReady();

        azure.entra().application(rotated, "hush-after");
        azure.entra().revokeTokens();
        export.await("Synced", "Unknown", "AuthenticationFailed");
        credentials("rotated", rotated, "hush-after");

        export.await("Synced", "True", "Applied");
        assertEquals("True", export.condition("Ready").status());
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void nobodySharesATokenWithoutTheSecret() {
        String shared = UUID.randomUUID().toString();
        azure.entra().application(shared, "hush-right");
        credentials("right", shared, "hush-right");
        credentials("wrong", shared, "hush-wrong");
        String scope = newSubscription();
        export("knows", scope, "credentialsSecretRef: {name: right}").awaitReady();

        LiveExport guesses = export("guesses", scope, "credentialsSecretRef: {name: wrong}");

        guesses.await("Ready", "False", "AuthenticationFailed");
        guesses.delete().awaitGone();
    }

    @Test
    void credentialsThatWentFirstAreUsedFromMemoryToDelete() {
        azure.entra().application(client, "hush-gone");
        credentials("gone", client, "hush-gone");
        LiveExport export =
                export("outlives", "credentialsSecretRef: {name: gone}").awaitReady();

        cluster.client().secrets().inNamespace(namespace).withName("gone").delete();
        export.delete().awaitGone();

        assertTrue(!export.existsInAzure());
    }

    @Test
    void withNoneLeftThePatchThatLetsGoIsNamed() {
        azure.entra().application(client, "hush-lost");
        credentials("lost", client, "hush-lost");
        LiveExport export =
                export("stuck", "credentialsSecretRef: {name: lost}").awaitReady();
        operator.close();
        cluster.client().secrets().inNamespace(namespace).withName("lost").delete();
        export.delete();
        startOperator();

        eventually(() -> assertTrue(
                export.condition("Synced").message().contains("{\"spec\":{\"deletionPolicy\":\"Orphan\"}}"),
                export.condition("Synced").message()));

        assertEquals("CredentialsMissing", export.condition("Synced").reason());
        export.change("deletionPolicy: Orphan").awaitGone();
        assertTrue(export.existsInAzure());
    }

    // --- SAS tokens

    @Test
    void aPartnersExportIsCreatedWithItsTokenAndProvenWithIt() {
        sas("sas", storage.accountSas("partner", inDays(100)));

        LiveExport export = export("partner", PARTNER.formatted("sas") + "runOnCreate: true\ndelivery: {verify: true}");

        export.awaitReady();
        export.await(DELIVERED, "True", "Fresh");
        assertEquals(
                token("sas"),
                export.inAzure("deliveryInfo/destination/sasToken").asText());
        export.awaitLooks(3);
        assertEquals(1, export.calls(PUT).size());
    }

    @Test
    void anotherTokenInTheSecretIsSentOnce() {
        sas("rotating", storage.accountSas("partner", inDays(50)));
        LiveExport export = export("rotating", PARTNER.formatted("rotating")).awaitReady();
        String before = export.status().sasTokenHash();

        sas("rotating", storage.accountSas("partner", inDays(60)));

        export.awaitEvent("Updated", "sent the SAS token that the Secret has now");
        assertEquals(
                token("rotating"),
                export.inAzure("deliveryInfo/destination/sasToken").asText());
        eventually(() -> assertNotEquals(before, export.status().sasTokenHash())); // which follows the Event
        export.awaitLooks(3);
        restart();
        export.awaitLooks(3);
        assertEquals(2, export.calls(PUT).size());
        assertEquals(List.of(), export.events("DriftDetected"));
    }

    @Test
    void aTokenThatAzureCouldNotDeliverWithIsNotSent() {
        sas("weak", "sv=2024-11-04&ss=b&srt=sco&sp=rl&spr=https&se=2099-01-01T00:00:00Z&sig=hush-weak");
        LiveExport export = export("weak", PARTNER.formatted("weak"));

        String message = export.await("Stalled", "True", "InvalidRequest").message();

        assertTrue(message.contains("permissions (sp) lack wdac"), message);
        assertEquals(List.of(), export.written());
        sas("weak", storage.accountSas("partner", inDays(100)));
        export.awaitReady();
    }

    @Test
    void aTokenThatExpiresSoonIsAnnounced() {
        OffsetDateTime expiry = inDays(10);
        sas("ending", storage.accountSas("partner", expiry));
        LiveExport export = export("ending", PARTNER.formatted("ending"));

        export.await("Ready", "True", "SasTokenExpiring");

        export.awaitEvent("SasTokenExpiring", "expires at " + expiry.toInstant());
        assertTrue(operator.page("/metrics")
                .contains("costexport_sas_token_expiry_timestamp_seconds{name=\"ending\",namespace=\"" + namespace
                        + "\"}"));
        assertEquals(1, export.events("SasTokenExpiring").size());
    }

    @Test
    void aMissingSecretOrKeyIsNamed() {
        LiveExport export = export("no-token", PARTNER.formatted("absent"));
        assertTrue(export.await("Ready", "False", "CredentialsMissing")
                .message()
                .contains("Secret " + namespace + "/absent"));

        secret("absent", Map.of("other", "x"));

        eventually(() -> assertTrue(
                export.condition("Ready").message().contains("no key token"),
                export.condition("Ready").message()));
    }

    private String writer(LiveExport export) {
        return export.inAzure().path("systemData").path("lastModifiedBy").asText();
    }

    private static OffsetDateTime inDays(int days) {
        return OffsetDateTime.now(ZoneOffset.UTC).plusDays(days).withNano(0);
    }

    private void credentials(String name, String clientId, String clientSecret) {
        secret(
                name,
                Map.of(
                        "AZURE_TENANT_ID",
                        azure.tenantId(),
                        "AZURE_CLIENT_ID",
                        clientId,
                        "AZURE_CLIENT_SECRET",
                        clientSecret + "\n"));
    }

    private void sas(String name, String token) {
        secret(name, Map.of("token", "?" + token));
    }

    private String token(String secret) {
        var data = cluster.client()
                .secrets()
                .inNamespace(namespace)
                .withName(secret)
                .get()
                .getData();
        return new String(Base64.getDecoder().decode(data.get("token"))).substring(1);
    }

    private void secret(String name, Map<String, String> values) {
        assertNotNull(cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withStringData(values)
                        .build())
                .inNamespace(namespace)
                .createOr(existing -> existing.update()));
    }
}
