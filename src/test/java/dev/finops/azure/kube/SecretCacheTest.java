package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.export.CredentialResolver;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.kube.SecretCache.Content;
import dev.finops.azure.kube.SecretCache.Name;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnableKubernetesMockClient
class SecretCacheTest {
    private static final String GUID = "00000000-0000-0000-0000-00000000000a";
    private static final Name DEFAULT = new Name("finance", ResolvedSecrets.OF_NAMESPACE);

    KubernetesMockServer server;
    KubernetesClient client;
    private final List<ResourceID> woken = new ArrayList<>();

    private SecretCache reader(KubernetesClient kubernetes) {
        Instant start = Instant.parse("2026-11-30T10:00:00Z");
        return new SecretCache(kubernetes, () -> start.plusNanos(System.nanoTime()), woken::add);
    }

    private void serve(String name, Map<String, byte[]> values) {
        var data = values.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, value -> Base64.getEncoder().encodeToString(value.getValue())));
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/finance/secrets/" + name)
                .andReturn(
                        200,
                        new SecretBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace("finance")
                                .endMetadata()
                                .withData(data)
                                .build())
                .always();
    }

    private static CostExport object(String credentials, String sas) {
        CostExport object = Serialization.unmarshal(
                """
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: daily, namespace: finance, uid: u}
        spec:
          scope: /subscriptions/0
          dataset: {type: ActualCost, timeframe: MonthToDate}
          destination: {container: exports, storageAccountName: partner%s}
        """.formatted(sas.isEmpty() ? "" : ", sasTokenSecretRef: {name: " + sas + ", key: token}")
                        + (credentials.isEmpty() ? "" : "  credentialsSecretRef: {name: " + credentials + "}\n"),
                CostExport.class);
        return object;
    }

    private static Map<String, byte[]> credentials(String tenant, String clientId, String secret, Charset charset) {
        return Map.of(
                "AZURE_TENANT_ID",
                tenant.getBytes(charset),
                "AZURE_CLIENT_ID",
                clientId.getBytes(charset),
                "AZURE_CLIENT_SECRET",
                secret.getBytes(charset));
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-16"})
    void whatEditorsLeaveInASecretIsStripped(String charset) {
        serve(
                "named",
                credentials(
                        "\uFEFF" + GUID + "\r\n",
                        "\u00A0" + GUID.replace("-", "-\u200B") + "\u200B",
                        "\uFEFF hush~\u00A0\n",
                        Charset.forName(charset)));

        CredentialResolver credentials = CredentialResolver.of(object("named", ""), reader(client), Optional.empty());

        assertEquals(Optional.of(new AzureIdentity.ServicePrincipal(GUID, GUID, "hush~")), credentials.identity());
    }

    @Test
    void whatIsInvisibleInsideASecretIsNamedWithoutIt() {
        serve("named", credentials(GUID, GUID, "hu\u200Bsh", StandardCharsets.UTF_8));
        serve("sas", Map.of("token", "sv=1&sig=a\u00A0b".getBytes(StandardCharsets.UTF_8)));

        CredentialResolver credentials =
                CredentialResolver.of(object("named", "sas"), reader(client), Optional.empty());

        assertEquals(
                "AZURE_CLIENT_SECRET in Secret finance/named has an invisible character, U+200B at "
                        + "position 3. Write the value again without it.",
                credentials.secrets().noCredentials().orElseThrow());
        assertEquals(
                "token in Secret finance/sas has an invisible character, U+00A0 at position 11. Write "
                        + "the value again without it.",
                assertInstanceOf(
                                ResolvedSecrets.Sas.Missing.class,
                                credentials.secrets().sas())
                        .why());
    }

    @Test
    void anIdThatIsNoneIsNamedByItsFirstWrongCharacter() {
        serve("named", credentials("\u201C" + GUID + "\u201D", GUID, "hush", StandardCharsets.UTF_8));

        assertEquals(
                "AZURE_TENANT_ID in Secret finance/named is not an id: it has U+201C at position 1. "
                        + "Write the GUID without quotes.",
                CredentialResolver.of(object("named", ""), reader(client), Optional.empty())
                        .secrets()
                        .noCredentials()
                        .orElseThrow());
    }

    @Test
    void aSecretThatNoObjectDependsOnAnyMoreIsForgotten() {
        serve("one", credentials(GUID, GUID, "hush", StandardCharsets.UTF_8));
        serve("other", credentials(GUID, GUID, "hush", StandardCharsets.UTF_8));
        serve("sas", Map.of("token", "sv=1".getBytes(StandardCharsets.UTF_8)));
        SecretCache secrets = reader(client);

        CredentialResolver.of(object("one", "sas"), secrets, Optional.empty());
        assertEquals(Set.of(new Name("finance", "one"), new Name("finance", "sas")), secrets.inUse());

        CredentialResolver.of(object("other", ""), secrets, Optional.empty());
        assertEquals(Set.of(new Name("finance", "other")), secrets.inUse());

        secrets.forget(new ResourceID("daily", "finance"));
        assertEquals(Set.of(), secrets.inUse());
    }

    /** Passes that wait for each other share the read that began after they did. */
    @Test
    void manyPassesOfANamespaceShareTheReadOfAnAbsentSecret() throws Exception {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/finance/secrets/" + ResolvedSecrets.OF_NAMESPACE)
                .andReply(404, _ -> {
                    LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
                    return "{}";
                })
                .always();
        SecretCache secrets = reader(client);
        int passes = 20;
        CountDownLatch ready = new CountDownLatch(passes);

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Content>> read = new ArrayList<>();
            for (int i = 0; i < passes; i++) {
                ResourceID pass = new ResourceID("pass-" + i, "finance");
                read.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return secrets.read(DEFAULT, pass);
                }));
            }
            for (Future<Content> content : read) {
                assertEquals(new Content.Absent(), content.get());
            }
        }

        assertTrue(server.getRequestCount() <= 4, () -> server.getRequestCount() + " requests");
        int before = server.getRequestCount();
        secrets.read(DEFAULT, new ResourceID("later", "finance"));
        assertEquals(
                before + 1, server.getRequestCount(), "one that came with an object that is read later is not missed");
    }
}
