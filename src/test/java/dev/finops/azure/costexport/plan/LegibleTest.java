package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.absent;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.report.Report;
import dev.finops.azure.costexport.report.Wakeup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a status leaves out or misspells, the object is reconciled: another release or client wrote it. */
class LegibleTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final CostExportSpec SPEC = with(with(with(FOCUS, "backfill", Map.of("months", 2)), "closedMonth", Map.of("rerunOnDays", List.of(2))),
      "delivery", Map.of("verify", true));

  /** Each field of the status has a value. */
  private static ObjectNode full() {
    try {
      ObjectNode status = (ObjectNode) MAPPER.readTree("""
          {"observedGeneration": 1, "exportId": "%s", "origin": "Created", "apiVersion": "2025-03-01", "eTag": "e", "tenantId": "t",
           "identity": {"principalId": "p", "tenantId": "t"}, "nextRunTime": "2026-12-01T00:00:00Z", "sasTokenHash": "h", "appliedFields": ["format"],
           "conditions": [
             {"type": "Ready", "status": "True", "reason": "Applied", "message": "m", "lastTransitionTime": "2026-11-01T00:00:00Z", "observedGeneration": 1},
             {"type": "Synced", "status": "False", "reason": "Throttled", "message": "m", "lastTransitionTime": "2026-11-01T00:00:00Z", "observedGeneration": 1},
             {"type": "LastRunSucceeded", "status": "False", "reason": "RunDenied", "message": "m", "lastTransitionTime": "2026-11-01T00:00:00Z"},
             {"type": "Delivered", "status": "True", "reason": "Fresh", "message": "m", "lastTransitionTime": "2026-11-01T00:00:00Z", "observedGeneration": 1},
             {"type": "Stalled", "status": "True", "reason": "InvalidRequest", "message": "m", "lastTransitionTime": "2026-11-14T00:00:00Z", "observedGeneration": 1},
             {"type": "Foreign", "status": "True", "reason": "Whatever", "message": "m", "lastTransitionTime": "2026-11-01T00:00:00Z"}],
           "summary": {"schedule": "Daily", "backfill": "1/2"},
           "difference": [{"path": "format", "desired": "1", "observed": "2"}],
           "corrections": [{"time": "2026-11-15T09:59:00Z", "path": "format", "observed": "1", "desired": "2", "changedBy": "x"}],
           "lastRun": %2$s, "lastSuccessfulRun": %2$s, "runs": [%2$s],
           "pendingRun": {"cause": "Backfill", "request": "2026-09", "timePeriod": {"from": "2026-09-01", "to": "2026-09-30"},
                          "requestedTime": "2026-11-15T09:00:00Z", "attempts": 1},
           "refusal": {"apiVersion": "2025-03-01", "sasTokenHash": "h", "time": "2026-11-14T00:00:00Z"},
           "delivery": {"runId": "a1", "manifest": "m", "blobs": 1, "bytes": 2, "rows": 3, "dataVersion": "1.0", "verifiedTime": "2026-11-14T00:00:00Z"},
           "backfill": {"until": "2026-10", "total": 2, "completed": 1, "failed": 0, "months": [
             {"month": "2026-10", "state": "Running", "runId": "a2", "attempts": 1, "message": "m"},
             {"month": "2026-09", "state": "Requested", "attempts": 1, "requested": true}]},
           "closedMonths": [{"month": "2026-10", "handledDays": [2], "runId": "a3", "time": "2026-11-02T00:00:00Z", "rows": 1, "bytes": 2,
             "state": "Completed", "message": "m", "attempts": 1, "verifiedTime": "2026-11-02T00:00:00Z"}],
           "lastHandledRunRequest": "r", "lastHandledReconcileRequest": "r", "lastHandledApplyRequest": "r"}
          """.formatted(settled(SPEC).status().exportId(), """
          {"id": "a1", "executionType": "OnDemand", "status": "Completed", "submittedBy": "x", "submittedTime": "2026-11-14T00:00:00Z",
           "processingStartTime": "2026-11-14T00:00:00Z", "processingEndTime": "2026-11-14T01:00:00Z", "timePeriod": {"from": "2026-11-01", "to": "2026-11-14"},
           "fileName": "f", "manifestFile": "m", "error": {"code": "c", "message": "m"}}"""));
      return status;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<String> pointers() {
    List<String> all = new ArrayList<>();
    collect("", full(), all);
    return all.stream();
  }

  private static void collect(String at, JsonNode node, List<String> all) {
    if (!at.isEmpty()) {
      all.add(at);
    }
    if (node instanceof ArrayNode rows) {
      for (int i = 0; i < rows.size(); i++) {
        collect(at + "/" + i, rows.get(i), all);
      }
    }
    node.fieldNames().forEachRemaining(name -> collect(at + "/" + name, node.get(name), all));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pointers")
  void isReconciledWithout(String pointer) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    for (JsonNode instead : List.of(json.nullNode(), json.textNode(""), json.textNode("scribbled"), json.arrayNode(), json.objectNode())) {
      CostExportStatus status;
      try {
        status = MAPPER.treeToValue(replaced(pointer, instead), CostExportStatus.class);
      } catch (com.fasterxml.jackson.core.JsonProcessingException otherType) {
        continue; // LenientTest has those
      }
      assertDoesNotThrow(() -> reconcile(Legible.of(status)), () -> pointer + " is " + instead);
    }
  }

  private static ObjectNode replaced(String pointer, JsonNode instead) {
    ObjectNode status = full();
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = status.at(pointer.substring(0, slash));
    String last = pointer.substring(slash + 1);
    if (parent instanceof ArrayNode rows) {
      rows.set(Integer.parseInt(last), instead);
    } else {
      ((ObjectNode) parent).set(last, instead);
    }
    return status;
  }

  private static void reconcile(CostExportStatus status) {
    Situation s = settled(SPEC).with(status);
    s = s.with(s.memory().distrusting());
    ArmFailure failure = new ArmFailure.Unclear(new ArmFailure.Detail(502, "", "HTTP 502", ""), Reason.ARM_UNREACHABLE, null);
    for (Situation seen : List.of(got(s, accepted(SPEC)), got(s, accepted(with(SPEC, "format", "Csv"))), absent(s),
        s.with(new Observation.Unanswered(failure), s.now()))) {
      Planner.firstLook(seen);
      Situation now = seen.observation() instanceof Present present ? ForeignRuns.dropped(seen, present) : seen;
      Planner.next(now);
      Removal.next(now, Optional.empty());
      for (Verdict verdict : verdicts(now)) {
        Report report = Report.of(now, verdict);
        Report.working(now, now.status());
        Report.toProve(now, verdict);
        Wakeup.after(now, report.status(), verdict, new Random(1));
      }
      now.failed(Reason.THROTTLED);
    }
    Urgencies.of(s.subject(), s.spec(), s.status());
  }

  private static List<Verdict> verdicts(Situation s) {
    ArmFailure failure = new ArmFailure.Throttled(new ArmFailure.Detail(429, "", "HTTP 429", ""), java.time.Duration.ofMinutes(1));
    List<Verdict> verdicts = new ArrayList<>(List.of(new Verdict.Paused(), new Verdict.Waiting(Reason.CREATING, "m"), new Verdict.Failing(failure, true, List.of()),
        new Verdict.Stuck(Reason.INVALID_REQUEST, "m", List.of())));
    if (s.observation() instanceof Present present) {
      verdicts.add(Planner.settled(s, present));
    }
    return verdicts;
  }

  @Test
  void aConditionOfAnotherWriterStays() {
    ObjectNode bare = full();
    bare.putArray("conditions").addObject().put("type", "Foreign").put("status", "True");

    CostExportStatus read = Legible.of(MAPPER.convertValue(bare, CostExportStatus.class));

    assertEquals("Foreign", read.conditions().getFirst().type());
    assertEquals("", read.conditions().getFirst().reason());
  }

  @Test
  void aStatusOfOursStaysAsItIs() {
    CostExportStatus status = MAPPER.convertValue(full(), CostExportStatus.class);

    assertEquals(status, Legible.of(status));
    assertEquals(Specs.NOW, settled(SPEC).now());
  }
}
