package dev.finops.azure.export.plan;

/** How closely to look at Azure. */
public enum ReadConsistency {
    /** What the scope's shared list said within the observe interval. */
    CACHED,
    /** What a list of the last ten seconds says: good enough to create on. */
    RECENT,
    /** A get of the one export: good enough to update on, and shows ten runs. */
    DIRECT
}
