package dev.finops.azure.chaos;

import dev.finops.azure.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;

/**
 * Stands between an operator and the real API server, without TLS on the operator's side. Watches stream through it.
 */
final class ApiServerProxy implements AutoCloseable {

    /** Carries requests over, or does something else. */
    @FunctionalInterface
    interface Between {
        /** @return empty to cut the connection */
        Optional<Exchange> carry(Exchange request, Onward onward) throws IOException;
    }

    @FunctionalInterface
    interface Onward {
        Exchange answer() throws IOException;
    }

    private static final int OPEN = 101;

    private final URI apiServer;
    private final SSLSocketFactory tls;
    private final Between between;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Set<Socket> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean held;

    ApiServerProxy(ControlPlane cluster, Between between) {
        Config config = cluster.client().getConfiguration();
        this.apiServer = URI.create(config.getMasterUrl());
        this.between = between;
        try {
            tls = SSLUtils.sslContext(config).getSocketFactory();
            server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        threads.execute(this::accept);
    }

    /** A cluster administrator's, by way of the proxy. */
    Path kubeconfig(ControlPlane cluster, String namespace) {
        Path direct = cluster.kubeconfig(namespace);
        try {
            String text = Files.readString(direct)
                    .replaceFirst(
                            "server: \"[^\"]+\", certificate-authority-data: [^}]+",
                            "server: \"http://127.0.0.1:" + server.getLocalPort() + "\"");
            return Files.writeString(
                    direct.resolveSibling("kubeconfig-" + namespace + "-" + server.getLocalPort()), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Watches stay open and bring nothing until they are let go: what an operator knows grows old. */
    void holdWatches(boolean hold) {
        held = hold;
    }

    /** Ends the watches that are open now, as an API server does that is stopped. */
    void cutWatches() {
        watches.forEach(ApiServerProxy::close);
    }

    void cutAll() {
        clients.forEach(ApiServerProxy::close);
        cutWatches();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            cutAll(); // closed
        }
    }

    private void serve(Socket client) {
        clients.add(client);
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (Optional<Exchange> head = Exchange.head(in); head.isPresent(); head = Exchange.head(in)) {
                Exchange request = head.get().withBody(in);
                if (request.isWatch()) {
                    watch(client, in, request);
                    return;
                }
                Optional<Exchange> answer = between.carry(request, () -> forward(request));
                if (answer.isEmpty()) {
                    client.setSoLinger(true, 0);
                    return;
                }
                answer.get().write(client.getOutputStream());
            }
        } catch (IOException e) {
            // One of the two has gone, which the other sees.
        } finally {
            clients.remove(client);
        }
    }

    private Exchange forward(Exchange request) throws IOException {
        try (Socket upstream = connect()) {
            request.alone().write(upstream.getOutputStream());
            InputStream in = new BufferedInputStream(upstream.getInputStream());
            return Exchange.head(in)
                    .orElseThrow(() -> new IOException("no answer"))
                    .withBody(in)
                    .kept();
        }
    }

    /** What {@link Between} answers to a watch that is to have this event alone. */
    static Exchange onlyEvent(String event) {
        return new Exchange("HTTP/1.1 " + OPEN, List.of(), event.getBytes(StandardCharsets.UTF_8));
    }

    private void watch(Socket client, InputStream in, Exchange request) throws IOException {
        Optional<Exchange> answer = between.carry(request, () -> onlyEvent(""));
        if (answer.isEmpty() || answer.get().status() != OPEN) {
            if (answer.isPresent()) {
                answer.get().write(client.getOutputStream());
            }
            return;
        }
        try (Socket upstream = connect()) {
            watches.add(upstream);
            request.write(upstream.getOutputStream());
            if (answer.get().body().length > 0) {
                Exchange.head(upstream.getInputStream())
                        .orElseThrow(() -> new IOException("no answer"))
                        .write(client.getOutputStream());
                writeFrame(client.getOutputStream(), answer.get().body());
                return;
            }
            threads.execute(() -> pump(in, upstream));
            pump(heldBack(upstream.getInputStream()), client);
        } finally {
            watches.removeIf(Socket::isClosed);
        }
    }

    private InputStream heldBack(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = super.read(bytes, from, length);
                while (held) {
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
                return count;
            }
        };
    }

    /** A text, as a server sends it over a WebSocket. */
    private static void writeFrame(OutputStream out, byte[] text) throws IOException {
        out.write(new byte[] {(byte) 0x81, 126, (byte) (text.length >> 8), (byte) text.length});
        out.write(text);
        out.flush();
    }

    private static void pump(InputStream from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (to) {
            OutputStream out = to.getOutputStream();
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // Cut, on either side; both are closed.
        }
    }

    private Socket connect() throws IOException {
        Socket socket = tls.createSocket(apiServer.getHost(), apiServer.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
