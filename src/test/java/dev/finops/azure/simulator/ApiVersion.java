package dev.finops.azure.simulator;

import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** An api-version of Microsoft.CostManagement/exports and the class of store behind it. */
record ApiVersion(String text, Store store) {

    /**
     * Exports of the NEW store are invisible to the versions of the OLD one; the order of dates is not the order of
     * features.
     */
    enum Store {
        OLD,
        NEW
    }

    private static final Map<String, Store> KNOWN = Map.ofEntries(
            Map.entry("2019-01-01", Store.OLD),
            Map.entry("2019-10-01", Store.OLD),
            Map.entry("2019-11-01", Store.OLD),
            Map.entry("2020-06-01", Store.OLD),
            Map.entry("2020-12-01-preview", Store.OLD),
            Map.entry("2021-01-01", Store.OLD),
            Map.entry("2021-10-01", Store.OLD),
            Map.entry("2022-10-01", Store.OLD),
            Map.entry("2023-03-01", Store.OLD),
            Map.entry("2023-04-01-preview", Store.OLD),
            Map.entry("2023-07-01-preview", Store.NEW),
            Map.entry("2023-08-01", Store.OLD),
            Map.entry("2023-09-01", Store.OLD),
            Map.entry("2023-11-01", Store.OLD),
            Map.entry("2024-08-01", Store.OLD),
            Map.entry("2024-10-01-preview", Store.NEW),
            Map.entry("2025-03-01", Store.NEW),
            Map.entry("2026-06-01", Store.NEW));

    static ApiVersion of(String text) {
        if (text == null || text.isBlank()) {
            throw new Refusal(Answer.error(
                    400,
                    "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests."));
        }
        var store = KNOWN.get(text);
        if (store == null) {
            throw new Refusal(Answer.error(
                    400,
                    "InvalidApiVersionParameter",
                    "The api-version '%s' is invalid. The supported versions are '%s'."
                            .formatted(text, String.join(",", new TreeSet<>(KNOWN.keySet()).descendingSet()))));
        }
        return new ApiVersion(text, store);
    }

    boolean isNew() {
        return store == Store.NEW;
    }

    boolean sees(Store other) {
        return isNew() || other == Store.OLD;
    }

    /** The two previews put the suspension into the schedule's status; the stable versions have no such value. */
    boolean namesSuspension() {
        return isNew() && text.endsWith("-preview");
    }

    /**
     * An error in the style of the store: the old one repeats the status as code and names the request, the new one
     * uses words.
     */
    Refusal refusal(int status, String message) {
        return new Refusal(
                switch (store) {
                    case OLD ->
                        Answer.error(
                                status, Integer.toString(status), message + " (Request ID: " + UUID.randomUUID() + ")");
                    case NEW -> Answer.error(status, word(status), message);
                });
    }

    Refusal invalid(String what) {
        return refusal(400, "Request properties validation failed: " + what);
    }

    private static String word(int status) {
        return switch (status) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            case 412 -> "PreconditionFailed";
            default -> Integer.toString(status);
        };
    }
}
