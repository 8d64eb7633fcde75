package dev.finops.azure.system;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What must not wait for the next look at Azure, which is far away here. */
class HandoverIT extends SystemTest {

    @Override
    Map<String, String> settings() {
        return Map.of("OBSERVE_INTERVAL", "10m");
    }

    @Test
    void theHeirTakesOverAsSoonAsTheOwnerIsGone() {
        LiveExport owner =
                export("owner", "exportName: handed-over").awaitReady().grown();
        LiveExport heir = export("heir", owner.scope(), "exportName: handed-over");
        heir.await("Stalled", "True", "Conflict");

        owner.delete().awaitGone();

        heir.awaitReady();
    }
}
