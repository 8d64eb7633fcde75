package dev.finops.azure.arm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure.Conflict;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Forbidden;
import dev.finops.azure.arm.ArmFailure.Indeterminate;
import dev.finops.azure.arm.ArmFailure.Rejected;
import dev.finops.azure.arm.ArmFailure.Rejected.Because;
import dev.finops.azure.arm.ArmFailure.ResourceNotFound;
import dev.finops.azure.arm.ArmFailure.ScopeNotFound;
import dev.finops.azure.arm.ArmFailure.Throttled;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.SecretRedactor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Maps an error response to a failure: first by ARM's error code, then by known texts of Cost Management, then by HTTP
 * status (docs/azure.md, "Errors").
 */
public final class ErrorClassifier {
    private static final int MAX_MESSAGE = 1024;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern STALE_ETAG = Pattern.compile("etag.*(required|match|latest|stale|outdated|conflict)");

    private static final String TOO_NEW = "cost management data is not supported for subscription";

    private static final Set<String> ABSENT = Set.of("404", "notfound", "exportnotfound");
    private static final Set<String> SCOPE_GONE = Set.of("subscriptionnotfound", "resourcegroupnotfound");
    private static final Set<String> UNREGISTERED =
            Set.of("missingsubscriptionregistration", "noregisteredproviderfound", "subscriptionnotregistered");
    private static final Set<String> NO_RIGHT = Set.of(
            "authorizationfailed",
            "linkedauthorizationfailed",
            "rbacaccessdenied",
            "billingaccessdenied",
            "unauthorized",
            "accountcostdisabled",
            "departmentcostdisabled",
            "indirectcostdisabled",
            "readonlydisabledsubscription");

    /** 401 of a token that was good once, or of none. */
    private static final Set<String> REFUSED_TOKEN =
            Set.of("invalidauthenticationtoken", "expiredauthenticationtoken", "authenticationfailed");

    /** 401 of every token of this identity, however new. */
    private static final Set<String> OF_IDENTITY =
            Set.of("invalidauthenticationtokentenant", "invalidauthenticationtokenaudience");

    /** How Azure Resource Manager refuses a token, whatever the code. */
    private static final Pattern CHALLENGE =
            Pattern.compile("\\bBearer\\b.*\\berror=\"?(invalid_token|insufficient_claims)", Pattern.CASE_INSENSITIVE);

    private static final Set<String> NO_CHARGES =
            Set.of("disallowedoperation", "disallowedprovider", "subscriptiontypenotsupported");

    private ErrorClassifier() {}

    /**
     * How Azure says that it does not serve the api-version of a request; a location or a subscription may be what it
     * misses instead.
     */
    private static final Pattern REJECTED_VERSION =
            Pattern.compile("api[- ]?version '?[\\w.-]+'? (?:is|was|has been) (?:invalid|not "
                    + "(?:valid|supported)|retired|deprecated|no longer)"
                    + "|supported (?:api[- ])?versions are|does not support the api[- ]?version|\\bapi[- "
                    + "]?version '[^']*' for type");

    private static final Pattern NAMED_VERSION = Pattern.compile("api[- ]?version '([^']*)'");
    private static final Pattern SERVED_VERSIONS = Pattern.compile("supported (?:api[- ])?versions are '?([^']*)");
    private static final Set<String> OF_VERSION = Set.of(
            "invalidapiversionparameter",
            "invalidapiversion",
            "unsupportedapiversion",
            "unsupportedapiversionparameter",
            "apiversionnotsupported",
            "missingapiversionparameter");

