package dev.finops.azure.export.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.queue.Priority;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrioritiesTest {
    private static final String MADE = "exportId: /subscriptions/0a/x, eTag: '1'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "new                            | {}                                                     "
                        + "                             | Manage  | 1 | CREATE",
                "meant to be created            | {exportId: /subscriptions/0a/x, observedGeneration: 1} "
                        + "                             | Manage  | 1 | CREATE",
                "at rest                        | {MADE, observedGeneration: 1}                          "
                        + "                             | Manage  | 1 | POLL",
                "changed                        | {MADE, observedGeneration: 1}                          "
                        + "                             | Manage  | 2 | CHANGE",
                "only observed, at rest         | {observedGeneration: 1}                                "
                        + "                             | Observe | 1 | POLL",
                "a run asked for                | {MADE, observedGeneration: 1, pendingRun: {cause: "
                        + "Request}}                         | Manage  | 1 | RUN",
                "a run of a month               | {MADE, observedGeneration: 1, pendingRun: {cause: "
                        + "Backfill, timePeriod: {from: 2026-01-01}}} | Manage | 1 | POLL",
                "months open                    | {MADE, observedGeneration: 1, backfill: {months: "
                        + "[{month: 2026-01, state: Pending}]}} | Manage | 1 | BACKFILL"
            })
    void whatIsMostUrgent(String what, String status, String policy, long generation, Priority urgency) {
        assertEquals(urgency, urgency(status, policy, generation, false, Map.of()), what);
    }

    @ParameterizedTest
    @CsvSource({
        Annotations.APPLY_REQUESTED_AT + ",CHANGE",
        Annotations.RECONCILE_REQUESTED_AT + ",CHANGE",
        Annotations.RUN_REQUESTED_AT + ",RUN"
    })
    void whatPeopleAskFor(String annotation, Priority urgency) {
        assertEquals(urgency, urgency("{MADE, observedGeneration: 1}", "Manage", 1, false, Map.of(annotation, "now")));
    }

    @ParameterizedTest
    @CsvSource({"'{MADE, observedGeneration: 1}'", "{}"})
    void aDeletionWaitsForNothing(String status) {
        assertEquals(Priority.CHANGE, urgency(status, "Manage", 1, true, Map.of()));
    }

    private static Priority urgency(
            String status, String policy, long generation, boolean deleting, Map<String, String> annotations) {
        ResourceView subject = new ResourceView(
                "finops",
                "daily",
                generation,
                Instant.EPOCH,
                deleting,
                annotations,
                Optional.empty(),
                Optional.empty());
        return Priorities.of(
                subject,
                Serialization.unmarshal(
                        "---\n{scope: /subscriptions/0a, managementPolicy: " + policy + "}", CostExportSpec.class),
                Serialization.unmarshal("---\n" + status.replace("MADE", MADE), CostExportStatus.class));
    }
}
