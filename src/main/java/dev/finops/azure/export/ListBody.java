package dev.finops.azure.export;

import com.azure.core.http.HttpResponse;
import dev.finops.azure.arm.ArmPipeline;
import dev.finops.azure.arm.BodyStream;
import dev.finops.azure.arm.BoundedHttpClient;
import dev.finops.azure.arm.ContentEncoding;
import dev.finops.azure.export.document.ObservedExport;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reads a list while it arrives, so that the text of a large scope is never in memory as a whole. */
final class ListBody<T> implements ArmPipeline.Body {
    /** The reader may block, which the threads of the transport must not. */
    private static final Scheduler READERS =
            Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    /** Tens of thousands of exports; a bound only for what is no list. */
    private static final long MAX_TEXT = 256L * 1024 * 1024;

    /** White space after the list is read, so that the connection can be used again; more is somebody else's. */
    private static final int MAX_REST = 64 * 1024;

    private final Predicate<ObservedExport> here;
    private final Function<ObservedExport, T> keep;
    private volatile Optional<ListPage<T>> page = Optional.empty();

    /** @param here whether an export is one of those that were asked for */
    ListBody(Predicate<ObservedExport> here, Function<ObservedExport, T> keep) {
        this.here = here;
        this.keep = keep;
    }

    /** Empty when the body was no list. */
    Optional<ListPage<T>> page() {
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

    private Optional<ListPage<T>> list(HttpResponse response, InputStream parts) {
        try {
            InputStream text = ContentEncoding.decoded(response, parts, MAX_TEXT);
            Optional<ListPage<T>> list = ListPage.read(text, here, keep);
            if (list.isPresent()) {
                text.readNBytes(MAX_REST);
            }
            return list;
        } catch (IOException notEncodedSo) {
            return Optional.empty();
        }
    }
}
