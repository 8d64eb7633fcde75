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
 * A fair priority queue. Higher priorities go first, namespaces of one priority alternate, and one namespace is first
 * in, first out. Every fifth call goes to the longest waiter, so that a stream of urgent calls starves no other caller. A called
 * waiter has a limited time to come.
 */
public final class FairQueue {
    /** How long a called waiter keeps its place. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private static final int OLDEST_OF = 5;

    private final Map<String, Place> byAge = new LinkedHashMap<>();
    private final Map<Priority, Ranks> ranks = new EnumMap<>(Priority.class);
    private final Map<String, Instant> called = new HashMap<>();
    private long arrivals;
    private long taken;

    /** @param round how many calls its namespace had before */
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

    /** A waiter that is queued already keeps its place, unless its priority has changed. */
    public void join(Waiter caller) {
        Place known = byAge.get(caller.key());
        if (known != null && known.caller.priority() == caller.priority()) {
            return;
        }
        if (known != null) {
            leave(caller.key());
        }
        Ranks equals = ranks.computeIfAbsent(caller.priority(), urgency -> new Ranks());
        Place place = new Place(caller, equals.nextRound(caller.namespace()), arrivals++);
        equals.places.add(place);
        byAge.put(caller.key(), place);
    }

    private void leave(String key) {
        Place place = byAge.remove(key);
        if (place != null) {
            Ranks equals = ranks.get(place.caller.priority());
            equals.places.remove(place);
            if (equals.places.isEmpty()) {
                ranks.remove(place.caller.priority());
            }
        }
    }

    /** Removes all waiters, in the order of their arrival. */
    public List<Waiter> leaveAll() {
        List<Waiter> all = byAge.values().stream().map(Place::caller).toList();
        byAge.clear();
        ranks.clear();
        return all;
    }

    /** Calls the next waiter and keeps its place; the queue must not be empty. */
    public Waiter call(Instant now) {
        Waiter caller = take();
        called.put(caller.key(), now.plus(KEPT));
        return caller;
    }

    /** Whether the waiter was called and still has its place. */
    public boolean comes(String key) {
        return called.remove(key) != null;
    }

    /** How many turns are kept. */
    int called() {
        return called.size();
    }

    /** @return how many called waiters did not come in time */
    public int passed(Instant now) {
        int before = called.size();
        called.values().removeIf(until -> until.isBefore(now));
        return before - called.size();
    }

    private Waiter take() {
        Place place = ++taken % OLDEST_OF == 0
                ? byAge.values().iterator().next()
                : ranks.values().iterator().next().places.first();
        ranks.get(place.caller.priority()).round = place.round;
        leave(place.caller.key());
        return place.caller;
    }

    /** How many go before it. */
    public int ahead(Waiter caller) {
        Place place = byAge.get(caller.key());
        int moreUrgent = ranks.entrySet().stream()
                .filter(other -> other.getKey().compareTo(caller.priority()) < 0)
                .mapToInt(other -> other.getValue().places.size())
                .sum();
        return moreUrgent + ranks.get(caller.priority()).places.headSet(place).size();
    }
}
