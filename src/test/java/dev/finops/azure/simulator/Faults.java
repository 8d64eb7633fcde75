package dev.finops.azure.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** The faults to come. A fault for the next request goes before one that lasts, and an older one before a newer one. */
public final class Faults {

    private record Planned(Match match, Fault fault, BooleanSupplier strikes) {}

    private final List<Planned> once = new ArrayList<>();
    private final List<Planned> lasting = new ArrayList<>();

    /** Hits one request. */
    public synchronized Faults next(Match match, Fault fault) {
        once.add(new Planned(match, fault, () -> true));
        return this;
    }

    /** Hits every request until {@link #clear()}. */
    public synchronized Faults while_(Match match, Fault fault) {
        lasting.add(new Planned(match, fault, () -> true));
        return this;
    }

    /** Hits a share of the requests, the same ones for the same seed, until {@link #clear()}. */
    public synchronized Faults sometimes(double share, long seed, Match match, Fault fault) {
        var random = new Random(seed);
        lasting.add(new Planned(match, fault, () -> random.nextDouble() < share));
        return this;
    }

    public synchronized void clear() {
        once.clear();
        lasting.clear();
    }

    /** Those planned for one request that no request has met. */
    public synchronized int pending() {
        return once.size();
    }

    synchronized Optional<Fault> meet(Operation operation, String path) {
        for (var planned : once) {
            if (planned.match.hits(operation, path)) {
                once.remove(planned);
                return Optional.of(planned.fault);
            }
        }
        return lasting.stream()
                .filter(planned -> planned.match.hits(operation, path) && planned.strikes.getAsBoolean())
                .map(Planned::fault)
                .findFirst();
    }
}
