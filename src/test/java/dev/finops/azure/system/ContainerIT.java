package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.finops.azure.image.Podman;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image in a real container: 256 MB, a read-only root, no capability, not root. */
class ContainerIT extends StoringTest {
    private static final List<String> TMP = List.of("--tmpfs=/tmp:size=64m,mode=1777"); // as the chart
    private static final List<String> ONLY_WITH_THE_CACHE =
            List.of("-XX:AOTMode=on", "-jar", "/app/costexport-operator.jar");

    private List<String> options = TMP;
    private Podman podman;

    @Override
    @BeforeAll
    void startOperator() {
        Optional<String> missing = Podman.missing();
        assumeTrue(missing.isEmpty(), () -> "NOT TESTED: the image in a container, as " + missing.orElseThrow());
        podman = podman == null ? Podman.start() : podman;
        super.startOperator();
    }

    @Override
    OperatorProcess process(Path directory, Map<String, String> environment) {
        environment.put(
                "JAVA_TOOL_OPTIONS",
                azure.environment().get("JAVA_TOOL_OPTIONS")); // the image has the JVM's other settings
        List<Path> files = List.of(Path.of(environment.get("KUBECONFIG")), azure.trustStore());
        return OperatorProcess.launch(
                directory, environment, podman.container(environment.keySet(), files, options, ONLY_WITH_THE_CACHE));
    }

    @AfterAll
    void removeContainers() {
        if (podman != null) {
            podman.close();
        }
    }

    @Test
    void aCostExportLivesItsWholeLife() {
        followOne();
    }

    @Test
    void nothingNeedsToBeWritable() {
        startAgain(List.of());

        export("no-tmp", "").awaitReady();
    }

    private void startAgain(List<String> with) {
        operator.close();
        options = with;
        startOperator();
    }

    /** As the page of diagnosis says: the dump of all threads, virtual ones too, is in the log. */
    @Test
    void itsThreadsAreShown() {
        startAgain(TMP); // jcmd reaches the JVM by a socket there

        Podman.Result dump = podman.run(
                "exec", "--latest", "/opt/java/bin/jcmd", "1", "Thread.dump_to_file", "-overwrite", "/dev/stdout");

        assertEquals(0, dump.exit(), dump.output());

        eventually(() -> assertTrue(operator.log().contains("\" virtual "), "the log has no virtual thread"));
        operators.remove(operator); // whose log must have stacks
        startAgain(TMP);
    }

    @Test
    void thereIsNoShell() {
        Podman.Result refused = podman.run(
                podman.container(Set.of(), List.of(), List.of("--entrypoint=/bin/sh"), List.of("-c", "true")));
        assertEquals(127, refused.exit(), refused.output());
    }
}
