package dev.finops.azure.export;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.arm.ApiVersionCheck;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmPipeline;
import dev.finops.azure.arm.ArmResponse;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.AzureConnection;
import dev.finops.azure.arm.BoundedJson;
import dev.finops.azure.arm.ErrorClassifier;
import dev.finops.azure.arm.Operation;
import dev.finops.azure.arm.TransportErrorClassifier;
import dev.finops.azure.arm.UrlPath;
import dev.finops.azure.arm.identity.AzureAuthentication;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.kube.ReconcileLimiter;
import dev.finops.azure.queue.Waiter;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The operations of the Exports API ({@code Microsoft.CostManagement/exports}). All are synchronous: a Location header
 * is never followed, since Azure's points outside Azure Resource Manager (docs/azure.md, "PUT"). Every call is sent
 * once, as one identity, and every fault is an {@link ArmResult.Failed}.
 */
public final class ExportsClient implements ExportsApi {
    private static final Logger LOG = LoggerFactory.getLogger(ExportsClient.class);
    private static final HttpHeaderName CLIENT_TYPE = HttpHeaderName.fromString("ClientType");
    private static final String WITH_RUNS = "$expand=runHistory&";

    /** The specification has no paging; a service that begins to page must not make exports look absent. */
    private static final int MAX_PAGES = 50;

    private final AzureConnection connection;
    private final ArmPipeline pipeline;
    private final AzureClock clock;
    private final AzureIdentity identity;
    private final ArmRateLimiter rateLimiter;
    private final String clientType;
    private final ApiVersionCheck apiVersion;
    private final CallListener listener;

    /** Told of every call that is sent, in the thread that waits for its answer. */
    @FunctionalInterface
    public interface CallListener {
        /** @param outcome {@code ok} or the failure's reason */
        void called(Operation operation, String outcome, Duration took);
    }

    /** @param rateLimiter one for all identities; who calls is told by it to come later, or woken when its turn has come */
    public ExportsClient(
            AzureConnection connection,
            AzureAuthentication signIn,
            AzureIdentity identity,
            ArmRateLimiter rateLimiter,
            AzureClock clock,
            String version,
            ApiVersionCheck apiVersion,
            CallListener listener) {
        this(
                connection,
                new ArmPipeline(
                        signIn.http(),
                        () -> signIn.credential(identity),
                        connection.audience(),
                        version,
                        System::nanoTime),
                identity,
                rateLimiter,
                clock,
                version,
                apiVersion,
                listener);
    }

    public ExportsClient(
            AzureConnection connection,
            ArmPipeline pipeline,
            AzureIdentity identity,
            ArmRateLimiter rateLimiter,
            AzureClock clock,
            String version,
            ApiVersionCheck apiVersion,
            CallListener listener) {
        this.connection = connection;
        this.pipeline = pipeline;
        this.clock = clock;
        this.identity = identity;
        this.rateLimiter = rateLimiter;
        this.clientType = "CostExportOperator/" + version;
        this.apiVersion = apiVersion;
        this.listener = listener;
    }

    /**
     * The exports of one scope.
     *
     * @param byName what is kept of each, by name as Azure spells it
     * @param whole whether an export that is not among them is absent; not when an entry was unreadable
     */
    public record Listing<T>(Map<String, T> byName, boolean whole) {}

    @Override
    public <T> ArmResult<Listing<T>> list(Scope scope, Waiter caller, Function<ObservedExport, T> keep) {
        Map<String, T> exports = new HashMap<>();
        boolean whole = true;
        URI next = uri(scope.path() + "/providers/Microsoft.CostManagement/exports", WITH_RUNS);
        for (int pages = 1; next != null; pages++) {
            // A list that has begun is not queued again between its pages: under contention it would never end.
            Optional<ArmFailure.Throttled> early = pages == 1
                    ? rateLimiter.tryAcquire(identity, scope, Operation.LIST, caller)
                    : rateLimiter.continueCall(identity, scope, Operation.LIST);
            if (early.isPresent()) {
                return new ArmResult.Failed<>(early.get());
            }
            ListBody<T> body = new ListBody<>(export -> isAt(scope, export), keep);
            switch (admitted(
                    new Call(Operation.LIST, scope, caller),
                    request(HttpMethod.GET, next, null),
                    body,
                    _ -> body.page().filter(page -> isPage(page.nextLink())))) {
                case ArmResult.Failed<ListPage<T>>(var failure) -> {
                    return new ArmResult.Failed<>(failure);
                }
                case ArmResult.Ok<ListPage<T>>(var page) -> {
                    exports.putAll(page.byName());
                    boolean last = page.nextLink().isEmpty();
                    whole &= page.whole() && (last || pages < MAX_PAGES);
                    next = last || pages == MAX_PAGES ? null : URI.create(UrlPath.completed(page.nextLink()));
                }
            }
        }
        return new ArmResult.Ok<>(new Listing<>(exports, whole));
    }

    @Override
    public ArmResult<ObservedExport> get(ExportId id, Waiter caller) {
        return call(
                Operation.GET,
                id.scope(),
                caller,
                HttpMethod.GET,
                uri(id.path(), WITH_RUNS),
                null,
                raw -> export(raw, id));
    }

