package dev.finops.azure.export.delivery;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.SecretRedactor;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** The storage account could not be asked, or would not say; in storage's words where there are any. */
final class StorageErrorClassifier extends RuntimeException {
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^\n<]+)");
    private static final int MAX_MESSAGE = 512;

    StorageErrorClassifier(String message) {
        super(clean(message));
    }

    static StorageErrorClassifier of(Throwable fault) {
        return switch (telling(fault)) {
            case StorageErrorClassifier told -> told;
            case BlobStorageException refusal ->
                new StorageErrorClassifier("it answers " + words(refusal) + remedy(refusal.getErrorCode()));
            case Throwable denied
            when isOfToken(denied) ->
                new StorageErrorClassifier(
                        "no token: " + firstLine(denied).replaceFirst(" Trace ID: .*| with http body.*", ""));
            case UnknownHostException unknown ->
                new StorageErrorClassifier("the host name " + unknown.getMessage() + " is not known");
            case SSLException tls -> new StorageErrorClassifier("TLS: " + firstLine(tls));
            case TimeoutException _ -> new StorageErrorClassifier("it took too long");
            case Throwable other -> new StorageErrorClassifier(firstLine(other));
        };
    }

    /**
     * Storage's code, and the first line of its message: the others are the request's id and time, new in each answer.
     */
    static String words(BlobStorageException refusal) {
        // The SDK wraps the XML in advice of its own; the answer to a HEAD has no XML.
        Matcher message = MESSAGE.matcher(refusal.getMessage());
        return message.find()
                ? refusal.getErrorCode() + ": " + message.group(1).strip()
                : "HTTP " + refusal.getStatusCode() + ", " + refusal.getErrorCode();
    }

    private static String remedy(BlobErrorCode code) {
        return BlobErrorCode.AUTHORIZATION_FAILURE.equals(code)
                ? " The account's network rules may not let this operator in."
                : "";
    }

    /** The first cause that says more than "an error occurred", else the fault itself. */
    private static Throwable telling(Throwable fault) {
        return Stream.iterate(fault, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .filter(cause -> cause instanceof StorageErrorClassifier
                        || cause instanceof BlobStorageException
                        || isOfToken(cause)
                        || cause instanceof IOException
                        || cause instanceof TimeoutException)
                .findFirst()
                .orElse(fault);
    }

    private static boolean isOfToken(Throwable cause) {
        return cause instanceof ClientAuthenticationException
                || cause.getClass().getName().startsWith("com.microsoft.aad.msal4j.");
    }

    private static String firstLine(Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.lines().findFirst().orElse(message);
    }

    private static String clean(String message) {
        return Json.shortened(
                SecretRedactor.of(message).replaceAll("\\p{Cntrl}", " ").strip(), MAX_MESSAGE);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
