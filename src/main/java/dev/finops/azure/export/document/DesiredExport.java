package dev.finops.azure.export.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportSpec.TimePeriod;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.LetterCase;
import dev.finops.azure.document.Recurrence;
import dev.finops.azure.document.Slashes;
import dev.finops.azure.document.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The export that a spec describes at an instant, in the fields of Azure's document.
 *
 * @param values what the document should say, for every field that is managed now
 * @param stated the fields that the spec itself states; what the operator supplies (a schedule's end) is not among them
 * @param schedule empty when the spec has none, which means an inactive one
 * @param now the time of the decision
 */
public record DesiredExport(
        Map<ExportField, JsonNode> values, Set<ExportField> stated, Optional<ScheduleWindow> schedule, Instant now) {
    private static final Set<ExportField> SCHEDULE = Set.of(
            ExportField.SCHEDULE_STATUS, ExportField.RECURRENCE, ExportField.SCHEDULE_FROM, ExportField.SCHEDULE_TO);

    private static final JsonNode NO_IDENTITY = TextNode.valueOf("None");

    /** Removing one of these from the spec leaves Azure's value, since a document without it would not be accepted. */
    private static final Set<ExportField> NEVER_TAKEN_OUT =
            Set.of(ExportField.RECURRENCE, ExportField.SCHEDULE_FROM, ExportField.SCHEDULE_TO, ExportField.LOCATION);

    /** What only Azure says, and what says where the document is. */
    private static final List<DocumentPath> NOT_SENT = List.of(
            new DocumentPath("id"),
            new DocumentPath("name"),
            new DocumentPath("type"),
            new DocumentPath("systemData"),
            new DocumentPath("etag"),
            new DocumentPath("identity.principalId"),
            new DocumentPath("identity.tenantId"),
            new DocumentPath("properties.nextRunTimeEstimate"),
            new DocumentPath("properties.runHistory"),
            new DocumentPath("properties.systemSuspensionContext"));

    /**
     * @param observed what Azure has, for the parts of a schedule that are kept when they are valid
     * @param moveStart whether Azure refused the schedule's start as past
     */
    public static DesiredExport of(
            CostExportSpec spec, Optional<ObservedExport> observed, Instant now, boolean moveStart) {
        Map<ExportField, JsonNode> values = new EnumMap<>(ExportField.class);
        JsonNode tree = Json.tree(spec);
        for (ExportField field : ExportField.values()) {
            JsonNode value = new DocumentPath(field.specPath()).in(tree);
            if (value != null && !SCHEDULE.contains(field) && field != ExportField.SAS_TOKEN) {
                values.put(field, value);
            }
        }
        values.computeIfPresent(
                ExportField.STORAGE_ACCOUNT_ID, (f, id) -> TextNode.valueOf("/" + Slashes.strip(id.asText())));
        values.computeIfPresent(
                ExportField.ROOT_FOLDER_PATH, (f, folder) -> TextNode.valueOf(Slashes.strip(folder.asText())));
        // The specification of 2025-03-01 has these words in lower case.
        values.computeIfPresent(ExportField.COMPRESSION, (f, mode) -> TextNode.valueOf(LetterCase.fold(mode.asText())));
        TimePeriod period = spec.dataset().timePeriod();
        if (period != null) {
            Timestamps.start(period.from()).ifPresent(from -> values.put(ExportField.PERIOD_FROM, instant(from)));
            Timestamps.end(period.to()).ifPresent(to -> values.put(ExportField.PERIOD_TO, instant(to)));
        }
        Set<ExportField> stated = new TreeSet<>(values.keySet());
        if (spec.destination().sasTokenSecretRef() != null) {
            stated.add(ExportField.SAS_TOKEN); // its value is no part of the spec
        }
        Optional<ScheduleWindow> window = Optional.ofNullable(spec.schedule())
                .map(schedule -> ScheduleWindow.of(
                        schedule,
                        observed.filter(ObservedExport::scheduled).isPresent(),
                        observed.flatMap(ObservedExport::scheduleStart),
                        observed.flatMap(ObservedExport::scheduleEnd),
                        now,
                        moveStart));
        window.ifPresent(w -> {
            if (spec.schedule().recurrence() != null) {
                values.put(
                        ExportField.RECURRENCE, TextNode.valueOf(spec.schedule().recurrence()));
            }
            values.put(ExportField.SCHEDULE_FROM, instant(w.from()));
            values.put(ExportField.SCHEDULE_TO, instant(w.to()));
            SCHEDULE.stream()
                    .filter(field -> new DocumentPath(field.specPath()).in(tree) != null)
                    .forEach(stated::add);
        });
        boolean runs = window.map(ScheduleWindow::phase)
                .filter(phase -> phase == ScheduleWindow.Phase.ACTIVE || phase == ScheduleWindow.Phase.ENDING)
                .isPresent();
        values.put(ExportField.SCHEDULE_STATUS, TextNode.valueOf(runs ? "Active" : "Inactive"));
        return new DesiredExport(Map.copyOf(values), Set.copyOf(stated), window, now);
    }

    /** The spec paths of {@link #stated()}, in the document's order. */
    public List<String> statedPaths() {
        return stated.stream().sorted().map(ExportField::specPath).toList();
    }

    /**
     * What an update would change.
     *
     * @param appliedPaths the spec paths that were stated so far: one that is no longer is taken out again
     */
    public List<Difference> differences(ObservedExport observed, Collection<String> appliedPaths) {
        List<Difference> differences = new ArrayList<>();
        for (ExportField field : ExportField.values()) {
            JsonNode shown = field.documentPath().in(observed.document());
            boolean endDropped = field == ExportField.SCHEDULE_TO
                    && schedule.isPresent()
                    && !stated.contains(field)
                    && appliedPaths.contains(field.specPath());
            JsonNode wanted = endDropped ? instant(ScheduleWindow.farEnd(now)) : values.get(field);
            if (wanted == null
                    && appliedPaths.contains(field.specPath())
                    && !NEVER_TAKEN_OUT.contains(field)
                    && !stated.contains(field)) {
                wanted = field == ExportField.IDENTITY_TYPE ? NO_IDENTITY : null;
                if (!field.isUnset(shown)) {
                    differences.add(new Difference(field, wanted, shown));
                }
            } else if (wanted != null && !field.same(wanted, shown)) {
                differences.add(new Difference(field, wanted, shown));
            }
        }
        return List.copyOf(differences);
    }

    /** The document that creates the export. */
    public ObjectNode createBody() {
        ObjectNode body = Json.object();
        for (ExportField field : ExportField.values()) {
            boolean noSchedule = field == ExportField.SCHEDULE_STATUS && schedule.isEmpty();
            if (values.containsKey(field) && !noSchedule) {
                field.documentPath().set(body, values.get(field));
            }
        }
        return body;
    }

    /** The document that updates the export: what was observed, with its eTag, overlaid with what is managed. */
    public ObjectNode updateBody(ObservedExport observed, Collection<String> appliedPaths) {
        ObjectNode body = observed.document().deepCopy();
        NOT_SENT.forEach(path -> path.remove(body));
        Json.dropNulls(body); // Azure answers null for what has no value, and may refuse to take it back
        body.put("eTag", observed.eTag());
        boolean scheduled = schedule.isPresent() || body.path("properties").has("schedule");
        values.forEach((field, wanted) -> {
            JsonNode shown = field.documentPath().in(body);
            if ((shown == null || !field.same(wanted, shown)) && (scheduled || field != ExportField.SCHEDULE_STATUS)) {
                field.documentPath().set(body, wanted);
            }
        });
        completeIdleSchedule(body);
        for (Difference gone : differences(observed, appliedPaths)) {
            DocumentPath path = gone.field().documentPath();
            if (gone.desired() == null) {
                path.remove(body);
            } else {
                path.set(body, gone.desired());
            }
        }
        return body;
    }

    /**
     * Exports made before 2025 may have an inactive schedule with dates and without a recurrence, and Azure refuses an
     * update with that today (azure-powershell#27730). A recurrence keeps the dates, and an inactive schedule does not
     * run by it.
     */
    private static void completeIdleSchedule(ObjectNode body) {
        JsonNode status = ExportField.SCHEDULE_STATUS.documentPath().in(body);
        boolean idle = status != null && status.asText().equalsIgnoreCase("Inactive");
        boolean dated = !body.path("properties")
                .path("schedule")
                .path("recurrencePeriod")
                .isEmpty();
        if (idle && dated && ExportField.RECURRENCE.documentPath().in(body) == null) {
            ExportField.RECURRENCE.documentPath().set(body, TextNode.valueOf(Recurrence.UNSTATED));
        }
    }

    /** Whether the body of an update states a recurrence that neither Azure nor the spec has. */
    public boolean completes(ObservedExport observed, ObjectNode body) {
        boolean nobodyHasOne = ExportField.RECURRENCE.documentPath().in(observed.document()) == null
                && !values.containsKey(ExportField.RECURRENCE);
        return nobodyHasOne && ExportField.RECURRENCE.documentPath().in(body) != null;
    }

    /** Whether Azure merely does not show a part of a schedule that does not run, as it may once it has it. */
    public boolean isIdle(Difference difference) {
        return difference.observed() == null
                && SCHEDULE.contains(difference.field())
                && values.get(ExportField.SCHEDULE_STATUS).asText().equals("Inactive");
    }

    private static JsonNode instant(Instant instant) {
        return TextNode.valueOf(Timestamps.write(instant));
    }
}
