package dev.finops.azure.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A real cluster without nodes, unless somebody joins one: etcd and a kube-apiserver with RBAC on loopback. It ends
 * with this JVM.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Path CRD = Path.of("crds/costexports.azure.finops.dev.yaml");

    /**
     * The API server's first service address, which the node must have on its loopback device: so pods reach it without
     * a proxy.
     */
    private static final String SERVICE_ADDRESS = "10.0.0.1";

    private static final String CONTROLLERS =
            "namespace-controller,serviceaccount-controller,garbage-collector-controller,"
                    + "root-ca-certificate-publisher-controller";
    private static final String CONTROLLERS_OF_PODS = CONTROLLERS
            + ",deployment-controller,replicaset-controller,disruption-controller,node-lifecycle-controller";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final class Shared {
        static final ControlPlane INSTANCE = start(newDirectory(), false);
    }

    private final Path directory;
    private final Path binaries = Server.binaries();
    private final String token = UUID.randomUUID().toString();
    private final Deque<Server> servers = new ArrayDeque<>();
    private final String address;
    private final String controllers;
    private boolean closed;
    private int port;
    private int etcdPort;
    private KubernetesClient client;

    private ControlPlane(Path directory, String address, String controllers) {
        this.directory = directory;
        this.address = address;
        this.controllers = controllers;
    }

    /** The one of this test run: started on first use, stopped when the JVM ends. */
    public static ControlPlane shared() {
        return Shared.INSTANCE;
    }

    /** One for tests that change what all share: its CRDs, its releases. */
    public static ControlPlane own() {
        return start(newDirectory(), true);
    }

    /**
     * Everything it writes is in {@code directory}.
     *
     * @param controllerManager for what the API server leaves to it: emptying deleted namespaces, deleting dependents
     */
    public static ControlPlane start(Path directory, boolean controllerManager) {
        return start(directory, "127.0.0.1", controllerManager ? CONTROLLERS : "");
    }

    /** One that a node can join; everything it writes is in {@code directory}. */
    public static ControlPlane startForNodes(Path directory) {
        return start(directory, SERVICE_ADDRESS, CONTROLLERS_OF_PODS);
    }

    private static ControlPlane start(Path directory, String address, String controllers) {
        while (true) {
            var plane = new ControlPlane(directory.toAbsolutePath(), address, controllers);
            // Before the first process, so that a signal during the start leaves none behind.
            Runtime.getRuntime().addShutdownHook(new Thread(plane::close, "control-plane-close"));
            var ready = false;
            try {
                plane.launch();
                ready = true;
                return plane;
            } catch (Server.PortTaken e) {
                // The next round chooses others.
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException(e);
            } finally {
                if (!ready) {
                    plane.close();
                }
            }
        }
    }

    /** A cluster administrator that does not retry, so that a test sees each answer. */
    public KubernetesClient client() {
        return client;
    }

    /** A cluster administrator's. */
    public Path kubeconfig() {
        return kubeconfig("default");
    }

    /** The same, with this namespace as its context's default. */
    public Path kubeconfig(String namespace) {
        return kubeconfig("kubeconfig-" + namespace, namespace, token);
    }

    /** A service account's, for an hour, with its namespace as the context's default. */
    public Path kubeconfigOf(String namespace, String serviceAccount) {
        String issued = kubectl()
                .run("", "create", "token", serviceAccount, "--namespace", namespace)
                .orFail()
                .strip();
        return kubeconfig("kubeconfig-" + namespace + "-" + serviceAccount, namespace, issued);
    }

    private synchronized Path kubeconfig(String file, String namespace, String token) {
        try {
            var ca = Base64.getEncoder().encodeToString(Files.readAllBytes(certificate()));
            var written = Files.writeString(
                    directory.resolve("kubeconfig.new"), """
          apiVersion: v1
          kind: Config
          current-context: test
          contexts:
          - {name: test, context: {cluster: test, user: test, namespace: %s}}
          clusters:
          - {name: test, cluster: {server: "https://%s:%d", certificate-authority-data: %s}}
          users:
          - {name: test, user: {token: %s}}
          """.formatted(namespace, address, port, ca, token));
            // At once, as somebody may be reading the one that is there.
            return Files.move(written, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A namespace that no other test has. */
    public String newNamespace(String prefix) {
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build();
        return client.resource(namespace).create().getMetadata().getName();
    }

    /** etcd forgets what was before now: who wants to watch from an earlier version has to list anew. */
    public void compact() {
        String revision =
                etcd("range", "{\"key\": \"AA==\"}").at("/header/revision").asText();
        etcd("compaction", "{\"revision\": \"" + revision + "\", \"physical\": true}");
    }

    /** All that is stored, as a copy of etcd's disk; the servers are away meanwhile. */
    public Path backup() {
        var backup = directory.resolve("etcd-" + UUID.randomUUID());
        whileAway(() -> copy(etcdData(), backup));
        return backup;
    }

    /** All is as it was, resource versions too: what has been handed out since is handed out again. */
    public void restore(Path backup) {
        whileAway(() -> {
            deleteEtcdData();
            copy(backup, etcdData());
        });
    }

    private synchronized void whileAway(Runnable act) {
        servers.forEach(Server::close);
        servers.clear();
        act.run();
        startServers();
    }

    private static void copy(Path from, Path to) {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path etcdData() {
        return directory.resolve("etcd");
    }

    private JsonNode etcd(String operation, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + etcdPort + "/v3/kv/" + operation))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("etcd answers " + answer.statusCode() + ": " + answer.body());
            }
            return json(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a service account has asked for so far, as the API server's audit log has it. */
    public List<JsonNode> audited(String namespace, String serviceAccount) {
        String user = "system:serviceaccount:" + namespace + ":" + serviceAccount;
        try (var lines = Files.lines(directory.resolve("audit.log"))) {
            return lines.filter(line -> line.contains(user))
                    .map(ControlPlane::json)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Kubectl kubectl() {
        return new Kubectl(binaries.resolve("kubectl"), kubeconfig(), directory.resolve("kubectl-cache"));
    }

    /** Applies the checked-in CRD as users do, and waits until it is served. */
    public Kubectl.Result installCrd() {
        var applied = kubectl().run("", "apply", "--filename", CRD.toString());
        applied.orFail();
        kubectl()
                .run("", "wait", "--for=condition=Established", "--filename", CRD.toString())
                .orFail();
        return applied;
    }

    /** The ids of the server processes. */
    List<Long> pids() {
        return servers.stream().map(Server::pid).toList();
    }

    /** Ends the servers; their logs stay. */
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
        servers.forEach(Server::close);
        deleteEtcdData();
    }

    private void launch() throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("service-account.key"), newKeyPair());
        Files.writeString(directory.resolve("tokens.csv"), token + ",admin,admin,system:masters\n");
        Files.writeString(directory.resolve("audit.yaml"), """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - {level: Metadata, userGroups: ["system:serviceaccounts"]}
        - {level: None}
        """);

        etcdPort = Server.freePort();
        port = address.equals(SERVICE_ADDRESS) ? 443 : Server.freePort();
        startServers();
    }

    private void startServers() {
        var etcd = launch(
                "etcd",
                "--data-dir=" + etcdData(),
                "--unsafe-no-fsync",
                "--listen-client-urls=http://127.0.0.1:" + etcdPort,
                "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
                "--listen-peer-urls=http://127.0.0.1:0");
        etcd.await(() -> etcd.prints("ready to serve client requests"));

        var apiServer = launch(
                "kube-apiserver",
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=" + address,
                "--secure-port=" + port,
                "--cert-dir=" + certificate().getParent(),
                "--service-cluster-ip-range=10.0.0.0/24",
                "--token-auth-file=" + directory.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + directory.resolve("service-account.key"),
                "--service-account-signing-key-file=" + directory.resolve("service-account.key"),
                "--audit-policy-file=" + directory.resolve("audit.yaml"),
                "--audit-log-path=" + directory.resolve("audit.log"),
                "--kubelet-preferred-address-types=InternalIP",
                // No neighbours and few clients: what they would need only costs start-up time.
                "--endpoint-reconciler-type=none",
                "--enable-priority-and-fairness=false",
                "--profiling=false");
        apiServer.await(() -> Files.exists(certificate().resolveSibling("apiserver.key")));
        client = client == null ? newClient() : client;
        apiServer.await(this::answers);

        if (!controllers.isEmpty()) {
            launch(
                            "kube-controller-manager",
                            "--kubeconfig=" + kubeconfig(),
                            "--leader-elect=false",
                            "--secure-port=0",
                            "--service-account-private-key-file=" + directory.resolve("service-account.key"),
                            "--root-ca-file=" + certificate(),
                            "--controllers=" + controllers)
                    .await(() -> client.serviceAccounts()
                                    .inNamespace("default")
                                    .withName("default")
                                    .get()
                            != null);
        }
    }

    private synchronized Server launch(String name, String... arguments) {
        if (closed) {
            throw new IllegalStateException("closed while it started");
        }
        var command = new ArrayList<>(List.of(binaries.resolve(name).toString()));
        command.addAll(List.of(arguments));
        var server = new Server(directory.resolve(name + ".log"), command, Map.of());
        servers.push(server);
        return server;
    }

    /** The API server makes it when it starts. */
    private Path certificate() {
        return directory.resolve("tls/apiserver.crt");
    }

    private void deleteEtcdData() {
        if (Files.exists(etcdData())) {
            try (var files = Files.walk(etcdData())) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private KubernetesClient newClient() {
        var config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig().toFile())).withRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config.build()).build();
    }

    private static String newKeyPair() throws GeneralSecurityException {
        var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        return pem("PRIVATE KEY", pair.getPrivate()) + pem("PUBLIC KEY", pair.getPublic());
    }

    private static String pem(String type, Key key) {
        var base64 = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(type, base64);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "control-plane-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
