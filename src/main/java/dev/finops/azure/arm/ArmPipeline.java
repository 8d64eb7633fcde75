package dev.finops.azure.arm;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import dev.finops.azure.arm.ArmFailure.Throttled;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * HTTP to Azure Resource Manager with a token: bounded in time and size, follows no redirect, and sends nothing twice.
 * The one retry loop is the reconciler's.
 *
 * <p>A 401 that refuses the token is the exception: Azure did not act on the request, and a token may have been
 * revoked. The operator then gets one new token and sends the request once more. A 401 that refuses the caller's rights
 * is not of the token.
 */
public final class ArmPipeline {
    /**
     * A renewal that did not help is repeated soon, because the token endpoint may have answered with bad tokens for a
     * while, and then more rarely, because a scope may refuse every token of this identity.
     */
    private static final Backoff RENEWAL = new Backoff(Duration.ofSeconds(15), Duration.ofMinutes(10));

    private final HttpClient http;
    private final Supplier<TokenCredential> credentials;
    private final String audience;
    private final String version;
    private final Duration wholeCall;
    private final LongSupplier nanos;

    /** By scope: the new tokens that it refused too, although others accepted the one before. */
    private final Map<String, Renewals> useless = new HashMap<>();

    private Token token;

    /** @param credentials makes a credential that remembers no token */
    public ArmPipeline(
            HttpClient http,
            Supplier<TokenCredential> credentials,
            String audience,
            String version,
            Duration wholeCall,
            LongSupplier nanos) {
        this.http = http;
        this.wholeCall = wholeCall;
        this.credentials = credentials;
        this.audience = audience;
        this.version = version;
        this.nanos = nanos;
        this.token = new Token(pipeline(), Renewals.NONE);
    }

    /** How the body of an answer is read. */
    public interface Body {
        Body WHOLE = HttpResponse::getBodyAsByteArray;

        /** @return the part of the body that readers of the response get */
        Mono<byte[]> read(HttpResponse response);
    }

    /** New tokens in a row that did not help. */
    private record Renewals(int inVain, long last) {
        static final Renewals NONE = new Renewals(0, 0);

        Renewals next(long now) {
            return new Renewals(inVain + 1, now);
        }
    }

    /** One credential with the token that it caches, which is replaced once at most. */
    private static final class Token {
        private final HttpPipeline pipeline;

        /** Up to this token, none of which any scope has accepted. */
        private final Renewals renewals;

        private boolean accepted;

        Token(HttpPipeline pipeline, Renewals renewals) {
            this.pipeline = pipeline;
            this.renewals = renewals;
        }
    }

    /** Sends a challenge of Azure's back as the 401 that it is: the library would send the request again, unasked. */
    private static final class BearerToken extends BearerTokenAuthenticationPolicy {
        BearerToken(TokenCredential credential, String scope) {
            super(credential, scope);
        }

        @Override
        public Mono<Boolean> authorizeRequestOnChallenge(HttpPipelineCallContext context, HttpResponse response) {
            return Mono.just(false);
        }
    }

    private HttpPipeline pipeline() {
        return new HttpPipelineBuilder()
                .httpClient(http)
                .policies(
                        new UserAgentPolicy("costexport-operator", "costexport-operator", version, null),
                        new RequestIdPolicy(),
                        new BearerToken(credentials.get(), audience + "/.default"))
                .build();
    }

    /**
     * @param body reads the bodies of answers
     * @param scope the key of the scope that is called
     * @param admission admits the second request after a renewal, as another one admitted the first
     * @return a failure only when the second request was not admitted
     * @throws RuntimeException when no whole answer came in time
     */
    public ArmResult<ArmResponse> send(
            HttpRequest request, Body body, String scope, Supplier<Optional<Throttled>> admission) {
        Token used = current();
        ArmResponse answer = send(used, request, body);
        if (!ErrorClassifier.refusesToken(answer)) {
            accepted(used, scope);
            return new ArmResult.Ok<>(answer);
        }
        Optional<Token> renewed = renewed(used, scope);
        if (renewed.isEmpty()) {
            return new ArmResult.Ok<>(answer);
        }
        Optional<Throttled> early = admission.get();
        if (early.isPresent()) {
            return new ArmResult.Failed<>(early.get());
        }
        ArmResponse second = send(renewed.get(), request.copy(), body);
        if (!ErrorClassifier.refusesToken(second)) {
            accepted(renewed.get(), scope);
        } else {
            refused(used, scope);
        }
        return new ArmResult.Ok<>(second);
    }

    private synchronized Token current() {
        return token;
    }

    private synchronized void accepted(Token used, String scope) {
        used.accepted = true;
        useless.remove(scope);
    }

    /** The scope is at fault only where another one accepted the token before. */
    private synchronized void refused(Token used, String scope) {
        if (used.accepted) {
            long now = nanos.getAsLong();
            useless.values()
                    .removeIf(renewals -> now - renewals.last()
                            >= RENEWAL.max().multipliedBy(2).toNanos());
            useless.put(scope, useless.getOrDefault(scope, Renewals.NONE).next(now));
        }
    }

    /** Of all calls that meet a 401 with one token, the first renews it. Empty when a new token is of no use. */
    private synchronized Optional<Token> renewed(Token used, String scope) {
        if (!isDue(useless.getOrDefault(scope, Renewals.NONE))) {
            return Optional.empty();
        }
        if (used == token) {
            Renewals before = used.accepted ? Renewals.NONE : used.renewals;
            if (!isDue(before)) {
                return Optional.empty();
            }
            token = new Token(pipeline(), before.next(nanos.getAsLong()));
        }
        return Optional.of(token);
    }

    private boolean isDue(Renewals before) {
        return before.inVain() == 0
                || nanos.getAsLong() - before.last()
                        >= RENEWAL.afterAttempt(before.inVain()).toNanos();
    }

    private ArmResponse send(Token token, HttpRequest request, Body body) {
        return token.pipeline
                .send(request)
                .flatMap(response -> read(response, body))
                .timeout(wholeCall)
                .block();
    }

    private static Mono<ArmResponse> read(HttpResponse response, Body body) {
        var headers = response.getHeaders().stream()
                .collect(Collectors.toMap(
                        header -> header.getName().toLowerCase(Locale.ROOT),
                        HttpHeader::getValue,
                        (one, other) -> one));
        return body.read(response)
                .map(text -> new ArmResponse(response.getStatusCode(), headers, text))
                .doFinally(signal -> response.close());
    }
}
