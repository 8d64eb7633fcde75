package dev.finops.azure.costexport.simulator;

import java.util.EnumSet;
import java.util.Set;

/** Ways in which an answer differs from what was sent though it means the same. */
public enum Respelling {
    /** Subscription ids, and every id on old versions, lose the leading slash. */
    SLASHLESS_IDS,
    /** The id of the storage account loses its leading slash. */
    SLASHLESS_STORAGE_ID,
    LOWER_CASE_IDS,
    /** {@code Z} becomes {@code +00:00} after seven digits; on new versions, because terraform would never settle if old ones did it. */
    LONG_DATES,
    /** {@code gzip} comes back as {@code Gzip}, {@code Daily} as {@code daily}. */
    OTHER_CASE,
    /** What was not sent comes back with the default, on new versions. */
    DEFAULTS,
    /** What has no value comes back as null, on new versions. */
    NULLS,
    SLASH_AFTER_FOLDER,
    NO_SLASH_AFTER_FOLDER,
    COLUMNS_REORDERED,
    /** A member that no version of the specification has. */
    UNKNOWN_MEMBER;

    /** What the real service is known, or believed, to do. */
    public static final Set<Respelling> LIVE = Set.copyOf(EnumSet.of(SLASHLESS_IDS, LONG_DATES, DEFAULTS, NULLS));
}
