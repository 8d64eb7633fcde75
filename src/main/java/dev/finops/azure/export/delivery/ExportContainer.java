package dev.finops.azure.export.delivery;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.ClientOptions;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The calls to a storage account: list under a prefix, read a manifest, get the size of a blob. Every call throws
 * {@link StorageErrorClassifier} when the account gives no usable answer.
 */
final class ExportContainer {
    private static final Set<BlobErrorCode> ABSENT = Set.of(
            BlobErrorCode.BLOB_NOT_FOUND, BlobErrorCode.CONTAINER_NOT_FOUND, BlobErrorCode.CONTAINER_BEING_DELETED);
    // One quick retry: the caller retries later.
    private static final RequestRetryOptions RETRY = new RequestRetryOptions(
            RetryPolicyType.FIXED, 2, Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(1), null);
    private static final HttpHeaderName VERSION = HttpHeaderName.fromString("x-ms-version");
    private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");
    private static final Duration WHOLE_CALL = Duration.ofSeconds(60);
    private static final int AT_ONCE = 16;
    private static final int MAX_PAGES = 20;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    /** Storage says, in its own words, that there is no such blob or container. */
    static final class NotThere extends Exception {
        NotThere(String message) {
            super(message);
        }
    }

    private final BlobContainerAsyncClient container;

    private ExportContainer(BlobContainerAsyncClient container) {
        this.container = container;
    }

    static ExportContainer at(HttpClient http, String endpoint, String name, StorageCredential access) {
        try {
            var builder = new BlobContainerClientBuilder()
                    .httpClient(http)
                    .retryOptions(RETRY)
                    .addPolicy((_, next) -> next.process().doOnNext(ExportContainer::refuseStrangers))
                    .clientOptions(new ClientOptions().setApplicationId("costexport-operator"))
                    .endpoint(endpoint)
                    .containerName(name);
            return new ExportContainer(
                    switch (access) {
                        case StorageCredential.Identity(var credential) ->
                            builder.credential(credential).buildAsyncClient();
                        case StorageCredential.Sas(var token) ->
                            builder.sasToken(token).buildAsyncClient();
                    });
        } catch (IllegalArgumentException unusable) {
            throw new StorageErrorClassifier(unusable.getMessage());
        }
    }

    /**
     * A proxy's sign-in page is no manifest, and its 404 no absence: storage names its version, or the code of an
     * error.
     */
    private static void refuseStrangers(HttpResponse response) {
        if (response.getHeaderValue(VERSION) == null && response.getHeaderValue(ERROR_CODE) == null) {
            response.close();
            throw new StorageErrorClassifier(
                    "HTTP " + response.getStatusCode() + " without storage's headers: something else answers");
        }
    }

    /** The first blob under the prefix that is wanted. */
    Optional<String> find(String prefix, Predicate<String> wanted) throws NotThere {
        return answer(container
                .listBlobs(new ListBlobsOptions().setPrefix(prefix))
                .byPage()
                .index(ExportContainer::bounded)
                .concatMapIterable(PagedResponse::getValue, 1)
                .map(BlobItem::getName)
                .filter(wanted)
                .next());
    }

    private static PagedResponse<BlobItem> bounded(long index, PagedResponse<BlobItem> page) {
        if (index == MAX_PAGES) {
            throw new StorageErrorClassifier(
                    "it has more than " + MAX_PAGES + " pages of blobs in the folder of one month");
        }
        return page;
    }

    /** The content, cut one byte after {@code limit}. */
    byte[] read(String name, int limit) throws NotThere {
        return answer(blob(name)
                        .downloadStreamWithResponse(
                                new BlobRange(0, limit + 1L),
                                new DownloadRetryOptions().setMaxRetryRequests(0),
                                null,
                                false)
                        .flatMap(response -> response.getValue()
                                .collect(ByteArrayOutputStream::new, (body, part) -> append(body, part, limit + 1)))
                        .map(ByteArrayOutputStream::toByteArray)
                        .onErrorReturn(ExportContainer::isOfEmptyBlob, new byte[0]))
                .orElseThrow();
    }

    /** The sizes of those that are there. */
    Map<String, Long> sizes(Collection<String> names) throws NotThere {
        return answer(Flux.fromIterable(names)
                        .flatMap(this::size, AT_ONCE)
                        .collectMap(Map.Entry::getKey, Map.Entry::getValue))
                .orElseThrow();
    }

    private Mono<Map.Entry<String, Long>> size(String name) {
        return blob(name)
                .getProperties()
                .map(properties -> Map.entry(name, properties.getBlobSize()))
                .onErrorResume(ExportContainer::isAbsence, _ -> Mono.empty());
    }

    private BlobAsyncClient blob(String name) {
        return container.getBlobAsyncClient(name);
    }

    private static void append(ByteArrayOutputStream body, ByteBuffer part, int limit) {
        byte[] bytes = new byte[Math.min(part.remaining(), limit - body.size())];
        part.get(bytes);
        body.writeBytes(bytes);
    }

    private static <T> Optional<T> answer(Mono<T> asked) throws NotThere {
        try {
            return asked.timeout(WHOLE_CALL).blockOptional();
        } catch (RuntimeException fault) {
            if (isAbsence(fault)) {
                throw new NotThere(StorageErrorClassifier.words((BlobStorageException) fault));
            }
            throw StorageErrorClassifier.of(fault);
        }
    }

    private static boolean isAbsence(Throwable fault) {
        return fault instanceof BlobStorageException refusal
                && refusal.getErrorCode() != null
                && ABSENT.contains(refusal.getErrorCode());
    }

    private static boolean isOfEmptyBlob(Throwable fault) {
        return fault instanceof BlobStorageException refusal && refusal.getStatusCode() == RANGE_NOT_SATISFIABLE;
    }
}
