package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseValidityTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

    private final AtomicReference<Instant> wall = new AtomicReference<>(START);
    private final AtomicLong nanos = new AtomicLong(5);
    private final LeaseValidity tenure = new LeaseValidity(Duration.ofSeconds(10), wall::get, nanos::get);

    @Test
    void beforeTheFirstRenewalAndAfterTheEndItDoesNotHold() {
        assertFalse(tenure.holds());
        tenure.renewed(START);
        tenure.ended();
        assertFalse(tenure.holds());
    }

    @ParameterizedTest(
            name = "written {0} s before its answer, then {1} s on the wall, {2} s on the monotonic clock: {3}")
    @CsvSource({
        "0,   0,  0, true",
        "0,   9,  9, true",
        "0,  10, 10, false",
        "0,  11,  0, false", // the machine slept
        "0, -60, 11, false", // the wall clock was put back
        "0, -60,  9, true",
        "4,   5,  5, true",
        "4,   6,  6, false", // the API server was slow
        "-3,  9,  9, true", // it is never longer than from the answer on
        "-3, 10, 10, false",
    })
    void itHoldsUntilEitherClockSaysThatItHasEnded(int ago, int wallSeconds, int monotonicSeconds, boolean holds) {
        tenure.renewed(START.minusSeconds(ago));
        wall.set(START.plusSeconds(wallSeconds));
        nanos.addAndGet(Duration.ofSeconds(monotonicSeconds).toNanos());
        assertEquals(holds, tenure.holds());
    }
}
