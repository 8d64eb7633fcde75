package dev.finops.azure.chaos;

import dev.finops.azure.controlplane.ControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A short {@code make campaign}, the same one each time. */
class CampaignIT {
    private static final long SEED = 1;

    @Test
    void everythingConvergesNothingIsRunTwiceAndNothingDeleted() throws InterruptedException {
        try (ControlPlane cluster = ControlPlane.own()) {
            cluster.installCrd();
            new Campaign(
                            cluster,
                            Path.of("target/operator-logs"),
                            OperatorCommand.OF_THE_JAR,
                            new Schedule(SEED, Duration.ofSeconds(60)),
                            System.out)
                    .run();
        }
    }
}