    /** @param unnamed how long to wait when Azure throttles and names no time */
    public static ArmFailure of(ArmResponse answer, Duration unnamed, Instant now) {
        Detail detail = detail(answer);
        String code = detail.code().toLowerCase(Locale.ROOT);
        String text = detail.message().toLowerCase(Locale.ROOT);
        Duration named = RetryAfter.of(answer.headers(), now).orElse(null);
        int status = answer.status();
        if (status == 429 || code.equals("resourcerequeststhrottled") || code.equals("subscriptionrequeststhrottled")) {
            return new Throttled(detail, named == null ? unnamed : named);
        }
        if (status >= 300 && status < 400) {
            return new Indeterminate(
                    detail("the answer is a redirect to " + host(answer) + ", which is not followed", detail),
                    Reason.UNEXPECTED_REDIRECT,
                    null);
        }
        if (status == 408 || status == 406 || status >= 500) {
            return new Indeterminate(
                    detail, status == 503 || status == 406 ? Reason.ARM_UNAVAILABLE : Reason.ARM_UNREACHABLE, named);
        }
        if (rejectsVersion(status, code, text)) {
            return new Forbidden(detail, Reason.API_VERSION_REJECTED);
        }
        if (status == 401 && code.isEmpty() && isBare(answer)) {
            return new Forbidden(
                    detail("Azure refused the caller without a word (HTTP 401)", detail),
                    refusesToken(answer) ? Reason.AUTHENTICATION_FAILED : Reason.AUTHORIZATION_FAILED);
        }
        if (code.isEmpty() && (status == 404 || detail.equals(foreign(answer)))) {
            return new Indeterminate(
                    foreign(answer), Reason.BAD_ARM_RESPONSE, named); // not ARM's answer: a proxy's, or a truncated one
        }
        if (code.equals("scopelocked")) {
            return new Forbidden(detail, Reason.SCOPE_LOCKED);
        }
        if (UNREGISTERED.contains(code) || text.contains("rp not registered")) {
            return new Forbidden(detail, Reason.PROVIDER_NOT_REGISTERED);
        }
        if (code.equals("requestdisallowedbypolicy")) {
            return new Rejected(detail, Reason.DISALLOWED_BY_POLICY);
        }
        if (SCOPE_GONE.contains(code)) {
            return new ScopeNotFound(detail);
        }
        if (NO_CHARGES.contains(code)) {
            return new Rejected(detail, Reason.INVALID_REQUEST);
        }
        if (NO_RIGHT.contains(code) || status == 403) {
            return new Forbidden(detail, Reason.AUTHORIZATION_FAILED);
        }
        return switch (status) {
            case 401 ->
                new Forbidden(
                        detail,
                        refusesToken(answer) || OF_IDENTITY.contains(code)
                                ? Reason.AUTHENTICATION_FAILED
                                : Reason.AUTHORIZATION_FAILED);
            case 404 ->
                ABSENT.contains(code) ? new ResourceNotFound(detail) : new Forbidden(detail, Reason.SCOPE_NOT_FOUND);
            case 409, 412 -> new Conflict(detail);
            case 400 -> badRequest(detail, text);
            default -> new Rejected(detail, Reason.INVALID_REQUEST);
        };
    }

    /**
     * Whether a 401 is of the token, so that a new one may help. Cost Management also answers 401 to a caller who has
     * no role, in words or without any, after Azure Resource Manager has accepted the token (docs/azure.md, "Errors").
     */
    static boolean refusesToken(ArmResponse answer) {
        if (answer.status() != 401) {
            return false;
        }
        String code = detail(answer).code().toLowerCase(Locale.ROOT);
        return REFUSED_TOKEN.contains(code)
                || !OF_IDENTITY.contains(code) && !NO_RIGHT.contains(code) && challenges(answer);
    }

    /**
     * Cost Management's own 401 of a billing scope has no body; one of a proxy asks for the proxy's login, or has a
     * page.
     */
    private static boolean isBare(ArmResponse answer) {
        String challenge = answer.header("www-authenticate").toLowerCase(Locale.ROOT);
        boolean azures = challenge.isEmpty() || challenge.startsWith("bearer");
        String body = new String(answer.body(), StandardCharsets.UTF_8).strip();
        return azures
                && (body.isEmpty() || body.equals("{}") || !answer.requestId().isEmpty());
    }

    /** Of the whole operator, not of one object: a service that retires a version refuses each call with it. */
    private static boolean rejectsVersion(int status, String code, String text) {
        if (status != 400 && status != 404 && status != 409 && status != 410 || text.contains(TOO_NEW)) {
            return false;
        }
        if (OF_VERSION.contains(code)) {
            return true;
        }
        Matcher served = SERVED_VERSIONS.matcher(text);
        Matcher named = NAMED_VERSION.matcher(text);
        boolean isServed = served.find()
                && named.find()
                && Arrays.asList(served.group(1).split("[,\\s]+"))
                        .contains(named.group(1)); // then the location is what is missing
        return !isServed && REJECTED_VERSION.matcher(text).find();
    }

