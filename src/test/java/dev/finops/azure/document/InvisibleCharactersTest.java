package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvisibleCharactersTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                ' ', '\t', '\n', '\r', 0, 0x85, 0xA0, 0xAD, 0x1680, 0x2003, 0x200B, 0x200D, 0x200E, 0x2028, 0x202F,
                0x2060, 0x3000, 0xFEFF, 0xFFFD
            })
    void isStrippedAroundAndNamedInside(int character) {
        String invisible = Character.toString(character);

        assertEquals("a-b", InvisibleCharacters.stripped(invisible + "a-b" + invisible + invisible));
        assertEquals("a-b", InvisibleCharacters.removed(invisible + "a" + invisible + "-b"));
        assertEquals(
                Optional.of(String.format("U+%04X at position 2", character)),
                InvisibleCharacters.first("a" + invisible + "b"));
    }

    @Test
    void aVisibleTextStays() {
        String text = "~Ab1.-_\u00E9\u4E2D\uD83D\uDE00+/=";

        assertEquals(text, InvisibleCharacters.stripped(text));
        assertEquals(text, InvisibleCharacters.removed(text));
        assertEquals(Optional.empty(), InvisibleCharacters.first(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void aTextOfAnotherEditorIsRead(String charset) {
        Charset written = Charset.forName(charset);

        assertEquals(
                "00000000-0000-0000-0000-000000000000",
                InvisibleCharacters.decoded("00000000-0000-0000-0000-000000000000\r\n".getBytes(written)));
        assertEquals("caf\u00E9", InvisibleCharacters.decoded("\uFEFFcaf\u00E9\r\n".getBytes(written)));
    }

    @Property
    void asciiIsReadInEachEncoding(@ForAll @AlphaChars @NotEmpty String text) {
        for (Charset charset : new Charset[] {
            StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16
        }) {
            assertEquals(text, InvisibleCharacters.decoded(text.getBytes(charset)));
        }
    }

    @Property
    void neitherEndIsInvisible(@ForAll String text) {
        String stripped = InvisibleCharacters.stripped(text);

        assertEquals(stripped, InvisibleCharacters.stripped(stripped));
        assertTrue(InvisibleCharacters.removed(text).length() <= stripped.length());
        assertEquals(Optional.empty(), InvisibleCharacters.first(InvisibleCharacters.removed(text)));
    }
}
