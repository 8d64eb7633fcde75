package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.export.document.SpecArbitraries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      2026-01-31                       | 2026-01-31T00:00:00Z      | 2026-01-31T23:59:59Z
      2028-02-29                       | 2028-02-29T00:00:00Z      | 2028-02-29T23:59:59Z
      2026-01-31T12:30:00Z             | 2026-01-31T12:30:00Z      | 2026-01-31T12:30:00Z
      2026-01-31t12:30:00z             | 2026-01-31T12:30:00Z      | 2026-01-31T12:30:00Z
      2026-01-31T12:30:00+00:00        | 2026-01-31T12:30:00Z      | 2026-01-31T12:30:00Z
      2026-01-31T01:30:00+02:00        | 2026-01-30T23:30:00Z      | 2026-01-30T23:30:00Z
      2026-01-31T22:30:00-05:00        | 2026-02-01T03:30:00Z      | 2026-02-01T03:30:00Z
      2026-01-31T12:30:00              | 2026-01-31T12:30:00Z      | 2026-01-31T12:30:00Z
      2025-03-21T21:04:06.5234447Z     | 2025-03-21T21:04:06.5234447Z | 2025-03-21T21:04:06.5234447Z
      """)
    void areReadInEverySpelling(String text, Instant start, Instant end) {
        assertEquals(Optional.of(start), Timestamps.start(text));
        assertEquals(Optional.of(end), Timestamps.end(text));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                " ",
                "soon",
                "2026-02-29",
                "2026-13-01",
                "2026-01-31T25:00:00Z",
                "2026-01-31T",
                "01/31/2026",
                "+999999999-12-31T23:59:59Z",
                "-999999999-01-01",
                "10000-01-01T00:00:00Z",
                "0000-12-31T23:59:59Z"
            })
    void thatAreNoneAreAbsent(String text) {
        assertEquals(Optional.empty(), Timestamps.start(text));
        assertEquals(Optional.empty(), Timestamps.end(text));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "500ms, PT0.5S",
                "30s, PT30S",
                "5m, PT5M",
                "36h, PT36H",
                "36, -",
                "1d, -",
                "-1s, -",
                "PT5M, -",
                "1.5h, -"
            })
    void areAlsoDurationsWithOneUnit(String text, Duration duration) {
        assertEquals(Optional.ofNullable(duration), Timestamps.duration(text));
    }

    @Property
    @Domain(SpecArbitraries.class)
    void areReadAsTheyWereWritten(@ForAll Instant instant) {
        assertEquals(Optional.of(instant), Timestamps.start(Timestamps.write(instant.plusMillis(999))));
    }
}
