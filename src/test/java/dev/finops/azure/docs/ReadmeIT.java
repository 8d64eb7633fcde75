package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.packaged.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The README shows what kubectl prints of its own manifest, with statuses that the operator wrote and HealthIT
 * recorded.
 */
class ReadmeIT {
    private static final ControlPlane PLANE = ControlPlane.shared();
    private static final Path README = Path.of("README.md");
    private static final Path RECORDED =
            Path.of("deploy/argocd/resource_customizations/azure.finops.dev/CostExport/testdata");
    private static final Pattern COMMAND = Pattern.compile("(?m)^\\$ (kubectl .*)\\n((?:(?!\\$ |```|\\n).*\\n)+)");

    @Test
    void showsWhatKubectlPrints() throws IOException {
        PLANE.installCrd();
        String namespace = PLANE.newNamespace("readme");
        create(namespace, "shop", "applied.yaml");
        create(namespace, "warehouse", "run-failed.yaml");

        List<MatchResult> commands =
                COMMAND.matcher(Files.readString(README)).results().toList();

        assertEquals(2, commands.size());
        for (MatchResult command : commands) {
            String typed = command.group(1).replace("--namespace finops", "--namespace " + namespace);
            assertEquals(
                    withoutAge(command.group(2)), withoutAge(new Terminal(PLANE.kubeconfig(namespace)).run(typed)));
        }
    }

    private static void create(String namespace, String name, String recorded) throws IOException {
        ObjectNode object = Snippet.yaml()
                .filter(snippet -> snippet.page().equals(README))
                .map(Snippet::document)
                .filter(document -> document.has("kind"))
                .findFirst()
                .orElseThrow();
        object.withObject("/metadata").put("name", name);
        PLANE.kubectl()
                .run(object.toString(), "apply", "--server-side", "-n", namespace, "-f", "-")
                .orFail();
        JsonNode status =
                new YAMLMapper().readTree(RECORDED.resolve(recorded).toFile()).path("status");
        object.set("status", status);
        PLANE.kubectl()
                .run(
                        object.toString(),
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        "--subresource=status",
                        "-n",
                        namespace,
                        "-f",
                        "-")
                .orFail();
    }

    /** The columns of each line but the last, which is the age. */
    private static List<String> withoutAge(String printed) {
        return printed.lines()
                .map(line -> line.strip().replaceAll("\\s{2,}", " | ").replaceFirst(" \\| (AGE|\\d+\\w+)$", ""))
                .toList();
    }
}
