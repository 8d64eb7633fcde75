package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Throttled;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** A token is renewed once, when the token is what Azure refuses; each request is admitted. */
class ArmPipelineTest {
    private static final String SCOPE = "/subscriptions/0";
    private static final String INVALID_TOKEN = error("InvalidAuthenticationToken", "The access token is invalid.");
    private static final String NO_ROLE =
            error("RBACAccessDenied", "The client does not have authorization to perform action.");

    private final List<String> sent = new ArrayList<>();
    private final List<String> audiences = new ArrayList<>();
    private final Set<String> revoked = new HashSet<>();
    private int tokens;
    private int admissions;
    private long nanos;

    @ParameterizedTest
    @EnumSource(
            value = HttpMethod.class,
            names = {"GET", "PUT", "POST", "DELETE"})
    void aRevokedTokenIsReplacedAndTheRequestAdmittedAgain(HttpMethod method) {
        ArmPipeline pipeline = azure(
                request -> revoked.contains(token(request)) ? answer(401, INVALID_TOKEN, "") : answer(200, "{}", ""));
        send(pipeline, method, SCOPE);
        revoked.add("token-1");

        assertEquals(200, send(pipeline, method, SCOPE).status());

        assertEquals(List.of("token-1", "token-1", "token-2"), sent);
        assertEquals(1, admissions);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"error":{"code":"RBACAccessDenied","message":"no"}}                 | ~~
      {"error":{"code":"RBACAccessDenied","message":"no"}}                 | Bearer error="invalid_token"
      {"error":{"code":"Unauthorized","message":"Unauthorized. Authentication failed."}} | ~~
      {"error":{"code":"401","message":"no"}}                              | ~~
      {"error":{"code":"InvalidAuthenticationTokenTenant","message":"no"}} | Bearer error="invalid_token"
      ~~                                                                   | ~~
      {}                                                                   | Bearer realm="x"
      """)
    void a401OfRightsCostsOneCallAndNoToken(String body, String challenge) {
        ArmPipeline pipeline = azure(request -> answer(401, body, challenge));

        IntStream.range(0, 10).forEach(i -> send(pipeline, HttpMethod.GET, "/subscriptions/" + i));

        assertEquals(10, sent.size());
        assertEquals(1, tokens);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      Bearer authorization_uri="https://login.example/t", error="invalid_token", error_description="The access token is invalid."
      Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ=="
      """)
    void aChallengeIsAnsweredOnceByUsAndNotByTheLibrary(String challenge) {
        ArmPipeline pipeline = azure(request -> answer(401, "", challenge));

        send(pipeline, HttpMethod.GET, SCOPE);

        assertEquals(List.of("token-1", "token-2"), sent);
        assertEquals(1, admissions);
    }

    @Test
    void aScopeThatRefusesEachTokenCostsTheOthersNothing() {
        ArmPipeline pipeline = azure(request ->
                request.getUrl().getPath().equals("/bad") ? answer(401, INVALID_TOKEN, "") : answer(200, "{}", ""));

        for (int round = 0; round < 20; round++) {
            send(pipeline, HttpMethod.GET, "/bad");
            send(pipeline, HttpMethod.GET, "/good");
        }

        assertEquals(3, tokens);
        assertEquals(42, sent.size());

        nanos = Duration.ofMinutes(11).toNanos();
        send(pipeline, HttpMethod.GET, "/bad");
        assertEquals(4, tokens, "what was of no use is tried again later");
    }

    /** The token endpoint gave bad tokens for a while. No scope is at fault where no scope accepted the token. */
    @Test
    void aTokenThatNobodyAcceptedIsReplacedAgainSoon() {
        ArmPipeline pipeline = azure(request -> Set.of("token-1", "token-2").contains(token(request))
                ? answer(401, INVALID_TOKEN, "")
                : answer(200, "{}", ""));

        assertEquals(401, send(pipeline, HttpMethod.GET, SCOPE).status());
        nanos = Duration.ofSeconds(14).toNanos();
        assertEquals(401, send(pipeline, HttpMethod.GET, SCOPE).status());
        nanos = Duration.ofSeconds(16).toNanos();
        assertEquals(200, send(pipeline, HttpMethod.GET, SCOPE).status());

        assertEquals(3, tokens);
    }

    /** The clocks of Azure and Entra may differ for a moment. */
    @Test
    void aScopeThatRefusedANewTokenOnceIsTriedAgainSoon() {
        ArmPipeline pipeline = azure(request -> Set.of("token-1", "token-2").contains(token(request))
                        && request.getUrl().getPath().equals("/late")
                ? answer(401, INVALID_TOKEN, "")
                : answer(200, "{}", ""));
        send(pipeline, HttpMethod.GET, "/good");

        assertEquals(401, send(pipeline, HttpMethod.GET, "/late").status());
        nanos = Duration.ofSeconds(14).toNanos();
        assertEquals(401, send(pipeline, HttpMethod.GET, "/late").status());
        nanos = Duration.ofSeconds(16).toNanos();
        assertEquals(200, send(pipeline, HttpMethod.GET, "/late").status());
    }

    @Test
    void tokensThatNobodyAcceptsAreReplacedMoreAndMoreRarely() {
        ArmPipeline pipeline = azure(request -> answer(401, INVALID_TOKEN, ""));

        for (int second = 0; second <= 3600; second++) {
            nanos = Duration.ofSeconds(second).toNanos();
            send(pipeline, HttpMethod.GET, "/subscriptions/" + second % 8);
        }

        assertEquals(12, tokens);
    }

    @Test
    void aTokenThatWasNeverAcceptedIsNotReplacedBySeveralScopes() {
        ArmPipeline pipeline = azure(request -> answer(401, INVALID_TOKEN, ""));

        IntStream.range(0, 8).forEach(i -> send(pipeline, HttpMethod.GET, "/subscriptions/" + i));

        assertEquals(2, tokens);
    }

    @Test
    void theSecondRequestWaitsForItsQuota() {
        ArmPipeline pipeline = azure(request -> answer(401, INVALID_TOKEN, ""));
        Throttled full = new Throttled(
                new Detail(0, "", "other calls go first", ""), Duration.ofSeconds(3), Throttled.By.OPERATOR);

        var answer =
                pipeline.send(request(HttpMethod.PUT, SCOPE), ArmPipeline.Body.WHOLE, SCOPE, () -> Optional.of(full));

        assertEquals(full, assertInstanceOf(ArmResult.Failed.class, answer).failure());
        assertEquals(List.of("token-1"), sent);
    }

    @Test
    void theTokenIsForTheAudience() {
        send(azure(request -> answer(200, "{}", "")), HttpMethod.GET, SCOPE);

        assertEquals(List.of("https://audience.example/.default"), audiences);
    }

    @Test
    void aMissingRoleAtOneScopeLeavesARevokedTokenRenewable() {
        ArmPipeline pipeline = azure(request ->
                revoked.contains(token(request)) ? answer(401, INVALID_TOKEN, "") : answer(401, NO_ROLE, ""));
        for (int i = 1; i <= 5; i++) {
            send(pipeline, HttpMethod.GET, SCOPE);
            revoked.add("token-" + i);
            send(pipeline, HttpMethod.GET, SCOPE);
        }

        assertEquals(6, tokens);
    }

    private ArmPipeline azure(Function<HttpRequest, CannedResponse.Reply> azure) {
        return new ArmPipeline(
                request -> {
                    sent.add(token(request));
                    return Mono.just(new CannedResponse(request, azure.apply(request)));
                },
                this::credential,
                "https://audience.example",
                "test",
                Timeouts.USUAL.call(),
                () -> nanos);
    }

    private TokenCredential credential() {
        return request -> Mono.fromSupplier(() -> {
            audiences.addAll(request.getScopes());
            return new AccessToken("token-" + ++tokens, OffsetDateTime.MAX);
        });
    }

    private ArmResponse send(ArmPipeline pipeline, HttpMethod method, String scope) {
        var answer = pipeline.send(request(method, scope), ArmPipeline.Body.WHOLE, scope, () -> {
            admissions++;
            return Optional.empty();
        });
        return assertInstanceOf(
                ArmResponse.class, assertInstanceOf(ArmResult.Ok.class, answer).value());
    }

    private static HttpRequest request(HttpMethod method, String path) {
        return new HttpRequest(method, "https://arm.example" + path);
    }

    private static String token(HttpRequest request) {
        return request.getHeaders().getValue(HttpHeaderName.AUTHORIZATION).substring("Bearer ".length());
    }

    private static String error(String code, String message) {
        return "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}".formatted(code, message);
    }

    private static CannedResponse.Reply answer(int status, String body, String challenge) {
        return new CannedResponse.Reply(status, body, challenge);
    }
}
