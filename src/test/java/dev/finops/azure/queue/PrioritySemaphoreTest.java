package dev.finops.azure.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrioritySemaphoreTest {
    private static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");

    private final PrioritySemaphore places = new PrioritySemaphore(2);

    @Test
    void soManyAndNoMore() {
        assertTrue(enter("one"));
        assertTrue(enter("two"));
        assertFalse(enter("three"));
        assertEquals(List.of(), next());

        places.leave();
        assertEquals(List.of("three"), next());
        assertFalse(enter("four"), "the place is kept for the one that was woken");
        assertTrue(enter("three"));
    }

    @Test
    void aPlaceThatIsLentIsAnothersAndIsTakenBackWithoutAsking() {
        enter("one");
        enter("two");
        assertFalse(enter("three"));

        places.leave();
        assertEquals(List.of("three"), next());
        assertTrue(enter("three"));
        places.takeBack();

        places.leave();
        assertFalse(enter("four"), "two are at it again");
        assertEquals(List.of(), next());
        places.leave();
        assertEquals(List.of("four"), next());
    }

    @Test
    void theMoreUrgentGoesFirst() {
        enter("one");
        enter("two");
        assertFalse(places.enter(caller("poll", Priority.POLL), NOW));
        assertFalse(places.enter(caller("change", Priority.CHANGE), NOW));

        places.leave();
        assertEquals(List.of("change"), next());
    }

    @Test
    void aPlaceIsNotKeptForEver() {
        enter("one");
        enter("two");
        enter("gone");
        enter("next");
        places.leave();
        assertEquals(List.of("gone"), next());

        Instant later = NOW.plus(FairQueue.KEPT).plus(Duration.ofMillis(1));
        assertEquals(
                List.of("next"), places.next(later).stream().map(Waiter::key).toList());
        assertTrue(places.enter(caller("next", Priority.POLL), later));
    }

    private boolean enter(String key) {
        return places.enter(caller(key, Priority.POLL), NOW);
    }

    private List<String> next() {
        return places.next(NOW).stream().map(Waiter::key).toList();
    }

    private static Waiter caller(String key, Priority urgency) {
        return new Waiter(key, "finops", urgency, () -> {});
    }
}
