package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.claimed;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.intended;
import static dev.finops.azure.export.plan.ReconcileStates.listed;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Absent;
import dev.finops.azure.export.plan.Observation.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise 5 for names of exports, which can differ in letter case alone. */
class NamesTest {
    private static final CostExportSpec DAILY = with(FOCUS, "exportName", "daily");
    private static final CostExportSpec OTHER = with(DAILY, "dataset.type", "ActualCost");
    private static final ResourceView.Claim OLDER = new ResourceView.Claim.OnSpelling("finance/older", "Daily");
    private static final ResourceView.Claim NEXT = new ResourceView.Claim.NextOwnerInOtherCase("finance/next", "Daily");

    private static ObservedExport named(CostExportSpec spec, String name) {
        return accepted(with(spec, "exportName", name));
    }

    private static ReconcileState recorded(String name) {
        return status(
                settled(DAILY),
                draft -> draft.exportId =
                        ExportId.of(with(DAILY, "exportName", name), "").path());
    }

    /** Azure's names, the recorded one, and the one that calls are about. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
      '',          -,     daily
      daily,       -,     daily
      Daily,       -,     Daily
      'daily Daily', -,   daily
      'Daily DAILY', -,   daily
      '',          Daily, Daily
      Daily,       Daily, Daily
      'DAILY Daily', Daily, Daily
      'daily Daily', Daily, daily
      Daily,       daily, daily
      """)
    void theExactNameIsUsedFirst(String shown, String recorded, String used) {
        ReconcileState s = recorded == null ? fresh(DAILY) : recorded(recorded);

        assertEquals(
                used,
                s.withNames(Set.of(shown.isEmpty() ? new String[0] : shown.split(" ")))
                        .exportId()
                        .name());
    }

    @Test
    void theOnlyOneInAnotherSpellingIsTakenOverByTheRulesOfAdoption() {
        ReconcileState equal = listed(fresh(DAILY), named(DAILY, "Daily")).withNames(Set.of("Daily"));
        ReconcileState differs = listed(fresh(DAILY), named(OTHER, "Daily")).withNames(Set.of("Daily"));

        assertTrue(((Step.WriteStatus) ReconcileStates.next(equal))
                .status()
                .exportId()
                .endsWith("/exports/Daily"));
        assertEquals(Reason.ALREADY_EXISTS, stuck(differs).reason());
    }

    @Test
    void ofAPairTheExactOneIsMeantAndTheOtherIsNotSeen() {
        ReconcileState s = absent(fresh(DAILY)).withNames(Set.of("Daily", "DAILY", "daily"));

        assertEquals("daily", s.exportId().name());
        assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(got(s, named(DAILY, "daily"))));
    }

    @Test
    void ofSeveralAndNoneExactNoneIsTouched() {
        for (ReconcileState s : List.of(fresh(DAILY), settled(DAILY), intended(DAILY))) {
            ReconcileState several =
                    s.with(new Absent(s.now(), Source.LIST), s.now()).withNames(Set.of("Daily", "DAILY"));

            assertEquals(Reason.ALREADY_EXISTS, stuck(several).reason());
            assertTrue(
                    stuck(several).message().contains("DAILY, Daily")
                            && stuck(several).message().contains("spec.exportName"),
                    stuck(several).message());
        }
    }

    /**
     * A list may spell what is ours otherwise: whether that is another export, only a GET of our own spelling tells.
     */
    @Test
    void anotherSpellingThanTheRecordedOneIsLookedAtBeforeAnythingElse() {
        ReconcileState list = listed(settled(DAILY), named(OTHER, "Daily")).withNames(Set.of("Daily"));

        assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(list));
        assertInstanceOf(
                Outcome.Settled.class,
                ((Step.Done) ReconcileStates.next(got(list, named(DAILY, "Daily")))).outcome(),
                "Azure does not tell them apart");
        Step.WriteStatus lost = (Step.WriteStatus) ReconcileStates.next(
                ReconcileStates.later(absent(list), java.time.Duration.ofMinutes(3))
                        .with(new Absent(Specs.NOW.plusSeconds(180), Source.GET), Specs.NOW.plusSeconds(180)));
        assertTrue(lost.status().exportId().endsWith("/exports/daily"), "Azure has two, and ours is gone");
        assertNull(lost.status().eTag());
    }

    @Test
    void aRecordedSpellingIsDroppedWhenAzureShowsTheExactOne() {
        ReconcileState s = listed(recorded("Daily"), named(DAILY, "Daily")).withNames(Set.of("Daily", "daily"));

        Step.WriteStatus dropped = (Step.WriteStatus) ReconcileStates.next(s);

        assertNull(dropped.status().exportId());
        assertEquals(Reason.STATUS_CORRECTED, dropped.events().getFirst().reason());
        assertEquals(
                new Step.Read(ReadConsistency.DIRECT),
                ReconcileStates.next(s.with(dropped.status())),
                "what was seen is the other one");
        assertEquals(
                Optional.of(ReadConsistency.CACHED),
                ReconcileStates.firstRead(recorded("Daily")),
                "a GET alone would not tell");
    }

    @Test
    void anOlderObjectOfAnotherSpellingOwnsTheExportUnlessAzureHasBoth() {
        ReconcileState s = claimed(fresh(DAILY), OLDER);

        assertEquals(new Step.Read(ReadConsistency.RECENT), ReconcileStates.next(s));
        assertEquals(
                Reason.CONFLICT,
                stuck(listed(s, named(DAILY, "Daily")).withNames(Set.of("Daily")))
                        .reason());
        assertEquals(Reason.CONFLICT, stuck(absent(s).withNames(Set.of())).reason());
        assertInstanceOf(
                Step.WriteStatus.class,
                ReconcileStates.next(listed(s, named(DAILY, "daily")).withNames(Set.of("Daily", "daily"))));
    }

    /** azure-cli#29673: the list of a billing profile was empty although a GET found the export. */
    @ParameterizedTest
    @CsvSource({
        "/providers/Microsoft.Billing/billingAccounts/1:2_2019-05-31/billingProfiles/3, true",
        "/providers/Microsoft.Billing/billingAccounts/1234567, true",
        "/providers/Microsoft.Management/managementGroups/finops, false",
        "/subscriptions/00000000-0000-0000-0000-000000000000, false"
    })
    void atABillingScopeAnEmptyListIsNoProofOfAbsence(String scope, boolean asks) {
        ReconcileState s = fresh(with(DAILY, "scope", scope));
        Step next = ReconcileStates.next(s.with(new Absent(s.now(), Source.LIST), s.now()));

        assertEquals(asks, next.equals(new Step.Read(ReadConsistency.DIRECT)), next::toString);
        assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(absent(s)));
    }

    @Test
    void theOneOfAPairThatIsRecordedIsDeletedAndNoOther() {
        assertEquals(
                "daily",
                ((Step.Delete) ReconcileStates.next(
                                deletingWithNames(settled(DAILY).withNames(Set.of("daily", "Daily")))))
                        .id()
                        .name());
        assertEquals(
                "Daily",
                ((Step.Delete) ReconcileStates.next(
                                deletingWithNames(recorded("Daily").withNames(Set.of("Daily")))))
                        .id()
                        .name());
        Step.Release twin = (Step.Release)
                ReconcileStates.next(deletingWithNames(recorded("Daily").withNames(Set.of("daily", "Daily"))));
        assertTrue(twin.event().orElseThrow().message().contains("The operator sent no DELETE"), twin::toString);
    }

    @ParameterizedTest
    @CsvSource({"daily, false, false", "daily, true, true", "Daily, false, true", "Daily, true, true"})
    void aDeletionAsksForTheNamesWhereTheyMatter(String recorded, boolean rival, boolean asks) {
        assertEquals(asks, readsNames(recorded(recorded), rival));
        assertEquals(false, readsNames(fresh(DAILY), rival));
    }

    private static boolean readsNames(ReconcileState s, boolean rival) {
        ReconcileState deleting = ReconcileStates.deleting(ReconcileStates.unread(s));
        return ReconcileStates.next(rival ? claimed(deleting, NEXT) : deleting) instanceof Step.ReadNames;
    }

    private static ReconcileState deletingWithNames(ReconcileState s) {
        return ReconcileStates.deleting(s.with(s.progress().withNames()));
    }

    private static Outcome.Stuck stuck(ReconcileState s) {
        return assertInstanceOf(
                Outcome.Stuck.class,
                assertInstanceOf(Step.Done.class, ReconcileStates.next(s)).outcome());
    }
}