    /** The runs of an export, further back than the ten that a get shows. */
    @Override
    public ArmResult<JsonNode> runHistory(ExportId id, Waiter caller) {
        return call(
                Operation.HISTORY,
                id.scope(),
                caller,
                HttpMethod.GET,
                uri(id.path() + "/runHistory", ""),
                null,
                raw -> json(raw).map(body -> body.path("value")).filter(JsonNode::isArray));
    }

    /** Creates without an {@code eTag} in the body, updates with the latest. */
    @Override
    public ArmResult<ObservedExport> put(ExportId id, ObjectNode body, Waiter caller) {
        return call(
                Operation.PUT, id.scope(), caller, HttpMethod.PUT, uri(id.path(), ""), body, raw -> export(raw, id));
    }

    /** An export that is not there is deleted already. */
    @Override
    public ArmResult<Boolean> delete(ExportId id, Waiter caller) {
        ArmResult<Boolean> answer = call(
                Operation.DELETE,
                id.scope(),
                caller,
                HttpMethod.DELETE,
                uri(id.path(), ""),
                null,
                raw -> Optional.of(true));
        return answer instanceof ArmResult.Failed<Boolean>(ArmFailure.ExportNotFound absent)
                ? new ArmResult.Ok<>(false)
                : answer;
    }

    /**
     * Starts a run; Azure answers no id, so the history has to be asked for it. No period means the export's own dates.
     */
    @Override
    public ArmResult<Boolean> run(ExportId id, TimePeriod period, Waiter caller) {
        // An empty object is refused ("Invalid time period provided."): no period, no body.
        ObjectNode body = period == null ? null : Json.object().set("timePeriod", Json.tree(period));
        return call(
                Operation.RUN,
                id.scope(),
                caller,
                HttpMethod.POST,
                uri(id.path() + "/run", ""),
                body,
                raw -> Optional.of(true));
    }

    private <T> ArmResult<T> call(
            Operation operation,
            Scope scope,
            Waiter caller,
            HttpMethod method,
            URI uri,
            ObjectNode body,
            Function<ArmResponse, Optional<T>> reader) {
        Optional<ArmFailure.Throttled> early = rateLimiter.tryAcquire(identity, scope, operation, caller);
        if (early.isPresent()) {
            return new ArmResult.Failed<>(early.get());
        }
        return admitted(new Call(operation, scope, caller), request(method, uri, body), ArmPipeline.Body.WHOLE, reader);
    }

    private record Call(Operation operation, Scope scope, Waiter caller) {}

    private <T> ArmResult<T> admitted(
            Call call, HttpRequest request, ArmPipeline.Body body, Function<ArmResponse, Optional<T>> reader) {
        long started = System.nanoTime();
        Sent<T> sent = ReconcileLimiter.outside(() -> send(call, request, body, reader));
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
            Call call, HttpRequest request, ArmPipeline.Body body, Function<ArmResponse, Optional<T>> reader) {
        long started = System.nanoTime();
        ArmResult<ArmResponse> sent;
        try {
            sent = pipeline.send(
                    request,
                    body,
                    call.scope().key(),
                    () -> rateLimiter.tryAcquire(identity, call.scope(), call.operation(), call.caller()));
        } catch (RuntimeException fault) {
            return new Sent<>(new ArmResult.Failed<>(TransportErrorClassifier.of(fault)), "");
        }
        return switch (sent) {
            case ArmResult.Ok<ArmResponse>(var raw) -> {
                ArmResult<T> answer = answer(call.operation(), call.scope(), raw, reader);
                boolean absent = answer instanceof ArmResult.Failed<T>(ArmFailure.ExportNotFound none);
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
                                "HTTP " + raw.status() + " with a body that is no answer of Azure Resource Manager")));
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

    private HttpRequest request(HttpMethod method, URI uri, ObjectNode body) {
        HttpRequest request = new HttpRequest(method, uri.toString())
                .setHeader(CLIENT_TYPE, clientType)
                .setHeader(HttpHeaderName.ACCEPT, "application/json");
        if (body != null) {
            return request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
                    .setBody(body.toString());
        }
        return method == HttpMethod.POST ? request.setHeader(HttpHeaderName.CONTENT_LENGTH, "0") : request;
    }

    private URI uri(String path, String query) {
        return URI.create(
                connection.endpoint() + UrlPath.encoded(path) + "?" + query + "api-version=" + connection.apiVersion());
    }

    /** Another page is asked for with the token only where the first one was. */
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

    /** Rejects a body that belongs to another export, which a caching proxy may serve, or has no properties. */
    private static Optional<ObservedExport> export(ArmResponse raw, ExportId asked) {
        return json(raw)
                .filter(body -> isExport(body) && !body.path("properties").isEmpty())
                .map(body -> new ObservedExport((ObjectNode) body))
                .filter(export -> export.isOf(asked));
    }

    /** One of a scope below may have the name of one that is here. */
    private static boolean isAt(Scope scope, ObservedExport export) {
        return export.name()
                .filter(name -> export.isOf(new ExportId(scope, name)))
                .isPresent();
    }

    static boolean isExport(JsonNode body) {
        return body.isObject() && body.path("properties").isObject();
    }

    private static Optional<JsonNode> json(ArmResponse raw) {
        try {
            return Optional.of(BoundedJson.read(raw.body()));
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }
}
