package dev.finops.azure.gitops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.packaged.Chart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The scripts of {@code deploy/argocd}, run by the interpreter that Argo CD embeds, with the libraries that it lets
 * them have.
 */
public final class ArgoCd {
    public static final Path SCRIPTS = Path.of("deploy/argocd/resource_customizations/azure.finops.dev/CostExport");
    private static final Path HARNESS = Path.of("src/test/resources/gitops/argocd.lua");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ArgoCd() {}

    /** {@code {"status": "Healthy", "message": "Applied: …"}} */
    public static JsonNode health(JsonNode object) {
        return run("health.lua", object);
    }

    /** {@code {"run-now": {"disabled": false, …}, …}} */
    static JsonNode actions(JsonNode object) {
        return run("actions/discovery.lua", object);
    }

    /** The object as the action would have it. */
    static JsonNode action(String name, JsonNode object) {
        return run("actions/" + name + "/action.lua", object);
    }

    private static JsonNode run(String script, JsonNode object) {
        try {
            Path literal = Files.createTempFile("object-", ".lua");
            try {
                Files.writeString(literal, "return " + lua(object));
                ProcessBuilder interpreter = new ProcessBuilder(Chart.tool("glua"), HARNESS.toString());
                interpreter.environment().put("SCRIPT", SCRIPTS.resolve(script).toString());
                interpreter.environment().put("OBJECT", literal.toString());
                String printed = Chart.run(interpreter).orFail();
                try {
                    return JSON.readTree(printed);
                } catch (JsonProcessingException e) {
                    throw new AssertionError(script + " printed " + printed, e);
                }
            } finally {
                Files.delete(literal);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lua(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .filter(member -> !member.getValue().isNull())
                    .map(member -> "[" + lua(member.getKey()) + "]=" + lua(member.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(ArgoCd::lua)
                    .collect(Collectors.joining(",", "{", "}"));
        }
        return value.isTextual() ? lua(value.asText()) : value.isNull() ? "nil" : value.asText();
    }

    private static String lua(String text) {
        return text.chars()
                .mapToObj(c -> c < ' ' || c == '"' || c == '\\' ? "\\%03d".formatted(c) : Character.toString(c))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
