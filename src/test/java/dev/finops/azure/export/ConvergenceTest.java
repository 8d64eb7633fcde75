package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Respelling;
import dev.finops.azure.export.document.SpecArbitraries;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.plan.Outcome;
import dev.finops.azure.export.plan.ReconcileState;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Whatever the specs, however Azure spells, wherever the operator crashes: the same end. */
@Domain(SpecArbitraries.class)
@Domain(DomainContext.Global.class)
class ConvergenceTest {
    /** Passes; enough for an intent to lapse and be made again. */
    private static final int PATIENCE = 20;

    @Property(tries = 100)
    void endsWithTheSpecInAzureOneRunForEachRequestAndNothingToWrite(
            @ForAll CostExportSpec first,
            @ForAll CostExportSpec second,
            @ForAll Set<Respelling> spellings,
            @ForAll @Size(max = 4) Set<@IntRange(max = 60) Integer> crashes,
            @ForAll boolean runOnCreate) {
        InMemoryWorld world = new InMemoryWorld(spelling(spellings));
        world.crashAt(crashes);
        world.apply(Specs.with(first, "runOnCreate", runOnCreate));
        world.reconcile(PATIENCE);
        assertDone(world, runOnCreate ? 1 : 0);

        world.crashAt(crashes);
        world.annotate(Annotations.RUN_REQUESTED_AT, "monday");
        world.apply(second);
        world.reconcile(PATIENCE);
        world.edit("properties.definition.type", "\"SomethingElse\"");
        world.reconcile(PATIENCE);
        assertDone(world, runOnCreate ? 2 : 1);
    }

    @Property(tries = 100)
    void exportsEachMonthThatWasAskedForOnce(
            @ForAll @Size(max = 4) Set<@IntRange(max = 80) Integer> crashes,
            @ForAll @IntRange(min = 1, max = 8) int months) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        world.crashAt(crashes);
        world.apply(Specs.FOCUS);
        world.annotate(Annotations.RUN_PERIOD, "2026-0" + (9 - months) + "..2026-08");
        world.annotate(Annotations.RUN_REQUESTED_AT, "monday");
        world.reconcile(4 * PATIENCE);

