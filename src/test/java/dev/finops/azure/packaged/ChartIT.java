package dev.finops.azure.packaged;

import static dev.finops.azure.packaged.Chart.EVERYTHING;
import static dev.finops.azure.packaged.Chart.container;
import static dev.finops.azure.packaged.Chart.documents;
import static dev.finops.azure.packaged.Chart.rendered;
import static dev.finops.azure.packaged.Chart.run;
import static dev.finops.azure.packaged.Chart.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the chart without a cluster. */
class ChartIT {
    private static final String NAMESPACE = "costexport-system";
    /** Set by the workload identity webhook, by the pod's service account, and by `proxy.https` in another form. */
    private static final Set<String> GIVEN = Set.of("AZURE_FEDERATED_TOKEN_FILE", "KUBECONFIG", "HTTP_PROXY");

    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| .* \\|\\s*([^|]*?)\\s*\\|$");

    @TempDir
    Path directory;

    @Test
    void lintHasNothingToSay() {
        run("helm", "lint", "--strict", Chart.DIRECTORY).orFail();
        run("helm", "lint", "--strict", Chart.DIRECTORY, EVERYTHING).orFail();
    }

    @Test
    void itsSuitesPass() {
        String told = run("helm-unittest", Chart.DIRECTORY).orFail();
        assertTrue(Pattern.compile("Tests: +[1-9]\\d+ passed").matcher(told).find(), told);
    }

