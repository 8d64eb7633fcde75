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
import java.util.Locale;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * HTTP to Azure Resource Manager with a token: bounded in time and size, follows no redirect, and sends nothing twice. The
 * one retry loop is the reconciler's.
 */
final class ArmPipeline {
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
    return pipeline.send(request).flatMap(ArmPipeline::read).timeout(BoundedHttp.WHOLE_CALL).block();
  }

  private static Mono<RawAnswer> read(HttpResponse response) {
    var headers = response.getHeaders().stream()
        .collect(Collectors.toMap(header -> header.getName().toLowerCase(Locale.ROOT), HttpHeader::getValue, (one, other) -> one));
    return response.getBodyAsByteArray()
        .map(body -> new RawAnswer(response.getStatusCode(), headers, body)).doFinally(signal -> response.close());
  }
}
