package dev.finops.azure.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Those who wait. The more urgent goes first; among equals the namespaces take turns, and of one namespace who came
 * first. Of every
 * five one is whoever waits longest, so that a stream of urgent ones starves nobody. Whoever is called has a while to
 * come.
 */
public final class FairQueue {
    /** How long a turn is kept for who was called. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private static final int OLDEST_OF = 5;

    private final Map<String, Place> byAge = new LinkedHashMap<>();
    private final Map<Priority, Ranks> ranks = new EnumMap<>(Priority.class);
    private final Map<String, Instant> called = new HashMap<>();
    private long arrivals;
    private long taken;

    /** @param round how often its namespace had its turn before */
    private record Place(Waiter caller, long round, long arrival) {}

    private static final class Ranks {
        final TreeSet<Place> places =
                new TreeSet<>(Comparator.comparingLong(Place::round).thenComparingLong(Place::arrival));
        final Map<String, Long> lastRounds = new HashMap<>();
        long round;

        long nextRound(String namespace) {
            long next = Math.max(round, lastRounds.getOrDefault(namespace, -1L) + 1);
            lastRounds.put(namespace, next);
            return next;
        }
    }

    public boolean isEmpty() {
        return byAge.isEmpty();
    }

    public int size() {
        return byAge.size();
    }

    /** Who waits already keeps the place, unless it has become more or less urgent. */
    public void join(Waiter caller) {
        Place known = byAge.get(caller.key());
        if (known != null && known.caller.urgency() == caller.urgency()) {
            return;
        }
        if (known != null) {
            leave(caller.key());
        }
        Ranks equals = ranks.computeIfAbsent(caller.urgency(), urgency -> new Ranks());
        Place place = new Place(caller, equals.nextRound(caller.namespace()), arrivals++);
        equals.places.add(place);
        byAge.put(caller.key(), place);
    }

    private void leave(String key) {
        Place place = byAge.remove(key);
        if (place != null) {
            Ranks equals = ranks.get(place.caller.urgency());
            equals.places.remove(place);
            if (equals.places.isEmpty()) {
                ranks.remove(place.caller.urgency());
            }
        }
    }

    /** Everybody goes, those who came first before the others. */
    public List<Waiter> leaveAll() {
        List<Waiter> all = byAge.values().stream().map(Place::caller).toList();
        byAge.clear();
        ranks.clear();
        return all;
    }

    /** Whose turn it is, which is kept for it; the line must not be empty. */
    public Waiter call(Instant now) {
        Waiter caller = take();
        called.put(caller.key(), now.plus(KEPT));
        return caller;
    }

    /** Whether it was called, and its turn has not passed. */
    public boolean comes(String key) {
        return called.remove(key) != null;
    }

    /** How many turns are kept. */
    int called() {
        return called.size();
    }

    /** @return how many did not come while their turn was kept */
    public int passed(Instant now) {
        int before = called.size();
        called.values().removeIf(until -> until.isBefore(now));
        return before - called.size();
    }

    private Waiter take() {
        Place place = ++taken % OLDEST_OF == 0
                ? byAge.values().iterator().next()
                : ranks.values().iterator().next().places.first();
        ranks.get(place.caller.urgency()).round = place.round;
        leave(place.caller.key());
        return place.caller;
    }

    /** How many go before it. */
    public int ahead(Waiter caller) {
        Place place = byAge.get(caller.key());
        int moreUrgent = ranks.entrySet().stream()
                .filter(other -> other.getKey().compareTo(caller.urgency()) < 0)
                .mapToInt(other -> other.getValue().places.size())
                .sum();
        return moreUrgent + ranks.get(caller.urgency()).places.headSet(place).size();
    }
}
