package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.absent;
import static dev.finops.azure.costexport.plan.Situations.annotated;
import static dev.finops.azure.costexport.plan.Situations.apiVersion;
import static dev.finops.azure.costexport.plan.Situations.fresh;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.intended;
import static dev.finops.azure.costexport.plan.Situations.later;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.spec;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Removal.Step;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 5: nothing is deleted by accident, and nothing is held for ever. */
class RemovalTest {
  private static final ExportId ID = ExportId.of(FOCUS, "unnamed");
  private static final ObservedExport OTHER = accepted(with(FOCUS, "dataset.type", "ActualCost"));

  @ParameterizedTest
  @CsvSource(nullValues = "-", value = {
      "Created, -,      true",
      "Created, Delete, true",
      "Created, Orphan, false",
      "Adopted, -,      false",
      "Adopted, Delete, true",
      "Adopted, Orphan, false"})
  void theExportGoesByPolicyElseByOrigin(String origin, String policy, boolean deleted) {
    Situation s = unasked(spec(status(settled(FOCUS), draft -> draft.origin = origin), "deletionPolicy", policy));

    if (deleted) {
      assertEquals(new Step.Delete(ID), next(s));
    } else {
      assertReleased(Reason.ORPHANED, s);
    }
  }

  @Test
  void anObservedExportIsLeftWithoutACall() {
    assertEquals(new Step.Release(Optional.empty()), next(unasked(spec(settled(FOCUS), "managementPolicy", "Observe"))));
  }

  @Test
  void anObjectThatNeverCreatedAnythingGoesAtOnce() {
    assertEquals(new Step.Release(Optional.empty()), next(fresh(FOCUS)));
  }

  @Test
  void whatAzureMayStillCreateIsWaitedFor() {
    Situation s = absent(intended(FOCUS));
    assertInstanceOf(Step.Release.class, next(s), "nothing is on its way");

    Situation sent = s.with(s.memory().unanswered(s.now()));
    Verdict.Waiting waiting = assertInstanceOf(Verdict.Waiting.class, rest(sent));
    assertEquals(Reason.DELETING, waiting.reason());
    assertInstanceOf(Step.Release.class, next(later(sent, Memory.REPLICATION)));
  }

  @Test
  void aPausedObjectWaits() {
    assertInstanceOf(Verdict.Paused.class, rest(annotated(unasked(settled(FOCUS)), Annotations.PAUSED, "true")));
  }

  @Test
  void theNextOlderObjectInherits() {
    assertEquals(Reason.INHERITED, assertInstanceOf(Step.Release.class, Removal.next(unasked(settled(FOCUS)), Optional.of("finance/heir")))
        .note().orElseThrow().reason());
  }

