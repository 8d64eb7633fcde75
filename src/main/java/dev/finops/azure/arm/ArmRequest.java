package dev.finops.azure.arm;

import com.azure.core.http.HttpMethod;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.document.Scope;
import java.util.Optional;

/**
 * One call to Azure Resource Manager.
 *
 * @param scope the scope whose rate limits count it
 * @param path of the resource, from the slash after the host, not encoded
 * @param query of the operation, without the api-version; empty without one
 */
public record ArmRequest(
        Operation operation, HttpMethod method, Scope scope, String path, String query, Optional<ObjectNode> body) {

    public static ArmRequest get(Operation operation, Scope scope, String path, String query) {
        return new ArmRequest(operation, HttpMethod.GET, scope, path, query, Optional.empty());
    }

    public static ArmRequest put(Operation operation, Scope scope, String path, ObjectNode body) {
        return new ArmRequest(operation, HttpMethod.PUT, scope, path, "", Optional.of(body));
    }

    public static ArmRequest post(Operation operation, Scope scope, String path, Optional<ObjectNode> body) {
        return new ArmRequest(operation, HttpMethod.POST, scope, path, "", body);
    }

    public static ArmRequest delete(Operation operation, Scope scope, String path) {
        return new ArmRequest(operation, HttpMethod.DELETE, scope, path, "", Optional.empty());
    }
}
