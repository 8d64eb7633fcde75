package dev.finops.azure.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A place in an ARM document, such as {@code properties.definition.type}. */
public record DocumentPath(String path) {

    /** The value there, or null. */
    public JsonNode in(JsonNode document) {
        JsonNode node = document;
        for (String step : steps()) {
            node = node.path(step);
        }
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    public void set(ObjectNode document, JsonNode value) {
        ObjectNode parent = document;
        for (String step : steps().subList(0, steps().size() - 1)) {
            parent = parent.get(step) instanceof ObjectNode child ? child : parent.putObject(step);
        }
        parent.set(steps().getLast(), value);
    }

    /** Takes the value out, and with it the objects that it leaves empty. */
    public void remove(ObjectNode document) {
        remove(document, steps());
    }

    private static void remove(ObjectNode parent, List<String> steps) {
        String step = steps.getFirst();
        if (steps.size() == 1) {
            parent.remove(step);
        } else if (parent.get(step) instanceof ObjectNode child) {
            remove(child, steps.subList(1, steps.size()));
            if (child.isEmpty()) {
                parent.remove(step);
            }
        }
    }

    private List<String> steps() {
        return List.of(path.split("\\."));
    }
}
