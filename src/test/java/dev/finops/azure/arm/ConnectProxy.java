package dev.finops.azure.arm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that knows one server by every host name, and notes who it was asked for. */
public final class ConnectProxy implements AutoCloseable {
    private static final int REFUSES = -1;

    private final ServerSocket listener;
    private final int target;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private ConnectProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** @param port of the server on loopback that all tunnels lead to */
    public static ConnectProxy to(int port) throws IOException {
        return new ConnectProxy(port);
    }

    public static ConnectProxy refusing() throws IOException {
        return new ConnectProxy(REFUSES);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** What tunnels were asked for: method, host and port, and the Proxy-Authorization. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> tunnel(client));
            }
        } catch (IOException closed) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    private void tunnel(Socket client) {
        try (client) {
            BufferedReader head =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1), 1);
            String[] request = head.readLine().split(" ");
            String authorization = "";
            for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
                if (line.toLowerCase().startsWith("proxy-authorization:")) {
                    authorization = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            asked.add(request[0] + " " + request[1] + " " + authorization);
            if (target == REFUSES) {
                say(
                        client.getOutputStream(),
                        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                return;
            }
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                say(client.getOutputStream(), "HTTP/1.1 200 Connection established\r\n\r\n");
                Thread back = Thread.ofVirtual().start(() -> copy(server, client));
                copy(client, server);
                back.join();
            }
        } catch (IOException gone) {
            // one of the two has gone; the other one notices
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(OutputStream out, String head) throws IOException {
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // as above
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
