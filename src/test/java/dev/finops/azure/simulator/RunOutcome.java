package dev.finops.azure.simulator;

import java.time.Duration;

/** How a run ends. */
public sealed interface RunOutcome {

    record Completed(Delivered delivered) implements RunOutcome {
        public Completed() {
            this(new Delivered.Whole());
        }
    }

    /** What a completed run leaves in the storage account. */
    sealed interface Delivered {
        record Whole() implements Delivered {}

        /** The manifest lists no blob. */
        record NoData() implements Delivered {}

        record LastPartMissing() implements Delivered {}

        record LastPartTruncated() implements Delivered {}

        record NoManifest() implements Delivered {}

        /** The manifest comes this much later, in real time. */
        record LateManifest(Duration after) implements Delivered {}
    }

    record Failed(String code, String message) implements RunOutcome {}

    record Timeout() implements RunOutcome {}

    /** Nothing newer than what the last run delivered. */
    record NewDataNotAvailable() implements RunOutcome {}

    /** No data for the period. */
    record DataNotAvailable() implements RunOutcome {}

    /** A state that no version of the specification has. */
    record DataReady() implements RunOutcome {}

    /** The value of {@code properties.status}. */
    default String status() {
        return getClass().getSimpleName();
    }
}
