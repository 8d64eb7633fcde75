package dev.finops.azure.arm.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final Instant START = Instant.parse("2026-11-15T10:00:00Z");

    /** As many calls at once as Azure documents for writes, and as many a second. */
    private final TokenBucket bucket = new TokenBucket(200, 10);

    @Test
    void aFullBucketIsGivenAtOnceAndThenAsItFills() {
        int atOnce = drain(0);

        assertTrue(atOnce >= 190 && atOnce <= 200, () -> "at once: " + atOnce);
        assertEquals(List.of(), turns(0.05));
        int calls = 0;
        for (int tenth = 1; tenth <= 300; tenth++) {
            calls += join("late-" + tenth, "finops", Priority.CREATE, tenth / 10.0)
                            .isEmpty()
                    ? 1
                    : turns(tenth / 10.0).size();
        }
        int late = calls;
        assertTrue(late >= 285 && late <= 300, () -> "in 30 seconds: " + late);
    }

    @Test
    void theWaitIsAsLongAsThoseBeforeTake() {
        drain(0);
        for (int i = 0; i < 100; i++) {
            join("before-" + i, "finops", Priority.CREATE, 0);
        }

        Duration last = join("last", "finops", Priority.CREATE, 0).orElseThrow();
        Duration urgent = join("urgent", "finops", Priority.CHANGE, 0).orElseThrow();

        assertTrue(last.toMillis() > 10_000 && last.toMillis() < 11_000, last::toString);
        assertTrue(urgent.toMillis() <= 210, urgent::toString);
    }

    @Test
    void theMoreUrgentGoesFirst() {
        drain(0);
        for (Priority urgency : List.of(Priority.POLL, Priority.BACKFILL, Priority.CHANGE, Priority.CREATE)) {
            join(urgency.toString(), "finops", urgency, 0);
        }

        assertEquals(List.of("CHANGE", "CREATE", "BACKFILL", "POLL"), turns(1));
    }

    @Test
    void aStreamOfUrgentOnesStarvesNobody() {
        drain(0);
        join("patient", "finops", Priority.POLL, 0);
        List<String> turns = new ArrayList<>();
        for (int second = 1; second <= 2; second++) {
            for (int i = 0; i < 20; i++) {
                join("urgent-" + second + "-" + i, "finops", Priority.CHANGE, second);
            }
            turns.addAll(turns(second));
        }

        assertTrue(turns.contains("patient"), turns::toString);
        assertTrue(turns.indexOf("urgent-1-0") < turns.indexOf("patient"), turns::toString);
    }

    @Test
    void namespacesTakeTurns() {
        drain(0);
        for (int i = 0; i < 50; i++) {
            join("many-" + i, "many", Priority.CREATE, 0);
        }
        join("few-0", "few", Priority.CREATE, 0);
        join("few-1", "few", Priority.CREATE, 0);

        List<String> turns = turns(1);
        assertTrue(turns.indexOf("few-0") >= 0 && turns.indexOf("few-0") < 3, turns::toString);
        assertTrue(turns.indexOf("few-1") >= 0 && turns.indexOf("few-1") < 6, turns::toString);
    }

    @Test
    void aTurnIsKeptForAWhileAndThenAnothers() {
        drain(0);
        join("gone", "finops", Priority.CREATE, 0);
        assertEquals(List.of("gone"), turns(0.2));
        assertTrue(join("next", "finops", Priority.CREATE, 0.2).isPresent());
        assertEquals(Optional.empty(), join("gone", "finops", Priority.CREATE, 5), "kept");
        assertTrue(join("gone", "finops", Priority.CREATE, 5).isPresent(), "once");
    }

    @Test
    void aRefusalEmptiesTheBucketForItsTimeAndHalvesTheRate() {
        bucket.refused(Duration.ofSeconds(60), at(0));
        bucket.refused(Duration.ofSeconds(60), at(0.1)); // one that was on its way

        Duration first = join("first", "finops", Priority.CHANGE, 0.2).orElseThrow();
        assertTrue(first.toMillis() >= 59_800 && first.toMillis() < 61_000, first::toString);
        for (int i = 0; i < 20; i++) {
            join("next-" + i, "finops", Priority.CREATE, 0.2);
        }
        assertEquals(List.of(), turns(60));
        assertEquals(List.of("first"), turns(60.2), "one call finds out");
        int inASecond = turns(61.2).size();
        assertTrue(inASecond >= 4 && inASecond <= 6, () -> "half of ten: " + inASecond);
    }

    @Test
    void theRateGrowsAgainToWhatIsDocumented() {
        bucket.refused(Duration.ofSeconds(1), at(0));
        join("first", "finops", Priority.CREATE, 1);
        turns(300);
        drain(300);

        for (int i = 0; i < 200; i++) {
            join("late-" + i, "finops", Priority.CREATE, 300);
        }
        int inTenSeconds = turns(310).size();
        assertTrue(inTenSeconds >= 95 && inTenSeconds <= 100, () -> "in ten seconds: " + inTenSeconds);
    }

    @Test
    void whoIsRefusedAgainAndAgainAsksLessAndLess() {
        int asked = 0;
        for (double second = 0; second < 600; second += 0.5) {
            if (join("stubborn", "finops", Priority.CHANGE, second).isEmpty()
                    || turns(second).contains("stubborn")
                            && join("stubborn", "finops", Priority.CHANGE, second)
                                    .isEmpty()) {
                bucket.refused(Duration.ZERO, at(second));
                asked++;
            }
        }
        int total = asked;
        assertTrue(total < 100 && total > 8, () -> "in ten minutes: " + total);
    }

    @Property
    void neverMoreThanAzureGrants(@ForAll @Size(min = 20, max = 200) List<@IntRange(max = 400) Integer> pauses) {
        TokenBucket fair = new TokenBucket(20, 5);
        Instant now = START;
        List<Instant> made = new ArrayList<>();
        int number = 0;
        for (int pause : pauses) {
            now = now.plusMillis(pause);
            Instant moment = now;
            for (int i = 0; i < 3; i++) {
                if (fair.admit(caller("c" + number++, "n" + number % 3, Priority.values()[number % 5]), moment)
                        .isEmpty()) {
                    made.add(moment);
                }
            }
            fair.next(moment).forEach(caller -> {
                assertEquals(Optional.empty(), fair.admit(caller, moment));
                made.add(moment);
            });
        }
        for (int from = 0; from < made.size(); from++) {
            for (int to = from; to < made.size(); to++) {
                double granted =
                        20 + 5 * Duration.between(made.get(from), made.get(to)).toMillis() / 1000.0;
                assertTrue(to - from + 1 <= granted + 1e-6);
            }
        }
    }

    /** Takes what there is, and nobody is left in line. */
    private int drain(double second) {
        int calls = 0;
        while (bucket.level() >= 1 || calls == 0) {
            assertEquals(Optional.empty(), bucket.admit(caller("drain", "finops", Priority.CREATE), at(second)));
            calls++;
        }
        return calls;
    }

    private Optional<Duration> join(String key, String namespace, Priority urgency, double second) {
        return bucket.admit(caller(key, namespace, urgency), at(second));
    }

    private List<String> turns(double second) {
        return bucket.next(at(second)).stream().map(Waiter::key).toList();
    }

    private static Waiter caller(String key, String namespace, Priority urgency) {
        return new Waiter(key, namespace, urgency, () -> {});
    }

    private static Instant at(double second) {
        return START.plusMillis(Math.round(second * 1000));
    }
}
