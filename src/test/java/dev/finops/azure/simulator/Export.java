package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One state of an export. The document has what the service keeps: eTag, identity, location, systemData and properties,
 * never changed in place.
 *
 * @param scheduledFrom runs that the schedule asks for after this time are still to be added
 */
record Export(
        Scope scope,
        String name,
        ApiVersion.Store store,
        ObjectNode document,
        Optional<Suspension> suspension,
        Instant scheduledFrom) {

    record Suspension(String code, String reason, Instant since) {}

    String id() {
        return "/" + scope.path() + "/providers/Microsoft.CostManagement/exports/" + name;
    }

    String eTag() {
        return document.path("eTag").asText();
    }

    ObjectNode properties() {
        return (ObjectNode) document.path("properties");
    }

    Optional<Instant> nextRun(Instant after) {
        return suspension.isPresent()
                ? Optional.empty()
                : Schedule.active(properties()).flatMap(schedule -> schedule.nextAfter(after));
    }

    Export scheduledFrom(Instant instant) {
        return new Export(scope, name, store, document, suspension, instant);
    }
}
