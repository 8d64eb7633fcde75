package dev.finops.azure.costexport.arm;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;

/**
 * HTTP to Azure Resource Manager with a token: bounded in time and size, follows no redirect, and sends nothing twice. The
 * one retry loop is the reconciler's.
 */
final class ArmPipeline {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration WHOLE_CALL = Duration.ofSeconds(60);
  /** So many that slow scopes do not hold up the others; calls of one scope share a list. */
  private static final int MAX_CONNECTIONS = 256;
  private static final int MAX_BODY = 16 * 1024 * 1024;

  private final AzureConnection connection;
  private final String version;
  private final HttpClient http;
  private volatile HttpPipeline pipeline;

  ArmPipeline(AzureConnection connection, String version) {
    this.connection = connection;
    this.version = version;
    ConnectionProvider connections = ConnectionProvider.builder("arm")
        .maxConnections(MAX_CONNECTIONS).pendingAcquireMaxCount(-1).pendingAcquireTimeout(WHOLE_CALL).maxIdleTime(Duration.ofSeconds(20)).build();
    // Left alone, the transport would send a POST again on a connection that was reset.
    this.http = new NettyAsyncHttpClientBuilder(reactor.netty.http.client.HttpClient.create(connections).disableRetry(true))
        .connectTimeout(CONNECT).responseTimeout(SILENCE).readTimeout(SILENCE).writeTimeout(SILENCE).build();
    this.pipeline = pipeline();
  }

  private HttpPipeline pipeline() {
    return new HttpPipelineBuilder()
        .httpClient(http)
        .policies(
            new UserAgentPolicy("costexport-operator", "costexport-operator", version, null),
            new RequestIdPolicy(),
            new BearerTokenAuthenticationPolicy(credential(), connection.audience() + "/.default"))
        .build();
  }

  /**
   * A 401 may mean that the token was revoked, or made from a secret that has been rotated: the request, which Azure did not
   * take, is sent once more with a new one.
   *
   * @throws RuntimeException when no whole answer came in time
   */
  RawAnswer send(HttpRequest request) {
    HttpPipeline used = pipeline;
    RawAnswer answer = send(used, request);
    if (answer.status() != 401) {
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
    return response.getBody()
        .collect(ByteArrayOutputStream::new, ArmPipeline::append)
        .map(body -> new RawAnswer(response.getStatusCode(), headers, body.toByteArray()))
        .doFinally(signal -> response.close());
  }

  private static void append(ByteArrayOutputStream body, ByteBuffer part) {
    if (body.size() + part.remaining() > MAX_BODY) {
      throw new AnswerTooLarge();
    }
    byte[] bytes = new byte[part.remaining()];
    part.get(bytes);
    body.writeBytes(bytes);
  }

  private TokenCredential credential() {
    if (connection.clientSecret().isPresent()) {
      return aad(new ClientSecretCredentialBuilder().clientSecret(connection.clientSecret().get())).build();
    }
    if (connection.federatedTokenFile().isPresent()) {
      return aad(new WorkloadIdentityCredentialBuilder().tokenFilePath(connection.federatedTokenFile().get().toString())).build();
    }
    ManagedIdentityCredentialBuilder managed = new ManagedIdentityCredentialBuilder();
    connection.clientId().ifPresent(managed::clientId);
    return managed.build();
  }

  private <B extends AadCredentialBuilderBase<B>> B aad(B builder) {
    connection.tenantId().ifPresent(builder::tenantId);
    connection.clientId().ifPresent(builder::clientId);
    connection.authorityHost().ifPresent(host -> builder.authorityHost(host.toString()));
    if (connection.disableInstanceDiscovery()) {
      builder.disableInstanceDiscovery();
    }
    return builder.httpClient(http);
  }

  /** More than any list of exports is. */
  static final class AnswerTooLarge extends RuntimeException {
    AnswerTooLarge() {
      super("the answer is larger than " + MAX_BODY + " bytes");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
