package dev.finops.azure.api.v1alpha1;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Why a condition has its status, or what an Event is about. Printed in CamelCase; docs/reference/conditions.md lists
 * them.
 */
public enum Reason {
    // Ready and Synced
    PENDING,
    APPLIED,
    OBSERVED,
    PAUSED,
    SCHEDULE_ENDING,
    SCHEDULE_ENDED,
    SAS_TOKEN_EXPIRING,
    SAS_TOKEN_EXPIRED,
    DIFFERENCE,
    NOT_FOUND,
    CREATING,
    UPDATING,
    DELETING,
    // Somebody must act
    ALREADY_EXISTS,
    CONFLICT,
    PATH_COLLISION,
    INVALID_REQUEST,
    FIELD_IGNORED,
    NOT_VISIBLE_IN_API_VERSION,
    SYSTEM_SUSPENDED,
    DISALLOWED_BY_POLICY,
    // Tried again
    THROTTLED,
    ARM_UNREACHABLE,
    ARM_UNAVAILABLE,
    BAD_ARM_RESPONSE,
    UNEXPECTED_REDIRECT,
    AUTHENTICATION_FAILED,
    AUTHORIZATION_FAILED,
    CREDENTIALS_MISSING,
    SCOPE_NOT_FOUND,
    SUBSCRIPTION_TOO_NEW,
    SCOPE_LOCKED,
    PROVIDER_NOT_REGISTERED,
    API_VERSION_REJECTED,
    CONTESTED_BY_ANOTHER_WRITER,
    // Runs and deliveries
    NO_RUN_YET,
    COMPLETED,
    NO_NEW_DATA,
    RUN_FAILED,
    RUN_TIMED_OUT,
    RUN_DENIED,
    FRESH,
    STALE,
    MANIFEST_MISSING,
    BLOB_MISSING,
    SIZE_MISMATCH,
    STORAGE_UNREACHABLE,
    MONTHS_OPEN,
    MONTHS_DONE,
    MONTHS_FAILED,
    NEEDS_API_VERSION,
    // Events
    CREATED,
    UPDATED,
    ADOPTED,
    DELETED,
    ORPHANED,
    INHERITED,
    DRIFT_DETECTED,
    DRIFT_CORRECTED,
    EXTERNAL_DELETED,
    RUN_REQUESTED,
    RUN_STARTED,
    RUN_COMPLETED,
    RUN_REFUSED,
    BACKFILL_OUTDATED,
    MONTH_RESTATED,
    REQUEST_REFUSED,
    REQUEST_SKIPPED,
    STATUS_CORRECTED,
    UNKNOWN_VALUE,
    NOT_WATCHED,
    SCOPE_OVERLAP,
    CLOCK_SKEW;

    private final String text = Arrays.stream(name().split("_"))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());

    @Override
    public String toString() {
        return text;
    }
}