    @Test
    void yamlIsTidy() {
        assumeTrue(
                run("bash", "-c", "command -v yamllint").exit() == 0 || System.getenv("CI") != null,
                "yamllint is not installed");
        run(
                        "yamllint",
                        "--strict",
                        "-d",
                        "{extends: default, rules: {line-length: disable, document-start: disable, "
                                + "braces: {max-spaces-inside: 0}, "
                                + "indentation: {indent-sequences: whatever}, comments-indentation: "
                                + "disable, truthy: {check-keys: false}}}",
                        Chart.DIRECTORY + "/values.yaml",
                        Chart.DIRECTORY + "/Chart.yaml",
                        Chart.DIRECTORY + "/tests",
                        "deploy/base",
                        "deploy/overlays")
                .orFail();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicass=3",
                "config.logLevle=info",
                "azure.clientID=x",
                "image.tags=1",
                "config.logLevel=loud",
                "config.observeInterval=5",
                "azure.identity=Password",
                "httpPort=0",
                "terminationGracePeriodSeconds=10",
                "proxy.https=http://user:word@proxy:3128",
                "watchNamespaces={Finops}"
            })
    void aMisspeltValueIsRefused(String setting) {
        Chart.Result refused = Chart.template(NAMESPACE, "--set", setting);
        assertNotEquals(0, refused.exit());
        String last = setting.replaceFirst("=.*", "").replaceFirst(".*\\.", "");
        assertTrue(
                refused.output().contains("values don't meet the specifications of the schema")
                        && refused.output().contains(last),
                refused.output());
    }

    @Test
    void theSchemaKnowsTheValuesAndNoOthers() {
        JsonNode schema =
                documents(text(Chart.DIRECTORY + "/values.schema.json")).getFirst();
        sameKeys("", schema, documents(text(Chart.DIRECTORY + "/values.yaml")).getFirst());
    }

    private static void sameKeys(String path, JsonNode schema, JsonNode value) {
        if (schema.has("properties") && value.isObject() && !value.isEmpty()) {
            assertEquals("false", schema.path("additionalProperties").asText(), path + " takes what nobody knows");
            assertEquals(keys(schema.path("properties")), keys(value), path);
            schema.path("properties")
                    .properties()
                    .forEach(member ->
                            sameKeys(path + "." + member.getKey(), member.getValue(), value.path(member.getKey())));
        }
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void theReadmeDescribesEveryValue() {
        List<String> rows = text(Chart.DIRECTORY + "/README.md")
                .lines()
                .dropWhile(line -> !line.startsWith("| Key |"))
                .skip(2)
                .toList();
        assertTrue(rows.size() > 60, "rows: " + rows.size());
        assertEquals(
                List.of(), rows.stream().filter(row -> row.endsWith("|  |")).toList());
    }

    @Test
    void everyVariableOfTheOperatorCanBeSet() {
        Set<String> set = StreamSupport.stream(
                        container(rendered(NAMESPACE, EVERYTHING)).path("env").spliterator(), false)
                .map(variable -> variable.path("name").asText())
                .collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(documented().keySet());
        missing.removeAll(set);
        missing.removeAll(GIVEN);
        assertEquals(Set.of(), missing);
    }

    @Test
    void itsDefaultsAreTheOperators() {
        Map<String, String> differing = new TreeMap<>();
        container(rendered(NAMESPACE)).path("env").forEach(variable -> {
            String stated = documented().getOrDefault(variable.path("name").asText(), "?");
            if (stated.matches("`[^`]+`")
                    && !stated.equals("`" + variable.path("value").asText() + "`")) {
                differing.put(
                        variable.path("name").asText(), variable.path("value").asText());
            }
        });
        assertEquals(Map.of("LEADER_ELECTION", "true"), differing);
    }

    private static Map<String, String> documented() {
        return DOCUMENTED
                .matcher(text("docs/reference/configuration.md"))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    }

    /** The third of the three newest minors is the API server's of the system tests. */
    @ParameterizedTest
    @ValueSource(strings = {"1.34", "1.35"})
    void itsObjectsAreValid(String kubernetes) throws IOException {
        for (String values : List.of("--set=replicaCount=2", EVERYTHING)) {
            Path objects = Files.writeString(
                    directory.resolve("objects.yaml"),
                    Chart.template(NAMESPACE, values, Chart.KNOWN_KINDS).orFail());
            run("kubectl-validate", "--version", kubernetes, "--local-crds", "crds", objects.toString())
                    .orFail();
        }
        Path wrong = Files.writeString(
                directory.resolve("wrong.yaml"),
                Chart.template(NAMESPACE).orFail().replace("  replicas: 2", "  replicass: 2"));
        assertNotEquals(
                0,
                run("kubectl-validate", "--version", kubernetes, "--local-crds", "crds", wrong.toString())
                        .exit());
    }

    @Test
    void whatItsMetadataSaysIsTrue() throws IOException {
        ObjectNode chart = documents(text(Chart.DIRECTORY + "/Chart.yaml")).getFirst();
        String version = Pattern.compile("<version>([^<]+)</version>")
                .matcher(text("pom.xml"))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        assertEquals(version, chart.path("appVersion").asText());
        JsonNode notes = chart.path("annotations");
        assertTrue(text("LICENSE").contains("Apache License"));
        assertEquals("Apache-2.0", notes.path("artifacthub.io/license").asText());
        String examples = notes.path("artifacthub.io/crdsExamples").asText();
        Path example = Files.writeString(
                directory.resolve("example.yaml"),
                examples.replaceFirst("^- ", "  ").indent(-2));
        run("kubectl-validate", "--version", "1.35", "--local-crds", "crds", example.toString())
                .orFail();
        assertTrue(notes.path("artifacthub.io/crds").asText().contains("name: costexports.azure.finops.dev"));
    }

    /** As the chart's README says how to make it. */
    @Test
    void aTrustStoreNeedsNoPassword() throws Exception {
        String readme = text(Chart.DIRECTORY + "/README.md");
        String block =
                readme.substring(readme.indexOf("cp \"$JAVA_HOME/lib"), readme.indexOf("kubectl create configmap"));
        String home = System.getProperty("java.home");
        run(
                        "bash",
                        "-euc",
                        ("cd " + directory + "; export JAVA_HOME=" + home + " PATH=" + home + "/bin:$PATH\n"
                                        + "keytool -genkeypair -alias made -keyalg EC -dname CN=private-ca "
                                        + "-keystore made.p12 -storepass changeit\n"
                                        + "keytool -exportcert -rfc -alias made -keystore made.p12 "
                                        + "-storepass changeit -file ca.pem\n")
                                + block)
                .orFail();
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try (var file = Files.newInputStream(directory.resolve("truststore.p12"))) {
            store.load(file, null); // as the JVM reads javax.net.ssl.trustStore without a password
        }
        assertTrue(
                store.isCertificateEntry("private-ca"),
                Collections.list(store.aliases()).toString());
        assertTrue(store.size() > 50, "the public authorities are in it too");
        assertFalse(block.contains("kubectl"));
    }
}
