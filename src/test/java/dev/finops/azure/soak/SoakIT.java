package dev.finops.azure.soak;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A few days of what {@code make soak} has weeks of: all that a day brings is told before the next one begins. Slopes
 * need weeks.
 */
class SoakIT {
    private static final double MB_OF_HEAP = 40;
    private static final double BYTES_OF_STATUS = 20_000;

    @Test
    void whatADayBringsIsToldBeforeTheNextOneBegins(@TempDir Path directory) throws IOException, InterruptedException {
        ControlPlane.shared().installCrd();

        List<Sample> days = Soak.live(ControlPlane.shared(), directory, Pace.BRIEF);

        Sample last = days.getLast();
        assertTrue(last.of(Vital.HEAP) < MB_OF_HEAP, last::toString);
        assertTrue(last.of(Vital.LARGEST) < BYTES_OF_STATUS, last::toString);
        assertTrue(last.of(Vital.EVENTS) > 0 && last.of(Vital.CALLS) > 0 && last.of(Vital.TOKENS) > 0, last::toString);
    }
}
