package dev.finops.azure.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A path inside an ARM document, such as {@code properties.definition.type}.
 *
 * @param steps the names of the members, from the document down
 */
public record DocumentPath(List<String> steps) {

    public DocumentPath(String path) {
        this(List.of(path.split("\\.")));
    }

    public String path() {
        return String.join(".", steps);
    }

    /** The value there, or null. */
    public JsonNode in(JsonNode document) {
        JsonNode node = document;
        for (String step : steps) {
            node = node.path(step);
        }
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    public void set(ObjectNode document, JsonNode value) {
        ObjectNode parent = document;
        for (String step : steps.subList(0, steps.size() - 1)) {
            parent = parent.get(step) instanceof ObjectNode child ? child : parent.putObject(step);
        }
        parent.set(steps.getLast(), value);
    }

    /** Takes the value out, and with it the objects that it leaves empty. */
    public void remove(ObjectNode document) {
        remove(document, steps);
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
}
