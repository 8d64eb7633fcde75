package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartupRateLimiterTest {
    private long now = Long.MAX_VALUE - 1_000_000; // it overflows, as System.nanoTime() may
    private final StartupRateLimiter flood = new StartupRateLimiter(() -> now);

    private Optional<Duration> asked(StartupRateLimiter.Begun object) {
        return flood.isLimited(object);
    }

    private List<StartupRateLimiter.Begun> objects(int count) {
        return Stream.generate(flood::initState).limit(count).toList();
    }

    @Test
    void aFewBeginAtOnce() {
        assertTrue(objects(200).stream().allMatch(object -> asked(object).isEmpty()));
    }

    @Test
    void thousandsBeginOneAfterTheOther() {
        List<StartupRateLimiter.Begun> objects = objects(10_000);

        List<Duration> waits = objects.stream()
                .map(object -> asked(object).orElse(Duration.ZERO))
                .toList();

        assertEquals(waits.stream().sorted().toList(), waits);
        assertEquals(Duration.ofMillis(10_000 - 1 - 200), waits.getLast());
        now += Duration.ofSeconds(10).toNanos();
        assertTrue(objects.stream().allMatch(object -> asked(object).isEmpty()), "each had its place");
    }

    @Test
    void whoAsksTooEarlyKeepsItsPlace() {
        objects(300).forEach(this::asked);
        StartupRateLimiter.Begun last = flood.initState();

        assertEquals(Optional.of(Duration.ofMillis(100)), asked(last));
        now += Duration.ofMillis(60).toNanos();
        assertEquals(Optional.of(Duration.ofMillis(40)), asked(last));
        now += Duration.ofMillis(40).toNanos();
        assertEquals(Optional.empty(), asked(last));
    }

    @Test
    void afterwardsNobodyWaits() {
        objects(10_000).forEach(this::asked);
        now += Duration.ofSeconds(20).toNanos();

        assertTrue(objects(200).stream().allMatch(object -> asked(object).isEmpty()));
    }

    @Test
    void aHundredASecondNeverWait() {
        for (int i = 0; i < 1000; i++) {
            now += Duration.ofMillis(10).toNanos();
            assertEquals(Optional.empty(), asked(flood.initState()));
        }
    }
}
