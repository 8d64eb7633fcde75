package dev.finops.azure.costexport.arm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.costexport.export.Json;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.ArmFailure.Denied;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.ExportNotFound;
import dev.finops.azure.costexport.failure.ArmFailure.Outdated;
import dev.finops.azure.costexport.failure.ArmFailure.Refused;
import dev.finops.azure.costexport.failure.ArmFailure.ScopeNotFound;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled;
import dev.finops.azure.costexport.failure.ArmFailure.Unclear;
import dev.finops.azure.costexport.failure.Masked;
import dev.finops.azure.costexport.failure.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names what an answer that is no success means: by ARM's error code first, then by what is known of Cost Management's texts,
 * by HTTP status last (docs/azure.md, "Errors").
 */
final class Classifier {
  private static final int MAX_MESSAGE = 1024;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern STALE_ETAG = Pattern.compile("etag.*(required|match|latest|stale|outdated|conflict)");

  private static final Set<String> ABSENT = Set.of("404", "notfound", "exportnotfound");
  private static final Set<String> SCOPE_GONE = Set.of("subscriptionnotfound", "resourcegroupnotfound");
  private static final Set<String> UNREGISTERED =
      Set.of("missingsubscriptionregistration", "noregisteredproviderfound", "subscriptionnotregistered");
  private static final Set<String> NO_RIGHT = Set.of("authorizationfailed", "linkedauthorizationfailed", "rbacaccessdenied",
      "billingaccessdenied", "unauthorized", "accountcostdisabled", "departmentcostdisabled", "indirectcostdisabled",
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

  private static final Set<String> NO_CHARGES = Set.of("disallowedoperation", "subscriptiontypenotsupported");

  private Classifier() {}

  /** @param unnamed how long to wait when Azure throttles and names no time */
  static ArmFailure of(RawAnswer answer, Duration unnamed, Instant now) {
    Detail detail = detail(answer);
    String code = detail.code().toLowerCase(Locale.ROOT);
    String text = detail.message().toLowerCase(Locale.ROOT);
    Duration named = RetryAfter.of(answer.headers(), now).orElse(null);
    int status = answer.status();
    if (status == 429 || code.equals("resourcerequeststhrottled") || code.equals("subscriptionrequeststhrottled")) {
      return new Throttled(detail, named == null ? unnamed : named);
    }
    if (status >= 300 && status < 400) {
      return new Unclear(detail("the answer is a redirect to " + host(answer) + ", which is not followed", detail),
          Reason.UNEXPECTED_REDIRECT, null);
    }
    if (status == 408 || status >= 500) {
      return new Unclear(detail, status == 503 ? Reason.ARM_UNAVAILABLE : Reason.ARM_UNREACHABLE, named);
    }
    if (code.isEmpty() && (status == 404 || detail.equals(foreign(answer)))) {
      return new Unclear(foreign(answer), Reason.BAD_ARM_RESPONSE, named); // not ARM's answer: a proxy's, or a truncated one
    }
    if (code.equals("scopelocked")) {
      return new Denied(detail, Reason.SCOPE_LOCKED);
    }
    if (UNREGISTERED.contains(code) || text.contains("rp not registered")) {
      return new Denied(detail, Reason.PROVIDER_NOT_REGISTERED);
    }
    if (code.equals("requestdisallowedbypolicy")) {
      return new Refused(detail, Reason.DISALLOWED_BY_POLICY);
    }
    if (SCOPE_GONE.contains(code)) {
      return new ScopeNotFound(detail);
    }
    if (NO_CHARGES.contains(code)) {
      return new Refused(detail, Reason.INVALID_REQUEST);
    }
    if (NO_RIGHT.contains(code) || status == 403) {
      return new Denied(detail, Reason.AUTHORIZATION_FAILED);
    }
    return switch (status) {
      case 401 -> new Denied(detail, refusesToken(answer) || OF_IDENTITY.contains(code)
          ? Reason.AUTHENTICATION_FAILED : Reason.AUTHORIZATION_FAILED);
      case 404 -> ABSENT.contains(code) ? new ExportNotFound(detail) : new Denied(detail, Reason.SCOPE_NOT_FOUND);
      case 409, 412 -> new Outdated(detail);
      case 400 -> badRequest(detail, text);
      default -> new Refused(detail, Reason.INVALID_REQUEST);
    };
  }

  /**
   * Whether a 401 is of the token, so that a new one may help. Cost Management also answers 401 to a caller who has no role, in
   * words or without any, after Azure Resource Manager has accepted the token (docs/azure.md, "Errors").
   */
  static boolean refusesToken(RawAnswer answer) {
    if (answer.status() != 401) {
      return false;
    }
    String code = detail(answer).code().toLowerCase(Locale.ROOT);
    return REFUSED_TOKEN.contains(code) || !OF_IDENTITY.contains(code) && !NO_RIGHT.contains(code) && challenges(answer);
  }

  private static boolean challenges(RawAnswer answer) {
    return CHALLENGE.matcher(answer.header("www-authenticate")).find();
  }

  private static ArmFailure badRequest(Detail detail, String text) {
    if (STALE_ETAG.matcher(text).find()) {
      return new Outdated(detail);
    }
    if (text.contains("cost management data is not supported for subscription")) {
      return new Denied(detail, Reason.SUBSCRIPTION_TOO_NEW); // it passes by itself
    }
    if (text.contains("email claim")) {
      return new Denied(detail, Reason.AUTHORIZATION_FAILED); // not the request, who sends it
    }
    return new Refused(detail, Reason.INVALID_REQUEST);
  }

  /** A success whose body is not what ARM answers: nothing follows from it, least of all that something is absent. */
  static Unclear unreadable(RawAnswer answer, String why) {
    return new Unclear(new Detail(answer.status(), "", clean(why), answer.requestId()), Reason.BAD_ARM_RESPONSE, null);
  }

  private static Detail detail(RawAnswer answer) {
    try {
      JsonNode body = Trees.read(answer.body());
      JsonNode error = body.path("error");
      JsonNode named = error.isObject() ? error : body;
      String code = error.isObject() || named.path("code").isTextual() ? named.path("code").asText("") : ""; // a bare number is a proxy's
      String message = Stream.of(named, named.path("details").path(0), named.path("innererror")).map(part -> part.path("message").asText(""))
          .filter(text -> !text.isEmpty()).findFirst().orElse("");
      if (!code.isEmpty() || error.isObject() && !message.isEmpty()) {
        return new Detail(answer.status(), clean(code), clean(message), answer.requestId());
      }
    } catch (IOException notJson) {
      // said below
    }
    return foreign(answer);
  }

  private static Detail foreign(RawAnswer answer) {
    String type = answer.header("content-type");
    return new Detail(answer.status(), "", "HTTP " + answer.status() + " with a body that is not Azure Resource Manager's"
        + (type.isEmpty() ? "" : " (" + clean(type) + ")"), answer.requestId());
  }

  private static Detail detail(String message, Detail detail) {
    return new Detail(detail.status(), "", clean(message), detail.requestId());
  }

  private static String host(RawAnswer answer) {
    String location = answer.header("location");
    int end = location.indexOf('?');
    return location.isEmpty() ? "nowhere" : end < 0 ? location : location.substring(0, end);
  }

  static String clean(String text) {
    return Json.shortened(Masked.of(CONTROL.matcher(text).replaceAll(" ")).strip(), MAX_MESSAGE);
  }
}
