package dev.finops.azure.simulator;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How the simulated Azure answers where the real one varies, or where no source decides.
 *
 * @param runsPerMinute runs accepted per scope and minute before 429
 * @param respellings how answers differ from what was sent
 * @param ignoredFields paths such as {@code properties.exportDescription} that are answered with success and dropped
 * @param choices the points that do not have their default
 */
public record Behaviour(
        Map<Pace, Duration> paces,
        int runsPerMinute,
        Set<Respelling> respellings,
        Set<String> ignoredFields,
        Map<Place, Set<String>> places,
        Map<Class<? extends Choice>, Choice> choices) {

    public Behaviour {
        paces = Map.copyOf(paces);
        respellings = Set.copyOf(respellings);
        ignoredFields = Set.copyOf(ignoredFields);
        places = Map.copyOf(places);
        choices = Map.copyOf(choices);
    }

    public static Behaviour defaults() {
        return new Behaviour(Map.of(), 10, Respelling.LIVE, Set.of(), Map.of(), Map.of());
    }

    /** Whether a point has this answer. */
    public boolean is(Choice choice) {
        return choices.containsKey(choice.getClass()) ? choices.get(choice.getClass()) == choice : choice.isDefault();
    }

    /** The answer of a point. */
    <C extends Enum<C> & Choice> C of(Class<C> point) {
        return point.cast(choices.getOrDefault(point, point.getEnumConstants()[0]));
    }

    public Duration takes(Pace pace) {
        return paces.getOrDefault(pace, pace.usual);
    }

    /** The scopes, subscriptions or accounts that have a property. */
    Set<String> where(Place place) {
        return places.getOrDefault(place, Set.of());
    }

    boolean covers(Place place, Scope scope) {
        return where(place).stream().anyMatch(scope::within);
    }

    public Behaviour with(Choice... changed) {
        var more = new HashMap<>(choices);
        for (var choice : changed) more.put(choice.getClass(), choice);
        return new Behaviour(paces, runsPerMinute, respellings, ignoredFields, places, more);
    }

    public Behaviour with(Pace pace, Duration value) {
        var more = new HashMap<>(paces);
        more.put(pace, value);
        return new Behaviour(more, runsPerMinute, respellings, ignoredFields, places, choices);
    }

    public Behaviour with(Place place, String... values) {
        var more = new EnumMap<Place, Set<String>>(Place.class);
        more.putAll(places);
        more.put(place, Set.of(values));
        return new Behaviour(paces, runsPerMinute, respellings, ignoredFields, more, choices);
    }

    public Behaviour withLatency(Duration value) {
        return with(Pace.LATENCY, value);
    }

    public Behaviour withTokenLifetime(Duration value) {
        return with(Pace.TOKEN_LIFETIME, value);
    }

    public Behaviour withQueuedFor(Duration value) {
        return with(Pace.RUN_WAITS, value);
    }

    public Behaviour withInProgressFor(Duration value) {
        return with(Pace.RUN_TAKES, value);
    }

    public Behaviour withLateReads(Duration value) {
        return with(Pace.READS_LAG, value);
    }

    public Behaviour withStaleETagStatus(int value) {
        return with(Stream.of(Choice.StaleETag.values())
                .filter(choice -> choice.status == value)
                .findFirst()
                .orElseThrow());
    }

    public Behaviour withMissingDeleteStatus(int value) {
        return with(Stream.of(Choice.MissingDelete.values())
                .filter(choice -> choice.status == value)
                .findFirst()
                .orElseThrow());
    }

    public Behaviour withRunsPerMinute(int value) {
        return new Behaviour(paces, value, respellings, ignoredFields, places, choices);
    }

    public Behaviour withArmQuota(boolean kept) {
        return with(kept ? Choice.ArmBuckets.KEPT : Choice.ArmBuckets.OPEN);
    }

    public Behaviour withRespellings(Respelling... values) {
        return new Behaviour(paces, runsPerMinute, Set.of(values), ignoredFields, places, choices);
    }

    public Behaviour withIgnoredFields(String... values) {
        return new Behaviour(paces, runsPerMinute, respellings, Set.of(values), places, choices);
    }

    public Behaviour withDeniedScopes(String... values) {
        return with(Place.DENIED, values);
    }

    public Behaviour withPayAsYouGoScopes(String... values) {
        return with(Place.PAY_AS_YOU_GO, values);
    }

    public Behaviour withUnregisteredSubscriptions(String... values) {
        return with(Place.UNREGISTERED, values);
    }

    public Behaviour withEmailClaimRequired(boolean required) {
        return with(required ? Choice.RunToken.WITH_EMAIL : Choice.RunToken.ANY);
    }
}
