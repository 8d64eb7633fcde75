package dev.finops.azure.costexport.arm;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.Json;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.quota.Caller;
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
 * The operations of the Exports API ({@code Microsoft.CostManagement/exports}). All are synchronous: a Location header is
 * never followed, since Azure's points outside Azure Resource Manager (docs/azure.md, "PUT"). Every call is sent once, as one
 * identity, and every fault is an {@link Answer.Failed}.
 */
public final class ExportsClient implements ExportReads {
  private static final Logger LOG = LoggerFactory.getLogger(ExportsClient.class);
  private static final HttpHeaderName CLIENT_TYPE = HttpHeaderName.fromString("ClientType");
  private static final String WITH_RUNS = "$expand=runHistory&";

  /** The specification has no paging; a service that begins to page must not make exports look absent. */
  private static final int MAX_PAGES = 50;

  private final AzureConnection connection;
  private final ArmPipeline pipeline;
  private final AzureClock clock;
  private final Identity identity;
  private final Gate gate;
  private final String clientType;
  private final ApiVersionCheck apiVersion;
  private final CallListener listener;

  /** Told of every call that is sent, in the thread that waits for its answer. */
  public interface CallListener {
    void calling();

    /** @param outcome {@code ok} or the failure's reason */
    void called(Operation operation, String outcome, Duration took);
  }

  /** @param gate one for all identities; who calls is told by it to come later, or woken when its turn has come */
  public ExportsClient(AzureConnection connection, SignIn signIn, Identity identity, Gate gate, AzureClock clock, String version,
      ApiVersionCheck apiVersion, CallListener listener) {
    this(connection, new ArmPipeline(signIn.http(), () -> signIn.credential(identity), connection.audience(), version, System::nanoTime),
        identity, gate, clock, version, apiVersion, listener);
  }

