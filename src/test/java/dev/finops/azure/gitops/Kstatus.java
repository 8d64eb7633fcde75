package dev.finops.azure.gitops;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How Flux and others who use kstatus read an object: the rules of cli-utils, {@code pkg/kstatus/status/generic.go}.
 */
public final class Kstatus {
    private Kstatus() {}

    public static String of(JsonNode object) {
        if (object.at("/metadata").has("deletionTimestamp")) {
            return "Terminating";
        }
        JsonNode observed = object.at("/status/observedGeneration");
        if (!observed.isMissingNode()
                && observed.asLong() != object.at("/metadata/generation").asLong()) {
            return "InProgress";
        }
        if (is(object, "Reconciling", "True")) {
            return "InProgress";
        }
        if (is(object, "Stalled", "True")) {
            return "Failed";
        }
        return is(object, "Ready", "False") || is(object, "Ready", "Unknown") ? "InProgress" : "Current";
    }

    private static boolean is(JsonNode object, String type, String status) {
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals(status);
            }
        }
        return false;
    }
}
