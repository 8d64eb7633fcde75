package dev.finops.azure.arm;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bounds the length and the duration of every response, token responses included, which the library would read without
 * limit.
 */
public record BoundedHttpClient(HttpClient http, Duration wholeCall) implements HttpClient {
    private static final int MAX_BODY = 16 * 1024 * 1024;

    /** Of all answers that are on their way at once: this process has 96 MB in all. */
    private static final ResponseMemoryLimit BODIES = new ResponseMemoryLimit(16 * 1024 * 1024);

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return http.send(request).map(response -> new Bounded(request, response, wholeCall));
    }

    /** For readers that keep little of a long body, whose length is not bounded. */
    public static Flux<ByteBuffer> stream(HttpResponse response) {
        return response instanceof Bounded bounded ? bounded.inTime() : response.getBody();
    }

    private static final class Bounded extends HttpResponse {
        private final HttpResponse response;
        private final Duration wholeCall;

        Bounded(HttpRequest request, HttpResponse response, Duration wholeCall) {
            super(request);
            this.response = response;
            this.wholeCall = wholeCall;
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.defer(() -> {
                int[] length = {0};
                return inTime().doOnNext(part -> {
                    length[0] += part.remaining();
                    if (length[0] > MAX_BODY) {
                        throw new AnswerTooLarge();
                    }
                });
            });
        }

        private Flux<ByteBuffer> inTime() {
            return response.getBody().takeUntilOther(Mono.delay(wholeCall).then(Mono.error(TimeoutException::new)));
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.defer(() -> {
                ResponseMemoryLimit.Share share = BODIES.share();
                return getBody()
                        .concatMap(part -> share.take(part.remaining()).thenReturn(part), 1)
                        .map(Bounded::copy)
                        .collectList()
                        .map(Bounded::joined)
                        .map(body -> ContentEncoding.decoded(this, body, MAX_BODY))
                        .doFinally(signal -> share.release());
            });
        }

        private static byte[] copy(ByteBuffer part) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            return bytes;
        }

        /** Once, in the size that it has: one that grows would need twice as much. */
        private static byte[] joined(List<byte[]> parts) {
            ByteBuffer whole = ByteBuffer.allocate(
                    parts.stream().mapToInt(part -> part.length).sum());
            parts.forEach(whole::put);
            return whole.array();
        }

        @Override
        public Mono<String> getBodyAsString() {
            return getBodyAsString(StandardCharsets.UTF_8);
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return getBodyAsByteArray().map(bytes -> new String(bytes, charset));
        }

        @Override
        public int getStatusCode() {
            return response.getStatusCode();
        }

        @Override
        @Deprecated
        public String getHeaderValue(String name) {
            return response.getHeaders().getValue(HttpHeaderName.fromString(name));
        }

        @Override
        public HttpHeaders getHeaders() {
            return response.getHeaders();
        }

        @Override
        public void close() {
            response.close();
        }
    }

    /** More than any answer is. */
    public static final class AnswerTooLarge extends RuntimeException {
        AnswerTooLarge() {
            super("the answer is larger than any of Azure's");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