    private static boolean challenges(ArmResponse answer) {
        return CHALLENGE.matcher(answer.header("www-authenticate")).find();
    }

    private static ArmFailure badRequest(Detail detail, String text) {
        if (STALE_ETAG.matcher(text).find()) {
            return new Conflict(detail);
        }
        if (text.contains(TOO_NEW)) {
            return new Forbidden(detail, Reason.SUBSCRIPTION_TOO_NEW); // Azure accepts the subscription later
        }
        if (text.contains("email claim")) {
            return new Forbidden(detail, Reason.AUTHORIZATION_FAILED); // the identity, not the request, is the cause
        }
        return new Rejected(detail, Reason.INVALID_REQUEST, because(text));
    }

    private static Because because(String text) {
        if (text.contains("'from' value cannot be in the past")) {
            return Because.START_IS_PAST;
        }
        return text.contains("84 months") || text.contains("older than") ? Because.TOO_OLD : Because.OTHER;
    }

    /** A success whose body is not what ARM answers: nothing follows from it, least of all that something is absent. */
    public static Indeterminate unreadable(ArmResponse answer, String why) {
        return new Indeterminate(
                new Detail(answer.status(), "", clean(why), answer.requestId()), Reason.BAD_ARM_RESPONSE, null);
    }

    private static Detail detail(ArmResponse answer) {
        try {
            JsonNode body = BoundedJson.read(answer.body());
            JsonNode error = body.path("error");
            JsonNode named = error.isObject() ? error : body;
            String code = error.isObject() || named.path("code").isTextual()
                    ? named.path("code").asText("")
                    : ""; // a bare number is a proxy's
            String message = Stream.of(named, named.path("details").path(0), named.path("innererror"))
                    .map(part -> part.path("message").asText(""))
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElse("");
            if (!code.isEmpty() || error.isObject() && !message.isEmpty()) {
                return new Detail(answer.status(), clean(code), clean(message), answer.requestId());
            }
            String routed = withoutError(body, answer);
            if (!routed.isEmpty()) {
                return new Detail(answer.status(), "", clean(routed), answer.requestId());
            }
        } catch (IOException notJson) {
            // said below
        }
        return foreign(answer);
    }

    /**
     * The service's web framework answers in a shape of its own (docs/azure.md, "Errors"); a message alone may be a
     * proxy's.
     */
    private static String withoutError(JsonNode body, ArmResponse answer) {
        String message = member(body, "message");
        String detail = member(body, "messageDetail");
        boolean azures = !detail.isEmpty() || !answer.requestId().isEmpty();
        return message.isEmpty() || !azures ? "" : message + (detail.isEmpty() ? "" : " " + detail);
    }

    private static String member(JsonNode body, String name) {
        return body.properties().stream()
                .filter(member -> member.getKey().equalsIgnoreCase(name)
                        && member.getValue().isTextual())
                .map(member -> member.getValue().textValue())
                .findFirst()
                .orElse("");
    }

    private static Detail foreign(ArmResponse answer) {
        String type = answer.header("content-type");
        return new Detail(
                answer.status(),
                "",
                "HTTP " + answer.status() + " with a body that is not Azure Resource Manager's"
                        + (type.isEmpty() ? "" : " (" + clean(type) + ")"),
                answer.requestId());
    }

    private static Detail detail(String message, Detail detail) {
        return new Detail(detail.status(), "", clean(message), detail.requestId());
    }

    private static String host(ArmResponse answer) {
        String location = answer.header("location");
        int end = location.indexOf('?');
        return location.isEmpty() ? "nowhere" : end < 0 ? location : location.substring(0, end);
    }

    static String clean(String text) {
        return Json.shortened(
                SecretRedactor.of(CONTROL.matcher(text).replaceAll(" ")).strip(), MAX_MESSAGE);
    }
}
