package dev.finops.azure.system;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Azure's clock: real time, put forward when a test says so. The operator follows it by the Date header of each answer.
 */
public final class ShiftedClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    public synchronized void advance(Duration by) {
        ahead = ahead.plus(by);
    }
}
