package dev.finops.azure.arm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP answer as it came.
 *
 * @param headers by lower-case name
 */
public record ArmResponse(int status, Map<String, String> headers, byte[] body) {

    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public String requestId() {
        return header("x-ms-request-id");
    }

    /** A guess: the pages of a proxy are HTML or text. */
    public boolean isAzures() {
        return !requestId().isEmpty() || header("content-type").contains("json");
    }

    /** The successes of Azure Resource Manager. Another one, such as partial content, comes from an intermediary. */
    public boolean ok() {
        return status == 200 || status == 201 || status == 202 || status == 204;
    }

    /** The body as JSON; empty when it is something else. */
    public Optional<JsonNode> json() {
        try {
            return Optional.of(BoundedJson.read(body));
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }
}
