package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** One run of an export. Its status follows from the clock when somebody looks. */
sealed interface Run {

    /** The form of the times in the specification's run history. */
    DateTimeFormatter SEVEN_DIGITS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSS'Z'").withZone(ZoneOffset.UTC);

    Instant submitted();

    String id();

    ObjectNode properties(Instant now, ApiVersion version);

    /** A run as somebody wrote it down. */
    record Recorded(String id, Instant submitted, ObjectNode as) implements Run {
        @Override
        public ObjectNode properties(Instant now, ApiVersion version) {
            return as.deepCopy();
        }
    }

    /** A run that takes its course; how long it takes is settled when it is submitted. */
    record Simulated(
            String id,
            boolean scheduled,
            String submittedBy,
            Instant submitted,
            Duration queued,
            Duration inProgress,
            RunOutcome outcome,
            DateRange range,
            Export export,
            Behaviour behaviour)
            implements Run {

        static Simulated submit(
                Export export,
                boolean scheduled,
                String by,
                Instant at,
                DateRange range,
                RunOutcome outcome,
                Behaviour behaviour) {
            return new Simulated(
                    UUID.randomUUID().toString(),
                    scheduled,
                    by,
                    at,
                    behaviour.takes(Pace.RUN_WAITS),
                    behaviour.takes(Pace.RUN_TAKES),
                    outcome,
                    range,
                    export,
                    behaviour);
        }

        @Override
        public ObjectNode properties(Instant now, ApiVersion version) {
            var started = submitted.plus(queued);
            var properties = Json.object();
            properties.put("executionType", scheduled ? "Scheduled" : "OnDemand");
            properties.put("submittedBy", submittedBy);
            properties.put("submittedTime", SEVEN_DIGITS.format(shownSubmission()));
            properties
                    .putNull("processingStartTime")
                    .putNull("processingEndTime")
                    .putNull("fileName");
            if (version.isNew()) {
                properties.put("startDate", range.from() + "T00:00:00Z");
                properties.put("endDate", range.to() + "T00:00:00Z");
            }
            var settings = export.properties().deepCopy();
            settings.remove("schedule");
            properties.set("runSettings", settings);
            if (now.isBefore(started)) {
                return properties.put("status", behaviour.is(Choice.RunBegin.QUEUED) ? "Queued" : "InProgress");
            }
            properties.put("processingStartTime", SEVEN_DIGITS.format(started));
            if (now.isBefore(ended())) return properties.put("status", "InProgress");
            properties.put("processingEndTime", SEVEN_DIGITS.format(ended()));
            properties.put("status", outcome.status());
            switch (outcome) {
                case RunOutcome.Completed _ -> name(new RunFiles(this), properties, version);
                case RunOutcome.Failed(var code, var message) ->
                    properties.putObject("error").put("code", code).put("message", message);
                case RunOutcome.Timeout(),
                        RunOutcome.NewDataNotAvailable(),
                        RunOutcome.DataNotAvailable(),
                        RunOutcome.DataReady() -> {}
            }
            return properties;
        }

        boolean completed(Instant now) {
            return outcome instanceof RunOutcome.Completed && !now.isBefore(ended());
        }

        boolean underWay(Instant now) {
            return now.isBefore(ended());
        }

        /** The service notes an on-demand run about a second before it answers the POST. */
        private Instant shownSubmission() {
            boolean earlier = !scheduled && behaviour.is(Choice.SubmittedTime.ONE_SECOND_EARLIER);
            return earlier ? submitted.minusSeconds(1) : submitted;
        }

        private Instant ended() {
            return submitted.plus(queued).plus(inProgress);
        }

        private static void name(RunFiles files, ObjectNode properties, ApiVersion version) {
            properties.put("fileName", files.part(0));
            if (version.isNew()) files.manifest().ifPresent(path -> properties.put("manifestFile", path));
        }
    }
}
