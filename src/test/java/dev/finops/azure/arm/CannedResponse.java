package dev.finops.azure.arm;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer that is there at once, without a server. */
public final class CannedResponse extends HttpResponse {
    public record Reply(int status, String body, Map<String, String> headers) {
        /** @param challenge the WWW-Authenticate header; none when it is empty */
        public Reply(int status, String body, String challenge) {
            this(status, body, challenge.isEmpty() ? Map.of() : Map.of("WWW-Authenticate", challenge));
        }
    }

    private final Reply reply;

    public CannedResponse(HttpRequest request, Reply reply) {
        super(request);
        this.reply = reply;
    }

    @Override
    public int getStatusCode() {
        return reply.status;
    }

    @Override
    @Deprecated
    public String getHeaderValue(String name) {
        return getHeaders().getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.CONTENT_TYPE, "application/json");
        reply.headers.forEach((name, value) -> headers.set(HttpHeaderName.fromString(name), value));
        return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return Flux.just(ByteBuffer.wrap(reply.body.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(reply.body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Mono<String> getBodyAsString() {
        return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(reply.body);
    }
}
