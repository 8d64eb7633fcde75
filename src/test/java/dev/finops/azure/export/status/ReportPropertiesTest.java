package dev.finops.azure.export.status;

import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Respelling;
import dev.finops.azure.export.document.SpecArbitraries;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.runs.Histories;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Promise 2 towards the API server: the same outcome on the same status makes the same status. */
@Domain(SpecArbitraries.class)
@Domain(DomainContext.Global.class)
class ReportPropertiesTest {
    private static final List<String> RUNS = List.of(
            "a4 InProgress 2026-11-15T09:40:00Z",
            "a3 Failed 2026-11-15T09:30:00Z Scheduled",
            "a2 Completed 2026-11-15T09:20:00Z",
            "a1 NewDataNotAvailable 2026-11-15T09:10:00Z Scheduled");

    /** One of each kind, and of two reasons where the reason matters. */
    enum Kind {
        SETTLED,
        WATCHED,
        ABSENT,
        WAITING,
        THROTTLED,
        DENIED,
        UNREACHABLE_WRITE,
        STUCK,
        PAUSED
    }

    @Property
    void aReportOfAReportChangesNothingAndTellsNothing(
            @ForAll CostExportSpec spec,
            @ForAll @Size(max = 6) List<Kind> before,
            @ForAll Kind kind,
            @ForAll @IntRange(max = 4) int runs,
            @ForAll @IntRange(max = 100) int hours) {
        ReconcileState s = after(spec, before, runs, hours);
        Outcome outcome = outcome(s, kind);
        StatusReport first = StatusReport.of(s, outcome);
        StatusReport second = StatusReport.of(s.with(first.status()), outcome);

        assertEquals(first.status(), second.status());
        assertEquals(List.of(), second.events());
        assertEquals(
                first.status(),
                StatusReport.of(later(s.with(first.status()), Duration.ofSeconds(1)), outcome)
                        .status());
    }

    /** Azure never answers twice with the same bytes; nothing has changed all the same. */
    @Property
    void anotherSpellingOfTheDocumentChangesNothingAndTellsNothing(
            @ForAll CostExportSpec spec,
            @ForAll Kind kind,
            @ForAll @IntRange(max = 4) int runs,
            @ForAll Set<Respelling> spellings) {
        ReconcileState s = after(spec, List.of(kind), runs, 0);
        StatusReport first = StatusReport.of(s, outcome(s, kind));
        ObservedExport shown = ((Observation.Present) s.observation()).export();
        for (Respelling spelling : new TreeSet<>(spellings)) {
            shown = spelling.of(shown);
        }
        ReconcileState again = got(later(s.with(first.status()), Duration.ofMinutes(5)), shown);
        StatusReport second = StatusReport.of(again, outcome(again, kind));

        assertEquals(first.status(), second.status());
        assertEquals(List.of(), second.events());
    }

    @Property
    void conditionsAreCompleteAndNeverJudgeAGenerationToCome(
            @ForAll CostExportSpec spec,
            @ForAll @Size(min = 1, max = 6) List<Kind> kinds,
            @ForAll @IntRange(max = 4) int runs) {
        ReconcileState s = after(spec, kinds, runs, 0);

        for (CostExportStatus.Condition condition : s.status().conditions()) {
            assertTrue(List.of("True", "False", "Unknown").contains(condition.status()));
            assertTrue(condition.reason().matches("[A-Z][A-Za-z]+")
                    && !condition.message().isBlank()
                    && condition.lastTransitionTime() != null);
            assertTrue(condition.observedGeneration() == null
                    || condition.observedGeneration() <= s.resource().generation());
        }
        List<String> types = s.status().conditions().stream()
                .map(CostExportStatus.Condition::type)
                .toList();
        assertEquals(types.stream().distinct().toList(), types);
        assertTrue(!(types.contains("Stalled") && types.contains("Reconciling")), types::toString);
    }

    private static ReconcileState after(CostExportSpec spec, List<Kind> kinds, int runs, int hours) {
        ReconcileState s = annotated(settled(spec), Annotations.RUN_REQUESTED_AT, "monday");
        ObservedExport export =
                Histories.with(Specs.accepted(spec), RUNS.subList(0, runs).toArray(String[]::new));
        for (Kind kind : kinds) {
            s = got(later(s, Duration.ofHours(1)), export);
            s = s.with(StatusReport.of(s, outcome(s, kind)).status());
        }
        return got(later(s, Duration.ofHours(hours).plusMinutes(17)), export); // data is late at whole and half hours
    }

    private static Outcome outcome(ReconcileState s, Kind kind) {
        Observation.Present present = (Observation.Present) s.observation();
        Outcome.Settled settled = ReconcileStates.inSync(s);
        List<Difference> differences = settled.desired()
                .differences(Specs.edited(present.export(), "properties.definition.type", "\"X\""), List.of());
        ArmFailure.Detail detail = new ArmFailure.Detail(
                403, "Code", "no (Request ID: " + new UUID(1, s.now().getEpochSecond()) + ")", "");
        return switch (kind) {
            case SETTLED -> settled;
            case WATCHED -> new Outcome.Watched(settled.desired(), Optional.of(present.export()), differences);
            case ABSENT -> new Outcome.Watched(settled.desired(), Optional.empty(), List.of());
            case WAITING -> new Outcome.Waiting(Reason.UPDATING, "not yet");
            case THROTTLED ->
                new Outcome.Failing(new ArmFailure.Throttled(detail, Duration.ofSeconds(5)), false, List.of());
            case DENIED ->
                new Outcome.Failing(new ArmFailure.Forbidden(detail, Reason.AUTHORIZATION_FAILED), false, List.of());
            case UNREACHABLE_WRITE ->
                new Outcome.Failing(
                        new ArmFailure.Indeterminate(detail, Reason.ARM_UNREACHABLE, null), true, differences);
            case STUCK -> new Outcome.Stuck(Reason.INVALID_REQUEST, "no", differences);
            case PAUSED -> new Outcome.Paused();
        };
    }
}
