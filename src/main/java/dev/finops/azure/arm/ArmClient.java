package dev.finops.azure.arm;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import dev.finops.azure.arm.identity.AzureAuthentication;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import dev.finops.azure.document.Scope;
import dev.finops.azure.queue.Waiter;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Calls Azure Resource Manager as one identity. All calls are synchronous and sent once; every fault is an {@link
 * ArmResult.Failed}. A Location header is never followed, since Azure's points outside Azure Resource Manager
 * (docs/azure.md, "PUT").
 */
public final class ArmClient {
    private static final Logger LOG = LoggerFactory.getLogger(ArmClient.class);
    private static final HttpHeaderName CLIENT_TYPE = HttpHeaderName.fromString("ClientType");

    /** A service that pages without end must not keep a reconciliation for ever. */
    private static final int MAX_PAGES = 50;

    private final AzureConnection connection;
    private final ArmPipeline pipeline;
    private final AzureClock clock;
    private final AzureIdentity identity;
    private final ArmRateLimiter rateLimiter;
    private final String clientType;
    private final ApiVersionCheck apiVersion;
    private final CallListener listener;
    private final WhileCalling whileCalling;

    /** Receives every call that was sent, in the thread that waited for its answer. */
    @FunctionalInterface
    public interface CallListener {
        /** @param outcome {@code ok} or the failure's reason */
        void called(Operation operation, String outcome, Duration took);
    }

    /** Runs a call; what the caller holds is lent to others meanwhile. */
    @FunctionalInterface
    public interface WhileCalling {
        <T> T run(Supplier<T> call);
    }

    /** One page of a list. */
    public interface Page {
        /** Empty on the last page. */
        String nextLink();
    }

    /** @param complete whether the list ended with the last of the pages */
    public record Pages<P>(List<P> pages, boolean complete) {}

    /** @param rateLimiter one for all identities; a caller gets the time to wait, or is woken when its call can go */
    public ArmClient(
            AzureConnection connection,
            AzureAuthentication authentication,
            AzureIdentity identity,
            ArmRateLimiter rateLimiter,
            AzureClock clock,
            String version,
            ApiVersionCheck apiVersion,
            CallListener listener,
            WhileCalling whileCalling) {
        this(
                connection,
                new ArmPipeline(
                        authentication.http(),
                        () -> authentication.credential(identity),
                        connection.audience(),
                        version,
                        authentication.timeouts().call(),
                        System::nanoTime),
                identity,
                rateLimiter,
                clock,
                version,
                apiVersion,
                listener,
                whileCalling);
    }

    public ArmClient(
            AzureConnection connection,
            ArmPipeline pipeline,
            AzureIdentity identity,
            ArmRateLimiter rateLimiter,
            AzureClock clock,
            String version,
            ApiVersionCheck apiVersion,
            CallListener listener,
            WhileCalling whileCalling) {
        this.connection = connection;
        this.pipeline = pipeline;
        this.clock = clock;
        this.identity = identity;
        this.rateLimiter = rateLimiter;
        this.clientType = "CostExportOperator/" + version;
        this.apiVersion = apiVersion;
        this.listener = listener;
        this.whileCalling = whileCalling;
    }

    /** @param reader of a successful response; empty when its body is not what the operation returns */
    public <T> ArmResult<T> call(ArmRequest request, Waiter caller, Function<ArmResponse, Optional<T>> reader) {
        Optional<ArmFailure.Throttled> early =
                rateLimiter.tryAcquire(identity, request.scope(), request.operation(), caller);
        if (early.isPresent()) {
            return new ArmResult.Failed<>(early.get());
        }
        return admitted(request, http(request), caller, ArmPipeline.Body.WHOLE, reader);
    }

    /**
     * All pages of a list. Each is read while it arrives, so that the text of a large list is never in memory.
     *
     * @param reader of the text of a page; empty when the text is not a page
     */
    public <P extends Page> ArmResult<Pages<P>> list(
            ArmRequest request, Waiter caller, Function<InputStream, Optional<P>> reader) {
        List<P> pages = new ArrayList<>();
        HttpRequest next = http(request);
        while (true) {
            // A list that has begun is not queued again between its pages: under contention it would never end.
            Optional<ArmFailure.Throttled> early = pages.isEmpty()
                    ? rateLimiter.tryAcquire(identity, request.scope(), request.operation(), caller)
                    : rateLimiter.continueCall(identity, request.scope(), request.operation());
            if (early.isPresent()) {
                return new ArmResult.Failed<>(early.get());
            }
            PageBody<P> body = new PageBody<>(reader);
            ArmResult<P> answer =
                    admitted(request, next, caller, body, _ -> body.page().filter(page -> isPage(page.nextLink())));
            switch (answer) {
                case ArmResult.Failed<P>(var failure) -> {
                    return new ArmResult.Failed<>(failure);
                }
                case ArmResult.Ok<P>(var page) -> {
                    pages.add(page);
                    boolean last = page.nextLink().isEmpty();
                    if (last || pages.size() == MAX_PAGES) {
                        return new ArmResult.Ok<>(new Pages<>(pages, last));
                    }
                    next = http(HttpMethod.GET, URI.create(UrlPath.completed(page.nextLink())), Optional.empty());
                }
            }
        }
    }

