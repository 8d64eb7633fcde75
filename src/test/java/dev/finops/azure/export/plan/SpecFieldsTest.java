package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.spec;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.status.StatusReport;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** No field of the spec is without effect: it has a place in the ARM document, or changes what is done or told. */
class SpecFieldsTest {

    /** Each field that is not sent, with a value that {@link Specs#FOCUS} does not have. */
    static final Map<String, Object> PLAN_ONLY = Map.ofEntries(
            Map.entry("scope", "/subscriptions/11111111-0000-0000-0000-000000000000"),
            Map.entry("exportName", "other"),
            Map.entry("runOnCreate", true),
            Map.entry("backfill.months", 12),
            Map.entry("backfill.from", "2025-01"),
            Map.entry("backfill.to", "2025-12"),
            Map.entry("closedMonth.rerunOnDays", List.of(2, 5)),
            Map.entry("freshness.maxAge", "1h"),
            Map.entry("delivery.verify", true),
            Map.entry("managementPolicy", "Observe"),
            Map.entry("adoptionPolicy", "Adopt"),
            Map.entry("deletionPolicy", "Orphan"),
            Map.entry("credentialsSecretRef.name", "finance-azure"));

    private static final CostExportStatus.Run COMPLETED = new CostExportStatus.Run(
            "a1", "Scheduled", "Completed", null, "2026-11-15T10:00:00Z", null, null, null, null, null, null);

    /** Who is asked, and with what token, is read from Secrets before anything is decided: SecretsIT. */
    private static final Set<String> OF_SECRETS = Set.of("credentialsSecretRef.name");

    static final Set<String> planOnly = PLAN_ONLY.keySet().stream()
            .filter(path -> !OF_SECRETS.contains(path))
            .collect(Collectors.toSet());

    @Test
    void everyFieldIsEitherSentOrPlannedWith() {
        Set<String> known = Stream.concat(
                        Arrays.stream(ExportField.values()).map(ExportField::specPath), PLAN_ONLY.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(
                known,
                leaves("", CostExportSpec.class)
                        .map(path -> path.startsWith(ExportField.SAS_TOKEN.specPath())
                                ? ExportField.SAS_TOKEN.specPath()
                                : path)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @FieldSource("planOnly")
    void whatIsNotSentChangesWhatIsDoneOrTold(String path) {
        assertNotEquals(consequences(FOCUS), consequences(with(FOCUS, path, PLAN_ONLY.get(path))));
    }

    @Test
    void aSecretThatIsNamedIsNotPassedOver() {
        assertNotEquals(
                consequences(FOCUS),
                consequences(with(FOCUS, "destination.sasTokenSecretRef", Map.of("name", "sas", "key", "token"))));
    }

    /** What is done and told in the situations in which an object may be. */
    private static List<Object> consequences(CostExportSpec spec) {
        ObservedExport other = accepted(with(FOCUS, "format", "Csv"));
        ReconcileState ours = later(settled(FOCUS), Duration.ofHours(20));
        ReconcileState same = spec(got(ours, accepted(FOCUS)), "exportName", spec.exportName());
        ReconcileState changed = new ReconcileState(
                same.resource(),
                spec,
                same.status(),
                same.observation(),
                same.transientState(),
                same.settings(),
                same.now(),
                same.secrets());
        ReconcileState ran = changed.with(
                status(changed, draft -> draft.lastSuccessfulRun = COMPLETED).status());
        return List.of(
                StatusReport.toVerify(ran, Planner.settled(ran, (Observation.Present) ran.observation())),
                ReconcileStates.next(changed),
                ReconcileStates.next(absent(fresh(spec))),
                ReconcileStates.next(got(fresh(spec), other)),
                StatusReport.of(changed, ReconcileStates.inSync(changed)),
                ReconcileStates.next(ReconcileStates.deleting(ReconcileStates.unread(changed))));
    }

    /** The paths of all values in a record: through records, not into lists. */
    private static Stream<String> leaves(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> leaf(prefix, component));
    }

    private static Stream<String> leaf(String prefix, RecordComponent component) {
        String path = prefix + component.getName();
        return component.getType().isRecord() ? leaves(path + ".", component.getType()) : Stream.of(path);
    }
}
