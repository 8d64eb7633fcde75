package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent back; as a fault, instead of what the simulator would say. */
public record Answer(int status, Map<String, String> headers, String body) implements Fault {

    public static Answer json(int status, JsonNode body) {
        return new Answer(status, Map.of("Content-Type", "application/json; charset=utf-8"), body.toString());
    }

    public static Answer empty(int status) {
        return new Answer(status, Map.of(), "");
    }

    /** The error shape of ARM and of Cost Management; the latter never fills in details. */
    public static Answer error(int status, String code, String message) {
        var body = Json.object();
        body.putObject("error").put("code", code).put("message", message);
        return json(status, body);
    }

    public Answer with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }
}
