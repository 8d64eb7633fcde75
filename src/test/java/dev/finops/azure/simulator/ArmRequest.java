package dev.finops.azure.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A request as it came in. Names of headers are in lower case. */
record ArmRequest(String method, String path, Map<String, String> query, Map<String, String> headers, String text) {

    private static final Pattern EXPORTS = Pattern.compile(
            "(?<scope>.*)/providers/Microsoft\\.CostManagement/exports(?:/(?<name>[^/]+)(?<action>/run|/runHistory)?)?/?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern TOKEN = Pattern.compile("/[^/]+/oauth2(?:/v2\\.0)?/token", Pattern.CASE_INSENSITIVE);

    /** The operation on exports that a request names, and on what. */
    record Target(Operation operation, String scope, String name) {}

    /**
     * From the target of the request line, which is no URI: a path with a doubled slash at its start would be taken for
     * a host.
     */
    static ArmRequest of(String method, String target, Map<String, String> headers, String text) {
        var parts = target.split("\\?", 2);
        return new ArmRequest(
                method, decode(parts[0].replace("+", "%2B")), pairs(parts.length > 1 ? parts[1] : ""), headers, text);
    }

    /** The pairs of a query or of a form. */
    static Map<String, String> pairs(String text) {
        var pairs = new TreeMap<String, String>();
        for (var pair : text.split("&")) {
            var parts = pair.split("=", 2);
            if (!parts[0].isEmpty()) pairs.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
        }
        return pairs;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    Optional<Target> target() {
        var matcher = EXPORTS.matcher(path);
        if (!matcher.matches()) return Optional.empty();
        var name = matcher.group("name");
        var action =
                matcher.group("action") == null ? "" : matcher.group("action").toLowerCase();
        var operation = switch (method + action) {
            case "GET" -> name == null ? Operation.LIST : Operation.GET;
            case "PUT" -> Operation.PUT;
            case "DELETE" -> Operation.DELETE;
            case "POST/run" -> Operation.RUN;
            case "GET/runhistory" -> Operation.HISTORY;
            default -> null;
        };
        if (operation == null || name == null && operation != Operation.LIST) return Optional.empty();
        return Optional.of(new Target(operation, matcher.group("scope"), name));
    }

    boolean isOfCostManagement() {
        return path.toLowerCase(Locale.ROOT).contains("/providers/microsoft.costmanagement/");
    }

    Operation operation() {
        if (TOKEN.matcher(path).matches()) return Operation.TOKEN;
        return target().map(Target::operation).orElse(Operation.OTHER);
    }

    ApiVersion apiVersion() {
        return ApiVersion.of(query.get("api-version"));
    }

    boolean expandsRunHistory() {
        return query.getOrDefault("$expand", "").equalsIgnoreCase("runHistory");
    }
}
