package dev.finops.azure.operator;

import dev.finops.azure.time.Scheduler;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP client factory that pings each watch of the API server. A connection that a firewall or a load balancer has
 * dropped looks like an idle one, and the client itself would notice after ten minutes at the earliest.
 */
final class PingingHttpClientFactory extends JdkHttpClientFactory {
    private static final Logger LOG = LoggerFactory.getLogger(PingingHttpClientFactory.class);
    private final Pulse times;

    private final Scheduler scheduler;

    PingingHttpClientFactory(Pulse times, Scheduler scheduler) {
        this.times = times;
        this.scheduler = scheduler;
    }

    /**
     * When a watch is pinged, and when it is given up.
     *
     * @param silence a machine or an API server that is busy may miss some pings
     */
    record Pulse(Duration ping, Duration silence) {
        static final Pulse USUAL = new Pulse(Duration.ofSeconds(15), Duration.ofSeconds(60));

        /** @param properties of the JVM: only the tests of the packaged operator shorten the times */
        static Pulse of(Properties properties) {
            String silence = properties.getProperty("dev.finops.azure.timeout.watch");
            return silence == null ? USUAL : new Pulse(Duration.parse(silence).dividedBy(4), Duration.parse(silence));
        }
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        HttpClient.Builder builder = super.createNewHttpClientBuilder();
        return with(HttpClient.Builder.class, builder, "build", none -> new Client(builder.build()));
    }

    /** One watch: whatever the API server says is a sign of life. */
    private final class Listener implements WebSocket.Listener {
        private final WebSocket.Listener listener;
        private final String what;
        private volatile long heard = System.nanoTime();
        private volatile boolean closed;

        Listener(WebSocket.Listener listener, String what) {
            this.listener = listener;
            this.what = what;
        }

        private void pingLater(WebSocket socket) {
            scheduler.after(times.ping(), () -> ping(socket));
        }

        private void ping(WebSocket socket) {
            long silent = System.nanoTime() - heard;
            if (closed || socket.isInputClosed()) {
                return;
            }
            if (silent > times.silence().toNanos()) {
                LOG.warn(
                        "The watch of {} has been silent for {} s. The operator opens it anew.",
                        what,
                        Duration.ofNanos(silent).toSeconds());
                socket.abort();
                listener.onError(
                        socket,
                        new IOException("silent for " + Duration.ofNanos(silent).toSeconds() + " s"));
                return;
            }
            if (!socket.isOutputClosed()) {
                socket.sendPing(ByteBuffer.allocate(0));
            }
            pingLater(socket);
        }

        @Override
        public void onOpen(WebSocket socket) {
            pingLater(socket);
            listener.onOpen(socket);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            heard = System.nanoTime();
            return listener.onText(socket, text, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer bytes, boolean last) {
            heard = System.nanoTime();
            return listener.onBinary(socket, bytes, last);
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            heard = System.nanoTime();
            return listener.onPing(socket, message);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            heard = System.nanoTime();
            return listener.onPong(socket, message);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed = true;
            return listener.onClose(socket, code, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable fault) {
            closed = true;
            // The client would end the watch for good, and the operator with it, where a connection broke within a
            // text.
            boolean unreadable = fault instanceof ProtocolException;
            listener.onError(socket, unreadable ? new IOException("the watch cannot be read", fault) : fault);
        }
    }

    /** The same builder, but for one of its methods; the others return the builder itself. */
    private static <B> B with(Class<B> type, B builder, String method, Function<Object[], Object> instead) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return instead.apply(arguments);
                    }
                    called.invoke(builder, arguments);
                    return proxy;
                }));
    }

    /** The JDK has no hook for the WebSockets of a client: so the client is wrapped. */
    private final class Client extends HttpClient {
        private final HttpClient client;

        Client(HttpClient client) {
            this.client = client;
        }

        @Override
        public WebSocket.Builder newWebSocketBuilder() {
            WebSocket.Builder builder = client.newWebSocketBuilder();
            return with(
                    WebSocket.Builder.class,
                    builder,
                    "buildAsync",
                    arguments -> builder.buildAsync(
                            (URI) arguments[0],
                            new Listener((WebSocket.Listener) arguments[1], ((URI) arguments[0]).getPath())));
        }

        @Override
        public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
                throws IOException, InterruptedException {
            return client.send(request, handler);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, HttpResponse.BodyHandler<T> handler) {
            return client.sendAsync(request, handler);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, HttpResponse.BodyHandler<T> handler, HttpResponse.PushPromiseHandler<T> pushed) {
            return client.sendAsync(request, handler, pushed);
        }

        @Override
        public Optional<CookieHandler> cookieHandler() {
            return client.cookieHandler();
        }

        @Override
        public Optional<Duration> connectTimeout() {
            return client.connectTimeout();
        }

        @Override
        public Redirect followRedirects() {
            return client.followRedirects();
        }

        @Override
        public Optional<ProxySelector> proxy() {
            return client.proxy();
        }

        @Override
        public SSLContext sslContext() {
            return client.sslContext();
        }

        @Override
        public SSLParameters sslParameters() {
            return client.sslParameters();
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return client.authenticator();
        }

        @Override
        public Version version() {
            return client.version();
        }

        @Override
        public Optional<Executor> executor() {
            return client.executor();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
