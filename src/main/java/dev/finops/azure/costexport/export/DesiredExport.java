package dev.finops.azure.costexport.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec.TimePeriod;
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
 * What a spec asks of Azure at an instant, in Azure's words.
 *
 * @param values what the document should say, for every field that is managed now
 * @param stated the fields that the spec itself states; what the operator supplies (a schedule's end) is not among them
 * @param schedule empty when the spec has none, which means an inactive one
 * @param now when it is asked for
 */
public record DesiredExport(Map<Field, JsonNode> values, Set<Field> stated, Optional<ScheduleWindow> schedule, Instant now) {
  private static final Set<Field> SCHEDULE =
      Set.of(Field.SCHEDULE_STATUS, Field.RECURRENCE, Field.SCHEDULE_FROM, Field.SCHEDULE_TO);

  private static final JsonNode NO_IDENTITY = TextNode.valueOf("None");

  /** Removing one of these from the spec leaves Azure's value, since a document without it would not be accepted. */
  private static final Set<Field> NEVER_TAKEN_OUT =
      Set.of(Field.RECURRENCE, Field.SCHEDULE_FROM, Field.SCHEDULE_TO, Field.LOCATION);

  /** What only Azure says, and what says where the document is. */
  private static final List<ArmPath> NOT_SENT = List.of(
      new ArmPath("id"), new ArmPath("name"), new ArmPath("type"), new ArmPath("systemData"), new ArmPath("etag"),
      new ArmPath("identity.principalId"), new ArmPath("identity.tenantId"), new ArmPath("properties.nextRunTimeEstimate"),
      new ArmPath("properties.runHistory"), new ArmPath("properties.systemSuspensionContext"));

  /**
   * @param observed what Azure has, for the parts of a schedule that are kept when they are valid
   * @param moveStart whether Azure refused the schedule's start as past
   */
  public static DesiredExport of(CostExportSpec spec, Optional<ObservedExport> observed, Instant now, boolean moveStart) {
    Map<Field, JsonNode> values = new EnumMap<>(Field.class);
    JsonNode tree = Json.tree(spec);
    for (Field field : Field.values()) {
      JsonNode value = new ArmPath(field.specPath()).in(tree);
      if (value != null && !SCHEDULE.contains(field) && field != Field.SAS_TOKEN) {
        values.put(field, value);
      }
    }
    values.computeIfPresent(Field.STORAGE_ACCOUNT_ID, (f, id) -> TextNode.valueOf("/" + Paths.strip(id.asText())));
    values.computeIfPresent(Field.ROOT_FOLDER_PATH, (f, folder) -> TextNode.valueOf(Paths.strip(folder.asText())));
    // The specification of 2025-03-01 has these words in lower case.
    values.computeIfPresent(Field.COMPRESSION, (f, mode) -> TextNode.valueOf(LetterCase.fold(mode.asText())));
    TimePeriod period = spec.dataset().timePeriod();
    if (period != null) {
      Times.start(period.from()).ifPresent(from -> values.put(Field.PERIOD_FROM, instant(from)));
      Times.end(period.to()).ifPresent(to -> values.put(Field.PERIOD_TO, instant(to)));
    }
    Set<Field> stated = new TreeSet<>(values.keySet());
    if (spec.destination().sasTokenSecretRef() != null) {
      stated.add(Field.SAS_TOKEN); // its value is no part of the spec
    }
    Optional<ScheduleWindow> window = Optional.ofNullable(spec.schedule()).map(schedule -> ScheduleWindow.of(schedule,
        observed.filter(ObservedExport::scheduled).isPresent(), observed.flatMap(ObservedExport::scheduleStart), observed.flatMap(ObservedExport::scheduleEnd), now, moveStart));
    window.ifPresent(w -> {
      if (spec.schedule().recurrence() != null) {
        values.put(Field.RECURRENCE, TextNode.valueOf(spec.schedule().recurrence()));
      }
      values.put(Field.SCHEDULE_FROM, instant(w.from()));
      values.put(Field.SCHEDULE_TO, instant(w.to()));
      SCHEDULE.stream().filter(field -> new ArmPath(field.specPath()).in(tree) != null).forEach(stated::add);
    });
    boolean runs = window.map(ScheduleWindow::phase)
        .filter(phase -> phase == ScheduleWindow.Phase.ACTIVE || phase == ScheduleWindow.Phase.ENDING).isPresent();
    values.put(Field.SCHEDULE_STATUS, TextNode.valueOf(runs ? "Active" : "Inactive"));
    return new DesiredExport(Map.copyOf(values), Set.copyOf(stated), window, now);
  }

  /** The spec paths of {@link #stated()}, in the document's order. */
  public List<String> statedPaths() {
    return stated.stream().sorted().map(Field::specPath).toList();
  }

  /**
   * What an update would change.
   *
   * @param appliedPaths the spec paths that were stated so far: one that is no longer is taken out again
   */
  public List<Difference> differences(ObservedExport observed, Collection<String> appliedPaths) {
    List<Difference> differences = new ArrayList<>();
    for (Field field : Field.values()) {
      JsonNode shown = field.armPath().in(observed.document());
      boolean endDropped = field == Field.SCHEDULE_TO && schedule.isPresent() && !stated.contains(field) && appliedPaths.contains(field.specPath());
      JsonNode wanted = endDropped ? instant(ScheduleWindow.farEnd(now)) : values.get(field);
      if (wanted == null && appliedPaths.contains(field.specPath()) && !NEVER_TAKEN_OUT.contains(field) && !stated.contains(field)) {
        wanted = field == Field.IDENTITY_TYPE ? NO_IDENTITY : null;
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
    for (Field field : Field.values()) {
      boolean noSchedule = field == Field.SCHEDULE_STATUS && schedule.isEmpty();
      if (values.containsKey(field) && !noSchedule) {
        field.armPath().set(body, values.get(field));
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
      JsonNode shown = field.armPath().in(body);
      if ((shown == null || !field.same(wanted, shown)) && (scheduled || field != Field.SCHEDULE_STATUS)) {
        field.armPath().set(body, wanted);
      }
    });
    completeIdleSchedule(body);
    for (Difference gone : differences(observed, appliedPaths)) {
      ArmPath path = gone.field().armPath();
      if (gone.desired() == null) {
        path.remove(body);
      } else {
        path.set(body, gone.desired());
      }
    }
    return body;
  }

  /**
   * Exports made before 2025 may have an inactive schedule with dates and without a recurrence, and Azure refuses an update with that
   * today (azure-powershell#27730). A recurrence keeps the dates, and an inactive schedule does not run by it.
   */
  private static void completeIdleSchedule(ObjectNode body) {
    if (lacksRecurrence(body)) {
      Field.RECURRENCE.armPath().set(body, TextNode.valueOf(Rhythm.UNSTATED));
    }
  }

  private static boolean lacksRecurrence(JsonNode document) {
    JsonNode status = Field.SCHEDULE_STATUS.armPath().in(document);
    return status != null && status.asText().equalsIgnoreCase("Inactive") && Field.RECURRENCE.armPath().in(document) == null
        && !document.path("properties").path("schedule").path("recurrencePeriod").isEmpty();
  }

  /** Whether an update states a recurrence that neither Azure nor the spec has. */
  public boolean completes(ObservedExport observed) {
    boolean nobodyHasOne = Field.RECURRENCE.armPath().in(observed.document()) == null && !values.containsKey(Field.RECURRENCE);
    return nobodyHasOne && Field.RECURRENCE.armPath().in(updateBody(observed, List.of())) != null;
  }

  /** Whether Azure merely does not show a part of a schedule that does not run, as it may once it has it. */
  public boolean isIdle(Difference difference) {
    return difference.observed() == null && SCHEDULE.contains(difference.field())
        && values.get(Field.SCHEDULE_STATUS).asText().equals("Inactive");
  }

  private static JsonNode instant(Instant instant) {
    return TextNode.valueOf(Times.write(instant));
  }
}
