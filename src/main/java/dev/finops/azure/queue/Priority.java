package dev.finops.azure.queue;

/** What a call is for, the most urgent first: quota is spent on people before it is spent on looking again. */
public enum Priority {
    /** An export that exists is changed or deleted. */
    CHANGE,
    /** The first of an export. */
    CREATE,
    /** A run that somebody or the spec asks for. */
    RUN,
    /** A run of a past month. */
    BACKFILL,
    /** Whether anything has changed. */
    POLL
}
