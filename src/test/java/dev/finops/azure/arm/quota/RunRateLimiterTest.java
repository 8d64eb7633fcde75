package dev.finops.azure.arm.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunRateLimiterTest {
    private static final Instant START = Instant.parse("2026-11-15T10:00:00Z");

    private final RunRateLimiter pace = new RunRateLimiter(10);

    @Test
    void noBackfillStarvesAnother() {
        Map<String, Integer> runs = new HashMap<>();
        for (int second = 0; second < 620; second += 31) {
            for (String export :
                    List.of("first", "second", "third", "fourth")) { // always in this order, five runs each if they may
                for (int i = 0; i < 5 && ask(export, true, second + 0.01 * i).isEmpty(); i++) {
                    runs.merge(export, 1, Integer::sum);
                }
            }
        }

        assertTrue(runs.values().stream().mapToInt(Integer::intValue).sum() >= 95, runs::toString);
        assertTrue(runs.values().stream().allMatch(count -> count >= 15), runs::toString);
    }

    @Test
    void whatPeopleWaitForGoesFirst() {
        for (int i = 0; i < 10; i++) {
            assertEquals(Optional.empty(), ask("backfill", true, i));
        }
        assertEquals(Optional.of(Duration.ofSeconds(50)), ask("backfill", true, 10));
        assertEquals(Optional.of(Duration.ofSeconds(49)), ask("person", false, 11));

        assertTrue(ask("backfill", true, 60).isPresent());
        assertEquals(Optional.empty(), ask("person", false, 60.5));
        assertEquals(Optional.empty(), ask("backfill", true, 61));
    }

    @Test
    void whoDoesNotComeBackKeepsNobodyWaiting() {
        for (int i = 0; i < 10; i++) {
            ask("backfill", true, i);
        }
        assertTrue(ask("deleted", true, 10).isPresent());

        for (int i = 0; i < 10; i++) {
            assertEquals(Optional.empty(), ask("backfill", true, 125 + i));
        }
    }

    private Optional<Duration> ask(String export, boolean ofMonth, double second) {
        return pace.admit(export, ofMonth, START.plusMillis((long) (second * 1000)));
    }
}
