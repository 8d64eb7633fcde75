package dev.finops.azure.simulator;

import java.time.Duration;

/** How long something takes in the simulated Azure. */
public enum Pace {
    /** Each ARM call, at least. */
    LATENCY(Duration.ZERO),
    TOKEN_LIFETIME(Duration.ofHours(1)),
    /** From the acceptance of a run to its processing: Queued, or InProgress without a start time. */
    RUN_WAITS(Duration.ofMillis(200)),
    RUN_TAKES(Duration.ofMillis(300)),
    /** Reads show the state before the last write for so long, because ARM replicates between regions. */
    READS_LAG(Duration.ZERO),
    /** Calls are still refused for so long after {@link AzureSimulator#grant}. */
    GRANT_TAKES(Duration.ZERO),
    /** A PUT answers 503 for so long after the registration of a resource provider. */
    REGISTRATION_TAKES(Duration.ZERO);

    final Duration usual;

    Pace(Duration usual) {
        this.usual = usual;
    }
}
