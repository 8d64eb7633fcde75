package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CrdField;
import dev.finops.azure.api.v1alpha1.Manifest;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.packaged.Chart;
import dev.finops.azure.packaged.Terminal;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What readers copy from the pages: the API server takes the manifests, and kubectl the commands. */
class SnippetsIT {
    private static final ControlPlane PLANE = ControlPlane.shared();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** UninstallIT runs its commands in their order, which this cannot. */
    private static final String UNINSTALL = "uninstall.md";

    private static final Pattern ABOUT_COSTEXPORTS =
            Pattern.compile("\\bcostexports?(?=[ /.]|$)(?!\\.azure)|\\bcexp\\b|=CostExport\\b");
    private static final Pattern NAMED =
            Pattern.compile("\\b(?:NAME|focus-daily|focus-closed|cost-trend|warehouse)\\b");
    private static final Pattern PRINTED = Pattern.compile("\\{(?:\\.status)?\\.([\\w.]+)}");

    /** As kubectl and Helm begin the report of a command line that they cannot read. */
    private static final Pattern MISUSED = Pattern.compile(
            "unknown (flag|shorthand flag|command)|flag needs an argument|invalid argument|Usage:|-h' for help|"
                    + "--help' for|must be specified|one or more resources must be|must either|Required "
                    + "resource not specified|no resource|exactly|requires at least|syntax error");

    private static String namespace;

    @TempDir
    Path directory;

    private String told;

    @BeforeAll
    static void installCrd() {
        PLANE.installCrd();
        namespace = PLANE.newNamespace("pages");
    }

    static Stream<Snippet> manifests() {
        return Snippet.yaml()
                .filter(snippet -> List.of("", "v1", "azure.finops.dev/v1alpha1")
                        .contains(snippet.document().path("apiVersion").asText()));
    }

    /** A field that nothing knows is an error; what is left out of a page, such as a scope, is that of a sample. */
    @ParameterizedTest
    @MethodSource("manifests")
    void theApiServerTakes(Snippet snippet) {
        ObjectNode document = snippet.document();
        boolean shortened = snippet.text().contains("# scope, dataset, destination …");
        if (!document.has("kind")) {
            document = (ObjectNode) JSON.createObjectNode().set("spec", document);
        }
        if (document.at("/spec/destination").has("storageAccountName")) {
            ((ObjectNode) document.at("/spec/destination")).putNull("storageAccountId"); // instead of the sample's
        }
        GenericKubernetesResource sent = !document.has("kind") || shortened
                ? Manifest.of(document.toString())
                : Serialization.unmarshal(document.toString(), GenericKubernetesResource.class);

        var result = PLANE.kubectl()
                .run(
                        Serialization.asJson(sent),
                        "apply",
                        "--dry-run=server",
                        "--validate=strict",
                        "-n",
                        namespace,
                        "-f",
                        "-");

        result.orFail();
        assertEquals(List.of(), result.warnings());
    }

    static Stream<Snippet> commands() {
        return Snippet.commands()
                .filter(snippet -> ABOUT_COSTEXPORTS.matcher(snippet.text()).find()
                        && !snippet.page().endsWith(UNINSTALL));
    }

    /**
     * Against an object that has a value in every field of its status, of which the command prints those that it names.
     */
    @ParameterizedTest
    @MethodSource("commands")
    void kubectlTakes(Snippet snippet) {
        String command = snippet.text()
                .replace("NAMESPACE", namespace)
                .replaceAll("--namespace (finops|default)", "--namespace " + namespace);
        for (String name :
                NAMED.matcher(command).results().map(found -> found.group()).collect(Collectors.toSet())) {
            create(name.toLowerCase(Locale.ROOT));
        }

        String printed = new Terminal(PLANE.kubeconfig(namespace)).run(command.replaceAll("\\bNAME\\b", "name"));

        assertFalse(printed.isBlank(), "nothing is printed");
        PRINTED.matcher(command)
                .results()
                .map(field -> printed(field.group(1)))
                .forEach(value -> assertTrue(printed.contains(value), value + " is missing: " + printed));
    }