  @Test
  void whatIsDeletedIsWhatTheStatusRecorded() {
    String recorded = ID.path().replace("/subscriptions/", "/SUBSCRIPTIONS/");

    Step.Delete delete = assertInstanceOf(Step.Delete.class, next(unasked(status(settled(FOCUS), draft -> draft.exportId = recorded))));
    assertEquals(recorded, delete.id().path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/subscriptions/1/providers/Microsoft.CostManagement/exports/recorded", "/not/an/export", ""})
  void anIdThatIsNotOfThisObjectIsNotDeletedAndThatIsReported(String foreign) {
    Situation s = unasked(status(settled(FOCUS), draft -> draft.exportId = foreign));

    Note note = assertInstanceOf(Step.Release.class, next(s)).note().orElseThrow();
    assertEquals(Reason.STATUS_CORRECTED, note.reason());
    assertTrue(note.message().contains("named " + foreign + ",") && note.message().contains("sent no DELETE"), note.message());
    assertInstanceOf(Step.Release.class, Removal.next(s, Optional.of("finance/heir")));
  }

  @Test
  void anExportOfWhichNobodyKnowsWhoCreatedItIsLeft() {
    assertReleased(Reason.ORPHANED, unasked(status(settled(FOCUS), draft -> draft.origin = null)));
    assertReleased(Reason.ORPHANED, unasked(status(settled(FOCUS), draft -> draft.origin = "Imported")));
  }

  @ParameterizedTest
  @CsvSource(nullValues = "-", value = {
      "tenant-a, tenant-a, true",
      "tenant-a, TENANT-A, true",
      "tenant-a, tenant-b, false",
      "tenant-a, -,        false",
      "-,        tenant-b, true"})
  void aScopeIsGoneOnlyToACredentialOfTheTenantThatReadTheExport(String recorded, String asking, boolean gone) {
    ArmFailure notFound = new ArmFailure.ScopeNotFound(new ArmFailure.Detail(404, "SubscriptionNotFound", "no such subscription", ""));
    Situation s = status(settled(FOCUS), draft -> draft.tenantId = recorded).with(Secrets.NONE.of(Optional.ofNullable(asking)))
        .with(new Observation.Unanswered(notFound), settled(FOCUS).now());

    if (gone) {
      Note note = assertInstanceOf(Step.Release.class, next(s)).note().orElseThrow();
      assertEquals(recorded == null, note.message().contains("is not recorded"), note.message());
    } else {
      Verdict.Failing held = assertInstanceOf(Verdict.Failing.class, rest(s));
      assertEquals(Reason.SCOPE_NOT_FOUND, held.failure().reason());
      assertTrue(held.failure().detail().message().contains("tenant " + recorded + " last read the export"), held.failure().detail().message());
    }
  }

  @Test
  void aReadRecordsTheTenantOfItsCredential() {
    Situation s = got(settled(FOCUS), accepted(FOCUS)).with(Secrets.NONE.of(Optional.of("tenant-a")));

    Verdict settled = assertInstanceOf(dev.finops.azure.costexport.plan.Step.Rest.class, Planner.next(s)).verdict();
    assertEquals("tenant-a", Situations.reported(s, settled).status().tenantId());
  }

  @Test
  void anAcceptedDeletionIsPolledLessAndLess() {
    Situation accepted = settled(FOCUS).with(Memory.NONE.deleted(settled(FOCUS).now()));

    assertEquals(Duration.ofSeconds(5), accepted.patience());
    assertEquals(Duration.ofSeconds(40), later(accepted, Duration.ofSeconds(40)).patience());
    Situation again = later(accepted, Duration.ofMinutes(3));
    again = again.with(again.memory().deleted(again.now()));
    assertEquals(Duration.ofMinutes(3), again.patience());
    assertEquals(Duration.ofMinutes(15), later(again, Duration.ofHours(3)).patience());
  }

  @Test
  void anIntentIsLookedUpFirst() {
    assertEquals(new Step.Observe(ID), next(unasked(intended(FOCUS))));
  }

  @Test
  void anIntentThatBecameAnExportIsDeleted() {
    assertEquals(new Step.Delete(ID), next(got(intended(FOCUS), accepted(FOCUS))));
  }

  @Test
  void anExportThatIsNotTheOneThatWasMeantIsLeft() {
    assertReleased(Reason.ORPHANED, got(intended(FOCUS), OTHER));
  }

  @Test
  void anExportOfOursThatSomebodyChangedIsDeletedAllTheSame() {
    assertEquals(new Step.Delete(ID), next(got(settled(FOCUS), OTHER)));
  }

  @Test
  void theObjectGoesWhenAzureSaysThatTheExportIsNotThere() {
    assertReleased(Reason.DELETED, absent(settled(FOCUS)));
  }

  @Test
  void theObjectGoesWithItsScope() {
    ArmFailure gone = new ArmFailure.ScopeNotFound(new ArmFailure.Detail(404, "SubscriptionNotFound", "no such subscription", ""));

    assertReleased(Reason.DELETED, settled(FOCUS).with(new Observation.Unanswered(gone), settled(FOCUS).now()));
  }

  @Test
  void anAbsenceThatThisApiVersionCannotJudgeIsNone() {
    Verdict.Stuck stuck = assertInstanceOf(Verdict.Stuck.class, rest(apiVersion(absent(settled(FOCUS)), "2023-08-01")));

    assertEquals(Reason.NOT_VISIBLE_IN_API_VERSION, stuck.reason());
  }

  @Test
  void anAnswerThatSaysNothingKeepsTheObject() {
    ArmFailure failure = new ArmFailure.Unclear(new ArmFailure.Detail(502, "", "HTTP 502", ""), Reason.ARM_UNREACHABLE, null);
    Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class,
        rest(settled(FOCUS).with(new Observation.Unanswered(failure), settled(FOCUS).now())));

    assertEquals(failure, failing.failure());
  }

  @Test
  void aDeletionIsAwaitedForTwoMinutesAndThenSentAgain() {
    Situation deleted = settled(FOCUS).with(Memory.NONE.deleted(settled(FOCUS).now()));

    assertEquals(new Step.Observe(ID), next(unasked(deleted)));
    assertEquals(Reason.DELETING, assertInstanceOf(Verdict.Waiting.class, rest(deleted)).reason());
    assertEquals(new Step.Delete(ID), next(got(later(deleted, Duration.ofMinutes(2)), accepted(FOCUS))));
  }

  private static Situation unasked(Situation s) {
    return s.with(new Observation.NotAsked(), s.now());
  }

  private static Step next(Situation s) {
    return Removal.next(s, Optional.empty());
  }

  private static Verdict rest(Situation s) {
    return assertInstanceOf(Step.Rest.class, next(s)).verdict();
  }

  private static void assertReleased(Reason reason, Situation s) {
    assertEquals(reason, assertInstanceOf(Step.Release.class, next(s)).note().orElseThrow().reason());
  }
}
