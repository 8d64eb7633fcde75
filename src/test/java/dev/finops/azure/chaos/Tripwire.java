package dev.finops.azure.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator calls, in order. At one point of it the operator is killed, and from then on nothing of it passes.
 */
final class Tripwire {

    /** Of the operator's call: before it has left, or after it has been answered and before the operator knows. */
    enum Side {
        BEFORE,
        AFTER
    }

    /** @param nth of the calls of this kind */
    record Call(String what, int nth) {
        @Override
        public String toString() {
            return what + " #" + nth;
        }
    }

    record Point(Call call, Side side) {
        @Override
        public String toString() {
            return side.name().toLowerCase() + " " + call;
        }
    }

    @FunctionalInterface
    interface Carried<T, E extends Exception> {
        T answer() throws E;
    }

    private final Map<String, Integer> counts = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private Optional<Point> point = Optional.empty();
    private Runnable kill = () -> {};
    private boolean dead;

    /** From now on calls are counted, and at the point, if there is one, the operator is killed. */
    synchronized void set(Optional<Point> at, Runnable killing) {
        counts.clear();
        calls.clear();
        point = at;
        kill = killing;
    }

    synchronized boolean hasKilled() {
        return dead;
    }

    /** Another operator is about to start. */
    synchronized void revive() {
        dead = false;
        point = Optional.empty();
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** @return empty when the operator is not to have an answer any more */
    <T, E extends Exception> Optional<T> across(String what, Carried<T, E> carried) throws E {
        Call call = begun(what);
        if (isLast(call, Side.BEFORE)) {
            return Optional.empty();
        }
        T answer = carried.answer();
        return isLast(call, Side.AFTER) ? Optional.empty() : Optional.of(answer);
    }

    private synchronized Call begun(String what) {
        Call call = new Call(what, counts.merge(what, 1, Integer::sum));
        calls.add(call);
        return call;
    }

    private synchronized boolean isLast(Call call, Side side) {
        if (!dead && point.filter(new Point(call, side)::equals).isPresent()) {
            dead = true;
            kill.run(); // and whatever else it was about to do waits for this one
        }
        return dead;
    }
}
