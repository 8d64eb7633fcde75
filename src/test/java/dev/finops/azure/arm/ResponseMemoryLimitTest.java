package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Answers wait for memory, and none fails because of the others. */
class ResponseMemoryLimitTest {
    private final ResponseMemoryLimit budget = new ResponseMemoryLimit(100);

    @Test
    void whoFindsNoRoomWaitsUntilAnotherIsDone() {
        ResponseMemoryLimit.Share first = budget.share();
        ResponseMemoryLimit.Share second = budget.share();
        ResponseMemoryLimit.Share third = budget.share();
        assertTrue(isTaken(first.take(60)));
        assertTrue(isTaken(second.take(60)), "one goes on beyond the limit");
        Mono<Void> waits = third.take(60);
        assertFalse(isTaken(waits));

        first.release();

        assertTrue(isTaken(waits) || budget.used() == 60);
        second.release();
        assertTrue(isTaken(waits));
        third.release();
        assertEquals(0, budget.used());
    }

    @Test
    void whoGivesUpWhileItWaitsHoldsNobodyUp() {
        ResponseMemoryLimit.Share beyond = budget.share();
        ResponseMemoryLimit.Share gone = budget.share();
        ResponseMemoryLimit.Share last = budget.share();
        beyond.take(150).subscribe();
        gone.take(90).subscribe();
        Mono<Void> waits = last.take(50);
        gone.release();
        beyond.release();

        assertTrue(isTaken(waits));
        last.release();
        assertEquals(0, budget.used());
    }

    /** Answers in parts that come in turn: all are read, however little room there is. */
    @Property
    void allAreReadInTheEnd(@ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 20) Integer> answers) {
        ResponseMemoryLimit small = new ResponseMemoryLimit(50);
        List<Answering> open = new ArrayList<>();
        answers.forEach(parts -> open.add(new Answering(small.share(), parts)));
        long most = 0;
        for (int rounds = 0; !open.isEmpty(); rounds++) {
            assertTrue(rounds < 1000, () -> "stuck: " + open);
            open.forEach(Answering::step);
            most = Math.max(most, small.used());
            open.removeIf(Answering::isDone);
        }

        assertEquals(0, small.used());
        assertTrue(most <= 50 + 20 * 10, "no more than one goes beyond the limit: " + most);
    }

    /** Reads its parts of ten bytes one after the other, as a body does. */
    private static final class Answering {
        private final ResponseMemoryLimit.Share share;
        private int left;
        private boolean waits;

        Answering(ResponseMemoryLimit.Share share, int parts) {
            this.share = share;
            this.left = parts;
        }

        void step() {
            if (!waits && left > 0) {
                waits = true;
                share.take(10).subscribe(none -> {}, fault -> {}, () -> {
                    waits = false;
                    left--;
                });
            }
        }

        boolean isDone() {
            if (left == 0) {
                share.release();
            }
            return left == 0;
        }
    }

    private static boolean isTaken(Mono<Void> asked) {
        boolean[] taken = {false};
        Disposable waiting = asked.subscribe(none -> {}, fault -> {}, () -> taken[0] = true);
        waiting.dispose();
        return taken[0];
    }
}
