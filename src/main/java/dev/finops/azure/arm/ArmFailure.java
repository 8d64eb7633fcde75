package dev.finops.azure.arm;

import dev.finops.azure.api.v1alpha1.Reason;
import java.time.Duration;

/**
 * The failures of a call to Azure, grouped by what the caller has to do. They are values, not exceptions: each one is
 * expected and ends in a condition.
 */
public sealed interface ArmFailure {
    Detail detail();

    Reason reason();

    /**
     * Azure's quota is used up; {@code retryAfter} is the longest time that any of its headers asks, or until the turn
     * comes that is waited for.
     */
    record Throttled(Detail detail, Duration retryAfter, By by) implements ArmFailure {
        public enum By {
            AZURE,
            /** The operator did not send the call: other calls go first. */
            OPERATOR
        }

        public Throttled(Detail detail, Duration retryAfter) {
            this(detail, retryAfter, By.AZURE);
        }

        public boolean keptBack() {
            return by == By.OPERATOR;
        }

        @Override
        public Reason reason() {
            return Reason.THROTTLED;
        }
    }

    /**
     * No answer, or one that says nothing: network, time-out, 408, 5xx, an answer that is not ARM's JSON. Whether a
     * write took effect is unknown: observe before it is sent again.
     *
     * @param retryAfter null when Azure named no time
     */
    record Indeterminate(Detail detail, Reason reason, Duration retryAfter) implements ArmFailure {}

    /** Somebody must give a right, register a provider, or it is on its way: tried again slowly. */
    record Forbidden(Detail detail, Reason reason) implements ArmFailure {}

    /** ARM's own JSON says that there is no such export. */
    record ResourceNotFound(Detail detail) implements ArmFailure {
        @Override
        public Reason reason() {
            return Reason.NOT_FOUND;
        }
    }

    /** The subscription or resource group does not exist. */
    record ScopeNotFound(Detail detail) implements ArmFailure {
        @Override
        public Reason reason() {
            return Reason.SCOPE_NOT_FOUND;
        }
    }

    /** The document that the write was made for is not the latest. */
    record Conflict(Detail detail) implements ArmFailure {
        @Override
        public Reason reason() {
            return Reason.CONTESTED_BY_ANOTHER_WRITER;
        }
    }

    /** Azure will not accept this request however often it is sent. */
    record Rejected(Detail detail, Reason reason, Because because) implements ArmFailure {
        public enum Because {
            OTHER,
            /**
             * The one refusal that has a cure: the schedule's start passed since it was sent first (docs/azure.md,
             * "Schedule").
             */
            START_IS_PAST,
            /** Azure keeps no data of days that long ago. */
            TOO_OLD
        }

        public Rejected(Detail detail, Reason reason) {
            this(detail, reason, Because.OTHER);
        }

        public boolean startIsPast() {
            return because == Because.START_IS_PAST;
        }

        public boolean tooOld() {
            return because == Because.TOO_OLD;
        }
    }

    /**
     * @param status the HTTP status, 0 when there was no answer
     * @param code Azure's code, or empty
     * @param message Azure's words, one line, at most 1,024 characters
     * @param requestId Azure's id of the request for its support, or empty
     */
    record Detail(int status, String code, String message, String requestId) {

        /** For a condition: Azure's words, its code, and the id to give to its support. */
        public String text() {
            String text = message.isEmpty() ? "HTTP " + status : message;
            String named = code.isEmpty() || code.equals(String.valueOf(status)) ? text : code + ": " + text;
            return requestId.isEmpty() || named.contains(requestId) ? named : named + " (request id " + requestId + ")";
        }
    }
}
