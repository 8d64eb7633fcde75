package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrenceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      # start              | recurrence | after                | next
      2026-01-01T06:00:00Z | Daily      | 2026-11-15T10:00:00Z | 2026-11-16T06:00:00Z
      2026-01-01T06:00:00Z | Daily      | 2026-11-15T05:59:59Z | 2026-11-15T06:00:00Z
      2026-01-01T06:00:00Z | Daily      | 2026-11-15T06:00:00Z | 2026-11-16T06:00:00Z
      2026-01-01T06:00:00Z | Daily      | 2025-01-01T00:00:00Z | 2026-01-01T06:00:00Z
      2026-06-01T00:00:00Z | Weekly     | 2026-06-08T00:00:00Z | 2026-06-15T00:00:00Z
      2020-06-01T00:00:00Z | Weekly     | 2026-11-15T10:00:00Z | 2026-11-16T00:00:00Z
      2026-01-31T00:00:00Z | Monthly    | 2026-02-01T00:00:00Z | 2026-02-28T00:00:00Z
      2026-01-31T00:00:00Z | Monthly    | 2026-02-28T00:00:00Z | 2026-03-31T00:00:00Z
      2026-01-31T00:00:00Z | Monthly    | 2026-03-31T00:00:00Z | 2026-04-30T00:00:00Z
      2023-12-31T00:00:00Z | Monthly    | 2024-02-01T00:00:00Z | 2024-02-29T00:00:00Z
      2024-02-29T00:00:00Z | Annually   | 2024-03-01T00:00:00Z | 2025-02-28T00:00:00Z
      2024-02-29T00:00:00Z | Annually   | 2027-06-01T00:00:00Z | 2028-02-29T00:00:00Z
      2026-01-01T00:00:00Z | Hourly     | 2026-01-03T12:00:00Z | 2026-01-04T00:00:00Z
      2026-01-01T00:00:00Z |            | 2026-01-03T12:00:00Z | 2026-01-04T00:00:00Z
      """)
    void goesOnAtTheNextBeat(Instant start, String recurrence, Instant after, Instant next) {
        assertEquals(next, new Recurrence(start, recurrence).nextAfter(after));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      2026-01-31T00:00:00Z | Monthly  | 2026-02-28T00:00:00Z | true
      2026-01-31T00:00:00Z | Monthly  | 2026-02-27T00:00:00Z | false
      2026-01-31T00:00:00Z | Monthly  | 2026-03-28T00:00:00Z | false
      2024-02-29T00:00:00Z | Annually | 2025-02-28T00:00:00Z | true
      2026-06-01T00:00:00Z | Weekly   | 2026-06-09T00:00:00Z | false
      2026-06-01T00:00:00Z | Daily    | 2026-06-09T00:00:01Z | false
      2026-06-01T00:00:00Z | Daily    | 2026-05-31T00:00:00Z | false
      """)
    void hitsItsBeatsAlone(Instant start, String recurrence, Instant instant, boolean hits) {
        assertEquals(hits, new Recurrence(start, recurrence).hits(instant));
    }

    @Property
    void whatItGoesOnAtIsABeatAndTheFirst(
            @ForAll("starts") Instant start,
            @ForAll("recurrences") String recurrence,
            @ForAll @LongRange(max = 20L * 366 * 86_400) long later) {
        Recurrence rhythm = new Recurrence(start, recurrence);
        Instant after = start.plusSeconds(later);
        Instant next = rhythm.nextAfter(after);

        assertTrue(next.isAfter(after));
        assertTrue(rhythm.hits(next));
        assertEquals(next, rhythm.nextAfter(next.minusSeconds(1)));
        assertFalse(rhythm.hits(next.minusSeconds(1)));
    }

    @Provide
    Arbitrary<Instant> starts() {
        return Arbitraries.longs().between(1_577_836_800L, 1_893_456_000L).map(Instant::ofEpochSecond);
    }

    @Provide
    Arbitrary<String> recurrences() {
        return Arbitraries.of("Daily", "Weekly", "Monthly", "Annually");
    }
}
