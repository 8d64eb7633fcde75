package dev.finops.azure.queue;

/** The priority of a call, highest first: rate limits are spent on users before they are spent on polling. */
public enum Priority {
    /** An export that exists is changed or deleted. */
    CHANGE,
    /** The first of an export. */
    CREATE,
    /** A run that a person or the spec requests. */
    RUN,
    /** A run of a past month. */
    BACKFILL,
    /** Whether anything has changed. */
    POLL
}
