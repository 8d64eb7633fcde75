package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.ArmFailure.Indeterminate;
import dev.finops.azure.arm.ArmFailure.Rejected;
import dev.finops.azure.arm.ArmFailure.Throttled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Azure's answers mean, with the texts that it is known to use (docs/azure.md, "Errors"). */
class ErrorClassifierTest {
    private static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");
    private static final Duration UNNAMED = Duration.ofMinutes(1);

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      # a lost race
      400 | 400        | Etag value required for update operation of report: x.Please get the latest to avoid overwrite. (Request ID: 1) | Conflict | ContestedByAnotherWriter
      409 | Conflict   | somebody was faster | Conflict | ContestedByAnotherWriter
      412 | PreconditionFailed | the eTag is not the latest | Conflict | ContestedByAnotherWriter
      # a request that Azure will never take
      400 | 400        | Key-based authentication is currently disabled on this storage account. To proceed, please enable "Allow storage account key access"… | Rejected | InvalidRequest
      400 | 400        | Request properties validation failed: Invalid definition type 'AmortizedCost'; valid values: 'Usage'. | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Export type: FocusCost is not supported for Agreement Type: WebDirect and Subscription. | Rejected | InvalidRequest
      400 | 400        | Request properties validation failed: Missing definition timePeriod; specify a pe… | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Invalid definition timePeriod; 'to' value cannot be in the future. | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Invalid time period provided. | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Invalid schedule recurrencePeriod; 'from' value cannot be in the past. | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Invalid schedule recurrencePeriod; 'from' value cannot be after 'to' value | Rejected | InvalidRequest
      400 | BadRequest | Request properties validation failed: Invalid deliveryInfo destination rootFolderPath; value cannot begin with a forward slash | Rejected | InvalidRequest
      400 | BadRequest | Invalid request payload, Invalid member :properties.schedule.recurrence | Rejected | InvalidRequest
      405 | MethodNotAllowed | no such method | Rejected | InvalidRequest
      403 | DisallowedOperation | this offer has no charges | Rejected | InvalidRequest
      403 | RequestDisallowedByPolicy | Resource 'x' was disallowed by policy. | Rejected | DisallowedByPolicy
      # somebody must give a right, or it is on its way
      401 | InvalidAuthenticationToken | The access token is invalid. | Forbidden | AuthenticationFailed
      401 | Unauthorized | Unauthorized. Authentication failed. | Forbidden | AuthorizationFailed
      401 | Unauthorized | The user does not have authorization to perform 'Microsoft.Authorization/roleAssignments/write' action on specified storage account | Forbidden | AuthorizationFailed
      401 | RBACAccessDenied | The client does not have authorization to perform action. Request ID: NoHttpContext | Forbidden | AuthorizationFailed
      403 | AuthorizationFailed | The client does not have authorization to perform action | Forbidden | AuthorizationFailed
      403 | LinkedAuthorizationFailed | has permission on scope, however not on the linked scope | Forbidden | AuthorizationFailed
      403 | BillingAccessDenied | no access | Forbidden | AuthorizationFailed
      400 | BadRequest | A valid email claim is required. Email claim is missing in the request header. | Forbidden | AuthorizationFailed
      400 | AccountCostDisabled | AO view charges is off | Forbidden | AuthorizationFailed
      403 | SomethingNew | no | Forbidden | AuthorizationFailed
      409 | ScopeLocked | The scope is locked. | Forbidden | ScopeLocked
      403 | ScopeLocked | The scope is locked. | Forbidden | ScopeLocked
      400 | 400        | RP Not Registered. Register destination storage account subscription with Microsoft.CostManagementExports. Please refer https://docs.microsoft.com/en-us/rest/api/resources/providers/register | Forbidden | ProviderNotRegistered
      409 | MissingSubscriptionRegistration | The subscription is not registered to use namespace | Forbidden | ProviderNotRegistered
      400 | NoRegisteredProviderFound | No registered resource provider found | Forbidden | ProviderNotRegistered
      # the operator's api-version, whatever the code
      400 | NoRegisteredProviderFound | No registered resource provider found for location 'westeurope' and API version '2025-03-01' for type 'exports'. The supported api-versions are '2030-01-01, 2031-01-01'. The supported locations are ''. | Forbidden | ApiVersionRejected
      400 | InvalidApiVersionParameter | The api-version '2025-03-01' is invalid. The supported versions are '2030-01-01'. | Forbidden | ApiVersionRejected
      404 | InvalidResourceType | The resource type 'exports' could not be found in the namespace 'Microsoft.CostManagement' for api version '2025-03-01'. The supported api-versions are '2030-01-01'. | Forbidden | ApiVersionRejected
      400 | BadRequest | The api-version '2025-03-01' is not supported. | Forbidden | ApiVersionRejected
      410 | Gone       | The API version '2025-03-01' has been retired. | Forbidden | ApiVersionRejected
      400 | UnsupportedApiVersion | The HTTP resource does not support the API version. | Forbidden | ApiVersionRejected
      # a location that the type does not have, in an api-version that is served
      400 | NoRegisteredProviderFound | No registered resource provider found for location 'mars' and API version '2025-03-01' for type 'exports'. The supported api-versions are '2023-03-01, 2025-03-01'. The supported locations are 'centralus'. | Forbidden | ProviderNotRegistered
      403 | DisallowedProvider | The operation is not permitted for namespace 'Microsoft.CostManagement'. | Rejected | InvalidRequest
      401 | 401        | no | Forbidden | AuthorizationFailed
      401 | InvalidAuthenticationTokenTenant | The access token is from the wrong issuer. | Forbidden | AuthenticationFailed
      406 | NotAcceptable | now and then | Indeterminate | ArmUnavailable
      404 | MissingSubscription | The request did not have a subscription or a valid tenant level resource provider. | Forbidden | ScopeNotFound
      400 | BadRequest | Cost management data is not supported for subscription(s) 0 in the provided api-version. Please use api-version 2019-10-01 or later. | Forbidden | SubscriptionTooNew
      # absence: only these words of ARM's own JSON
      404 | 404        | No export found for x, Subscription: 0. (Request ID: 1) | ResourceNotFound | NotFound
      404 | NotFound   | The requested export with export name: x could not be found. | ResourceNotFound | NotFound
      404 | SubscriptionNotFound | The subscription '0' could not be found. | ScopeNotFound | ScopeNotFound
      404 | ResourceGroupNotFound | Resource group 'x' could not be found. | ScopeNotFound | ScopeNotFound
      # quota
      429 | 429        | Too many requests. Please retry. | Throttled | Throttled
      503 | ResourceRequestsThrottled | wait five minutes | Throttled | Throttled
      # says nothing about what became of the request
      408 | RequestTimeout | late | Indeterminate | ArmUnreachable
      500 | InternalServerError | oops | Indeterminate | ArmUnreachable
      502 | BadGateway | oops | Indeterminate | ArmUnreachable
      503 | ServiceUnavailable | RP registration in progress | Indeterminate | ArmUnavailable
      504 | GatewayTimeout | late | Indeterminate | ArmUnreachable
      """)
    void anErrorOfArm(int status, String code, String message, String kind, String reason) {
        ArmFailure failure = classify(
                status,
                Map.of("content-type", "application/json"),
                "{\"error\": {\"code\": \"%s\", \"message\": \"%s\"}}".formatted(code, message.replace("\"", "\\\"")));

        assertEquals(kind, failure.getClass().getSimpleName());
        assertEquals(reason, failure.reason().toString());
        assertEquals(message, failure.detail().message());
        assertEquals(code, failure.detail().code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      400 | <html><body>bad</body></html>
      401 | {"message": "proxy"}
      403 | Forbidden by the firewall
      404 | <html><body>404 Not Found</body></html>
      404 | {"error": "not found"}
      404 | {"error": {"message": "NotFound"}}
      404 | {"code": 404, "message": "page not found"}
      404 | {"error": {"code": "NotF
      409 | []
      412 | ~~
      """)
    void aPageOfAProxyMeansNothing(int status, String body) {
        ArmFailure failure = classify(status, Map.of("content-type", "text/html"), body);

        assertEquals(
                "BadArmResponse",
                assertInstanceOf(Indeterminate.class, failure).reason().toString());
        assertEquals(
                "HTTP " + status + " with a body that is not Azure Resource Manager's (text/html)",
                failure.detail().text());
    }

    /** As recorded (docs/azure.md, "Errors"). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      400 | {"message":"The request is invalid.","messageDetail":"No action was found on the controller 'X'."} | Rejected | InvalidRequest | The request is invalid. No action was found on the controller 'X'.
      400 | {"Message":"The request is invalid.","MessageDetail":"no"} | Rejected | InvalidRequest | The request is invalid. no
      404 | {"message":"No HTTP resource was found","messageDetail":"no"} | Indeterminate | BadArmResponse | HTTP 404 with a body that is not Azure Resource Manager's (application/json)
      503 | {"message":"later","messageDetail":"no"} | Indeterminate | ArmUnavailable | later no
      401 | ~~ | Forbidden | AuthorizationFailed | Azure refused the caller without a word (HTTP 401)
      401 | {} | Forbidden | AuthorizationFailed | Azure refused the caller without a word (HTTP 401)
      """)
    void anAnswerWithoutAnErrorIsAzuresAllTheSame(int status, String body, String kind, String reason, String text) {
        ArmFailure failure = classify(status, Map.of("content-type", "application/json"), body);

        assertEquals(kind, failure.getClass().getSimpleName());
        assertEquals(reason, failure.reason().toString());
        assertEquals(text, failure.detail().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      Basic realm="proxy"                           | -    | BadArmResponse
      Bearer error="invalid_token"                  | -    | AuthenticationFailed
      Bearer authorization_uri="https://l.example"  | -    | AuthorizationFailed
      -                                             | ab-1 | AuthorizationFailed
      """)
    void a401WithoutABodyIsOfRightsUnlessItsHeadersSayOtherwise(String challenge, String requestId, String reason) {
        Map<String, String> headers =
                challenge != null ? Map.of("www-authenticate", challenge) : Map.of("x-ms-request-id", requestId);

        assertEquals(reason, classify(401, headers, "").reason().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectIsNamedAndNotFollowed(int status) {
        ArmFailure failure =
                classify(status, Map.of("location", "https://costmanagement.trafficmanager.net/x?sig=secret"), "");

        assertEquals(
                "UnexpectedRedirect",
                assertInstanceOf(Indeterminate.class, failure).reason().toString());
        assertEquals(
                "the answer is a redirect to https://costmanagement.trafficmanager.net/x, which is not followed",
                failure.detail().text());
    }

    @Test
    void waitsAsLongAsAzureAsksElseAsLongAsWeSay() {
        String body = "{\"error\":{\"code\":\"429\",\"message\":\"Too many requests. Please retry.\"}}";

        assertEquals(
                Duration.ofSeconds(17),
                assertInstanceOf(Throttled.class, classify(429, Map.of("retry-after", "17"), body))
                        .retryAfter());
        assertEquals(
                UNNAMED,
                assertInstanceOf(Throttled.class, classify(429, Map.of(), body)).retryAfter());
        assertEquals(
                Duration.ofSeconds(5),
                assertInstanceOf(Indeterminate.class, classify(503, Map.of("retry-after", "5"), ""))
                        .retryAfter());
    }

    @Test
    void aPastStartIsTheOneRefusalWithACure() {
        assertTrue(refused("Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                        + "value cannot be in the past.")
                .startIsPast());
        assertFalse(refused("Request properties validation failed: Invalid schedule recurrencePeriod; 'from' "
                        + "value cannot be after 'to' value")
                .startIsPast());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      The date range cannot be older than 84 months | true
      Invalid time period provided.                 | false
      """)
    void refusalOfAMonthThatIsTooOld(String message, boolean tooOld) {
        assertEquals(tooOld, refused(message).tooOld());
    }

    @Test
    void namesTheRequestForAzuresSupportOnce() {
        String withId = "{\"error\":{\"code\":\"400\",\"message\":\"no (Request ID: ab-1)\"}}";
        String without = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"no\"}}";

        assertEquals(
                "no (Request ID: ab-1)",
                classify(400, Map.of("x-ms-request-id", "ab-1"), withId)
                        .detail()
                        .text());
        assertEquals(
                "BadRequest: no (request id ab-1)",
                classify(400, Map.of("x-ms-request-id", "ab-1"), without)
                        .detail()
                        .text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      ?sv=1&sig=abc%2B&se=2     | ?sv=1&sig=***&se=2
      SIG=abc                   | SIG=***
      sv%3D1%26sig%3Dabc%252B   | sv%3D1%26sig%3D***
      'sig=abc' in "sig=def"    | 'sig=***' in "sig=***"
      got Bearer eyJhbGciOi.eyJh.x-_ no | got Bearer *** no
      {"access_token":"eyJhbGciOiJub25l.eyJhdWQiOi.c2ln"} | {"access_token":"***"}
      nothing to hide           | nothing to hide
      """)
    void hidesSecrets(String text, String clean) {
        assertEquals(clean, ErrorClassifier.clean(text));
    }

    @Property
    void whatIsShownIsOneBoundedLine(@ForAll String text, @ForAll @IntRange(max = 30) int times) {
        String clean = ErrorClassifier.clean((text + "\r\n\t\u0000").repeat(times));

        assertTrue(clean.length() <= 1024);
        assertTrue(clean.chars().noneMatch(Character::isISOControl));
        assertEquals(clean.strip(), clean);
    }

    @Property
    void noiseIsNoAbsence(@ForAll @IntRange(min = 300, max = 599) int status, @ForAll String body) {
        ArmFailure failure = classify(status, Map.of(), body);

        assertFalse(failure.detail().text().isBlank());
        assertFalse(failure instanceof ArmFailure.ResourceNotFound || failure instanceof ArmFailure.ScopeNotFound);
    }

    private static Rejected refused(String message) {
        return assertInstanceOf(
                Rejected.class,
                classify(400, Map.of(), "{\"error\":{\"code\":\"BadRequest\",\"message\":\"" + message + "\"}}"));
    }

    private static ArmFailure classify(int status, Map<String, String> headers, String body) {
        return ErrorClassifier.of(
                new ArmResponse(status, headers, body.getBytes(StandardCharsets.UTF_8)), UNNAMED, NOW);
    }
}
