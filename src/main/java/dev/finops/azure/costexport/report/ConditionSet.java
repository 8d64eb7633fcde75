package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.costexport.export.Json;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Conditions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The conditions of one object in the making: an unchanged status keeps its transition time, an unchanged text its words. */
final class ConditionSet {
  /** Azure's words of at most 1,024 characters and ours, with the longest ids, always fit. */
  static final int MAX_MESSAGE = 4096;

  /** Request ids and times, which differ between two answers that say the same. */
  private static final Pattern PASSING = Pattern.compile(
      "\\(?request id:? ?[^)\\s]*\\)?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z",
      Pattern.CASE_INSENSITIVE);

  private final Map<String, Condition> conditions = new LinkedHashMap<>();
  private final long generation;
  private final String now;

  ConditionSet(List<Condition> known, long generation, Instant now) {
    this.generation = generation;
    this.now = Times.write(now);
    if (known != null) {
      known.forEach(condition -> conditions.put(condition.type(), condition));
    }
  }

  void set(String type, boolean status, Reason reason, String message) {
    set(type, status ? "True" : "False", reason, message, generation);
  }

  void unknown(String type, Reason reason, String message) {
    set(type, "Unknown", reason, message, generation);
  }

  /** A message whose times are ours: it is told anew when they change. */
  void setAtTimes(String type, String status, Reason reason, String message) {
    set(type, status, reason, message, generation, true);
  }

  /** Another reason for the status that it has, and no judgement of another generation. */
  void explain(String type, Reason reason, String message) {
    Optional<Condition> known = find(type);
    set(type, known.map(Condition::status).orElse("Unknown"), reason, message,
        known.map(Condition::observedGeneration).filter(judged -> judged <= generation).orElse(null));
  }

  void remove(String type) {
    conditions.remove(type);
  }

  Optional<Condition> find(String type) {
    return Optional.ofNullable(conditions.get(type));
  }

  boolean is(String type, String status) {
    return find(type).filter(condition -> status.equals(condition.status())).isPresent();
  }

  /** In an order that reads well: the verdict first. */
  List<Condition> list() {
    List<Condition> list = new ArrayList<>();
    for (String type : List.of(Conditions.READY, Conditions.SYNCED, Conditions.LAST_RUN_SUCCEEDED, Conditions.DELIVERED,
        Conditions.BACKFILLED, Conditions.RECONCILING, Conditions.STALLED)) {
      find(type).ifPresent(list::add);
    }
    conditions.values().stream().filter(condition -> !list.contains(condition)).forEach(list::add);
    return List.copyOf(list);
  }

  private void set(String type, String status, Reason reason, String message, Long observedGeneration) {
    set(type, status, reason, message, observedGeneration, false);
  }

  private void set(String type, String status, Reason reason, String message, Long observedGeneration, boolean timesCount) {
    Condition known = conditions.get(type);
    String text = Json.shortened(message, MAX_MESSAGE);
    boolean sameStatus = known != null && status.equals(known.status());
    boolean sameWords = sameStatus && !timesCount && reason.toString().equals(known.reason()) && lasting(text).equals(lasting(known.message()));
    conditions.put(type, new Condition(type, status, reason.toString(), sameWords ? known.message() : text,
        sameStatus ? known.lastTransitionTime() : now, observedGeneration));
  }

  private static String lasting(String message) {
    return message == null ? "" : PASSING.matcher(message).replaceAll("");
  }
}
