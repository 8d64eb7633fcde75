package dev.finops.azure.node;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Server;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node of a cluster: containerd, the kubelet and the scheduler, on the machine that {@code
 * src/test/servers/isolated} makes.
 */
final class Node implements AutoCloseable {
    /** Of the bridge, where pods find whoever is not a pod. */
    static final String ADDRESS = "10.22.0.1";

    private static final String NAME = "node";
    private static final String PAUSE = "localhost/pause:1";
    private static final String SOCKET = "/run/containerd/containerd.sock";

    private final Path directory;
    private final Server containerd;
    private final Server scheduler;
    private final Server kubelet;

    private Node(Path directory, Server containerd, Server scheduler, Server kubelet) {
        this.directory = directory;
        this.containerd = containerd;
        this.scheduler = scheduler;
        this.kubelet = kubelet;
    }

    /** Joins, and is ready. */
    static Node start(Path directory, ControlPlane cluster) throws Exception {
        Path binaries = Server.built("src/test/servers/build", "node");
        Server containerd = new Server(
                directory.resolve("containerd.log"),
                List.of("containerd", "--config", write(directory, "containerd.toml", """
        version = 2
        [plugins."io.containerd.grpc.v1.cri"]
          disable_apparmor = true
          restrict_oom_score_adj = true
          sandbox_image = "%s"
        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = "/usr/lib/cni"
        """.formatted(PAUSE))),
                Map.of());
        containerd.await(
                () -> containerd.printed("containerd successfully booted").isPresent());
        Server scheduler = new Server(
                directory.resolve("kube-scheduler.log"),
                List.of(
                        binaries.resolve("kube-scheduler").toString(),
                        "--kubeconfig=" + cluster.kubeconfig(),
                        "--leader-elect=false"),
                Map.of());
        Server kubelet = new Server(
                directory.resolve("kubelet.log"),
                List.of(
                        binaries.resolve("kubelet").toString(),
                        "--kubeconfig=" + cluster.kubeconfig(),
                        "--hostname-override=" + NAME,
                        "--node-ip=" + ADDRESS,
                        "--config=" + write(directory, "kubelet.yaml", """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        containerRuntimeEndpoint: unix://%s
        cgroupDriver: cgroupfs
        failCgroupV1: false
        failSwapOn: false
        enforceNodeAllocatable: []
        localStorageCapacityIsolation: false
        resolvConf: ""
        imageMaximumGCAge: 0s
        evictionHard: {memory.available: "0%%", nodefs.available: "0%%", imagefs.available: "0%%"}
        authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
        authorization: {mode: AlwaysAllow}
        """.formatted(SOCKET))),
                Map.of());
        Node node = new Node(directory, containerd, scheduler, kubelet);
        node.load(pause(directory));
        kubelet.await(() -> Optional.ofNullable(
                        cluster.client().nodes().withName(NAME).get())
                .filter(Readiness::isNodeReady)
                .isPresent());
        return node;
    }

    /** Into the node's images, as if it had been pulled. */
    void load(Path archive) throws IOException, InterruptedException {
        Process load = new ProcessBuilder(
                        "ctr", "--address", SOCKET, "--namespace", "k8s.io", "images", "import", archive.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("import.log").toFile())
                .start();
        if (load.waitFor() != 0) {
            throw new IOException(
                    "the node did not take " + archive + ":\n" + Files.readString(directory.resolve("import.log")));
        }
    }

    @Override
    public void close() {
        kubelet.close();
        scheduler.close();
        containerd.close();
    }

    /** What holds a pod's network while its containers come and go. */
    private static Path pause(Path directory) throws Exception {
        Path archive = directory.resolve("pause.tar");
        FileEntriesLayer busybox = FileEntriesLayer.builder()
                .addEntry(
                        Path.of("/bin/busybox"),
                        AbsoluteUnixPath.get("/busybox"),
                        FilePermissions.fromOctalString("755"))
                .build();
        Jib.fromScratch()
                .addFileEntriesLayer(busybox)
                .setEntrypoint("/busybox", "sleep", "2147483647")
                .containerize(Containerizer.to(TarImage.at(archive).named(PAUSE))
                        .setOfflineMode(true)
                        .setApplicationLayersCache(directory.resolve("layers"))
                        .setBaseImageLayersCache(directory.resolve("layers")));
        return archive;
    }

    private static String write(Path directory, String file, String text) throws IOException {
        return Files.writeString(directory.resolve(file), text).toString();
    }
}
