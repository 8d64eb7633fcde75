package dev.finops.azure.costexport.arm;

import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * HTTP to Azure Resource Manager with a token: bounded in time and size, follows no redirect, and sends nothing twice. The
 * one retry loop is the reconciler's.
 */
final class ArmPipeline {
  private static final Duration WHOLE_CALL = Duration.ofSeconds(60);
  private static final int MAX_BODY = 16 * 1024 * 1024;

  /** Of all answers that are on their way at once: this process has 96 MB in all. */
  private static final int MAX_BODIES = 24 * 1024 * 1024;
  private static final AtomicInteger BODIES = new AtomicInteger();

  private final SignIn signIn;
  private final Identity identity;
  private final String audience;
  private final String version;
  private volatile HttpPipeline pipeline;

  ArmPipeline(SignIn signIn, Identity identity, String audience, String version) {
    this.signIn = signIn;
    this.identity = identity;
    this.audience = audience;
    this.version = version;
    this.pipeline = pipeline();
  }

  private HttpPipeline pipeline() {
    return new HttpPipelineBuilder()
        .httpClient(signIn.http())
        .policies(
            new UserAgentPolicy("costexport-operator", "costexport-operator", version, null),
            new RequestIdPolicy(),
            new BearerTokenAuthenticationPolicy(signIn.credential(identity), audience + "/.default"))
        .build();
  }

  /**
   * A 401 may mean that the token was revoked, or made from a secret that has been rotated: the request, which Azure did not
   * take, is sent once more with a new one. A run is not when a right is missing: the read before it has proven the token.
   *
   * @throws RuntimeException when no whole answer came in time
   */
  RawAnswer send(HttpRequest request) {
    HttpPipeline used = pipeline;
    RawAnswer answer = send(used, request);
    if (answer.status() != 401 || request.getHttpMethod() == HttpMethod.POST && Classifier.isOfRights(answer)) {
      return answer;
    }
    return send(renewed(used), request.copy());
  }

  /** Of all that met a 401 with one credential the first makes the new one. */
  private synchronized HttpPipeline renewed(HttpPipeline used) {
    if (pipeline == used) {
      pipeline = pipeline();
    }
    return pipeline;
  }

  private static RawAnswer send(HttpPipeline pipeline, HttpRequest request) {
    return pipeline.send(request).flatMap(ArmPipeline::read).timeout(WHOLE_CALL).block();
  }

  private static Mono<RawAnswer> read(HttpResponse response) {
    var headers = response.getHeaders().stream()
        .collect(Collectors.toMap(header -> header.getName().toLowerCase(Locale.ROOT), HttpHeader::getValue, (one, other) -> one));
    Body body = new Body();
    return response.getBody()
        .doOnNext(body::append).then(Mono.fromSupplier(() -> new RawAnswer(response.getStatusCode(), headers, body.bytes())))
        .doFinally(signal -> {
          BODIES.addAndGet(-body.length);
          response.close();
        });
  }

  private static final class Body {
    private final List<byte[]> parts = new ArrayList<>();
    private int length;

    void append(ByteBuffer part) {
      int size = part.remaining();
      length += size;
      if (BODIES.addAndGet(size) > MAX_BODIES || length > MAX_BODY) {
        throw new AnswerTooLarge();
      }
      byte[] bytes = new byte[size];
      part.get(bytes);
      parts.add(bytes);
    }

    byte[] bytes() {
      ByteBuffer whole = ByteBuffer.allocate(length);
      while (!parts.isEmpty()) {
        whole.put(parts.removeFirst());
      }
      return whole.array();
    }
  }

  /** More than any list of exports is. */
  static final class AnswerTooLarge extends RuntimeException {
    AnswerTooLarge() {
      super("the answer is larger than " + MAX_BODY + " bytes, or all answers together than " + MAX_BODIES);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
