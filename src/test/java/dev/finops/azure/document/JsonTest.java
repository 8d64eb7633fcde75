package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.1",
                "100.0",
                "1.10",
                "0.1234567890123456789012345",
                "123456789012345678901234567890",
                "1E+400",
                "2.50E-7",
                "0"
            })
    void aNumberKeepsEachDigit(String number) {
        assertEquals(
                "{\"n\":" + number + "}", Json.read("{\"n\":" + number + "}").toString());
    }

    /** With the longest number that the API server would store, and with half of a character. */
    @Property
    void whatIsShortenedCanBeStored(@ForAll String text, @ForAll @IntRange(min = 2, max = 60) int most) {
        for (String shortened : new String[] {Json.shortened(text, most), Json.shortenedInside(text, most / 2, most)}) {
            assertTrue(shortened.length() <= most);
            assertEquals(shortened, new String(shortened.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
    }

    @Test
    void noHalfOfACharacterIsLeft() {
        assertEquals("ab\uFFFD…", Json.shortened("ab\uD83D\uDE00cd", 4));
        assertEquals("a\uD83D\uDE00b", Json.shortened("a\uD83D\uDE00b", 4));
        assertEquals("\uFFFDa", Json.shortened("\uD83Da", 4));
        assertEquals("a\uFFFD…\uFFFDb", Json.shortenedInside("a\uD83D\uDE00xyz\uD83D\uDE00b", 2, 5));
    }
}