        assertDone(world, months);
        assertEquals(months + "/" + months, world.status().summary().backfill());
    }

    @Property(tries = 100)
    void startsEachRunOnceWhateverAzureAnswersToItsPosts(
            @ForAll @Size(max = 2) Set<@IntRange(max = 60) Integer> crashes,
            @ForAll @Size(max = 2) List<InMemoryWorld.Post> answers,
            @ForAll @IntRange(max = 3) int months,
            @ForAll boolean closedMonth,
            @ForAll boolean runOnCreate) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        Iterator<InMemoryWorld.Post> next = answers.iterator();
        world.posting(run -> next.hasNext() ? next.next() : InMemoryWorld.Post.ACCEPTED);
        world.crashAt(crashes);
        CostExportSpec spec = Specs.with(Specs.FOCUS, "runOnCreate", runOnCreate);
        CostExportSpec filled = months == 0 ? spec : Specs.with(spec, "backfill.months", months);
        world.apply(closedMonth ? Specs.with(filled, "closedMonth.rerunOnDays", List.of(15)) : filled);
        world.annotate(Annotations.RUN_REQUESTED_AT, "monday");
        world.reconcile(4 * PATIENCE);

        assertDone(world, months + 1 + (closedMonth ? 1 : 0) + (runOnCreate ? 1 : 0));
        assertNull(world.status().pendingRun());
        assertEquals("monday", world.status().lastHandledRunRequest());
    }

    @Property(tries = 100)
    void givesUpARunThatAzureNeverAcceptsAndStartsTheOthers(
            @ForAll @IntRange(max = 5) int failing, @ForAll boolean answered, @ForAll boolean months) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        String month = YearMonth.of(2026, 10).minusMonths(failing).toString();
        world.posting(run -> (run == null ? !months : months && run.from().startsWith(month))
                ? answered ? InMemoryWorld.Post.CONFLICT : InMemoryWorld.Post.FAILED
                : InMemoryWorld.Post.ACCEPTED);
        world.apply(Specs.with(Specs.with(Specs.FOCUS, "backfill.months", 6), "runOnCreate", !months));
        world.annotate(Annotations.RUN_REQUESTED_AT, "monday");
        world.reconcile(4 * PATIENCE);

        int refused = months ? 1 : 2; // without a run of its own: the one on create and the request
        int wanted = months ? 7 : 8;
        assertDone(world, wanted - refused);
        assertEquals(wanted - refused + 5 * refused, world.posts());
        assertEquals(months ? "5/6" : "6/6", world.status().summary().backfill());
        String type = months ? Conditions.BACKFILLED : Conditions.LAST_RUN_SUCCEEDED;
        assertEquals(
                "False",
                Conditions.find(world.status().conditions(), type).orElseThrow().status());
    }

    @Property(tries = 100)
    void exportsTheClosedMonthOnceOnEachOfItsDays(
            @ForAll @Size(max = 4) Set<@IntRange(max = 60) Integer> crashes,
            @ForAll @Size(max = 4) Set<@IntRange(max = 30) Integer> crashesLater,
            @ForAll @IntRange(max = 3) int months) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        world.crashAt(crashes);
        world.apply(Specs.with(
                months == 0 ? Specs.FOCUS : Specs.with(Specs.FOCUS, "backfill.months", months),
                "closedMonth.rerunOnDays",
                List.of(2, 15, 20)));
        world.reconcile(3 * PATIENCE);
        assertDone(world, months + 1);

        for (String day : List.of("2026-11-20", "2026-12-16")) { // on the day, and after two that were missed
            world.sleepUntil(Instant.parse(day + "T00:00:00Z"));
            world.crashAt(crashesLater);
            world.reconcile(PATIENCE);
        }
        assertDone(world, months + 3);
        assertEquals(
                List.of("2026-11 [2, 15]", "2026-10 [15, 20]"),
                world.status().closedMonths().stream()
                        .map(row -> row.month() + " " + row.handledDays())
                        .toList());
    }

    @Property(tries = 100)
    void createsAgainWhatSomebodyElseDeleted(
            @ForAll CostExportSpec spec, @ForAll @Size(max = 4) Set<@IntRange(max = 40) Integer> crashes) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        world.apply(spec);
        world.reconcile(PATIENCE);
        world.crashAt(crashes);
        world.deleteExport();
        world.reconcile(PATIENCE);

        assertDone(world, 0);
    }

    @Property(tries = 100)
    void deletesTheExportThatTheObjectCreatedAndLetsTheObjectGo(
            @ForAll CostExportSpec spec, @ForAll @Size(max = 4) Set<@IntRange(max = 40) Integer> crashes) {
        InMemoryWorld world = new InMemoryWorld(UnaryOperator.identity());
        world.apply(Specs.with(spec, "deletionPolicy", "Delete"));
        world.reconcile(PATIENCE);
        world.crashAt(crashes);
        world.deleteObject();
        world.reconcile(PATIENCE);

        assertTrue(world.isObjectGone());
        assertEquals(Optional.empty(), world.export());
    }

    private static void assertDone(InMemoryWorld world, int runs) {
        world.crashAt(Set.of());
        assertInstanceOf(Outcome.Settled.class, world.reconcile(PATIENCE).orElseThrow());
        ReconcileState s = world.state();
        ObservedExport export = world.export().orElseThrow();
        DesiredExport desired = Specs.desired(s.spec(), export, s.now());
        assertEquals(List.of(), desired.differences(export, desired.statedPaths()));
        assertEquals(desired.statedPaths(), s.status().appliedFields());
        assertEquals(runs, world.runs());

        int writes = world.writes();
        world.reconcile(5);
        assertEquals(writes, world.writes(), "an idle operator writes nothing");
    }

    private static UnaryOperator<ObservedExport> spelling(Set<Respelling> spellings) {
        return export -> {
            ObservedExport answer = export;
            for (Respelling spelling : new TreeSet<>(spellings)) {
                answer = spelling.of(answer);
            }
            return answer;
        };
    }
}
