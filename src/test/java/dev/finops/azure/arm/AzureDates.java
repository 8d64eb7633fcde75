package dev.finops.azure.arm;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What the Date headers of answers do to the clock, for tests of those who go by it. */
public final class AzureDates {
    private AzureDates() {}

    /** An answer came whose Date is ahead of the monotonic clock by so much. */
    public static void hear(AzureClock clock, Duration ahead) {
        Instant date = clock.monotonic().instant().plus(ahead);
        clock.heard(DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atZone(ZoneOffset.UTC)), Duration.ZERO);
    }
}
