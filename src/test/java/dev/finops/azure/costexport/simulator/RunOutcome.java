package dev.finops.azure.costexport.simulator;

/** How a run ends. */
public sealed interface RunOutcome {

    record Completed() implements RunOutcome {
    }

    record Failed(String code, String message) implements RunOutcome {
    }

    record Timeout() implements RunOutcome {
    }

    /** Nothing newer than what the last run delivered. */
    record NewDataNotAvailable() implements RunOutcome {
    }

    /** No data for the period. */
    record DataNotAvailable() implements RunOutcome {
    }

    /** The value of {@code properties.status}. */
    default String status() {
        return getClass().getSimpleName();
    }
}
