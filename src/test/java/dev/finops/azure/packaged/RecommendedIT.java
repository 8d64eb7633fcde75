package dev.finops.azure.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recommended sets, with scope and storage filled in as the page says. */
class RecommendedIT {
    private static final String PAGE = "docs/how-to/recommended.md";
    private final ControlPlane cluster = ControlPlane.shared();

    @ParameterizedTest
    @CsvSource({
        "ea, 7, /providers/Microsoft.Billing/billingAccounts/7654321",
        "mca, 7, /providers/Microsoft.Billing/billingAccounts/00000000-0000-0000-0000-000000000000:00000000-0000-0000-0000-000000000002_2019-05-31/billingProfiles/AB12-CD34-EF5-GHI",
        "subscription, 3, /subscriptions/22222222-2222-2222-2222-222222222222"
    })
    void isFilledInAndTaken(String set, int count, String scope) throws IOException {
        cluster.installCrd();
        String namespace = cluster.newNamespace("recommended");
        Path directory = Files.createTempDirectory(Path.of("target"), "recommended-");
        Files.writeString(
                directory.resolve("settings.yaml"),
                block("settings.yaml").replace("/providers/Microsoft.Billing/billingAccounts/7654321", scope));
        Files.writeString(
                directory.resolve("kustomization.yaml"),
                block("kustomization.yaml")
                        .replace("recommended/ea", "../../deploy/recommended/" + set)
                        .replace("namespace: finops", "namespace: " + namespace));

        String rendered =
                cluster.kubectl().run("", "kustomize", directory.toString()).orFail();

        List<ObjectNode> exports = Chart.documents(rendered);
        assertEquals(count, exports.size());
        for (ObjectNode export : exports) {
            assertEquals("CostExport", export.path("kind").asText());
            assertEquals(scope, export.at("/spec/scope").asText());
            assertTrue(export.at("/spec/destination/storageAccountId").asText().endsWith("/storageAccounts/costs"));
            assertEquals("msexports", export.at("/spec/destination/container").asText());
            assertEquals(
                    "billingAccounts/7654321",
                    export.at("/spec/destination/rootFolderPath").asText());
        }
        cluster.kubectl()
                .run(rendered, "apply", "--server-side", "--validate=strict", "-n", namespace, "-f", "-")
                .orFail();
    }

    private static String block(String file) {
        String text = Chart.text(PAGE);
        int begin = text.indexOf("# " + file + "\n");
        return text.substring(begin, text.indexOf("```", begin));
    }
}
