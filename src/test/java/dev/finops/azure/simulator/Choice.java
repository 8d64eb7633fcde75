package dev.finops.azure.simulator;

import java.util.List;
import java.util.stream.Stream;

/**
 * A point on which the real Azure varies, or on which no source decides: one enum per point. The first constant is the
 * default, which is the recorded behavior where a recording exists. {@link Evidence} has a row for each constant.
 */
public sealed interface Choice {

    enum Estimate implements Choice {
        MOVES_WITH_THE_READ,
        ON_SCHEDULE
    }

    enum EstimateAfterPut implements Choice {
        ABSENT,
        PRESENT
    }

    enum Names implements Choice {
        CASE_SENSITIVE,
        CASE_INSENSITIVE
    }

    enum HistoryOrder implements Choice {
        OLDEST_FIRST,
        NEWEST_FIRST
    }

    enum HistoryAfterDelete implements Choice {
        CLEARED,
        KEPT
    }

    enum RunIdentity implements Choice {
        ONLY_IN_ID,
        ALSO_AS_NAME
    }

    enum RunBegin implements Choice {
        IN_PROGRESS,
        QUEUED
    }

    enum SubmittedTime implements Choice {
        ONE_SECOND_EARLIER,
        AS_ANSWERED
    }

    enum ParallelRun implements Choice {
        ACCEPTED,
        REFUSED
    }

    enum RunToken implements Choice {
        ANY,
        WITH_EMAIL
    }

    enum RunAtMca implements Choice {
        REFUSED_TO_APPLICATIONS,
        ACCEPTED
    }

    enum OldRunBody implements Choice {
        REFUSED,
        IGNORED
    }

    enum ETags implements Choice {
        FILETIME,
        GUID
    }

    enum StaleETag implements Choice {
        STATUS_412(412),
        STATUS_409(409),
        STATUS_400(400);

        final int status;

        StaleETag(int status) {
            this.status = status;
        }
    }

    enum MissingDelete implements Choice {
        STATUS_200(200),
        STATUS_204(204),
        STATUS_404(404);

        final int status;

        MissingDelete(int status) {
            this.status = status;
        }
    }

    enum IfNoneMatch implements Choice {
        IGNORED,
        HONOURED,
        REFUSED
    }

    enum OldOverNew implements Choice {
        WANTS_ETAG,
        OVERWRITES
    }

    enum PastStart implements Choice {
        MAY_BE_REPEATED,
        REFUSED
    }

    enum InactiveWithoutRecurrence implements Choice {
        REFUSED,
        ACCEPTED
    }

    enum LegacyMembers implements Choice {
        ACCEPTED,
        REFUSED
    }

    enum IdentityAtMca implements Choice {
        BARE_401,
        ACCEPTED
    }

    enum Counter implements Choice {
        READS,
        BY_METHOD
    }

    enum ArmBuckets implements Choice {
        OPEN,
        KEPT
    }

    enum QuotaHeaders implements Choice {
        NONE,
        RETRY_HINTS_ON_SUCCESS,
        QPU_ON_SUCCESS
    }

    enum BillingList implements Choice {
        COMPLETE,
        EMPTY
    }

    enum ListPages implements Choice {
        ONE,
        ONE_WITH_NULL_LINK,
        SEVERAL
    }

    enum PartNumbers implements Choice {
        FROM_ZERO,
        FROM_ONE
    }

    /** All constants of all points. */
    static List<Choice> all() {
        return Stream.of(Choice.class.getPermittedSubclasses())
                .flatMap(point -> Stream.of((Choice[]) point.getEnumConstants()))
                .toList();
    }

    default boolean isDefault() {
        return ((Enum<?>) this).ordinal() == 0;
    }

    /** The name of the point and of the constant, as the table of evidence has it. */
    default String label() {
        return getClass().getSimpleName() + "." + ((Enum<?>) this).name();
    }
}
