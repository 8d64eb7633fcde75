package dev.finops.azure.costexport.arm;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.CredentialUnavailableException;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.ArmFailure.Denied;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Unclear;
import dev.finops.azure.costexport.failure.Reason;
import io.netty.handler.proxy.ProxyConnectException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Names what it means that a call ended without an answer. */
final class TransportFault {
  /** How the library tells of an answer that is none of Entra's; the body, which follows, is not shown. */
  private static final Pattern UNKNOWN = Pattern.compile("Http request returned status code: (\\d{3})");

  private static final Pattern NOT_JSON = Pattern.compile("^(Unexpected character|Unrecognized token|Unexpected end-of-input)");

  private TransportFault() {}

  static ArmFailure of(RuntimeException fault) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = fault; cause != null && !causes.contains(cause); cause = cause.getCause()) {
      causes.add(cause);
    }
    boolean ofToken = causes.stream().anyMatch(TransportFault::isOfToken);
    Throwable deepest = causes.reversed().stream().filter(TransportFault::isOfNetwork).findFirst().orElse(null);
    if (ofToken && deepest == null) {
      Throwable told = causes.stream().filter(TransportFault::isOfToken).findFirst().orElseThrow();
      if (causes.stream().anyMatch(cause -> NOT_JSON.matcher(String.valueOf(cause.getMessage())).find())) {
        return new Unclear(new Detail(0, "", "the token endpoint answered what is not Entra's: a proxy's page, or a cut answer", ""), Reason.ARM_UNREACHABLE, null);
      }
      Matcher unknown = UNKNOWN.matcher(String.valueOf(told.getMessage()));
      if (unknown.find()) {
        Detail answered = new Detail(0, "", "the token endpoint answered HTTP " + unknown.group(1) + ", and not as Entra does", "");
        return unknown.group(1).startsWith("4") ? new Denied(answered, Reason.AUTHENTICATION_FAILED) : new Unclear(answered, Reason.ARM_UNREACHABLE, null);
      }
      return new Denied(new Detail(0, "", "no token: " + Classifier.clean(firstLine(told)), ""), Reason.AUTHENTICATION_FAILED);
    }
    String what = deepest == null ? firstLine(fault) : describe(deepest);
    String whom = ofToken ? "the token endpoint gave no answer: " : "Azure Resource Manager gave no answer: ";
    Reason reason = fault instanceof BoundedHttp.AnswerTooLarge ? Reason.BAD_ARM_RESPONSE : Reason.ARM_UNREACHABLE;
    return new Unclear(new Detail(0, "", Classifier.clean(whom + what), ""), reason, null);
  }

  private static boolean isOfToken(Throwable cause) {
    return cause instanceof ClientAuthenticationException || cause instanceof CredentialUnavailableException
        || cause.getClass().getName().startsWith("com.microsoft.aad.msal4j.");
  }

  private static boolean isOfNetwork(Throwable cause) {
    return cause instanceof IOException || cause instanceof TimeoutException;
  }

  private static String describe(Throwable cause) {
    return switch (cause) {
      case UnknownHostException unknown -> "the host name " + unknown.getMessage() + " is not known";
      case SSLException tls -> "TLS: " + firstLine(tls);
      case TimeoutException late -> "it took too long";
      case ProxyConnectException refused -> "the proxy did not connect (HTTPS_PROXY): " + firstLine(refused);
      default -> firstLine(cause);
    };
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return message.lines().findFirst().orElse(message);
  }
}
