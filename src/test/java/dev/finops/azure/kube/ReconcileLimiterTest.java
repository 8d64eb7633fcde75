package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconcileLimiterTest {
    private static final int AT_ONCE = 16;

    private final ReconcileLimiter limiter = new ReconcileLimiter(InstantSource.fixed(Instant.EPOCH));

    @Test
    void soManyWorkAtOnce() {
        assertEquals(AT_ONCE, atOnce(0));
    }

    @Test
    void aCallThatFailsTakesItsPlaceBack() {
        for (int i = 0; i < 3; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> limiter.take(waiter("failing"), () -> {
                        ReconcileLimiter.outside(() -> {
                            throw new IllegalStateException("no answer");
                        });
                        return Optional.empty();
                    }));
        }

        assertEquals(AT_ONCE, atOnce(0));
    }

    @Test
    void aCallLendsItsPlace() {
        int[] others = {0};
        limiter.take(waiter("calling"), () -> {
            others[0] = ReconcileLimiter.outside(() -> atOnce(0));
            return Optional.empty();
        });

        assertEquals(AT_ONCE, others[0]);
    }

    /** Begins reconciliations within one another until one is refused. */
    private int atOnce(int running) {
        int[] most = {running};
        limiter.take(waiter("object-" + running), () -> {
            most[0] = atOnce(running + 1);
            return Optional.empty();
        });
        return most[0];
    }

    private static Waiter waiter(String key) {
        return new Waiter(key, "finance", Priority.CHANGE, () -> {});
    }
}
