package dev.finops.azure.arm;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.CredentialUnavailableException;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Forbidden;
import dev.finops.azure.arm.ArmFailure.Indeterminate;
import io.netty.handler.proxy.ProxyConnectException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Maps a call that ended without a response to a failure. */
public final class TransportErrorClassifier {
    /** How the library reports a response that is not Entra's. The body that follows is not shown. */
    private static final Pattern UNKNOWN = Pattern.compile("Http request returned status code: (\\d{3})");

    private static final Pattern NOT_JSON =
            Pattern.compile("^(Unexpected character|Unrecognized token|Unexpected end-of-input)");

    private TransportErrorClassifier() {}

    public static ArmFailure of(RuntimeException fault) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = fault; cause != null && !causes.contains(cause); cause = cause.getCause()) {
            causes.add(cause);
        }
        boolean ofToken = causes.stream().anyMatch(TransportErrorClassifier::isOfToken);
        Throwable deepest = causes.reversed().stream()
                .filter(TransportErrorClassifier::isOfNetwork)
                .findFirst()
                .orElse(null);
        if (ofToken && deepest == null) {
            Throwable told = causes.stream()
                    .filter(TransportErrorClassifier::isOfToken)
                    .findFirst()
                    .orElseThrow();
            if (causes.stream()
                    .anyMatch(cause ->
                            NOT_JSON.matcher(String.valueOf(cause.getMessage())).find())) {
                return new Indeterminate(
                        new Detail(
                                0,
                                "",
                                "the token endpoint answered what is not Entra's: a proxy's page, or a cut answer",
                                ""),
                        Reason.ARM_UNREACHABLE,
                        null);
            }
            Matcher unknown = UNKNOWN.matcher(String.valueOf(told.getMessage()));
            if (unknown.find()) {
                Detail answered = new Detail(
                        0, "", "the token endpoint answered HTTP " + unknown.group(1) + ", and not as Entra does", "");
                return unknown.group(1).startsWith("4")
                        ? new Forbidden(answered, Reason.AUTHENTICATION_FAILED)
                        : new Indeterminate(answered, Reason.ARM_UNREACHABLE, null);
            }
            return new Forbidden(
                    new Detail(0, "", "no token: " + ErrorClassifier.clean(firstLine(told)), ""),
                    Reason.AUTHENTICATION_FAILED);
        }
        String what = deepest == null ? firstLine(fault) : describe(deepest);
        String whom = ofToken ? "the token endpoint gave no answer: " : "Azure Resource Manager gave no answer: ";
        Reason reason =
                fault instanceof BoundedHttpClient.AnswerTooLarge ? Reason.BAD_ARM_RESPONSE : Reason.ARM_UNREACHABLE;
        return new Indeterminate(new Detail(0, "", ErrorClassifier.clean(whom + what), ""), reason, null);
    }

    private static boolean isOfToken(Throwable cause) {
        return cause instanceof ClientAuthenticationException
                || cause instanceof CredentialUnavailableException
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