    static Stream<Snippet> calls() throws IOException {
        return PagesTest.pages()
                .flatMap(Snippet::calls)
                .filter(call -> call.text().split("\\s+").length > 2); // others only mention a command
    }

    /**
     * All of them, of Helm too: no cluster answers, so that only their own faults of verb, flag and argument are told.
     */
    @ParameterizedTest
    @MethodSource("calls")
    void kubectlAndHelmKnow(Snippet call) throws IOException {
        assertFalse(MISUSED.matcher(withoutCluster(call.text())).find(), () -> call.text() + "\n" + told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kubectl get costexports --namespaces finops",
                "kubectl obtain costexports",
                "kubectl annotate costexport x -n y -q",
                "kubectl create configmap --namespace finops",
                "helm install costexport-operator",
                "helm upgrade a charts/costexport-operator --reuse",
                "helm instal a b"
            })
    void whatTheyDoNotKnowIsNoticed(String call) throws IOException {
        assertTrue(MISUSED.matcher(withoutCluster(call)).find(), () -> call + "\n" + told);
    }

    private String withoutCluster(String call) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("nobody"), """
        {apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}],
          users: [{name: a, user: {token: a}}], clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]}
        """);
        String filledIn = call.replaceAll("<([A-Z_]+)>", "x")
                .replace("<<EOF", "")
                .replace("costexport-operator-VERSION.tgz", Chart.DIRECTORY);
        told = new Terminal(kubeconfig)
                .attempt("namespace=x name=x pod=pod/x NEW_TOKEN=x; az() { echo x; }; " + filledIn)
                .output();
        return told;
    }

    private static void create(String name) {
        ObjectNode object = JSON.valueToTree(Manifest.of("metadata: {name: " + name + "}"));
        String[] apply = {"apply", "--server-side", "--force-conflicts", "-n", namespace, "-f", "-"};
        PLANE.kubectl().run(object.toString(), apply).orFail();
        object.set("status", status());
        PLANE.kubectl()
                .run(
                        object.toString(),
                        Stream.concat(Stream.of(apply), Stream.of("--subresource=status"))
                                .toArray(String[]::new))
                .orFail();
    }

    /** Each text is the name of its field, each number 7; what commands choose by is there to be chosen. */
    private static ObjectNode status() {
        ObjectNode status = JSON.createObjectNode();
        for (CrdField field : CrdField.ofStatus()) {
            String[] names = field.path().replace("[]", "/0").replace('.', '/').split("/(?=[^/]*$)");
            ObjectNode parent = names.length == 1 ? status : status.withObject("/" + names[0]);
            String name = names[names.length - 1];
            switch (field.schema().getType()) {
                case "string" -> parent.put(name, name);
                case "integer" -> parent.put(name, 7);
                case "array" -> parent.withArray(name).addAll(numbers(field));
                default -> {} // an object, made by its fields
            }
        }
        ((ObjectNode) status.at("/backfill/months/0")).put("state", "Failed");
        ((ObjectNode) status.at("/closedMonths/0")).put("state", "Failed");
        status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
        status.withArray("conditions")
                .addObject()
                .put("type", "Delivered")
                .put("status", "True")
                .put("message", "message");
        return status;
    }

    private static List<JsonNode> numbers(CrdField field) {
        return field.schema().getItems().getSchema().getType().equals("integer")
                ? List.of(JSON.getNodeFactory().numberNode(7))
                : List.of();
    }

    /** What a field shows, by {@link #status()}; a field that no status has is a mistake of the page. */
    private static String printed(String path) {
        CrdField field = CrdField.ofStatus().stream()
                .filter(known -> known.path().equals(path) || known.path().endsWith("." + path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no status has " + path));
        String name = path.substring(path.lastIndexOf('.') + 1);
        return name.equals("state") ? "Failed" : field.schema().getType().equals("string") ? name : "7";
    }
}
