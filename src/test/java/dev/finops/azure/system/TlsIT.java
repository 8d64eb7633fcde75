package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.CertificateFlaw;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody in between, with a certificate that is not the server's: told as what it is, and sent nothing. */
class TlsIT extends SystemTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path directory;

    /** Each test has operators of its own. */
    @BeforeAll
    @Override
    void startOperator() {}

    /** {@code NONE} has nothing wrong but its issuer, whom nobody trusts. */
    @ParameterizedTest
    @EnumSource
    void nothingIsSentToWhoIsNotAzure(CertificateFlaw flaw) throws IOException, GeneralSecurityException {
        try (AzureSimulator between =
                AzureSimulator.start(AzureSimulator.Settings.defaults().withFlaw(flaw))) {
            Map<String, String> trust = flaw == CertificateFlaw.NONE ? Map.of() : trusting(azure, between);
            start("token", trust, Map.of("AZURE_AUTHORITY_HOST", between.endpoint() + "/"));
            start(
                    "arm",
                    trust,
                    Map.of("AZURE_RESOURCE_MANAGER_ENDPOINT", between.endpoint().toString()));
            start("storage", trust, Map.of("AZURE_BLOB_ENDPOINT_TEMPLATE", between.endpoint() + "/{account}"));
            LiveExport token = export("token", flaw);
            LiveExport arm = export("arm", flaw);
            LiveExport storage = export("storage", flaw);

            told(token.await("Ready", "False", "ArmUnreachable").message(), "the token endpoint gave no answer: TLS: ");
            told(
                    arm.await("Ready", "False", "ArmUnreachable").message(),
                    "Azure Resource Manager gave no answer: TLS: ");
            told(storage.await(DELIVERED, "Unknown", "StorageUnreachable").message(), "TLS: ");

            assertEquals(List.of(), between.journal().calls());
            assertEquals(0, between.journal().tokenRequests());
        } finally {
            operators.forEach(OperatorProcess::close);
        }
    }

    private static void told(String message, String beginning) {
        assertTrue(message.contains(beginning), message);
    }

    /** An API server that is another one. */
    @ParameterizedTest
    @EnumSource
    void nothingIsSentToWhoIsNotTheApiServer(CertificateFlaw flaw) throws IOException {
        try (AzureSimulator between =
                AzureSimulator.start(AzureSimulator.Settings.defaults().withFlaw(flaw))) {
            String kubeconfig = Files.readString(cluster.kubeconfig(namespace))
                    .replaceAll("https://127.0.0.1:\\d+", between.endpoint().toString());
            if (flaw != CertificateFlaw.NONE) {
                kubeconfig = kubeconfig.replaceAll(
                        "certificate-authority-data: [^}]+",
                        "certificate-authority-data: "
                                + Base64.getEncoder().encodeToString(Files.readAllBytes(between.caFile())));
            }

            OperatorProcess refused = launch(Map.of(
                    "KUBECONFIG",
                    Files.writeString(directory.resolve("kubeconfig"), kubeconfig)
                            .toString()));

            assertEquals(1, refused.await(), refused::log);
            assertTrue(refused.log().contains("costexport-operator: cannot start: "), refused::log);
            assertTrue(
                    refused.log()
                            .matches("(?s).*(PKIX|Path does not chain|No subject alternative "
                                    + "names|validity check failed|NotAfter).*"),
                    refused::log);
            assertEquals(List.of(), between.journal().calls());
        }
    }

    @Test
    void anUncheckedApiServerIsWarnedOf() throws IOException {
        String kubeconfig = Files.readString(cluster.kubeconfig(namespace))
                .replaceAll("certificate-authority-data: [^}]+", "insecure-skip-tls-verify: true");

        try (OperatorProcess unchecked = launch(Map.of(
                "KUBECONFIG",
                Files.writeString(directory.resolve("kubeconfig"), kubeconfig).toString()))) {
            unchecked.awaitReady();
            assertTrue(unchecked.log().contains("insecure-skip-tls-verify"), unchecked::log);
        }
    }

    /** An operator that looks after the objects with this label only. */
    private void start(String where, Map<String, String> trust, Map<String, String> between) {
        Map<String, String> settings = new HashMap<>(trust);
        settings.putAll(between);
        settings.put("WATCH_SELECTOR", "where=" + where);
        launch(settings);
    }

    private LiveExport export(String where, CertificateFlaw flaw) {
        ObjectNode manifest = Yaml.object(
                """
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s, labels: {where: %s}}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          destination: {container: exports, storageAccountId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports}
          runOnCreate: true
          delivery: {verify: true}
        """.formatted((where + "-" + flaw).toLowerCase().replace('_', '-'), where, newSubscription()));
        return apply(manifest);
    }

    /** The JVM's settings for a store with both authorities. */
    private Map<String, String> trusting(AzureSimulator one, AzureSimulator other)
            throws IOException, GeneralSecurityException {
        KeyStore both = KeyStore.getInstance("PKCS12");
        both.load(null, null);
        for (AzureSimulator azure : List.of(one, other)) {
            try (InputStream in = Files.newInputStream(azure.trustStore())) {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(in, PASSWORD);
                both.setCertificateEntry(azure.endpoint().toString(), store.getCertificate("simulator"));
            }
        }
        Path file = directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            both.store(out, PASSWORD);
        }
        return Map.of(
                "JAVA_TOOL_OPTIONS",
                one.environment()
                                .get("JAVA_TOOL_OPTIONS")
                                .replace(one.trustStore().toString(), file.toString())
                        + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    }
}
