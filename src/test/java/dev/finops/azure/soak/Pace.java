package dev.finops.azure.soak;

import java.time.Duration;

/**
 * How long a life is, and how quickly it passes.
 *
 * @param exports that are there all the time
 * @param steps of each simulated day, an even number
 * @param step how long each takes at least, in real time
 */
record Pace(int exports, int days, int steps, Duration step) {
    static final Pace BRIEF = new Pace(40, 2, 6, Duration.ofMillis(1000));

    static Pace full(int days) {
        return new Pace(200, days, 6, Duration.ofMillis(3500));
    }
}
