package dev.finops.azure.bench;

import java.time.Duration;

/**
 * How much the benchmark does.
 *
 * @param starts of the operator, of which the median counts
 * @param exports that are applied at once, and then looked at
 * @param quota exports in one subscription, more than its bucket has
 * @param first of the exports of a large estate, during whose creation others are changed
 * @param many of them in the end
 * @param scopes that they are in
 * @param rest how long it is looked at rest
 * @param polls of each scope: 288 make a day
 * @param pollsOfMany of each scope of the large estate
 * @param idle what is counted in an idle hour
 */
record Size(
        int starts,
        int exports,
        int quota,
        int first,
        int many,
        int scopes,
        Duration rest,
        int polls,
        int pollsOfMany,
        Idle idle) {
    static final Size FULL =
            new Size(5, 1000, 600, 5000, 10_000, 10, Duration.ofMinutes(5), 288, 36, new Idle(100, 10, 30));
    static final Size SMALL = new Size(1, 20, 20, 20, 40, 2, Duration.ofSeconds(3), 3, 3, new Idle(4, 1, 600));

    /**
     * @param exports each in a scope of its own
     * @param withoutRole of them
     * @param timesFaster than the clock: all intervals of the configuration are so much shorter, and so is the hour
     */
    record Idle(int exports, int withoutRole, int timesFaster) {
        Duration hour() {
            return Duration.ofHours(1).dividedBy(timesFaster);
        }

        /** A default of the configuration, as a value of its variable. */
        String interval(Duration usual) {
            return usual.dividedBy(timesFaster).toMillis() + "ms";
        }
    }
}
