package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PingingHttpClientFactoryTest {
    private static final byte[] TEXT_THAT_IS_NOT_UTF_8 = {(byte) 0x81, 2, (byte) 0xC3, 0x28};

    /** The client ends a watch for good upon a ProtocolException, and the operator with it. */
    @Test
    void aWatchThatCannotBeReadIsALostConnection() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpClient client = new PingingHttpClientFactory(
                                PingingHttpClientFactory.Pulse.USUAL, new TaskScheduler())
                        .createNewHttpClientBuilder()
                        .build()) {
            Thread.startVirtualThread(() -> serve(server));
            CompletableFuture<Throwable> fault = new CompletableFuture<>();

            client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.getLocalPort()), new WebSocket.Listener() {
                        @Override
                        public void onError(WebSocket socket, Throwable error) {
                            fault.complete(error);
                        }
                    });

            Throwable told = fault.get(20, TimeUnit.SECONDS);
            assertInstanceOf(IOException.class, told);
            assertFalse(told instanceof ProtocolException, told::toString);
        }
    }

    private static void serve(ServerSocket server) {
        try {
            Socket socket = server.accept();
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String key = "";
            for (String line = request.readLine(); !line.isEmpty(); line = request.readLine()) {
                key = line.startsWith("Sec-WebSocket-Key: ") ? line.substring(19) : key;
            }
            String accept = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                    .getBytes(StandardCharsets.US_ASCII)));
            socket.getOutputStream()
                    .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: " + accept + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(TEXT_THAT_IS_NOT_UTF_8);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
