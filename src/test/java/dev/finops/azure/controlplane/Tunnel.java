package dev.finops.azure.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between an operator and its API server, which can swallow what it is given: nobody is told that it does
 * not arrive.
 */
public final class Tunnel implements AutoCloseable {
    private final ServerSocket entrance;
    private final ControlPlane cluster;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean blocked;

    private Tunnel(ServerSocket entrance, ControlPlane cluster) {
        this.entrance = entrance;
        this.cluster = cluster;
    }

    public static Tunnel to(ControlPlane cluster) {
        try {
            Tunnel tunnel = new Tunnel(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), cluster);
            Thread.ofVirtual().start(tunnel::accept);
            return tunnel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A cluster administrator's, by way of the tunnel. */
    public Path kubeconfig(String namespace) {
        Path direct = cluster.kubeconfig(namespace);
        try {
            String text = Files.readString(direct).replace(":" + exit(), ":" + entrance.getLocalPort());
            return Files.writeString(direct.resolveSibling(direct.getFileName() + "-tunnel"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int exit() {
        return cluster.client().getMasterUrl().getPort();
    }

    /** The connections that are open now never carry anything again; new ones do. */
    public void forgetConnections() {
        open.forEach(connection -> connection.forgotten = true);
        open.clear();
    }

    /** The connections that are open now end; new ones carry again. */
    public void cut() {
        open.forEach(Connection::end);
    }

    /** Neither these nor new connections carry anything, until {@link #unblock()}. */
    public void block() {
        blocked = true;
        forgetConnections();
    }

    public void unblock() {
        blocked = false;
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }

    private void accept() {
        try {
            while (true) {
                Connection connection =
                        new Connection(entrance.accept(), new Socket(InetAddress.getLoopbackAddress(), exit()));
                connection.forgotten = blocked;
                open.add(connection);
                Thread.ofVirtual().start(() -> connection.carry(connection.near, connection.far));
                Thread.ofVirtual().start(() -> connection.carry(connection.far, connection.near));
            }
        } catch (SocketException closed) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Connection {
        private final Socket near;
        private final Socket far;
        private volatile boolean forgotten;

        Connection(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void end() {
            try {
                near.close();
                far.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void carry(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                for (int read = from.getInputStream().read(buffer);
                        read >= 0;
                        read = from.getInputStream().read(buffer)) {
                    if (!forgotten) {
                        to.getOutputStream().write(buffer, 0, read);
                    }
                }
                if (!forgotten) {
                    to.shutdownOutput();
                }
            } catch (IOException broken) {
                // One of the two has gone; what was forgotten is not told of it either.
            } finally {
                if (!forgotten) {
                    open.remove(this);
                }
            }
        }
    }
}