    private <T> ArmResult<T> admitted(
            ArmRequest call,
            HttpRequest request,
            Waiter caller,
            ArmPipeline.Body body,
            Function<ArmResponse, Optional<T>> reader) {
        long started = System.nanoTime();
        Sent<T> sent = whileCalling.run(() -> send(call, request, caller, body, reader));
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        String outcome = sent.answer() instanceof ArmResult.Failed<T>(var failure)
                ? failure.reason().toString()
                : "ok";
        try (var _ = MDC.putCloseable("requestId", sent.requestId())) {
            LOG.debug(
                    "{} {} {} {} ms, request id {}",
                    call.operation(),
                    request.getUrl().getPath(),
                    outcome,
                    took.toMillis(),
                    sent.requestId());
        }
        apiVersion.heard(sent.answer());
        listener.called(call.operation(), outcome, took);
        return sent.answer();
    }

    /** @param requestId Azure's, by which its support finds the call; empty when nothing was answered */
    private record Sent<T>(ArmResult<T> answer, String requestId) {}

    private <T> Sent<T> send(
            ArmRequest call,
            HttpRequest request,
            Waiter caller,
            ArmPipeline.Body body,
            Function<ArmResponse, Optional<T>> reader) {
        long started = System.nanoTime();
        ArmResult<ArmResponse> sent;
        try {
            sent = pipeline.send(
                    request,
                    body,
                    call.scope().key(),
                    () -> rateLimiter.tryAcquire(identity, call.scope(), call.operation(), caller));
        } catch (RuntimeException fault) {
            return new Sent<>(new ArmResult.Failed<>(TransportErrorClassifier.of(fault)), "");
        }
        return switch (sent) {
            case ArmResult.Ok<ArmResponse>(var raw) -> {
                ArmResult<T> answer = answer(call.operation(), call.scope(), raw, reader);
                boolean absent = answer instanceof ArmResult.Failed<T>(ArmFailure.ResourceNotFound none);
                if (raw.isAzures() && (raw.ok() || absent)) { // other errors are often an intermediary's
                    clock.heard(raw.header("date"), Duration.ofNanos(System.nanoTime() - started));
                }
                yield new Sent<>(answer, raw.requestId());
            }
            case ArmResult.Failed<ArmResponse>(var notAdmitted) -> new Sent<>(new ArmResult.Failed<>(notAdmitted), "");
        };
    }

    private <T> ArmResult<T> answer(
            Operation operation, Scope scope, ArmResponse raw, Function<ArmResponse, Optional<T>> reader) {
        try {
            rateLimiter.onResponse(identity, scope, operation, raw);
            if (raw.ok()) {
                return reader.apply(raw)
                        .<ArmResult<T>>map(ArmResult.Ok::new)
                        .orElseGet(() -> new ArmResult.Failed<>(ErrorClassifier.unreadable(
                                raw,
                                "HTTP " + raw.status()
                                        + " with a body that is not an answer of Azure Resource Manager")));
            }
            ArmFailure failure = ErrorClassifier.of(raw, connection.throttleWait(), clock.instant());
            if (failure instanceof ArmFailure.Throttled throttled) {
                rateLimiter.onThrottled(identity, scope, operation, throttled, raw);
            }
            if (failure instanceof ArmFailure.Indeterminate(var detail, var reason, Duration named)
                    && named != null
                    && raw.status() == 503) {
                rateLimiter.unavailable(identity, scope, operation, detail, named);
            }
            return new ArmResult.Failed<>(failure);
        } catch (RuntimeException fault) {
            return new ArmResult.Failed<>(TransportErrorClassifier.of(fault));
        }
    }

    private HttpRequest http(ArmRequest request) {
        String query = request.query().isEmpty() ? "" : request.query() + "&";
        URI uri = URI.create(connection.endpoint() + UrlPath.encoded(request.path()) + "?" + query + "api-version="
                + connection.apiVersion());
        return http(request.method(), uri, request.body().map(Object::toString));
    }

    private HttpRequest http(HttpMethod method, URI uri, Optional<String> body) {
        HttpRequest request = new HttpRequest(method, uri.toString())
                .setHeader(CLIENT_TYPE, clientType)
                .setHeader(HttpHeaderName.ACCEPT, "application/json");
        if (body.isPresent()) {
            return request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
                    .setBody(body.get());
        }
        return method == HttpMethod.POST ? request.setHeader(HttpHeaderName.CONTENT_LENGTH, "0") : request;
    }

    /** The token is sent to another page only at the host of the first one. */
    private boolean isPage(String nextLink) {
        try {
            URI next = new URI(UrlPath.completed(nextLink));
            return nextLink.isEmpty()
                    || "https".equals(next.getScheme())
                            && connection.endpoint().getAuthority().equalsIgnoreCase(next.getAuthority());
        } catch (URISyntaxException unusable) {
            return false;
        }
    }
}
