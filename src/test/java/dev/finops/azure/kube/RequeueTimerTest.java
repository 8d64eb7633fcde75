package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequeueTimerTest {
    private static final ResourceID ONE = new ResourceID("one", "finance");
    private static final ResourceID OTHER = new ResourceID("other", "finance");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualScheduler scheduler = new ManualScheduler(new SettableClock());
    private final List<ResourceID> woken = new ArrayList<>();
    private final RequeueTimer timer = new RequeueTimer(scheduler, woken::add);

    @Test
    void wakesEachObjectOnceWhenItIsTime() {
        timer.set(ONE, MINUTE);
        timer.set(OTHER, MINUTE.multipliedBy(2));
        scheduler.pass(MINUTE);
        assertEquals(List.of(ONE), woken);
        scheduler.pass(MINUTE.multipliedBy(10));
        assertEquals(List.of(ONE, OTHER), woken);
    }

    @Test
    void theLastTimeSetCountsAndLeavesNoOther() {
        timer.set(ONE, MINUTE);
        timer.set(ONE, MINUTE.multipliedBy(3));
        assertEquals(1, scheduler.size());
        scheduler.pass(MINUTE.multipliedBy(2));
        assertEquals(List.of(), woken);
        scheduler.pass(MINUTE.multipliedBy(2));
        assertEquals(List.of(ONE), woken);
    }

    @Test
    void anObjectThatIsGoneIsNotWoken() {
        timer.set(ONE, MINUTE);
        timer.cancel(ONE);
        scheduler.pass(MINUTE.multipliedBy(10));
        assertEquals(List.of(), woken);
        assertEquals(0, scheduler.size());
    }
}
