package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.document.Specs.without;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.at;
import static dev.finops.azure.export.plan.ReconcileStates.claimed;
import static dev.finops.azure.export.plan.ReconcileStates.edited;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.intended;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.listed;
import static dev.finops.azure.export.plan.ReconcileStates.reported;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.spec;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.Difference;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Step.Create;
import dev.finops.azure.export.plan.Step.Done;
import dev.finops.azure.export.plan.Step.Update;
import dev.finops.azure.export.plan.Step.WriteStatus;
import dev.finops.azure.kube.PendingEvent;
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
            assertInstanceOf(Outcome.Paused.class, rest(annotated(absent(fresh(FOCUS)), Annotations.PAUSED, "true")));
            assertEquals(
                    Optional.empty(), ReconcileStates.firstRead(annotated(fresh(FOCUS), Annotations.PAUSED, "true")));
        }

        @Test
        void whoseExportAnOlderOneOwnsTouchesNothing() {
            ReconcileState s = claimed(absent(fresh(FOCUS)), new ResourceView.Claim.OnExport("finance/older"));

            assertEquals(Reason.CONFLICT, stuck(s).reason());
            assertTrue(stuck(s).message().contains("finance/older"));
            assertEquals(Optional.empty(), ReconcileStates.firstRead(s));
        }

        @Test
        void whoseFolderAnOlderOneDeliversIntoTouchesNothing() {
            ReconcileState s = claimed(
                    absent(fresh(FOCUS)),
                    new ResourceView.Claim.OnFolder(
                            "finance/older", "finops/focus in container exports of storage account x"));

            assertEquals(Reason.PATH_COLLISION, stuck(s).reason());
            assertTrue(
                    stuck(s).message().contains("finance/older")
                            && stuck(s).message().contains("finops/focus"),
                    stuck(s).message());
            assertEquals(Optional.empty(), ReconcileStates.firstRead(s));
        }

        @Test
        void thatOnlyObservesMayShareAnExport() {
            assertInstanceOf(
                    Outcome.Watched.class,
                    rest(claimed(
                            got(fresh(with(FOCUS, "managementPolicy", "Observe")), EXPORT),
                            new ResourceView.Claim.OnExport("finance/older"))));
        }

        @Test
        void thatNobodyCanAskAzureForSaysWhy() {
            ReconcileState s = absent(fresh(FOCUS))
                    .with(new ResolvedSecrets(
                            Optional.of("Secret finance/x is not there"),
                            Optional.empty(),
                            new ResolvedSecrets.Sas.NotNamed()));

            Outcome.Failing failing = assertInstanceOf(Outcome.Failing.class, rest(s));
            assertEquals(Reason.CREDENTIALS_MISSING, failing.failure().reason());
            assertEquals(
                    "Secret finance/x is not there", failing.failure().detail().text());
            assertEquals(Optional.empty(), ReconcileStates.firstRead(s));
        }

        @Test
        void thatWasNotAskedForIsLookedUpInTheList() {
            assertEquals(new Step.Read(ReadConsistency.RECENT), ReconcileStates.next(fresh(FOCUS)));
        }

        @Test
        void thatAzureDidNotAnswerForRests() {
            ArmFailure failure = new ArmFailure.Throttled(
                    new ArmFailure.Detail(429, "429", "Too many requests.", ""), Duration.ofMinutes(1));
            Outcome.Failing failing = assertInstanceOf(
                    Outcome.Failing.class, rest(fresh(FOCUS).with(new Observation.Unanswered(failure), Specs.NOW)));

            assertEquals(new Outcome.Failing(failure, false, List.of()), failing);
        }
    }

    @Nested
    class ManagementPolicyObserve {
        private final ReconcileState s = fresh(with(FOCUS, "managementPolicy", "Observe"));

        @Test
        void neverWritesWhateverIsAskedFor() {
            ReconcileState asked =
                    annotated(annotated(s, Annotations.APPLY_REQUESTED_AT, "now"), Annotations.RUN_REQUESTED_AT, "now");

            assertInstanceOf(Outcome.Watched.class, rest(absent(asked)));
            assertInstanceOf(Outcome.Watched.class, rest(got(asked, OTHER)));
            assertInstanceOf(Outcome.Watched.class, rest(got(asked, EXPORT)));
        }

        @Test
        void doesNotTakeTheListsWordForAbsenceUntilThatIsKnown() {
            ReconcileState missing = s.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now());
            assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(missing));

            ReconcileState known = reported(absent(s), rest(absent(s)));
            assertInstanceOf(
                    Outcome.Watched.class,
                    rest(known.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now())));
        }

        @Test
        void saysWhatManagingWouldChange() {
            Outcome.Watched watched = assertInstanceOf(Outcome.Watched.class, rest(listed(s, OTHER)));

            assertEquals(
                    List.of("dataset.type"),
                    watched.differences().stream().map(d -> d.path()).toList());
        }
    }

    @Nested
    class AnAbsentExport {
        @Test
        void isMeantBeforeItIsCreated() {
            WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(absent(fresh(FOCUS))));

            assertEquals(
                    "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.CostManagement/exports/focus-daily",
                    record.status().exportId());
            assertEquals("Created", record.status().origin());
            assertNull(record.status().eTag());
            assertTrue(record.status().appliedFields().contains("dataset.type"));
            assertNull(record.status().pendingRun());
        }

        @Test
        void isThenCreatedWithoutETag() {
            Create create = assertInstanceOf(Create.class, ReconcileStates.next(intended(FOCUS)));

            assertEquals(Specs.desired(FOCUS, null, Specs.NOW).createBody(), create.body());
            assertNull(create.body().get("eTag"));
        }

        @Test
        void withRunOnCreateBringsItsRunWithTheIntent() {
            WriteStatus record = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(absent(fresh(with(FOCUS, "runOnCreate", true)))));

            assertEquals(RunPlanner.ON_CREATE, record.status().pendingRun().cause());
        }

        @Test
        void isMeantAnewWhenTheSpecHasChangedSince() {
            assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(edited(intended(FOCUS), without(FOCUS, "format"))));
        }

        @ParameterizedTest
        @CsvSource({"0, true", "10, true", "11, false", "300, false"})
        void isOnlyCreatedOnWhatWasSeenInTheLastTenSeconds(long secondsAgo, boolean create) {
            Step step = ReconcileStates.next(at(intended(FOCUS), Specs.NOW.plusSeconds(secondsAgo)));

            assertEquals(create ? Create.class : Step.Read.class, step.getClass());
            if (!create) {
                assertEquals(new Step.Read(ReadConsistency.RECENT), step);
            }
        }

        @Test
        void ofOursIsAwaitedForTwoMinutesAfterOurWriteAndThenCreatedAgain() {
            ReconcileState wrote = absent(
                    settled(FOCUS).with(TransientState.NONE.wrote(Specs.NOW, null, "ours", 1, Set.of(), Set.of())));

            assertEquals(
                    Reason.CREATING,
                    assertInstanceOf(Outcome.Waiting.class, rest(absent(later(wrote, Duration.ofSeconds(119)))))
                            .reason());
            WriteStatus record = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(absent(later(wrote, Duration.ofMinutes(2)))));
            assertNull(record.status().eTag());
            assertEquals(
                    List.of(Reason.EXTERNAL_DELETED),
                    record.events().stream().map(PendingEvent::reason).toList());
            assertInstanceOf(
                    Create.class,
                    ReconcileStates.next(
                            absent(later(wrote, Duration.ofMinutes(2))).with(record.status())));
        }

        /** A list of a billing scope may be empty although there are exports (azure-cli#29673). */
        @ParameterizedTest
        @ValueSource(longs = {1, 119, 3600})
        void isNoneByAListOfABillingScope(long secondsAfterOurWrite) {
            CostExportSpec spec = with(FOCUS, "scope", "/providers/Microsoft.Billing/billingAccounts/42");
            ReconcileState wrote =
                    settled(spec).with(TransientState.NONE.wrote(Specs.NOW, null, "ours", 1, Set.of(), Set.of()));
            ReconcileState s = later(wrote, Duration.ofSeconds(secondsAfterOurWrite));

            assertEquals(
                    new Step.Read(ReadConsistency.DIRECT),
                    ReconcileStates.next(s.with(new Observation.Absent(s.now(), Observation.Source.LIST), s.now())));
        }

        @Test
        void thatThisApiVersionCannotSeeIsNoAbsence() {
            ReconcileState s = apiVersion(absent(settled(FOCUS)), "2023-08-01");

            assertEquals(Reason.NOT_VISIBLE_IN_API_VERSION, stuck(s).reason());
            assertTrue(stuck(s).message().contains("2025-03-01"), stuck(s).message());
        }

        @ParameterizedTest
        @CsvSource({
            "2023-08-01, 2023-11-01",
            "2023-08-01, 2025-03-01",
            "2023-07-01-preview, 2025-03-01",
            "2025-03-01, 2026-06-01",
            "2025-03-01, 2023-07-01-preview"
        })
        void isOneWhenThisApiVersionSeesWhatTheOtherWrote(String wrote, String reads) {
            ReconcileState s = apiVersion(
                    absent(later(status(settled(FOCUS), draft -> draft.apiVersion = wrote), Duration.ofMinutes(3))),
                    reads);

            assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
        }
    }

    @Nested
    class AnExportThatIsNotOurs {
        @Test
        void andDiffersIsRefused() {
            Outcome.Stuck stuck = stuck(got(fresh(FOCUS), OTHER));

            assertEquals(Reason.ALREADY_EXISTS, stuck.reason());
            assertEquals(
                    List.of("dataset.type"),
                    stuck.differences().stream().map(d -> d.path()).toList());
            assertTrue(stuck.message().contains("adoptionPolicy: Adopt"), stuck.message());
        }

        @Test
        void andEqualsTheSpecIsAdoptedWithoutAWrite() {
            WriteStatus record =
                    assertInstanceOf(WriteStatus.class, ReconcileStates.next(listed(fresh(FOCUS), EXPORT)));

            assertEquals("Adopted", record.status().origin());
            assertEquals(EXPORT.eTag(), record.status().eTag());
            assertInstanceOf(
                    Outcome.Settled.class, rest(listed(fresh(FOCUS), EXPORT).with(record.status())));
        }

        @Test
        void andDiffersIsAdoptedWhenThePolicySaysSoAndEachChangeIsNamed() {
            ReconcileState s = got(fresh(with(FOCUS, "adoptionPolicy", "Adopt")), OTHER);
            WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));

            assertEquals("Adopted", record.status().origin());
            assertTrue(
                    record.events().getFirst().message().contains("dataset.type: \"ActualCost\" → \"FocusCost\""),
                    record.events().toString());
            assertInstanceOf(Update.class, ReconcileStates.next(s.with(record.status())));
        }

        @Test
        void isOursWhenItIsWhatWeMeantToCreateBeforeACrash() {
            WriteStatus record =
                    assertInstanceOf(WriteStatus.class, ReconcileStates.next(got(intended(FOCUS), EXPORT)));

            assertEquals("Created", record.status().origin());
            assertEquals(EXPORT.eTag(), record.status().eTag());
        }

        @Test
        void isNotOursWhenItIsNotWhatWeMeantToCreate() {
            WriteStatus record = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(got(intended(with(FOCUS, "runOnCreate", true)), OTHER)));

            assertNull(record.status().exportId());
            assertNull(record.status().pendingRun());
            assertEquals(
                    Reason.ALREADY_EXISTS,
                    stuck(got(intended(FOCUS), OTHER).with(record.status())).reason());
        }

        @Test
        void isOursWhenThisProcessMadeItThoughTheSpecWasEditedBeforeThatWasWrittenDown() {
            ReconcileState meant = intended(with(FOCUS, "description", "first"));
            Create create = (Create) ReconcileStates.next(meant);
            ReconcileState answered =
                    StateTransitions.put(meant, create.desired(), List.of(), List.of(), accepted(meant.spec()));
            ReconcileState lost = edited(answered.with(meant.status()), with(FOCUS, "format", "Csv"));

            WriteStatus record =
                    assertInstanceOf(WriteStatus.class, ReconcileStates.next(got(lost, accepted(meant.spec()))));

            assertEquals("Created", record.status().origin());
            assertTrue(record.status().appliedFields().contains("description"), "so that it is taken out");
        }

        @Test
        void isNotRunBecauseItWasAdopted() {
            WriteStatus record = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(got(fresh(with(FOCUS, "runOnCreate", true)), EXPORT)));

            assertNull(record.status().pendingRun());
        }
    }

    @Nested
    class AnExportOfOurs {
        private final ReconcileState s = settled(FOCUS);

        @Test
        void thatEqualsTheSpecIsSettled() {
            assertInstanceOf(Outcome.Settled.class, rest(s));
            assertInstanceOf(Outcome.Settled.class, rest(listed(later(s, Duration.ofDays(300)), EXPORT)));
        }

        @Test
        void isReadBeforeItIsUpdated() {
            assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(listed(s, OTHER)));
            assertEquals(
                    new Step.Read(ReadConsistency.DIRECT),
                    ReconcileStates.next(at(got(s, OTHER), Specs.NOW.plusSeconds(11))));
        }

        @Test
        void thatSomebodyElseChangedIsPutRight() {
            Update update = assertInstanceOf(Update.class, ReconcileStates.next(got(s, OTHER)));

            assertEquals(Step.Cause.DRIFT, update.cause());
            assertEquals(OTHER.eTag(), update.body().get("eTag").asText());
            assertEquals(
                    "FocusCost", update.body().at("/properties/definition/type").asText());
        }

        @Test
        void isChangedByANewSpec() {
            assertEquals(
                    Step.Cause.SPEC,
                    assertInstanceOf(Update.class, ReconcileStates.next(edited(s, ACTUAL)))
                            .cause());
        }

        @Test
        void thatSomebodyElseChangedTooIsNotOverwrittenInSilence() {
            ReconcileState seen = got(s, EXPORT);
            ReconcileState both = ReconcileStates.edited(
                    got(seen, Specs.edited(EXPORT, "properties.deliveryInfo.destination.container", "\"evil\"")),
                    ACTUAL);
            Update update = assertInstanceOf(
                    Update.class,
                    ReconcileStates.next(got(
                            both, Specs.edited(EXPORT, "properties.deliveryInfo.destination.container", "\"evil\""))));

            assertEquals(Step.Cause.SPEC, update.cause());
            assertEquals(
                    List.of("destination.container"),
                    update.corrected().stream().map(Difference::path).toList());
            assertEquals(
                    List.of("destination.container", "dataset.type"),
                    update.differences().stream().map(Difference::path).toList());
        }

        @Test
        void thatSomebodyElseMayHaveChangedWhileNobodyLookedIsTold() {
            ReconcileState restarted = ReconcileStates.edited(got(s, OTHER), with(FOCUS, "description", null))
                    .with(TransientState.NONE);
            Update update = assertInstanceOf(Update.class, ReconcileStates.next(restarted));

            assertEquals(update.differences(), update.corrected());
        }

        @Test
        void hasANewFieldWrittenDownBeforeItIsSent() {
            ReconcileState more = edited(s, with(FOCUS, "description", "hub"));
            WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(more));

            assertTrue(record.status().appliedFields().contains("description"));
            assertInstanceOf(Update.class, ReconcileStates.next(more.with(record.status())));
        }

        @Test
        void losesAFieldThatIsNoLongerStatedByOnePutAfterWhichItIsAzures() {
            ReconcileState less = edited(s, without(FOCUS, "dataset.version"));
            Update update = assertInstanceOf(Update.class, ReconcileStates.next(less));
            assertTrue(update.body()
                    .at("/properties/definition/dataSet/configuration")
                    .isMissingNode());

            ObservedExport filledIn = Specs.edited(
                    Specs.stored(update.body(), less.exportId()),
                    "properties.definition.dataSet.configuration.dataVersion",
                    "\"1.2\"");
            ReconcileState answered =
                    StateTransitions.put(less, update.desired(), update.differences(), corrected(update), filledIn);
            assertInstanceOf(Outcome.Settled.class, rest(answered));
            assertTrue(!answered.status().appliedFields().contains("dataset.version"));
        }

        @Test
        void losesTheEndThatIsNoLongerStated() {
            CostExportSpec ends = with(with(FOCUS, "schedule.recurrence", "Daily"), "schedule.to", "2031-01-01");
            Update update = assertInstanceOf(
                    Update.class, ReconcileStates.next(edited(settled(ends), without(ends, "schedule.to"))));

            assertEquals(
                    List.of("schedule.to"),
                    update.differences().stream().map(Difference::path).toList());
            assertEquals(
                    "2036-11-15T00:00:00Z",
                    update.body().at("/properties/schedule/recurrencePeriod/to").asText());
        }

        @Test
        void losesPartitionDataWhoseDefaultIsNotTheSameEverywhere() {
            CostExportSpec whole = with(FOCUS, "partitionData", false);
            Update update = assertInstanceOf(
                    Update.class, ReconcileStates.next(edited(settled(whole), without(whole, "partitionData"))));

            assertTrue(update.body().at("/properties/partitionData").isMissingNode());
        }

        @Test
        void isSentOnceMoreWhenThatIsAskedFor() {
            ReconcileState asked = annotated(s, Annotations.APPLY_REQUESTED_AT, "monday");
            Update update = assertInstanceOf(Update.class, ReconcileStates.next(asked));
            assertEquals(Step.Cause.REQUEST, update.cause());

            ReconcileState answered = StateTransitions.put(asked, update.desired(), List.of(), List.of(), EXPORT);
            assertEquals("monday", answered.status().lastHandledApplyRequest());
            assertInstanceOf(Outcome.Settled.class, rest(answered));
        }

        @Test
        void showsTheDocumentBeforeOursForTwoMinutesAndThenThatIsDrift() {
            ReconcileState wrote =
                    s.with(TransientState.NONE.wrote(Specs.NOW, OTHER.eTag(), "ours", 1, Set.of(), Set.of()));

            assertEquals(
                    Reason.UPDATING,
                    assertInstanceOf(Outcome.Waiting.class, rest(got(later(wrote, Duration.ofSeconds(119)), OTHER)))
                            .reason());
            assertInstanceOf(Update.class, ReconcileStates.next(got(later(wrote, Duration.ofMinutes(2)), OTHER)));
        }

        @Test
        void thatSomebodyElseChangesRightAfterOursIsDriftAtOnce() {
            ReconcileState wrote =
                    s.with(TransientState.NONE.wrote(Specs.NOW, EXPORT.eTag(), "ours", 1, Set.of(), Set.of()));

            assertInstanceOf(
                    Update.class,
                    ReconcileStates.next(got(wrote, Specs.edited(EXPORT, "properties.format", "\"Csv\""))));
        }

        @Test
        void thatAzureSuspendedIsActivatedOnRequestAlone() {
            ReconcileState suspended = got(
                    s,
                    Specs.edited(
                            EXPORT,
                            "properties.systemSuspensionContext",
                            "{\"suspensionCode\": \"TooManyFailures\", \"suspensionReason\": \"no "
                                    + "access\", \"suspensionTime\": \"2026-11-01T00:00:00Z\"}"));
            ReconcileState byStatus = got(s, Specs.edited(EXPORT, "properties.schedule.status", "\"SystemSuspended\""));

            assertEquals(Reason.SYSTEM_SUSPENDED, stuck(suspended).reason());
            assertTrue(stuck(suspended).message().contains("TooManyFailures: no access (since 2026-11-01T00:00:00Z)"));
            assertEquals(Reason.SYSTEM_SUSPENDED, stuck(byStatus).reason());
            Update update = assertInstanceOf(
                    Update.class, ReconcileStates.next(annotated(byStatus, Annotations.APPLY_REQUESTED_AT, "now")));
            assertEquals(
                    "Active", update.body().at("/properties/schedule/status").asText());
        }

        @Test
        void thatWasToBeSuspendedAnywayIsNotStuck() {
            ReconcileState s = settled(with(FOCUS, "schedule.suspend", true));
            ReconcileState suspended = got(
                    s, Specs.edited(accepted(s.spec()), "properties.systemSuspensionContext.suspensionCode", "\"X\""));

            assertInstanceOf(Outcome.Settled.class, rest(suspended));
        }

        @Test
        void whoseOwnEndLapsesOrHasComeIsNoDrift() {
            ReconcileState renewed = later(s, Duration.ofDays(3640));
            CostExportSpec ends = with(FOCUS, "schedule.to", "2026-12-01");
            ReconcileState ended = later(settled(ends), Duration.ofDays(30));

            assertEquals(
                    Step.Cause.TIME,
                    assertInstanceOf(Update.class, ReconcileStates.next(got(renewed, EXPORT)))
                            .cause());
            assertEquals(
                    Step.Cause.TIME,
                    assertInstanceOf(Update.class, ReconcileStates.next(got(ended, accepted(ends))))
                            .cause());
        }

        /**
         * Azure's answer to the PUT has the value, and the next read of another version has not: somebody else was
         * there between.
         */
        @ParameterizedTest
        @ValueSource(strings = {"PT0.1S", "PT1M", "PT5M"})
        void thatIsUndoneAfterEachCorrectionIsContestedAndNotIgnored(Duration pace) {
            ObservedExport dropped = Specs.edited(EXPORT, "properties.format", "\"Csv\"");
            ReconcileState now = got(later(s, Duration.ofHours(1)), Specs.edited(dropped, "eTag", "\"first\""));
            int sent = 0;
            while (ReconcileStates.next(now) instanceof Update update) {
                assertTrue(++sent < 20, "never ends");
                ReconcileState answered = StateTransitions.put(
                        now,
                        update.desired(),
                        update.differences(),
                        corrected(update),
                        Specs.edited(EXPORT, "eTag", "\"ours" + sent + "\""));
                now = got(later(answered, pace), Specs.edited(dropped, "eTag", "\"theirs" + sent + "\""));
            }

            Outcome.Failing failing = assertInstanceOf(Outcome.Failing.class, rest(now));
            assertEquals(Reason.CONTESTED_BY_ANOTHER_WRITER, failing.failure().reason());
            assertTrue(sent <= 10, () -> "corrected too often");
            ReconcileState rested = got(later(now, Duration.ofMinutes(16)), EXPORT);
            assertInstanceOf(Outcome.Settled.class, rest(rested), "the rival has stopped");
        }

        /** Azure answers the PUT with what was sent and keeps something else: nobody has written since. */
        @Test
        void thatTheSameVersionDoesNotHaveIsIgnoredWhateverThePutWasAnsweredWith() {
            ObservedExport dropped = Specs.edited(EXPORT, "properties.format", "\"Csv\"");
            ReconcileState now = got(later(s, Duration.ofHours(1)), Specs.edited(dropped, "eTag", "\"first\""));
            int sent = 0;
            while (ReconcileStates.next(now) instanceof Update update) {
                String eTag = "\"ours" + ++sent + "\"";
                now = got(
                        later(
                                StateTransitions.put(
                                        now,
                                        update.desired(),
                                        update.differences(),
                                        corrected(update),
                                        Specs.edited(EXPORT, "eTag", eTag)),
                                Duration.ofSeconds(5)),
                        Specs.edited(dropped, "eTag", eTag));
            }

            assertEquals(Reason.FIELD_IGNORED, stuck(now).reason());
            assertEquals(2, sent);
        }

        @Test
        void whoseCorrectionsAreRememberedTheNewestTen() {
            ReconcileState now = got(s, Specs.edited(OTHER, "systemData.lastModifiedBy", "\"someone\""));
            for (int i = 0; i < 12; i++) {
                Update update = assertInstanceOf(Update.class, ReconcileStates.next(now));
                ReconcileState answered =
                        StateTransitions.put(now, update.desired(), update.differences(), corrected(update), EXPORT);
                now = got(
                        later(got(answered, EXPORT), Duration.ofMinutes(20)),
                        ((Observation.Present) now.observation()).export());
            }

            assertEquals(10, now.status().corrections().size());
            assertEquals(
                    "2026-11-15T13:40:00Z",
                    now.status().corrections().getFirst().time());
            assertEquals("\"ActualCost\"", now.status().corrections().getFirst().observed());
            assertEquals("someone", now.status().corrections().getFirst().changedBy());
        }
    }

    @Nested
    class AnAnswerWithoutAnETag {
        private final ObservedExport bare = Specs.edited(EXPORT, "eTag", "null");

        @Test
        void isFollowedByARead() {
            ReconcileState sent = absent(intended(FOCUS));
            ReconcileState put =
                    StateTransitions.put(sent, Specs.desired(FOCUS, EXPORT, sent.now()), List.of(), List.of(), bare);
            assertNull(put.status().eTag());
            assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(put));

            WriteStatus created = assertInstanceOf(WriteStatus.class, ReconcileStates.next(got(put, EXPORT)));
            assertEquals(
                    EXPORT.eTag() + " Created",
                    created.status().eTag() + " " + created.status().origin());
        }

        @Test
        void isAFaultOfAzureWhenNoReadHasOneEither() {
            Outcome.Failing failing = assertInstanceOf(
                    Outcome.Failing.class,
                    assertInstanceOf(Done.class, ReconcileStates.next(got(intended(FOCUS), bare)))
                            .outcome());
            assertEquals(Reason.BAD_ARM_RESPONSE, failing.failure().reason());
        }

        @Test
        void keepsTheLastOneAfterAnUpdate() {
            ReconcileState update = got(edited(settled(FOCUS), ACTUAL), EXPORT);
            ReconcileState put = StateTransitions.put(
                    update, Specs.desired(ACTUAL, EXPORT, update.now()), List.of(), List.of(), bare);

            assertEquals(EXPORT.eTag(), put.status().eTag());
        }
    }

    @Nested
    class ARefusal {
        private final ReconcileState refused = reported(
                edited(got(settled(FOCUS), EXPORT), ACTUAL),
                new Outcome.Stuck(
                        Reason.INVALID_REQUEST,
                        "no such type (api-version 2025-03-01)",
                        List.of(),
                        Outcome.Stuck.By.AZURE));

        @Test
        void isNotAskedForAgain() {
            assertEquals(Reason.INVALID_REQUEST, stuck(refused).reason());
            assertTrue(
                    stuck(refused).message().startsWith("no such type (api-version 2025-03-01). Fix the spec"),
                    stuck(refused).message());
        }

        @Test
        void ofACreateIsNotAskedForAgainEither() {
            ReconcileState created = reported(
                    intended(FOCUS),
                    new Outcome.Stuck(
                            Reason.INVALID_REQUEST, "no (api-version 2025-03-01)", List.of(), Outcome.Stuck.By.AZURE));

            assertEquals(Reason.INVALID_REQUEST, stuck(absent(created)).reason());
            assertInstanceOf(Create.class, ReconcileStates.next(absent(later(created, Duration.ofHours(24)))));
        }

        @Test
        void ofTheFirstReleaseStandsWithoutItsField() {
            ReconcileState read = refused.with(StatusSanitizer.of(
                    status(refused, draft -> draft.refusal = null).status()));

            assertEquals(refused.status().refusal(), read.status().refusal());
            assertEquals(Reason.INVALID_REQUEST, stuck(read).reason());
            assertInstanceOf(Update.class, ReconcileStates.next(apiVersion(read, "2026-06-01")));
        }

        @Test
        void doesNotDependOnItsWords() {
            ReconcileState reworded = status(
                    refused,
                    draft -> draft.conditions = draft.conditions.stream()
                            .map(c -> new Condition(
                                    c.type(),
                                    c.status(),
                                    c.reason(),
                                    "in other words",
                                    c.lastTransitionTime(),
                                    c.observedGeneration()))
                            .toList());

            assertEquals("in other words", stuck(reworded).message());
        }

        @Test
        void isWrittenOnce() {
            ReconcileState told = reported(refused, stuck(refused));
            ReconcileState again = later(told, Duration.ofHours(3));

            assertEquals(told.status(), reported(again, stuck(again)).status());
        }

        @Test
        void endsWithAnotherGeneration() {
            assertInstanceOf(
                    Update.class, ReconcileStates.next(edited(refused, with(ACTUAL, "dataset.type", "Usage"))));
        }

        @Test
        void endsWithAnotherApiVersion() {
            assertInstanceOf(Update.class, ReconcileStates.next(apiVersion(refused, "2026-06-01")));
        }

        @Test
        void endsWithARequest() {
            assertInstanceOf(
                    Update.class, ReconcileStates.next(annotated(refused, Annotations.APPLY_REQUESTED_AT, "now")));
        }

        @Test
        void endsWhenADayHasPassedSinceTheLastTry() {
            ReconcileState nextDay = got(later(refused, Duration.ofHours(24)), EXPORT);
            assertInstanceOf(Update.class, ReconcileStates.next(nextDay));

            ReconcileState triedAgain = reported(
                    nextDay,
                    new Outcome.Stuck(
                            Reason.INVALID_REQUEST,
                            "no such type (api-version 2025-03-01)",
                            List.of(),
                            Outcome.Stuck.By.AZURE));
            assertEquals(
                    Reason.INVALID_REQUEST,
                    stuck(got(later(triedAgain, Duration.ofHours(23)), EXPORT)).reason());
            assertInstanceOf(Update.class, ReconcileStates.next(got(later(triedAgain, Duration.ofHours(24)), EXPORT)));
        }

        @Test
        void isNoneWhenAzureRefusedAStartThatCanBeMoved() {
            assertInstanceOf(
                    Update.class,
                    ReconcileStates.next(refused.with(refused.transientState().movingStart())));
        }
    }

    @Nested
    class AFieldThatAzureIgnores {
        private final CostExportSpec stated = with(FOCUS, "description", "hub");
        private int answers;

        @Test
        void isSentTwiceAndThenSomebodyMustAct() {
            ReconcileState once = sent(got(settled(FOCUS), EXPORT));
            ReconcileState twice = sent(once);

            assertEquals(Reason.FIELD_IGNORED, stuck(twice).reason());
            assertEquals(
                    List.of("description"),
                    stuck(twice).differences().stream().map(d -> d.path()).toList());
            assertEquals(
                    "Azure accepted the export 2 times and has no value for description, which was sent "
                            + "as \"hub\" (api-version 2025-03-01). Remove or change the field.",
                    stuck(twice).message());
        }

        @Test
        void isTriedAgainAfterADay() {
            ReconcileState twice = sent(sent(got(settled(FOCUS), EXPORT)));
            ReconcileState stalled = reported(twice, rest(twice));

            assertEquals(
                    Reason.FIELD_IGNORED,
                    stuck(got(later(stalled, Duration.ofHours(23)), EXPORT)).reason());
            assertInstanceOf(Update.class, ReconcileStates.next(got(later(stalled, Duration.ofHours(24)), EXPORT)));
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
        void isNoneWhereAzureSpellsTheValueOtherwise(String path, String stated, String shown, String expected) {
            ExportField field = java.util.Arrays.stream(ExportField.values())
                    .filter(f -> f.specPath().equals(path))
                    .findFirst()
                    .orElseThrow();
            CostExportSpec spec = with(FOCUS, path, Specs.json(stated));
            ReconcileState s = settled(FOCUS);
            ReconcileState now = got(edited(s, spec), EXPORT);
            for (int puts = 0; puts < 3; puts++) {
                Step step = ReconcileStates.next(now);
                if (step instanceof WriteStatus record) {
                    now = now.with(record.status());
                    step = ReconcileStates.next(now);
                }
                if (step instanceof Update update) {
                    ObservedExport kept =
                            Specs.edited(accepted(spec), field.documentPath().path(), shown);
                    now = got(
                            StateTransitions.put(
                                    now,
                                    update.desired(),
                                    update.differences(),
                                    corrected(update),
                                    Specs.edited(kept, "eTag", "\"" + puts + "\"")),
                            Specs.edited(kept, "eTag", "\"" + puts + "\""));
                }
            }

            Outcome outcome = rest(now);
            if (expected.equals("same")) {
                assertInstanceOf(Outcome.Settled.class, outcome);
            } else {
                String message = assertInstanceOf(Outcome.Stuck.class, outcome).message();
                assertTrue(
                        message.contains("has the value " + shown + " for " + path + ", which was sent as " + stated),
                        message);
                assertEquals(
                        expected.equals("spelling"),
                        message.endsWith("Set spec." + path + " to the value that Azure has."),
                        message);
            }
        }

        @Test
        void staysSoAcrossARestart() {
            ReconcileState twice = sent(sent(got(settled(FOCUS), EXPORT)));
            ReconcileState restarted = reported(twice, rest(twice)).with(TransientState.NONE);

            assertEquals(
                    Reason.FIELD_IGNORED,
                    stuck(got(later(restarted, Duration.ofHours(1)), EXPORT)).reason());
            assertInstanceOf(Update.class, ReconcileStates.next(got(later(restarted, Duration.ofHours(24)), EXPORT)));
        }

        @Test
        void hidesNoOtherDifference() {
            ReconcileState twice = sent(sent(got(settled(FOCUS), EXPORT)));
            ReconcileState restarted = reported(twice, rest(twice)).with(TransientState.NONE);

            assertInstanceOf(Update.class, ReconcileStates.next(got(twice, OTHER)));
            assertInstanceOf(Update.class, ReconcileStates.next(got(restarted, OTHER)));
        }

        @Test
        void isTriedAnewForAnotherGeneration() {
            ReconcileState twice = sent(sent(got(settled(FOCUS), EXPORT)));

            assertInstanceOf(Update.class, ReconcileStates.next(edited(twice, with(stated, "description", "the hub"))));
        }

        @Test
        void ofAnOlderApiVersionNamesTheOneThatKnowsIt() {
            ReconcileState old = apiVersion(
                    status(got(settled(FOCUS), EXPORT), draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");

            assertTrue(stuck(sent(sent(old))).message().contains("set EXPORTS_API_VERSION to 2025-03-01"));
        }

        /** One PUT that Azure answers with what it had before. */
        private ReconcileState sent(ReconcileState before) {
            ReconcileState s = before.spec().equals(stated) ? before : edited(before, stated);
            Step step = ReconcileStates.next(s);
            if (step instanceof WriteStatus record) {
                s = s.with(record.status());
                step = ReconcileStates.next(s);
            }
            Update update = assertInstanceOf(Update.class, step);
            return StateTransitions.put(
                    s,
                    update.desired(),
                    update.differences(),
                    corrected(update),
                    Specs.edited(EXPORT, "eTag", "\"" + ++answers + "\""));
        }
    }

    @Nested
    class TheFirstLook {
        @ParameterizedTest
        @CsvSource({"false, false, RECENT", "true, false, CACHED", "true, true, DIRECT"})
        void isAsCloseAsItNeedsToBe(boolean settled, boolean asked, ReadConsistency look) {
            ReconcileState s = settled ? settled(FOCUS) : fresh(FOCUS);

            assertEquals(
                    Optional.of(look),
                    ReconcileStates.firstRead(asked ? annotated(s, Annotations.RECONCILE_REQUESTED_AT, "now") : s));
        }

        @Test
        void isAGetForANewGenerationOfOursAndForEverythingThatRuns() {
            assertEquals(
                    Optional.of(ReadConsistency.DIRECT), ReconcileStates.firstRead(edited(settled(FOCUS), ACTUAL)));
            assertEquals(
                    Optional.of(ReadConsistency.DIRECT),
                    ReconcileStates.firstRead(annotated(settled(FOCUS), Annotations.RUN_REQUESTED_AT, "now")));
        }

        @Test
        void isARecentListAfterAFailure() {
            ReconcileState s = settled(FOCUS);

            assertEquals(
                    Optional.of(ReadConsistency.RECENT),
                    ReconcileStates.firstRead(s.with(s.transientState().failed(Reason.THROTTLED, s.now()))));
        }
    }

    @Test
    void anObjectThatStopsObservingCreates() {
        ReconcileState observed = reported(
                absent(fresh(with(FOCUS, "managementPolicy", "Observe"))),
                rest(absent(fresh(with(FOCUS, "managementPolicy", "Observe")))));

        assertInstanceOf(
                WriteStatus.class,
                ReconcileStates.next(absent(edited(
                        observed, spec(observed, "managementPolicy", "Manage").spec()))));
    }

    private static Outcome rest(ReconcileState s) {
        return assertInstanceOf(Done.class, ReconcileStates.next(s)).outcome();
    }

    private static Outcome.Stuck stuck(ReconcileState s) {
        return assertInstanceOf(Outcome.Stuck.class, rest(s));
    }

    private static List<Difference> corrected(Update update) {
        return update.corrected();
    }
}
