package dev.finops.azure.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.Manifest;
import dev.finops.azure.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The commands of the installation page as they stand there, on an API server of their own: without nodes, so that no
 * pod starts.
 */
class InstallIT {
    private static final String PAGE = "docs/how-to/install.md";
    private static final String OWNERSHIP = "When Helm reports invalid ownership metadata";
    private static final String CRD = "costexports.azure.finops.dev";
    private static final String HOME = "costexport-system";
    private static final String IMAGE = "registry.example.com/finops/costexport-operator:";
    private static final String CLIENT = "22222222-2222-2222-2222-222222222222";

    private static ControlPlane cluster;
    private static Terminal terminal;

    @BeforeAll
    static void start() {
        cluster = ControlPlane.own();
        terminal = Terminal.of(cluster);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void removeAll() {
        terminal.run("""
        helm list --all-namespaces --no-headers | while read -r name namespace rest; do
          [ -z "$name" ] || helm uninstall "$name" --namespace "$namespace"
        done
        kubectl delete --ignore-not-found -f deploy/install.yaml
        kubectl delete namespace --ignore-not-found elsewhere
        """);
    }

    @Test
    void installYamlIsStartableWithOneCommand() {
        terminal.run(Terminal.commands(PAGE, "With plain manifests"));

        assertStartable(deployment());
        assertFalse(terminal.run("kubectl get deployments,serviceaccounts,roles,rolebindings --namespace "
                        + "costexport-system --output yaml")
                .contains("<"));
    }

    /** The release's file has nothing else to fill in than what the command fills in. */
    @Test
    void installYamlHasTheTwoPlaceholdersAndNoImageOfThisMachine() {
        String file = Chart.text("deploy/install.yaml").replaceAll("(?m)^#.*$", "");
        Set<String> placeholders = Pattern.compile("<[^>\n ]+>")
                .matcher(file)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());

        assertEquals(Set.of("<CLIENT_ID>", "<REGISTRY>"), placeholders);
        assertFalse(file.contains("localhost/"));
    }

    /** As after a first look with kubectl. */
    @Test
    void aCrdOfKubectlIsTakenOverByMarks() {
        terminal.run("kubectl apply -f crds/");
        ObjectNode before = costExport();

        assertRefused(filledIn(helm()));
        terminal.run(commands("Take over with any Helm"));
        terminal.run(filledIn(helm()));

        assertStartable(deployment());
        assertUntouched(before);
    }

    @Test
    void aCrdOfKubectlIsTakenOverByHelmItself() {
        terminal.run("kubectl apply -f crds/");
        ObjectNode before = costExport();

        terminal.run(filledIn(commands("Take over with Helm 3.17 or later")));

        assertStartable(deployment());
        assertUntouched(before);
        assertEquals(
                "Helm",
                crd().at("/metadata/labels")
                        .path("app.kubernetes.io/managed-by")
                        .asText());
    }

    /** Installed, uninstalled, and installed in another namespace. */
    @Test
    void aCrdThatAReleaseHasLeftIsTakenOver() {
        String elsewhere = filledIn(helm()).replace(HOME, "elsewhere");
        terminal.run(elsewhere);
        ObjectNode before = costExport();
        terminal.run("helm uninstall costexport-operator --namespace elsewhere");

        assertRefused(filledIn(helm()));
        assertEquals("", terminal.run("helm list --all-namespaces --filter costexport --short"));
        terminal.run(filledIn(commands("Take over with Helm 3.17 or later")));

        assertStartable(deployment());
        assertUntouched(before);
        assertEquals(
                HOME,
                crd().at("/metadata/annotations")
                        .path("meta.helm.sh/release-namespace")
                        .asText());
        assertEquals(
                "keep",
                crd().at("/metadata/annotations")
                        .path("helm.sh/resource-policy")
                        .asText());
    }

    /** Without the CRD among the release's objects nobody asks whose it is. */
    @Test
    void theCrdMayBelongToSomebodyElse() {
        terminal.run("kubectl apply -f crds/");
        ObjectNode before = costExport();

        terminal.run(filledIn(commands("Leave the CRD to somebody else")));

        assertStartable(deployment());
        assertUntouched(before);
        assertTrue(crd().at("/metadata/labels").isMissingNode());
    }

    /** From plain manifests to Helm: all objects have other marks. */
    @Test
    void everythingOfInstallYamlIsTakenOverByHelm() {
        terminal.run(Terminal.commands(PAGE, "With plain manifests"));
        ObjectNode before = costExport();

        assertRefused(filledIn(helm()));
        terminal.run(filledIn(commands("Take over with Helm 3.17 or later")));

        assertStartable(deployment());
        assertUntouched(before);
        assertEquals(
                "Helm",
                deployment()
                        .at("/metadata/labels")
                        .path("app.kubernetes.io/managed-by")
                        .asText());
    }

    /** Without the second command, which waits for pods. */
    private static String helm() {
        return Terminal.commands(PAGE, "With Helm")
                .lines()
                .takeWhile(line -> !line.startsWith("kubectl "))
                .reduce("", (all, line) -> all + line + "\n");
    }

    /** Below one of the smaller headings. */
    private static String commands(String heading) {
        String text = Chart.text(PAGE);
        int begin = text.indexOf("\n### " + heading + "\n");
        assertTrue(begin > text.indexOf("\n## " + OWNERSHIP + "\n"), PAGE + " has no heading " + heading);
        int block = text.indexOf("\n```\n", begin) + 5;
        return text.substring(block, text.indexOf("\n```\n", block));
    }

    private static String filledIn(String command) {
        return command.replace("<REGISTRY>", "registry.example.com/finops").replace("<CLIENT_ID>", CLIENT);
    }

    /** As the page shows it, so that a reader finds the page by it. */
    private static void assertRefused(String command) {
        String told =
                assertThrows(AssertionError.class, () -> terminal.run(command)).getMessage();
        assertTrue(
                told.contains("exists and cannot be imported into the current release: invalid ownership metadata"),
                told);
        assertTrue(Chart.text(PAGE)
                .replace("\n", " ")
                .contains("exists and cannot be imported into the current release: invalid ownership metadata"));
    }

    private static ObjectNode costExport() {
        cluster.kubectl()
                .run(Serialization.asJson(Manifest.of("metadata: {name: kept}")), "apply", "-n", "default", "-f", "-")
                .orFail();
        return kept();
    }

    private static void assertUntouched(ObjectNode before) {
        assertEquals(before.path("metadata"), kept().path("metadata"));
        terminal.run("kubectl delete costexport kept --namespace default");
    }

    private static ObjectNode kept() {
        return object("kubectl get costexport kept --namespace default --output json");
    }

    private static ObjectNode crd() {
        return object("kubectl get crd " + CRD + " --output json");
    }

    private static ObjectNode deployment() {
        return object("kubectl get deployment costexport-operator --namespace " + HOME + " --output json");
    }

    private static ObjectNode object(String command) {
        return Chart.documents(terminal.run(command)).getFirst();
    }

    private static void assertStartable(ObjectNode deployment) {
        JsonNode container = Chart.container(List.of(deployment));
        assertTrue(container.path("image").asText().startsWith(IMAGE), container.path("image")::asText);
        assertTrue(
                container
                        .path("env")
                        .toString()
                        .contains("{\"name\":\"AZURE_CLIENT_ID\",\"value\":\"" + CLIENT + "\"}"),
                container.path("env")::toString);
        assertEquals(
                "true",
                deployment
                        .at("/spec/template/metadata/labels")
                        .path("azure.workload.identity/use")
                        .asText());
    }
}
