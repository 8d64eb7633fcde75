package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.accepted;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.export.Specs.without;
import static dev.finops.azure.costexport.plan.Situations.absent;
import static dev.finops.azure.costexport.plan.Situations.annotated;
import static dev.finops.azure.costexport.plan.Situations.apiVersion;
import static dev.finops.azure.costexport.plan.Situations.at;
import static dev.finops.azure.costexport.plan.Situations.edited;
import static dev.finops.azure.costexport.plan.Situations.fresh;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.intended;
import static dev.finops.azure.costexport.plan.Situations.later;
import static dev.finops.azure.costexport.plan.Situations.listed;
import static dev.finops.azure.costexport.plan.Situations.claimed;
import static dev.finops.azure.costexport.plan.Situations.reported;
import static dev.finops.azure.costexport.plan.Situations.settled;
import static dev.finops.azure.costexport.plan.Situations.spec;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.costexport.export.Difference;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.ArmFailure;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Step.Create;
import dev.finops.azure.costexport.plan.Step.Record;
import dev.finops.azure.costexport.plan.Step.Rest;
import dev.finops.azure.costexport.plan.Step.Update;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  private static final CostExportSpec ACTUAL = with(FOCUS, "dataset.type", "ActualCost");
  private static final ObservedExport EXPORT = accepted(FOCUS);
  private static final ObservedExport OTHER = accepted(ACTUAL);

  @Nested
  class AnObjectOfItsOwnKind {
    @Test
    void thatIsPausedRests() {
      assertInstanceOf(Verdict.Paused.class, rest(annotated(absent(fresh(FOCUS)), Annotations.PAUSED, "true")));
      assertEquals(Optional.empty(), Planner.firstLook(annotated(fresh(FOCUS), Annotations.PAUSED, "true")));
    }

    @Test
    void whoseExportAnOlderOneOwnsTouchesNothing() {
      Situation s = claimed(absent(fresh(FOCUS)), new Subject.Claim.OnExport("finance/older"));

      assertEquals(Reason.CONFLICT, stuck(s).reason());
      assertTrue(stuck(s).message().contains("finance/older"));
      assertEquals(Optional.empty(), Planner.firstLook(s));
    }

    @Test
    void whoseFolderAnOlderOneDeliversIntoTouchesNothing() {
      Situation s = claimed(absent(fresh(FOCUS)), new Subject.Claim.OnFolder("finance/older", "finops/focus in container exports of storage account x"));

      assertEquals(Reason.PATH_COLLISION, stuck(s).reason());
      assertTrue(stuck(s).message().contains("finance/older") && stuck(s).message().contains("finops/focus"), stuck(s).message());
      assertEquals(Optional.empty(), Planner.firstLook(s));
    }

    @Test
    void thatOnlyObservesMayShareAnExport() {
      assertInstanceOf(Verdict.Watched.class, rest(claimed(got(fresh(with(FOCUS, "managementPolicy", "Observe")), EXPORT), new Subject.Claim.OnExport("finance/older"))));
    }

    @Test
    void thatNobodyCanAskAzureForSaysWhy() {
      Situation s = absent(fresh(FOCUS)).with(new Secrets(Optional.of("Secret finance/x is not there"), Optional.empty(), new Secrets.Sas.NotNamed()));

      Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class, rest(s));
      assertEquals(Reason.CREDENTIALS_MISSING, failing.failure().reason());
      assertEquals("Secret finance/x is not there", failing.failure().detail().text());
      assertEquals(Optional.empty(), Planner.firstLook(s));
    }

    @Test
    void thatWasNotAskedForIsLookedUpInTheList() {
      assertEquals(new Step.Observe(Look.SHARED), Planner.next(fresh(FOCUS)));
    }

    @Test
    void thatAzureDidNotAnswerForRests() {
      ArmFailure failure = new ArmFailure.Throttled(new ArmFailure.Detail(429, "429", "Too many requests.", ""), Duration.ofMinutes(1));
      Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class, rest(fresh(FOCUS).with(new Observation.Unanswered(failure), Specs.NOW)));

      assertEquals(new Verdict.Failing(failure, false, List.of()), failing);
    }
  }

  @Nested
  class ManagementPolicyObserve {
    private final Situation s = fresh(with(FOCUS, "managementPolicy", "Observe"));

    @Test
    void neverWritesWhateverIsAskedFor() {
      Situation asked = annotated(annotated(s, Annotations.APPLY_REQUESTED_AT, "now"), Annotations.RUN_REQUESTED_AT, "now");

      assertInstanceOf(Verdict.Watched.class, rest(absent(asked)));
      assertInstanceOf(Verdict.Watched.class, rest(got(asked, OTHER)));
      assertInstanceOf(Verdict.Watched.class, rest(got(asked, EXPORT)));
    }

    @Test
    void doesNotTakeTheListsWordForAbsenceUntilThatIsKnown() {
      Situation missing = s.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now());
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(missing));

      Situation known = reported(absent(s), rest(absent(s)));
      assertInstanceOf(Verdict.Watched.class, rest(known.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now())));
    }

    @Test
    void saysWhatManagingWouldChange() {
      Verdict.Watched watched = assertInstanceOf(Verdict.Watched.class, rest(listed(s, OTHER)));

      assertEquals(List.of("dataset.type"), watched.differences().stream().map(d -> d.path()).toList());
    }
  }

  @Nested
  class AnAbsentExport {
    @Test
    void isMeantBeforeItIsCreated() {
      Record record = assertInstanceOf(Record.class, Planner.next(absent(fresh(FOCUS))));

      assertEquals("/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.CostManagement/exports/focus-daily",
          record.status().exportId());
      assertEquals("Created", record.status().origin());
      assertNull(record.status().eTag());
      assertTrue(record.status().appliedFields().contains("dataset.type"));
      assertNull(record.status().pendingRun());
    }

    @Test
    void isThenCreatedWithoutETag() {
      Create create = assertInstanceOf(Create.class, Planner.next(intended(FOCUS)));

      assertEquals(Specs.desired(FOCUS, null, Specs.NOW).createBody(), create.body());
      assertNull(create.body().get("eTag"));
    }

    @Test
    void withRunOnCreateBringsItsRunWithTheIntent() {
      Record record = assertInstanceOf(Record.class, Planner.next(absent(fresh(with(FOCUS, "runOnCreate", true)))));

      assertEquals(RunPlanner.ON_CREATE, record.status().pendingRun().cause());
    }

    @Test
    void isMeantAnewWhenTheSpecHasChangedSince() {
      assertInstanceOf(Record.class, Planner.next(edited(intended(FOCUS), without(FOCUS, "format"))));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "10, true", "11, false", "300, false"})
    void isOnlyCreatedOnWhatWasSeenInTheLastTenSeconds(long secondsAgo, boolean create) {
      Step step = Planner.next(at(intended(FOCUS), Specs.NOW.plusSeconds(secondsAgo)));

      assertEquals(create ? Create.class : Step.Observe.class, step.getClass());
      if (!create) {
        assertEquals(new Step.Observe(Look.RECENT), step);
      }
    }

    @Test
    void ofOursIsAwaitedForTwoMinutesAfterOurWriteAndThenCreatedAgain() {
      Situation wrote = absent(settled(FOCUS).with(Memory.NONE.wrote(Specs.NOW, null, "ours", 1, Set.of(), Set.of())));

      assertEquals(Reason.CREATING, assertInstanceOf(Verdict.Waiting.class, rest(absent(later(wrote, Duration.ofSeconds(119))))).reason());
      Record record = assertInstanceOf(Record.class, Planner.next(absent(later(wrote, Duration.ofMinutes(2)))));
      assertNull(record.status().eTag());
      assertEquals(List.of(Reason.EXTERNAL_DELETED), record.notes().stream().map(Note::reason).toList());
      assertInstanceOf(Create.class, Planner.next(absent(later(wrote, Duration.ofMinutes(2))).with(record.status())));
    }

    /** A list of a billing scope may be empty although there are exports (azure-cli#29673). */
    @ParameterizedTest
    @ValueSource(longs = {1, 119, 3600})
    void isNoneByAListOfABillingScope(long secondsAfterOurWrite) {
      CostExportSpec spec = with(FOCUS, "scope", "/providers/Microsoft.Billing/billingAccounts/42");
      Situation wrote = settled(spec).with(Memory.NONE.wrote(Specs.NOW, null, "ours", 1, Set.of(), Set.of()));
      Situation s = later(wrote, Duration.ofSeconds(secondsAfterOurWrite));

      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(s.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now())));
    }

    @Test
    void thatThisApiVersionCannotSeeIsNoAbsence() {
      Situation s = apiVersion(absent(settled(FOCUS)), "2023-08-01");

      assertEquals(Reason.NOT_VISIBLE_IN_API_VERSION, stuck(s).reason());
      assertTrue(stuck(s).message().contains("2025-03-01"), stuck(s).message());
    }

    @ParameterizedTest
    @CsvSource({"2023-08-01, 2023-11-01", "2023-08-01, 2025-03-01", "2023-07-01-preview, 2025-03-01", "2025-03-01, 2026-06-01", "2025-03-01, 2023-07-01-preview"})
    void isOneWhenThisApiVersionSeesWhatTheOtherWrote(String wrote, String reads) {
      Situation s = apiVersion(absent(later(status(settled(FOCUS), draft -> draft.apiVersion = wrote), Duration.ofMinutes(3))), reads);

      assertInstanceOf(Record.class, Planner.next(s));
    }
  }

  @Nested
  class AnExportThatIsNotOurs {
    @Test
    void andDiffersIsRefused() {
      Verdict.Stuck stuck = stuck(got(fresh(FOCUS), OTHER));

      assertEquals(Reason.ALREADY_EXISTS, stuck.reason());
      assertEquals(List.of("dataset.type"), stuck.differences().stream().map(d -> d.path()).toList());
      assertTrue(stuck.message().contains("adoptionPolicy: Adopt"), stuck.message());
    }

    @Test
    void andEqualsTheSpecIsAdoptedWithoutAWrite() {
      Record record = assertInstanceOf(Record.class, Planner.next(listed(fresh(FOCUS), EXPORT)));

      assertEquals("Adopted", record.status().origin());
      assertEquals(EXPORT.eTag(), record.status().eTag());
      assertInstanceOf(Verdict.Settled.class, rest(listed(fresh(FOCUS), EXPORT).with(record.status())));
    }

    @Test
    void andDiffersIsAdoptedWhenThePolicySaysSoAndEachChangeIsNamed() {
      Situation s = got(fresh(with(FOCUS, "adoptionPolicy", "Adopt")), OTHER);
      Record record = assertInstanceOf(Record.class, Planner.next(s));

      assertEquals("Adopted", record.status().origin());
      assertTrue(record.notes().getFirst().message().contains("dataset.type: \"ActualCost\" → \"FocusCost\""), record.notes().toString());
      assertInstanceOf(Update.class, Planner.next(s.with(record.status())));
    }

    @Test
    void isOursWhenItIsWhatWeMeantToCreateBeforeACrash() {
      Record record = assertInstanceOf(Record.class, Planner.next(got(intended(FOCUS), EXPORT)));

      assertEquals("Created", record.status().origin());
      assertEquals(EXPORT.eTag(), record.status().eTag());
    }

    @Test
    void isNotOursWhenItIsNotWhatWeMeantToCreate() {
      Record record = assertInstanceOf(Record.class, Planner.next(got(intended(with(FOCUS, "runOnCreate", true)), OTHER)));

      assertNull(record.status().exportId());
      assertNull(record.status().pendingRun());
      assertEquals(Reason.ALREADY_EXISTS, stuck(got(intended(FOCUS), OTHER).with(record.status())).reason());
    }

    @Test
    void isOursWhenThisProcessMadeItThoughTheSpecWasEditedBeforeThatWasWrittenDown() {
      Situation meant = intended(with(FOCUS, "description", "first"));
      Create create = (Create) Planner.next(meant);
      Situation answered = Answered.put(meant, create.desired(), List.of(), List.of(), accepted(meant.spec()));
      Situation lost = edited(answered.with(meant.status()), with(FOCUS, "format", "Csv"));

      Record record = assertInstanceOf(Record.class, Planner.next(got(lost, accepted(meant.spec()))));

      assertEquals("Created", record.status().origin());
      assertTrue(record.status().appliedFields().contains("description"), "so that it is taken out");
    }

    @Test
    void isNotRunBecauseItWasAdopted() {
      Record record = assertInstanceOf(Record.class, Planner.next(got(fresh(with(FOCUS, "runOnCreate", true)), EXPORT)));

      assertNull(record.status().pendingRun());
    }
  }

  @Nested
  class AnExportOfOurs {
    private final Situation s = settled(FOCUS);

    @Test
    void thatEqualsTheSpecIsSettled() {
      assertInstanceOf(Verdict.Settled.class, rest(s));
      assertInstanceOf(Verdict.Settled.class, rest(listed(later(s, Duration.ofDays(300)), EXPORT)));
    }

    @Test
    void isReadBeforeItIsUpdated() {
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(listed(s, OTHER)));
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(at(got(s, OTHER), Specs.NOW.plusSeconds(11))));
    }

    @Test
    void thatSomebodyElseChangedIsPutRight() {
      Update update = assertInstanceOf(Update.class, Planner.next(got(s, OTHER)));

      assertEquals(Step.Cause.DRIFT, update.cause());
      assertEquals(OTHER.eTag(), update.body().get("eTag").asText());
      assertEquals("FocusCost", update.body().at("/properties/definition/type").asText());
    }

    @Test
    void isChangedByANewSpec() {
      assertEquals(Step.Cause.SPEC, assertInstanceOf(Update.class, Planner.next(edited(s, ACTUAL))).cause());
    }

    @Test
    void thatSomebodyElseChangedTooIsNotOverwrittenInSilence() {
      Situation seen = got(s, EXPORT);
      Situation both = Situations.edited(got(seen, Specs.edited(EXPORT, "properties.deliveryInfo.destination.container", "\"evil\"")), ACTUAL);
      Update update = assertInstanceOf(Update.class, Planner.next(got(both, Specs.edited(EXPORT, "properties.deliveryInfo.destination.container", "\"evil\""))));

      assertEquals(Step.Cause.SPEC, update.cause());
      assertEquals(List.of("destination.container"), update.edited().stream().map(Difference::path).toList());
      assertEquals(List.of("destination.container", "dataset.type"), update.differences().stream().map(Difference::path).toList());
    }

    @Test
    void thatSomebodyElseMayHaveChangedWhileNobodyLookedIsTold() {
      Situation restarted = Situations.edited(got(s, OTHER), with(FOCUS, "description", null)).with(Memory.NONE);
      Update update = assertInstanceOf(Update.class, Planner.next(restarted));

      assertEquals(update.differences(), update.edited());
    }

    @Test
    void hasANewFieldWrittenDownBeforeItIsSent() {
      Situation more = edited(s, with(FOCUS, "description", "hub"));
      Record record = assertInstanceOf(Record.class, Planner.next(more));

      assertTrue(record.status().appliedFields().contains("description"));
      assertInstanceOf(Update.class, Planner.next(more.with(record.status())));
    }

    @Test
    void losesAFieldThatIsNoLongerStatedByOnePutAfterWhichItIsAzures() {
      Situation less = edited(s, without(FOCUS, "dataset.version"));
      Update update = assertInstanceOf(Update.class, Planner.next(less));
      assertTrue(update.body().at("/properties/definition/dataSet/configuration").isMissingNode());

      ObservedExport filledIn = Specs.edited(Specs.stored(update.body(), less.exportId()),
          "properties.definition.dataSet.configuration.dataVersion", "\"1.2\"");
      Situation answered = Answered.put(less, update.desired(), update.differences(), corrected(update), filledIn);
      assertInstanceOf(Verdict.Settled.class, rest(answered));
      assertTrue(!answered.status().appliedFields().contains("dataset.version"));
    }

    @Test
    void losesTheEndThatIsNoLongerStated() {
      CostExportSpec ends = with(with(FOCUS, "schedule.recurrence", "Daily"), "schedule.to", "2031-01-01");
      Update update = assertInstanceOf(Update.class, Planner.next(edited(settled(ends), without(ends, "schedule.to"))));

      assertEquals(List.of("schedule.to"), update.differences().stream().map(Difference::path).toList());
      assertEquals("2036-11-15T00:00:00Z", update.body().at("/properties/schedule/recurrencePeriod/to").asText());
    }

    @Test
    void losesPartitionDataWhoseDefaultIsNotTheSameEverywhere() {
      CostExportSpec whole = with(FOCUS, "partitionData", false);
      Update update = assertInstanceOf(Update.class, Planner.next(edited(settled(whole), without(whole, "partitionData"))));

      assertTrue(update.body().at("/properties/partitionData").isMissingNode());
    }

    @Test
    void isSentOnceMoreWhenThatIsAskedFor() {
      Situation asked = annotated(s, Annotations.APPLY_REQUESTED_AT, "monday");
      Update update = assertInstanceOf(Update.class, Planner.next(asked));
      assertEquals(Step.Cause.REQUEST, update.cause());

      Situation answered = Answered.put(asked, update.desired(), List.of(), List.of(), EXPORT);
      assertEquals("monday", answered.status().lastHandledApplyRequest());
      assertInstanceOf(Verdict.Settled.class, rest(answered));
    }

    @Test
    void showsTheDocumentBeforeOursForTwoMinutesAndThenThatIsDrift() {
      Situation wrote = s.with(Memory.NONE.wrote(Specs.NOW, OTHER.eTag(), "ours", 1, Set.of(), Set.of()));

      assertEquals(Reason.UPDATING,
          assertInstanceOf(Verdict.Waiting.class, rest(got(later(wrote, Duration.ofSeconds(119)), OTHER))).reason());
      assertInstanceOf(Update.class, Planner.next(got(later(wrote, Duration.ofMinutes(2)), OTHER)));
    }

    @Test
    void thatSomebodyElseChangesRightAfterOursIsDriftAtOnce() {
      Situation wrote = s.with(Memory.NONE.wrote(Specs.NOW, EXPORT.eTag(), "ours", 1, Set.of(), Set.of()));

      assertInstanceOf(Update.class, Planner.next(got(wrote, Specs.edited(EXPORT, "properties.format", "\"Csv\""))));
    }

    @Test
    void thatAzureSuspendedIsActivatedOnRequestAlone() {
      Situation suspended = got(s, Specs.edited(EXPORT, "properties.systemSuspensionContext",
          "{\"suspensionCode\": \"TooManyFailures\", \"suspensionReason\": \"no access\", \"suspensionTime\": \"2026-11-01T00:00:00Z\"}"));
      Situation byStatus = got(s, Specs.edited(EXPORT, "properties.schedule.status", "\"SystemSuspended\""));

      assertEquals(Reason.SYSTEM_SUSPENDED, stuck(suspended).reason());
      assertTrue(stuck(suspended).message().contains("TooManyFailures: no access (since 2026-11-01T00:00:00Z)"));
      assertEquals(Reason.SYSTEM_SUSPENDED, stuck(byStatus).reason());
      Update update = assertInstanceOf(Update.class, Planner.next(annotated(byStatus, Annotations.APPLY_REQUESTED_AT, "now")));
      assertEquals("Active", update.body().at("/properties/schedule/status").asText());
    }

    @Test
    void thatWasToBeSuspendedAnywayIsNotStuck() {
      Situation s = settled(with(FOCUS, "schedule.suspend", true));
      Situation suspended = got(s, Specs.edited(accepted(s.spec()), "properties.systemSuspensionContext.suspensionCode", "\"X\""));

      assertInstanceOf(Verdict.Settled.class, rest(suspended));
    }

    @Test
    void whoseOwnEndLapsesOrHasComeIsNoDrift() {
      Situation renewed = later(s, Duration.ofDays(3640));
      CostExportSpec ends = with(FOCUS, "schedule.to", "2026-12-01");
      Situation ended = later(settled(ends), Duration.ofDays(30));

      assertEquals(Step.Cause.TIME, assertInstanceOf(Update.class, Planner.next(got(renewed, EXPORT))).cause());
      assertEquals(Step.Cause.TIME, assertInstanceOf(Update.class, Planner.next(got(ended, accepted(ends)))).cause());
    }

    /** Azure's answer to the PUT has the value, and the next read of another version has not: somebody else was there between. */
    @ParameterizedTest
    @ValueSource(strings = {"PT0.1S", "PT1M", "PT5M"})
    void thatIsUndoneAfterEachCorrectionIsContestedAndNotIgnored(Duration pace) {
      ObservedExport dropped = Specs.edited(EXPORT, "properties.format", "\"Csv\"");
      Situation now = got(later(s, Duration.ofHours(1)), Specs.edited(dropped, "eTag", "\"first\""));
      int sent = 0;
      while (Planner.next(now) instanceof Update update) {
        assertTrue(++sent < 20, "never ends");
        Situation answered = Answered.put(now, update.desired(), update.differences(), corrected(update), Specs.edited(EXPORT, "eTag", "\"ours" + sent + "\""));
        now = got(later(answered, pace), Specs.edited(dropped, "eTag", "\"theirs" + sent + "\""));
      }

      Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class, rest(now));
      assertEquals(Reason.CONTESTED_BY_ANOTHER_WRITER, failing.failure().reason());
      assertTrue(sent <= 10, () -> "corrected too often");
      Situation rested = got(later(now, Duration.ofMinutes(16)), EXPORT);
      assertInstanceOf(Verdict.Settled.class, rest(rested), "the rival has stopped");
    }

    /** Azure answers the PUT with what was sent and keeps something else: nobody has written since. */
    @Test
    void thatTheSameVersionDoesNotHaveIsIgnoredWhateverThePutWasAnsweredWith() {
      ObservedExport dropped = Specs.edited(EXPORT, "properties.format", "\"Csv\"");
      Situation now = got(later(s, Duration.ofHours(1)), Specs.edited(dropped, "eTag", "\"first\""));
      int sent = 0;
      while (Planner.next(now) instanceof Update update) {
        String eTag = "\"ours" + ++sent + "\"";
        now = got(later(Answered.put(now, update.desired(), update.differences(), corrected(update), Specs.edited(EXPORT, "eTag", eTag)), Duration.ofSeconds(5)),
            Specs.edited(dropped, "eTag", eTag));
      }

      assertEquals(Reason.FIELD_IGNORED, stuck(now).reason());
      assertEquals(2, sent);
    }

    @Test
    void whoseCorrectionsAreRememberedTheNewestTen() {
      Situation now = got(s, Specs.edited(OTHER, "systemData.lastModifiedBy", "\"someone\""));
      for (int i = 0; i < 12; i++) {
        Update update = assertInstanceOf(Update.class, Planner.next(now));
        Situation answered = Answered.put(now, update.desired(), update.differences(), corrected(update), EXPORT);
        now = got(later(got(answered, EXPORT), Duration.ofMinutes(20)), ((Observation.Present) now.observation()).export());
      }

      assertEquals(10, now.status().corrections().size());
      assertEquals("2026-11-15T13:40:00Z", now.status().corrections().getFirst().time());
      assertEquals("\"ActualCost\"", now.status().corrections().getFirst().observed());
      assertEquals("someone", now.status().corrections().getFirst().changedBy());
    }
  }

  @Nested
  class AnAnswerWithoutAnETag {
    private final ObservedExport bare = Specs.edited(EXPORT, "eTag", "null");

    @Test
    void isFollowedByARead() {
      Situation sent = absent(intended(FOCUS));
      Situation put = Answered.put(sent, Specs.desired(FOCUS, EXPORT, sent.now()), List.of(), List.of(), bare);
      assertNull(put.status().eTag());
      assertEquals(new Step.Observe(Look.SINGLE), Planner.next(put));

      Record created = assertInstanceOf(Record.class, Planner.next(got(put, EXPORT)));
      assertEquals(EXPORT.eTag() + " Created", created.status().eTag() + " " + created.status().origin());
    }

    @Test
    void isAFaultOfAzureWhenNoReadHasOneEither() {
      Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class, assertInstanceOf(Rest.class, Planner.next(got(intended(FOCUS), bare))).verdict());
      assertEquals(Reason.BAD_ARM_RESPONSE, failing.failure().reason());
    }

    @Test
    void keepsTheLastOneAfterAnUpdate() {
      Situation update = got(edited(settled(FOCUS), ACTUAL), EXPORT);
      Situation put = Answered.put(update, Specs.desired(ACTUAL, EXPORT, update.now()), List.of(), List.of(), bare);

      assertEquals(EXPORT.eTag(), put.status().eTag());
    }
  }

  @Nested
  class ARefusal {
    private final Situation refused = reported(edited(got(settled(FOCUS), EXPORT), ACTUAL),
        new Verdict.Stuck(Reason.INVALID_REQUEST, "no such type (api-version 2025-03-01)", List.of(), Verdict.Stuck.By.AZURE));

    @Test
    void isNotAskedForAgain() {
      assertEquals(Reason.INVALID_REQUEST, stuck(refused).reason());
      assertTrue(stuck(refused).message().startsWith("no such type (api-version 2025-03-01); mend the spec"), stuck(refused).message());
    }

    @Test
    void ofACreateIsNotAskedForAgainEither() {
      Situation created = reported(intended(FOCUS), new Verdict.Stuck(Reason.INVALID_REQUEST, "no (api-version 2025-03-01)", List.of(), Verdict.Stuck.By.AZURE));

      assertEquals(Reason.INVALID_REQUEST, stuck(absent(created)).reason());
      assertInstanceOf(Create.class, Planner.next(absent(later(created, Duration.ofHours(24)))));
    }

    @Test
    void ofTheFirstReleaseStandsWithoutItsField() {
      Situation read = refused.with(Legible.of(status(refused, draft -> draft.refusal = null).status()));

      assertEquals(refused.status().refusal(), read.status().refusal());
      assertEquals(Reason.INVALID_REQUEST, stuck(read).reason());
      assertInstanceOf(Update.class, Planner.next(apiVersion(read, "2026-06-01")));
    }

    @Test
    void doesNotDependOnItsWords() {
      Situation reworded = status(refused, draft -> draft.conditions = draft.conditions.stream().map(c -> new Condition(c.type(), c.status(),
          c.reason(), "in other words", c.lastTransitionTime(), c.observedGeneration())).toList());

      assertEquals("in other words", stuck(reworded).message());
    }

    @Test
    void isWrittenOnce() {
      Situation told = reported(refused, stuck(refused));
      Situation again = later(told, Duration.ofHours(3));

      assertEquals(told.status(), reported(again, stuck(again)).status());
    }

    @Test
    void endsWithAnotherGeneration() {
      assertInstanceOf(Update.class, Planner.next(edited(refused, with(ACTUAL, "dataset.type", "Usage"))));
    }

    @Test
    void endsWithAnotherApiVersion() {
      assertInstanceOf(Update.class, Planner.next(apiVersion(refused, "2026-06-01")));
    }

    @Test
    void endsWithARequest() {
      assertInstanceOf(Update.class, Planner.next(annotated(refused, Annotations.APPLY_REQUESTED_AT, "now")));
    }

    @Test
    void endsWhenADayHasPassedSinceTheLastTry() {
      Situation nextDay = got(later(refused, Duration.ofHours(24)), EXPORT);
      assertInstanceOf(Update.class, Planner.next(nextDay));

      Situation triedAgain = reported(nextDay, new Verdict.Stuck(Reason.INVALID_REQUEST, "no such type (api-version 2025-03-01)", List.of(), Verdict.Stuck.By.AZURE));
      assertEquals(Reason.INVALID_REQUEST, stuck(got(later(triedAgain, Duration.ofHours(23)), EXPORT)).reason());
      assertInstanceOf(Update.class, Planner.next(got(later(triedAgain, Duration.ofHours(24)), EXPORT)));
    }

    @Test
    void isNoneWhenAzureRefusedAStartThatCanBeMoved() {
      assertInstanceOf(Update.class, Planner.next(refused.with(refused.memory().movingStart())));
    }
  }

  @Nested
  class AFieldThatAzureIgnores {
    private final CostExportSpec stated = with(FOCUS, "description", "hub");
    private int answers;

    @Test
    void isSentTwiceAndThenSomebodyMustAct() {
      Situation once = sent(got(settled(FOCUS), EXPORT));
      Situation twice = sent(once);

      assertEquals(Reason.FIELD_IGNORED, stuck(twice).reason());
      assertEquals(List.of("description"), stuck(twice).differences().stream().map(d -> d.path()).toList());
      assertEquals("Azure accepted the export 2 times and has no value for description, which was sent as \"hub\" (api-version 2025-03-01). Remove or change the field.",
          stuck(twice).message());
    }

    @Test
    void isTriedAgainAfterADay() {
      Situation twice = sent(sent(got(settled(FOCUS), EXPORT)));
      Situation stalled = reported(twice, rest(twice));

      assertEquals(Reason.FIELD_IGNORED, stuck(got(later(stalled, Duration.ofHours(23)), EXPORT)).reason());
      assertInstanceOf(Update.class, Planner.next(got(later(stalled, Duration.ofHours(24)), EXPORT)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        dataset.granularity        | "Daily"        | "daily "            | same
        dataset.version            | "1.0-preview(v1)" | "1.0-Preview (v1)" | same
        dataset.version            | "1.0"          | 1                   | same
        dataset.version            | "1.10"         | "1.1"               | other
        dataset.version            | "1.0"          | "1.0r2"             | other
        description                | "hub"          | " hub "             | same
        description                | "Hub"          | "hub"               | spelling
        destination.rootFolderPath | "finops/Focus" | "/finops/Focus/"    | same
        destination.rootFolderPath | "finops/Focus" | "finops/focus"      | spelling
        partitionData              | true           | "True"              | same
        format                     | "Csv"          | " CSV"              | same
        dataset.columns            | ["Date"]       | ["date "]           | same
        schedule.recurrence        | "Weekly"       | "weekly"            | same
        """)
    void isNoneWhereAzureSpellsTheValueOtherwise(String path, String stated, String shown, String outcome) {
      Field field = java.util.Arrays.stream(Field.values()).filter(f -> f.specPath().equals(path)).findFirst().orElseThrow();
      CostExportSpec spec = with(FOCUS, path, Specs.json(stated));
      Situation s = settled(FOCUS);
      Situation now = got(edited(s, spec), EXPORT);
      for (int puts = 0; puts < 3; puts++) {
        Step step = Planner.next(now);
        if (step instanceof Record record) {
          now = now.with(record.status());
          step = Planner.next(now);
        }
        if (step instanceof Update update) {
          ObservedExport kept = Specs.edited(accepted(spec), field.armPath().path(), shown);
          now = got(Answered.put(now, update.desired(), update.differences(), corrected(update), Specs.edited(kept, "eTag", "\"" + puts + "\"")),
              Specs.edited(kept, "eTag", "\"" + puts + "\""));
        }
      }

      Verdict verdict = rest(now);
      if (outcome.equals("same")) {
        assertInstanceOf(Verdict.Settled.class, verdict);
      } else {
        String message = assertInstanceOf(Verdict.Stuck.class, verdict).message();
        assertTrue(message.contains("has the value " + shown + " for " + path + ", which was sent as " + stated), message);
        assertEquals(outcome.equals("spelling"), message.endsWith("Azure spells the value so: set spec." + path + " to it."), message);
      }
    }

    @Test
    void staysSoAcrossARestart() {
      Situation twice = sent(sent(got(settled(FOCUS), EXPORT)));
      Situation restarted = reported(twice, rest(twice)).with(Memory.NONE);

      assertEquals(Reason.FIELD_IGNORED, stuck(got(later(restarted, Duration.ofHours(1)), EXPORT)).reason());
      assertInstanceOf(Update.class, Planner.next(got(later(restarted, Duration.ofHours(24)), EXPORT)));
    }

    @Test
    void hidesNoOtherDifference() {
      Situation twice = sent(sent(got(settled(FOCUS), EXPORT)));
      Situation restarted = reported(twice, rest(twice)).with(Memory.NONE);

      assertInstanceOf(Update.class, Planner.next(got(twice, OTHER)));
      assertInstanceOf(Update.class, Planner.next(got(restarted, OTHER)));
    }

    @Test
    void isTriedAnewForAnotherGeneration() {
      Situation twice = sent(sent(got(settled(FOCUS), EXPORT)));

      assertInstanceOf(Update.class, Planner.next(edited(twice, with(stated, "description", "the hub"))));
    }

    @Test
    void ofAnOlderApiVersionNamesTheOneThatKnowsIt() {
      Situation old = apiVersion(status(got(settled(FOCUS), EXPORT), draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");

      assertTrue(stuck(sent(sent(old))).message().contains("set EXPORTS_API_VERSION to 2025-03-01"));
    }

    /** One PUT that Azure answers with what it had before. */
    private Situation sent(Situation before) {
      Situation s = before.spec().equals(stated) ? before : edited(before, stated);
      Step step = Planner.next(s);
      if (step instanceof Record record) {
        s = s.with(record.status());
        step = Planner.next(s);
      }
      Update update = assertInstanceOf(Update.class, step);
      return Answered.put(s, update.desired(), update.differences(), corrected(update),
          Specs.edited(EXPORT, "eTag", "\"" + ++answers + "\""));
    }
  }

  @Nested
  class TheFirstLook {
    @ParameterizedTest
    @CsvSource({"false, false, RECENT", "true, false, SHARED", "true, true, SINGLE"})
    void isAsCloseAsItNeedsToBe(boolean settled, boolean asked, Look look) {
      Situation s = settled ? settled(FOCUS) : fresh(FOCUS);

      assertEquals(Optional.of(look), Planner.firstLook(asked ? annotated(s, Annotations.RECONCILE_REQUESTED_AT, "now") : s));
    }

    @Test
    void isAGetForANewGenerationOfOursAndForEverythingThatRuns() {
      assertEquals(Optional.of(Look.SINGLE), Planner.firstLook(edited(settled(FOCUS), ACTUAL)));
      assertEquals(Optional.of(Look.SINGLE), Planner.firstLook(annotated(settled(FOCUS), Annotations.RUN_REQUESTED_AT, "now")));
    }

    @Test
    void isARecentListAfterAFailure() {
      Situation s = settled(FOCUS);

      assertEquals(Optional.of(Look.RECENT), Planner.firstLook(s.with(s.memory().failed(Reason.THROTTLED, s.now()))));
    }
  }

  @Test
  void anObjectThatStopsObservingCreates() {
    Situation observed = reported(absent(fresh(with(FOCUS, "managementPolicy", "Observe"))), rest(absent(fresh(with(FOCUS, "managementPolicy", "Observe")))));

    assertInstanceOf(Record.class, Planner.next(absent(edited(observed, spec(observed, "managementPolicy", "Manage").spec()))));
  }

  private static Verdict rest(Situation s) {
    return assertInstanceOf(Rest.class, Planner.next(s)).verdict();
  }

  private static Verdict.Stuck stuck(Situation s) {
    return assertInstanceOf(Verdict.Stuck.class, rest(s));
  }

  private static List<Difference> corrected(Update update) {
    return update.edited();
  }
}
