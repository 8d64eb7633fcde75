package dev.finops.azure.controlplane;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneIT {
    @TempDir
    Path directory;

    @Test
    void leavesNoProcessBehind() {
        var plane = ControlPlane.start(directory, true);
        var pids = plane.pids();

        plane.close();

        assertEquals(3, pids.size());
        assertFalse(pids.stream().anyMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    @Test
    void startsAgainInTheSameDirectory() {
        ControlPlane.start(directory, false).close();

        try (var plane = ControlPlane.start(directory, false)) {
            plane.kubectl().run("", "get", "namespace", "default").orFail();
        }
    }

    @Test
    void aDeletedNamespaceGoesWithTheControllerManager() {
        try (var plane = ControlPlane.start(directory, true)) {
            var namespace = plane.newNamespace("harness");
            await().until(() -> plane.client()
                            .serviceAccounts()
                            .inNamespace(namespace)
                            .withName("default")
                            .get()
                    != null);
            assertFalse(plane.kubectl()
                    .run("", "create", "token", "default", "-n", namespace)
                    .orFail()
                    .isBlank());

            plane.client().namespaces().withName(namespace).delete();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> plane.client().namespaces().withName(namespace).get() == null);
        }
    }

    @Test
    void namespacesAreIsolatedAndHaveTheirOwnKubeconfig() {
        var plane = ControlPlane.shared();
        var namespace = plane.newNamespace("harness");

        assertNotEquals(namespace, plane.newNamespace("harness"));
        assertEquals(
                namespace,
                Config.fromKubeconfig(plane.kubeconfig(namespace).toFile()).getNamespace());
        assertNotNull(plane.client().namespaces().withName(namespace).get());
    }

    @Test
    void kubectlReadsStdinAndReportsFailure() {
        var kubectl = ControlPlane.shared().kubectl();
        var namespace = ControlPlane.shared().newNamespace("harness");

        kubectl.run("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "apply", "-n", namespace, "-f", "-")
                .orFail();

        assertEquals(
                "configmap/a\n",
                kubectl.run("", "get", "configmap/a", "-n", namespace, "-o", "name")
                        .orFail());
        var missing = kubectl.run("", "get", "configmap/b", "-n", namespace);
        assertEquals(1, missing.exit());
        assertTrue(missing.stderr().contains("NotFound"));
    }
}
