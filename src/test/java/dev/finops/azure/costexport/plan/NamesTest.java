package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.absent;
import static dev.finops.azure.costexport.plan.Situations.claimed;
import static dev.finops.azure.costexport.plan.Situations.fresh;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.intended;
import static dev.finops.azure.costexport.plan.Situations.listed;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Absent;
import dev.finops.azure.costexport.plan.Observation.Source;
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
  private static final Subject.Claim OLDER = new Subject.Claim.OnSpelling("finance/older", "Daily");

  private static ObservedExport named(CostExportSpec spec, String name) {
    return accepted(with(spec, "exportName", name));
  }

  private static Situation recorded(String name) {
    return status(settled(DAILY), draft -> draft.exportId = ExportId.of(with(DAILY, "exportName", name), "").path());
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
    Situation s = recorded == null ? fresh(DAILY) : recorded(recorded);

    assertEquals(used, s.showing(Set.of(shown.isEmpty() ? new String[0] : shown.split(" "))).exportId().name());
  }

  @Test
  void theOnlyOneInAnotherSpellingIsTakenOverByTheRulesOfAdoption() {
    Situation equal = listed(fresh(DAILY), named(DAILY, "Daily")).showing(Set.of("Daily"));
    Situation differs = listed(fresh(DAILY), named(OTHER, "Daily")).showing(Set.of("Daily"));

    assertTrue(((Step.Record) Planner.next(equal)).status().exportId().endsWith("/exports/Daily"));
    assertEquals(Reason.ALREADY_EXISTS, stuck(differs).reason());
  }

  @Test
  void ofAPairTheExactOneIsMeantAndTheOtherIsNotSeen() {
    Situation s = absent(fresh(DAILY)).showing(Set.of("Daily", "DAILY", "daily"));

    assertEquals("daily", s.exportId().name());
    assertInstanceOf(Step.Record.class, Planner.next(got(s, named(DAILY, "daily"))));
  }

  @Test
  void ofSeveralAndNoneExactNoneIsTouched() {
    for (Situation s : List.of(fresh(DAILY), settled(DAILY), intended(DAILY))) {
      Situation several = s.with(new Absent(s.now(), Source.LIST), s.now()).showing(Set.of("Daily", "DAILY"));

      assertEquals(Reason.ALREADY_EXISTS, stuck(several).reason());
      assertTrue(stuck(several).message().contains("DAILY, Daily") && stuck(several).message().contains("spec.exportName"), stuck(several).message());
    }
  }

  /** A list may spell what is ours otherwise: whether that is another export, only a GET of our own spelling tells. */
  @Test
  void anotherSpellingThanTheRecordedOneIsLookedAtBeforeAnythingElse() {
    Situation list = listed(settled(DAILY), named(OTHER, "Daily")).showing(Set.of("Daily"));

    assertEquals(new Step.Observe(Look.SINGLE), Planner.next(list));
    assertInstanceOf(Verdict.Settled.class, ((Step.Rest) Planner.next(got(list, named(DAILY, "Daily")))).verdict(), "Azure does not tell them apart");
    Step.Record lost = (Step.Record) Planner.next(Situations.later(absent(list), java.time.Duration.ofMinutes(3)).with(
        new Absent(Specs.NOW.plusSeconds(180), Source.GET), Specs.NOW.plusSeconds(180)));
    assertTrue(lost.status().exportId().endsWith("/exports/daily"), "Azure has two, and ours is gone");
    assertNull(lost.status().eTag());
  }

  @Test
  void aRecordedSpellingIsDroppedWhenAzureShowsTheExactOne() {
    Situation s = listed(recorded("Daily"), named(DAILY, "Daily")).showing(Set.of("Daily", "daily"));

    Step.Record dropped = (Step.Record) Planner.next(s);

    assertNull(dropped.status().exportId());
    assertEquals(Reason.STATUS_CORRECTED, dropped.notes().getFirst().reason());
    assertEquals(new Step.Observe(Look.SINGLE), Planner.next(s.with(dropped.status())), "what was seen is the other one");
    assertEquals(Optional.of(Look.SHARED), Planner.firstLook(recorded("Daily")), "a GET alone would not tell");
  }

  @Test
  void anOlderObjectOfAnotherSpellingOwnsTheExportUnlessAzureHasBoth() {
    Situation s = claimed(fresh(DAILY), OLDER);

    assertEquals(Optional.of(Look.RECENT), Planner.firstLook(s));
    assertEquals(new Step.Observe(Look.SHARED), Planner.next(s));
    assertEquals(Reason.CONFLICT, stuck(listed(s, named(DAILY, "Daily")).showing(Set.of("Daily"))).reason());
    assertEquals(Reason.CONFLICT, stuck(absent(s).showing(Set.of())).reason());
    assertInstanceOf(Step.Record.class, Planner.next(listed(s, named(DAILY, "daily")).showing(Set.of("Daily", "daily"))));
  }

  /** azure-cli#29673: the list of a billing profile was empty although a GET found the export. */
  @ParameterizedTest
  @CsvSource({
      "/providers/Microsoft.Billing/billingAccounts/1:2_2019-05-31/billingProfiles/3, true",
      "/providers/Microsoft.Billing/billingAccounts/1234567, true",
      "/providers/Microsoft.Management/managementGroups/finops, false",
      "/subscriptions/00000000-0000-0000-0000-000000000000, false"})
  void atABillingScopeAnEmptyListIsNoProofOfAbsence(String scope, boolean asks) {
    Situation s = fresh(with(DAILY, "scope", scope));
    Step next = Planner.next(s.with(new Absent(s.now(), Source.LIST), s.now()));

    assertEquals(asks, next.equals(new Step.Observe(Look.SINGLE)), next::toString);
    assertInstanceOf(Step.Record.class, Planner.next(absent(s)));
  }

  @Test
  void theOneOfAPairThatIsRecordedIsDeletedAndNoOther() {
    assertEquals("daily", ((Removal.Step.Delete) Removal.next(settled(DAILY).showing(Set.of("daily", "Daily")), Optional.empty())).id().name());
    assertEquals("Daily", ((Removal.Step.Delete) Removal.next(recorded("Daily").showing(Set.of("Daily")), Optional.empty())).id().name());
    Removal.Step.Release twin = (Removal.Step.Release) Removal.next(recorded("Daily").showing(Set.of("daily", "Daily")), Optional.empty());
    assertTrue(twin.note().orElseThrow().message().contains("The operator sent no DELETE"), twin::toString);
  }

  @ParameterizedTest
  @CsvSource({"daily, false, false", "daily, true, true", "Daily, false, true", "Daily, true, true"})
  void aDeletionAsksForTheNamesWhereTheyMatter(String recorded, boolean rival, boolean asks) {
    assertEquals(asks, Removal.dependsOnNames(recorded(recorded), rival));
    assertEquals(false, Removal.dependsOnNames(fresh(DAILY), rival));
  }

  private static Verdict.Stuck stuck(Situation s) {
    return assertInstanceOf(Verdict.Stuck.class, assertInstanceOf(Step.Rest.class, Planner.next(s)).verdict());
  }
}
