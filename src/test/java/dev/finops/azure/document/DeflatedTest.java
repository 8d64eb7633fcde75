package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeflatedTest {
    @Property
    void whatWasPackedComesOut(@ForAll byte[] text) {
        assertArrayEquals(text, Deflated.of(text).text());
    }

    /** Noise grows when it is packed: a buffer that is too small for it was waited for without end. */
    @Test
    void whatCannotBePackedComesOutToo() {
        byte[] noise = new byte[4 * 1024 * 1024];
        new Random(1).nextBytes(noise);

        assertArrayEquals(
                noise,
                assertTimeoutPreemptively(
                        Duration.ofSeconds(30), () -> Deflated.of(noise).text()));
    }
}
