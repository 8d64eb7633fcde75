package dev.finops.azure.simulator;

import java.util.EnumSet;
import java.util.Set;

/** Ways in which an answer differs from what was sent though it means the same. Each is a switch of its own. */
public enum Respelling {
    /** Subscription ids, and every id on old versions, lose the leading slash. */
    SLASHLESS_IDS,
    /** The id of the storage account loses its leading slash. */
    SLASHLESS_STORAGE_ID,
    LOWER_CASE_IDS,
    /** Times without a fraction that is zero, with {@code Z}. */
    SHORT_DATES,
    /**
     * {@code Z} becomes {@code +00:00} after seven digits; on new versions, because terraform would never settle if old
     * ones did it.
     */
    LONG_DATES,
    /** Times lose their zone. */
    ZONELESS_DATES,
    /** {@code gzip} comes back as {@code Gzip}, {@code Daily} as {@code daily}. */
    OTHER_CASE,
    /** {@code 1.0-preview(v1)} comes back as {@code 1.0-preview (v1)}. */
    SPACED_VERSION,
    /** What was not sent comes back with the default, on new versions. */
    DEFAULTS,
    /** What has no value comes back as null, on new versions. */
    NULLS,
    /** A folder that was not sent comes back as null. */
    NULL_FOLDER,
    /** A schedule that was not sent comes back inactive. */
    INACTIVE_SCHEDULE,
    /** A data set without a granularity or a configuration is left out. */
    NO_EMPTY_DATA_SET,
    SLASH_AFTER_FOLDER,
    NO_SLASH_AFTER_FOLDER,
    COLUMNS_REORDERED,
    /** Members come in another order with each read. */
    MEMBERS_SHUFFLED,
    /** Exports come in another order with each list. */
    LIST_SHUFFLED,
    /** The same eTag comes with quotes, without, as a weak one, and in capitals. */
    ETAG_RESPELLED,
    /** A member that no version of the specification has. */
    UNKNOWN_MEMBER;

    /** What the real service does according to recordings or the specification's examples. */
    public static final Set<Respelling> LIVE = Set.copyOf(
            EnumSet.of(SLASHLESS_IDS, SHORT_DATES, DEFAULTS, NULLS, NULL_FOLDER, INACTIVE_SCHEDULE, NO_EMPTY_DATA_SET));
}
