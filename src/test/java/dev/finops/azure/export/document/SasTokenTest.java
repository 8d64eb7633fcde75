package dev.finops.azure.export.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SasTokenTest {
    private static final Instant NOW = Instant.parse("2026-11-15T10:00:00Z");
    private static final String GOOD =
            "sv=2024-11-04&ss=b&srt=sco&sp=rwdlacx&se=2027-01-01T00%3A00%3A00Z&spr=https&sig=abc%2Fdef%3D";

    @ParameterizedTest
    @ValueSource(strings = {GOOD, "?" + GOOD, "  " + GOOD + "\n"})
    void whatThePortalShowsIsTaken(String text) {
        SasToken token = SasToken.of(text);

        assertEquals(GOOD, token.value());
        assertEquals(List.of(), token.faults(NOW));
        assertEquals(Optional.of(Instant.parse("2027-01-01T00:00:00Z")), token.expiry());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ss=b                        | ss=fqt                       | its services (ss) lack b",
                "&ss=b                       | ''                           | it is not an account SAS",
                "srt=sco                     | srt=o                        | its resource types (srt) lack sc ",
                "sp=rwdlacx                  | sp=rl                        | its permissions (sp) lack wdac ",
                "sp=rwdlacx&                 | ''                           | its permissions (sp) lack rwdlac ",
                "spr=https                   | spr=https%2Chttp             | its protocol (spr) is not https alone",
                "spr=https&                  | ''                           | its protocol (spr) is not https alone",
                "se=2027-01-01T00%3A00%3A00Z | se=2026-11-15T09%3A59%3A59Z  | it expired at 2026-11-15T09:59:59Z",
                "se=2027-01-01T00%3A00%3A00Z | se=2026-11-15                | it expired at 2026-11-15T00:00:00Z",
                "se=2027-01-01T00%3A00%3A00Z | se=soon                      | it names no expiry (se)",
                "sv=2024-11-04               | https://x.blob.core.windows.net/?sv=1 | it has characters "
                        + "that no token has",
                "sig=abc%2Fdef%3D            | sig=abc%2Fdef%3D\"'                    | it has "
                        + "characters that no token has",
                "sv=2024-11-04               | st=2026-11-16T00:00:00Z               | it is not valid "
                        + "before 2026-11-16T00:00:00Z",
                "&sig=abc%2Fdef%3D           | ''                           | it is not a SAS token: it has no sig"
            })
    void whatAzureCouldNotDeliverWithIsNamed(String field, String instead, String fault) {
        List<String> faults = SasToken.of(GOOD.replace(field.strip(), instead)).faults(NOW);

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.getFirst().contains(fault.stripTrailing()), faults::toString);
    }

    @Test
    void anExpiryMayBeOfMinutes() {
        assertEquals(
                Optional.of(Instant.parse("2027-01-01T08:30:00Z")),
                SasToken.of("se=2027-01-01T08:30Z&sig=x").expiry());
    }

    @Test
    void nothingOfItIsPrinted() {
        SasToken token = SasToken.of(GOOD);

        assertEquals("***", token.toString());
        assertFalse(token.hash().contains("abc"));
        assertEquals(32, token.hash().length());
        assertEquals(token.hash(), SasToken.of("?" + GOOD).hash());
        assertNotEquals(token.hash(), SasToken.of(GOOD.replace("abc", "abd")).hash());
    }
}
