package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.document.Timestamps;
import java.time.YearMonth;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that the API server accepts is one that the operator can read. */
class AcceptedValuesTest {
    private static final Pattern DATE = regex(AdmissionRules.DATE);
    private static final Pattern AGE = regex(AdmissionRules.AGE);
    private static final Pattern MONTH = regex(AdmissionRules.MONTH);

    @Property
    void datesAreRead(@ForAll("dates") String date) {
        if (DATE.matcher(date).matches()) {
            assertTrue(Timestamps.start(date).isPresent(), date);
            assertTrue(Timestamps.end(date).isPresent(), date);
        }
    }

    @Property
    void agesAreRead(@ForAll("ages") String age) {
        if (AGE.matcher(age).matches()) {
            assertTrue(Timestamps.duration(age).filter(read -> !read.isZero()).isPresent(), age);
        }
    }

    @Property
    void monthsAreRead(@ForAll("dates") String date) {
        if (MONTH.matcher(date.substring(0, 7)).matches()) {
            assertDoesNotThrow(() -> YearMonth.parse(date.substring(0, 7)), date);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000-01-01",
                "9999-12-31T23:59:59.999999999+14:59",
                "2024-02-29T00:00:00-14:00",
                "2026-01-01T00:00:00.1Z"
            })
    void extremesAreDates(String date) {
        assertTrue(DATE.matcher(date).matches());
        assertTrue(Timestamps.start(date).isPresent());
    }

    @Provide
    Arbitrary<String> dates() {
        Arbitrary<Integer> years = Arbitraries.integers().between(1000, 9999);
        Arbitrary<String> times = Combinators.combine(
                        Arbitraries.integers().between(0, 24),
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.of("", ".1", ".123456789", ".0000000"),
                        Arbitraries.of("Z", "+00:00", "-00:00", "+14:59", "-14:30", "+05:45", "+15:00", ""))
                .as((hour, minute, fraction, offset) -> "T%02d:%02d:59%s%s".formatted(hour, minute, fraction, offset));
        return Combinators.combine(
                        years,
                        Arbitraries.integers().between(0, 13),
                        Arbitraries.integers().between(0, 32),
                        Arbitraries.oneOf(Arbitraries.of(""), times))
                .as((year, month, day, time) -> "%04d-%02d-%02d%s".formatted(year, month, day, time));
    }

    @Provide
    Arbitrary<String> ages() {
        Arbitrary<String> digits =
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(11);
        return Combinators.combine(digits, Arbitraries.of(List.of("ms", "s", "m", "h", "d", "")))
                .as((amount, unit) -> amount + unit);
    }

    private static Pattern regex(String cel) {
        return Pattern.compile(cel.substring(1, cel.length() - 1));
    }
}
