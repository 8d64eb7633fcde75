package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.CredentialUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransportErrorClassifierTest {

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        new RuntimeException(new ConnectException("Connection refused\n\tat x")),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: Connection refused"),
                Arguments.of(
                        new RuntimeException(new UnknownHostException("arm.example")),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: the host name arm.example is not known"),
                Arguments.of(
                        new RuntimeException(new SSLHandshakeException("certificate expired")),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: TLS: certificate expired"),
                Arguments.of(
                        new RuntimeException(new TimeoutException("Did not observe any item")),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: it took too long"),
                Arguments.of(
                        new RuntimeException(new IOException("reset while sending ?sig=secret")),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: reset while sending ?sig=***"),
                Arguments.of(
                        new IllegalStateException(),
                        "ArmUnreachable",
                        "Azure Resource Manager gave no answer: IllegalStateException"),
                Arguments.of(
                        new ClientAuthenticationException("AADSTS7000215: Invalid client secret\nTrace ID: 1", null),
                        "AuthenticationFailed",
                        "no token: AADSTS7000215: Invalid client secret"),
                Arguments.of(
                        new ClientAuthenticationException(
                                "Unknown service exception. Http request returned status code: 502 with "
                                        + "http body: <html>",
                                null),
                        "ArmUnreachable",
                        "the token endpoint answered HTTP 502, and not as Entra does"),
                Arguments.of(
                        new ClientAuthenticationException(
                                "Unknown service exception. Http request returned status code: 407 with "
                                        + "http body: <html>",
                                null),
                        "AuthenticationFailed",
                        "the token endpoint answered HTTP 407, and not as Entra does"),
                Arguments.of(
                        new ClientAuthenticationException(
                                "Unexpected character ('<' (code 60)): expected a valid value", null),
                        "ArmUnreachable",
                        "the token endpoint answered what is not Entra's: a proxy's page, or a cut answer"),
                Arguments.of(
                        new RuntimeException(new CredentialUnavailableException("no managed identity here")),
                        "AuthenticationFailed",
                        "no token: no managed identity here"),
                Arguments.of(
                        new ClientAuthenticationException("no token", null, new ConnectException("refused")),
                        "ArmUnreachable",
                        "the token endpoint gave no answer: refused"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isToldInOneLine(RuntimeException fault, String reason, String text) {
        ArmFailure failure = TransportErrorClassifier.of(fault);

        assertEquals(reason, failure.reason().toString());
        assertEquals(text, failure.detail().text());
    }
}
