package dev.finops.azure.arm;

import com.azure.core.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reads a list while it arrives, so that the text of a large scope is never in memory as a whole. */
final class PageBody<P> implements ArmPipeline.Body {
    /** The reader may block, which the threads of the transport must not. */
    private static final Scheduler READERS =
            Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    /** Tens of thousands of exports; a bound only for what is no list. */
    private static final long MAX_TEXT = 256L * 1024 * 1024;

    /** White space after the list is read, so that the connection can be used again; more is not part of the list. */
    private static final int MAX_REST = 64 * 1024;

    private final Function<InputStream, Optional<P>> reader;
    private volatile Optional<P> page = Optional.empty();

    /** @param reader of the text; empty when the text is not a page */
    PageBody(Function<InputStream, Optional<P>> reader) {
        this.reader = reader;
    }

    /** Empty when the body was not a page. */
    Optional<P> page() {
        return page;
    }

    /** The text of an error, which is short; of a list nothing is left but the page. */
    @Override
    public Mono<byte[]> read(HttpResponse response) {
        if (response.getStatusCode() != 200) {
            return response.getBodyAsByteArray();
        }
        return Mono.fromCallable(() -> {
                    try (InputStream parts = new BodyStream(BoundedHttpClient.stream(response))) {
                        page = list(response, parts);
                    }
                    return new byte[0];
                })
                .subscribeOn(READERS);
    }

    private Optional<P> list(HttpResponse response, InputStream parts) {
        try {
            InputStream text = ContentEncoding.decoded(response, parts, MAX_TEXT);
            Optional<P> list = reader.apply(text);
            if (list.isPresent()) {
                text.readNBytes(MAX_REST);
            }
            return list;
        } catch (IOException notEncodedSo) {
            return Optional.empty();
        }
    }
}