  ExportsClient(AzureConnection connection, ArmPipeline pipeline, Identity identity, Gate gate, AzureClock clock, String version,
      ApiVersionCheck apiVersion, CallListener listener) {
    this.connection = connection;
    this.pipeline = pipeline;
    this.clock = clock;
    this.identity = identity;
    this.gate = gate;
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
  public <T> Answer<Listing<T>> list(Scope scope, Caller caller, Function<ObservedExport, T> keep) {
    Map<String, T> exports = new HashMap<>();
    boolean whole = true;
    URI next = uri(scope.path() + "/providers/Microsoft.CostManagement/exports", WITH_RUNS);
    for (int pages = 1; next != null; pages++) {
      // A list that has begun is not queued again between its pages: under contention it would never end.
      Optional<ArmFailure.Throttled> early = pages == 1 ? gate.admit(identity, scope, Operation.LIST, caller) : gate.goOn(identity, scope, Operation.LIST);
      if (early.isPresent()) {
        return new Answer.Failed<>(early.get());
      }
      ListBody<T> body = new ListBody<>(export -> isAt(scope, export), keep);
      switch (admitted(new Call(Operation.LIST, scope, caller), request(HttpMethod.GET, next, null), body, _ -> body.page().filter(page -> isPage(page.nextLink())))) {
        case Answer.Failed<ListPage<T>>(var failure) -> {
          return new Answer.Failed<>(failure);
        }
        case Answer.Ok<ListPage<T>>(var page) -> {
          exports.putAll(page.byName());
          boolean last = page.nextLink().isEmpty();
          whole &= page.whole() && (last || pages < MAX_PAGES);
          next = last || pages == MAX_PAGES ? null : URI.create(UrlPath.completed(page.nextLink()));
        }
      }
    }
    return new Answer.Ok<>(new Listing<>(exports, whole));
  }

  @Override
  public Answer<ObservedExport> get(ExportId id, Caller caller) {
    return call(Operation.GET, id.scope(), caller, HttpMethod.GET, uri(id.path(), WITH_RUNS), null, raw -> export(raw, id));
  }

  /** The runs of an export, further back than the ten that a get shows. */
  public Answer<JsonNode> runHistory(ExportId id, Caller caller) {
    return call(Operation.HISTORY, id.scope(), caller, HttpMethod.GET, uri(id.path() + "/runHistory", ""), null,
        raw -> json(raw).map(body -> body.path("value")).filter(JsonNode::isArray));
  }

  /** Creates without an {@code eTag} in the body, updates with the latest. */
  public Answer<ObservedExport> put(ExportId id, ObjectNode body, Caller caller) {
    return call(Operation.PUT, id.scope(), caller, HttpMethod.PUT, uri(id.path(), ""), body, raw -> export(raw, id));
  }

  /** An export that is not there is deleted already. */
  public Answer<Boolean> delete(ExportId id, Caller caller) {
    Answer<Boolean> answer = call(Operation.DELETE, id.scope(), caller, HttpMethod.DELETE, uri(id.path(), ""), null, raw -> Optional.of(true));
    return answer instanceof Answer.Failed<Boolean>(ArmFailure.ExportNotFound absent) ? new Answer.Ok<>(false) : answer;
  }

  /** Starts a run; Azure answers no id, so the history has to be asked for it. No period means the export's own dates. */
  public Answer<Boolean> run(ExportId id, TimePeriod period, Caller caller) {
    // An empty object is refused ("Invalid time period provided."): no period, no body.
    ObjectNode body = period == null ? null : Json.object().set("timePeriod", Json.tree(period));
    return call(Operation.RUN, id.scope(), caller, HttpMethod.POST, uri(id.path() + "/run", ""), body, raw -> Optional.of(true));
  }

  private <T> Answer<T> call(Operation operation, Scope scope, Caller caller, HttpMethod method, URI uri, ObjectNode body,
      Function<RawAnswer, Optional<T>> reader) {
    Optional<ArmFailure.Throttled> early = gate.admit(identity, scope, operation, caller);
    if (early.isPresent()) {
      return new Answer.Failed<>(early.get());
    }
    return admitted(new Call(operation, scope, caller), request(method, uri, body), ArmPipeline.Body.WHOLE, reader);
  }

  private record Call(Operation operation, Scope scope, Caller caller) {}

  private <T> Answer<T> admitted(Call call, HttpRequest request, ArmPipeline.Body body, Function<RawAnswer, Optional<T>> reader) {
    long started = System.nanoTime();
    listener.calling();
    Sent<T> sent = send(call, request, body, reader);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    String outcome = sent.answer() instanceof Answer.Failed<T>(var failure) ? failure.reason().toString() : "ok";
    try (var _ = MDC.putCloseable("requestId", sent.requestId())) {
      LOG.debug("{} {} {} {} ms, request id {}", call.operation(), request.getUrl().getPath(), outcome, took.toMillis(), sent.requestId());
    }
    apiVersion.heard(sent.answer());
    listener.called(call.operation(), outcome, took);
    return sent.answer();
  }

  /** @param requestId Azure's, by which its support finds the call; empty when nothing was answered */
  private record Sent<T>(Answer<T> answer, String requestId) {}

  private <T> Sent<T> send(Call call, HttpRequest request, ArmPipeline.Body body, Function<RawAnswer, Optional<T>> reader) {
    long started = System.nanoTime();
    Answer<RawAnswer> sent;
    try {
      sent = pipeline.send(request, body, call.scope().key(), () -> gate.admit(identity, call.scope(), call.operation(), call.caller()));
    } catch (RuntimeException fault) {
      return new Sent<>(new Answer.Failed<>(TransportFault.of(fault)), "");
    }
    return switch (sent) {
      case Answer.Ok<RawAnswer>(var raw) -> {
        Answer<T> answer = answer(call.operation(), call.scope(), raw, reader);
        boolean absent = answer instanceof Answer.Failed<T>(ArmFailure.ExportNotFound none);
        if (raw.isAzures() && (raw.ok() || absent)) { // other errors are often an intermediary's
          clock.heard(raw.header("date"), Duration.ofNanos(System.nanoTime() - started));
        }
        yield new Sent<>(answer, raw.requestId());
      }
      case Answer.Failed<RawAnswer>(var notAdmitted) -> new Sent<>(new Answer.Failed<>(notAdmitted), "");
    };
  }

  private <T> Answer<T> answer(Operation operation, Scope scope, RawAnswer raw, Function<RawAnswer, Optional<T>> reader) {
    try {
      gate.heard(identity, scope, operation, raw);
      if (raw.ok()) {
        return reader.apply(raw).<Answer<T>>map(Answer.Ok::new).orElseGet(() -> new Answer.Failed<>(
            Classifier.unreadable(raw, "HTTP " + raw.status() + " with a body that is no answer of Azure Resource Manager")));
      }
      ArmFailure failure = Classifier.of(raw, connection.throttleWait(), clock.instant());
      if (failure instanceof ArmFailure.Throttled throttled) {
        gate.refused(identity, scope, operation, throttled, raw);
      }
      if (failure instanceof ArmFailure.Unclear(var detail, var reason, Duration named) && named != null && raw.status() == 503) {
        gate.unavailable(identity, scope, operation, detail, named);
      }
      return new Answer.Failed<>(failure);
    } catch (RuntimeException fault) {
      return new Answer.Failed<>(TransportFault.of(fault));
    }
  }

  private HttpRequest request(HttpMethod method, URI uri, ObjectNode body) {
    HttpRequest request = new HttpRequest(method, uri.toString())
        .setHeader(CLIENT_TYPE, clientType)
        .setHeader(HttpHeaderName.ACCEPT, "application/json");
    if (body != null) {
      return request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json").setBody(body.toString());
    }
    return method == HttpMethod.POST ? request.setHeader(HttpHeaderName.CONTENT_LENGTH, "0") : request;
  }

  private URI uri(String path, String query) {
    return URI.create(connection.endpoint() + UrlPath.encoded(path) + "?" + query + "api-version=" + connection.apiVersion());
  }

  /** Another page is asked for with the token only where the first one was. */
  private boolean isPage(String nextLink) {
    try {
      URI next = new URI(UrlPath.completed(nextLink));
      return nextLink.isEmpty()
          || "https".equals(next.getScheme()) && connection.endpoint().getAuthority().equalsIgnoreCase(next.getAuthority());
    } catch (URISyntaxException unusable) {
      return false;
    }
  }

  /** Another export's document, out of a proxy's memory, says nothing of this one; nor does one that says nothing. */
  private static Optional<ObservedExport> export(RawAnswer raw, ExportId asked) {
    return json(raw).filter(body -> isExport(body) && !body.path("properties").isEmpty()).map(body -> new ObservedExport((ObjectNode) body))
        .filter(export -> export.isOf(asked));
  }

  /** One of a scope below may have the name of one that is here. */
  private static boolean isAt(Scope scope, ObservedExport export) {
    return export.name().filter(name -> export.isOf(new ExportId(scope, name))).isPresent();
  }

  static boolean isExport(JsonNode body) {
    return body.isObject() && body.path("properties").isObject();
  }

  private static Optional<JsonNode> json(RawAnswer raw) {
    try {
      return Optional.of(Trees.read(raw.body()));
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }
}
