package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.status.RequeuePolicy;
import dev.finops.azure.export.status.StatusReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a status leaves out or misspells, the object is reconciled: another release or client wrote it. */
class StatusSanitizerTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final CostExportSpec SPEC = with(
            with(with(FOCUS, "backfill", Map.of("months", 2)), "closedMonth", Map.of("rerunOnDays", List.of(2))),
            "delivery",
            Map.of("verify", true));

    /** Each field of the status has a value. */
    private static ObjectNode full() {
        try {
            ObjectNode status = (ObjectNode)
                    MAPPER.readTree("""
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
        for (JsonNode instead : List.of(
                json.nullNode(), json.textNode(""), json.textNode("scribbled"), json.arrayNode(), json.objectNode())) {
            CostExportStatus status;
            try {
                status = MAPPER.treeToValue(replaced(pointer, instead), CostExportStatus.class);
            } catch (com.fasterxml.jackson.core.JsonProcessingException otherType) {
                continue; // LenientTest has those
            }
            assertDoesNotThrow(() -> reconcile(StatusSanitizer.of(status)), () -> pointer + " is " + instead);
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
        ReconcileState s = settled(SPEC).with(status);
        s = s.with(s.transientState().distrusting());
        ArmFailure failure = new ArmFailure.Indeterminate(
                new ArmFailure.Detail(502, "", "HTTP 502", ""), Reason.ARM_UNREACHABLE, null);
        for (ReconcileState seen : List.of(
                got(s, accepted(SPEC)),
                got(s, accepted(with(SPEC, "format", "Csv"))),
                absent(s),
                s.with(new Observation.Unanswered(failure), s.now()))) {
            ReconcileStates.firstRead(seen);
            ReconcileState now =
                    seen.observation() instanceof Present present ? ForeignRuns.dropped(seen, present) : seen;
            ReconcileStates.next(now);
            ReconcileStates.next(ReconcileStates.deleting(now));
            for (Outcome outcome : outcomes(now)) {
                StatusReport report = StatusReport.of(now, outcome);
                StatusReport.working(now, now.status());
                StatusReport.toVerify(now, outcome);
                RequeuePolicy.after(now, report.status(), outcome, new Random(1));
            }
            now.failed(Reason.THROTTLED);
        }
        Priorities.of(s.resource(), s.spec(), s.status());
    }

    private static List<Outcome> outcomes(ReconcileState s) {
        ArmFailure failure = new ArmFailure.Throttled(
                new ArmFailure.Detail(429, "", "HTTP 429", ""), java.time.Duration.ofMinutes(1));
        List<Outcome> outcomes = new ArrayList<>(List.of(
                new Outcome.Paused(),
                new Outcome.Waiting(Reason.CREATING, "m"),
                new Outcome.Failing(failure, true, List.of()),
                new Outcome.Stuck(Reason.INVALID_REQUEST, "m", List.of())));
        if (s.observation() instanceof Present present) {
            outcomes.add(Planner.settled(s, present));
        }
        return outcomes;
    }

    @Test
    void aConditionOfAnotherWriterStays() {
        ObjectNode bare = full();
        bare.putArray("conditions").addObject().put("type", "Foreign").put("status", "True");

        CostExportStatus read = StatusSanitizer.of(MAPPER.convertValue(bare, CostExportStatus.class));

        assertEquals("Foreign", read.conditions().getFirst().type());
        assertEquals("", read.conditions().getFirst().reason());
    }

    @Test
    void aStatusOfOursStaysAsItIs() {
        CostExportStatus status = MAPPER.convertValue(full(), CostExportStatus.class);

        assertEquals(status, StatusSanitizer.of(status));
        assertEquals(Specs.NOW, settled(SPEC).now());
    }
}
