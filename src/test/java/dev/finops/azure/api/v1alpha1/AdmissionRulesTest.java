package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.YearMonth;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AdmissionRulesTest {
    private static final Pattern DATE = Pattern.compile(AdmissionRules.DATE.replace("'", ""));

    /** 400 years, after which the Gregorian calendar repeats. */
    @Test
    void datesAreThoseOfTheCalendar() {
        for (var year = 1900; year < 2300; year++) {
            for (var month = 0; month <= 13; month++) {
                var length =
                        month < 1 || month > 12 ? 0 : YearMonth.of(year, month).lengthOfMonth();
                for (var day = 0; day <= 32; day++) {
                    var date = "%04d-%02d-%02d".formatted(year, month, day);
                    assertEquals(day >= 1 && day <= length, DATE.matcher(date).matches(), date);
                }
            }
        }
    }
}
