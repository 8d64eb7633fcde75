package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/** Who does something: an application by its client id, or a user by e-mail. */
record Principal(String id) {

    static Principal of(String id) {
        return new Principal(id);
    }

    boolean isPerson() {
        return id.contains("@");
    }

    String type() {
        return isPerson() ? "User" : "Application";
    }

    /** ARM's record of who created and last modified a resource. */
    ObjectNode systemData(Optional<ObjectNode> before, Instant now) {
        var data = before.map(ObjectNode::deepCopy)
                .orElseGet(() -> Json.object()
                        .put("createdBy", id)
                        .put("createdByType", type())
                        .put("createdAt", Run.SEVEN_DIGITS.format(now)));
        return data.put("lastModifiedBy", id)
                .put("lastModifiedByType", type())
                .put("lastModifiedAt", Run.SEVEN_DIGITS.format(now));
    }
}
