package dev.finops.azure.export.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.RunError;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.LetterCase;
import dev.finops.azure.document.Slashes;
import dev.finops.azure.document.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The runs of an export, newest first. */
public final class RunHistory {
    /** So many runs Azure shows of one export. */
    public static final int KEPT = 10;

    private static final List<String> ENDED =
            List.of("Completed", "Failed", "Timeout", "NewDataNotAvailable", "DataNotAvailable");

    /** Azure ends a run within hours: nothing waits longer for one that shows no end. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private static final int MAX_MESSAGE = 1024;

    /** Of what is a word or two, such as an id or a status. */
    private static final int MAX_WORD = 128;

    private static final Comparator<Run> NEWEST_FIRST = Comparator.comparing(
                    (Run run) -> submitted(run).orElse(Instant.EPOCH))
            .reversed()
            .thenComparing(
                    Run::id, Comparator.nullsFirst(Comparator.naturalOrder())); // never in the order of an answer

    private RunHistory() {}

    public static List<Run> read(JsonNode entries) {
        List<Run> runs = new ArrayList<>();
        entries.forEach(entry -> {
            Run run = run(entry);
            if (run.id() != null) {
                runs.add(run);
            }
        });
        runs.sort(NEWEST_FIRST);
        return List.copyOf(runs);
    }

    /**
     * What is known of the newest ten runs: a later answer about a run replaces an earlier one, no answer forgets one.
     */
    public static List<Run> merge(List<Run> known, List<Run> answered) {
        return mergeAll(known, answered).stream().limit(KEPT).toList();
    }

    /** The same, of all runs. */
    public static List<Run> mergeAll(List<Run> known, List<Run> answered) {
        Map<String, Run> byId = new LinkedHashMap<>();
        if (known != null) {
            known.forEach(run -> byId.put(run.id(), run));
        }
        answered.forEach(run -> byId.merge(run.id(), run, RunHistory::later));
        return byId.values().stream().sorted(NEWEST_FIRST).toList();
    }

    public static Optional<Instant> submitted(Run run) {
        return Timestamps.start(run.submittedTime());
    }

    public static Optional<Instant> ended(Run run) {
        return Timestamps.start(run.processingEndTime()).or(() -> submitted(run));
    }

    /**
     * Azure shows no end; also in a state that this release does not know, while Azure names neither an end nor an
     * error.
     */
    public static boolean isOpen(Run run) {
        boolean open = run.processingEndTime() == null && run.error() == null;
        return is(run, "Queued")
                || is(run, "InProgress")
                || open && run.status() != null && ENDED.stream().noneMatch(status -> is(run, status));
    }

    /** Open, and young enough to be waited for. */
    public static boolean underWay(Run run, Instant now) {
        return isOpen(run) && isYoung(run, now);
    }

    /** Ended, neither well nor in a state that this release does not know. */
    public static boolean failed(Run run) {
        return !isOpen(run) && !succeeded(run) && (run.error() != null || is(run, "Failed") || is(run, "Timeout"));
    }

    /** Neither succeeded nor failed: open, or in a state that this release does not know. */
    public static boolean isUnknown(Run run) {
        return !succeeded(run) && !failed(run);
    }

    /** Unknown, and young enough that Azure may still show how it ended. */
    public static boolean isAwaited(Run run, Instant now) {
        return isUnknown(run) && isYoung(run, now);
    }

    /** Completed, or answered that there is no (newer) data. */
    public static boolean succeeded(Run run) {
        return is(run, "Completed") || withoutData(run);
    }

    public static boolean withoutData(Run run) {
        return is(run, "NewDataNotAvailable") || is(run, "DataNotAvailable");
    }

    public static boolean is(Run run, String status) {
        return status.equalsIgnoreCase(run.status());
    }

    /** Why a run is not a success, in a row. */
    public static String failure(Run run) {
        return run.error() != null
                ? because(run).substring(2)
                : isOpen(run)
                        ? "Azure returned no end of the run within " + LONGEST.toHours() + " hours."
                        : "The run ended as " + run.status() + ".";
    }

    private static boolean isYoung(Run run, Instant now) {
        return submitted(run)
                .filter(submitted -> now.isBefore(submitted.plus(LONGEST)))
                .isPresent();
    }

    /** Azure's reason for a run's failure, to follow a sentence; empty without one. */
    public static String because(Run run) {
        if (run.error() == null) {
            return "";
        }
        String code = run.error().code() == null ? "" : run.error().code() + ": ";
        return ": " + code + (run.error().message() == null ? "" : run.error().message());
    }

    /** A replica that lags may still say that an ended run is under way; another spelling says nothing new. */
    private static Run later(Run known, Run answered) {
        boolean older = isOpen(answered) && !isOpen(known) && known.status() != null;
        return older || meaning(known).equals(meaning(answered)) ? known : answered;
    }

    /** Equal for two spellings of one entry. */
    public static List<Object> meaning(Run run) {
        TimePeriod period = run.timePeriod() == null ? new TimePeriod(null, null) : run.timePeriod();
        return Stream.of(
                        run.id(),
                        word(run.executionType()),
                        word(run.status()),
                        word(run.submittedBy()),
                        time(run.submittedTime()),
                        time(run.processingStartTime()),
                        time(run.processingEndTime()),
                        time(period.from()),
                        time(period.to()),
                        run.fileName(),
                        run.manifestFile(),
                        run.error())
                .<Object>map(Optional::ofNullable)
                .toList();
    }

    private static String word(String text) {
        return text == null ? null : LetterCase.fold(text);
    }

    private static Object time(String text) {
        return Timestamps.start(text).<Object>map(at -> at).orElse(text);
    }

    private static Run run(JsonNode entry) {
        JsonNode properties = entry.path("properties");
        return new Run(
                id(entry),
                word(properties, "executionType"),
                word(properties, "status"),
                text(properties, "submittedBy"),
                word(properties, "submittedTime"),
                word(properties, "processingStartTime"),
                word(properties, "processingEndTime"),
                period(properties),
                text(properties, "fileName"),
                text(properties, "manifestFile"),
                error(properties.path("error")));
    }

    /** The run's GUID: its name, else the last segment of its id. */
    private static String id(JsonNode entry) {
        String id = text(entry, "name");
        if (id == null && text(entry, "id") != null) {
            String path = Slashes.strip(text(entry, "id"));
            id = path.substring(path.lastIndexOf('/') + 1);
        }
        return id == null ? null : Json.shortened(id, MAX_WORD).toLowerCase(Locale.ROOT);
    }

    private static TimePeriod period(JsonNode properties) {
        String from = word(properties, "startDate");
        String to = word(properties, "endDate");
        return from == null && to == null ? null : new TimePeriod(from, to);
    }

    private static RunError error(JsonNode error) {
        String code = word(error, "code");
        String message = text(error, "message");
        return code == null && message == null ? null : new RunError(code, message);
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isValueNode() || value.isNull() || value.asText().isEmpty()) {
            return null;
        }
        return Json.shortened(value.asText(), MAX_MESSAGE);
    }

    private static String word(JsonNode node, String name) {
        String text = text(node, name);
        return text == null ? null : Json.shortened(text, MAX_WORD);
    }
}
