package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry-after",
                "x-ms-ratelimit-microsoft.consumption-retry-after",
                "x-ms-ratelimit-microsoft.consumption-tenant-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-client-retry-after",
                "x-ms-ratelimit-microsoft.costmanagement-clienttype-retry-after"
            })
    void isReadFromEachHeaderThatNamesIt(String header) {
        assertEquals(Optional.of(Duration.ofSeconds(42)), RetryAfter.of(Map.of(header, " 42 "), NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-ms-ratelimit-remaining-microsoft.consumption-tenant-requests",
                "x-ms-ratelimit-microsoft.costmanagement-qpu-consumed",
                "x-ms-ratelimit-microsoft.costmanagement-qpu-remaining",
                "x-ms-ratelimit-remaining-subscription-reads",
                "date"
            })
    void isReadFromNoOther(String header) {
        assertEquals(Optional.empty(), RetryAfter.of(Map.of(header, "42"), NOW));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      retry-after=10;x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after=30;x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after=20 | PT30S
      retry-after=0                                | PT0S
      retry-after=1.5                              | PT1.5S
      retry-after-ms=1500                          | PT1.5S
      x-ms-retry-after-ms=250                      | PT0.25S
      retry-after=Sun, 15 Nov 2026 10:02:00 GMT    | PT2M
      retry-after=Sun, 15 Nov 2026 09:00:00 GMT    |
      retry-after=Sun, 15 Nov 2026 09:00:00 GMT;x-ms-ratelimit-microsoft.costmanagement-entity-retry-after=7 | PT7S
      retry-after=999999                           | PT24H
      retry-after=-5                               |
      retry-after=soon                             |
      retry-after=NaN                              |
      retry-after=1e300                            |
      retry-after=                                 |
      """)
    void isTheLongestThatMakesSense(String headers, Duration wait) {
        Map<String, String> byName = Arrays.stream(headers.split(";"))
                .map(header -> header.split("=", 2))
                .collect(Collectors.toMap(header -> header[0], header -> header[1]));

        assertEquals(Optional.ofNullable(wait), RetryAfter.of(byName, NOW));
    }
}
