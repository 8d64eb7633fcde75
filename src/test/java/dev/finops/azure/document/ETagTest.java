package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ETagTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', nullValues = "-", textBlock = """
      "1d838558fcbccf2", 1d838558fcbccf2, true
      "1d838558fcbccf2", W/"1d838558fcbccf2", true
      ""1d8"", "1d8", true
      "1d8", "1D8", false
      "1d8", "1d9", false
      "", "", false
      ", ", false
      -, -, false
      "1d8", -, false
      """)
    void isOneVersionInAllSpellings(String one, String other, boolean same) {
        assertEquals(same, ETag.same(one, other));
        assertEquals(same, ETag.same(other, one));
    }
}
