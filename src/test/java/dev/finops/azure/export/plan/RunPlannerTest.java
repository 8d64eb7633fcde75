package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.edited;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.listed;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Step.Done;
import dev.finops.azure.export.plan.Step.PostRun;
import dev.finops.azure.export.plan.Step.WriteStatus;
import dev.finops.azure.export.runs.Histories;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 4: one run per request. */
class RunPlannerTest {
    private static final ObservedExport EXPORT = accepted(FOCUS);
    private final ReconcileState asked = annotated(settled(FOCUS), Annotations.RUN_REQUESTED_AT, "monday");

    @Nested
    class ARequest {
        @Test
        void isDecidedOnTheWholeHistory() {
            assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(listed(asked, EXPORT)));
            assertEquals(
                    new Step.Read(ReadConsistency.DIRECT),
                    ReconcileStates.next(asked.with(
                            new Observation.Present(EXPORT, asked.now(), Observation.Source.PUT), asked.now())));
        }

        @Test
        void isMeantThenPostedThenKnownByTheHistory() {
            WriteStatus intent = assertInstanceOf(WriteStatus.class, ReconcileStates.next(asked));
            assertEquals(
                    new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 1, null),
                    intent.status().pendingRun());
            assertTrue(intent.runToPost());

            ReconcileState meant = meant(asked);
            assertEquals(new PostRun(intent.status().pendingRun()), ReconcileStates.next(meant));

            ReconcileState posted = got(
                    later(meant.with(meant.transientState().postingRun(false)), Duration.ofSeconds(1)),
                    shown("a1 Queued 2026-11-15T10:00:00Z"));
            WriteStatus accepted = assertInstanceOf(WriteStatus.class, ReconcileStates.next(posted));
            assertNull(accepted.status().pendingRun());
            assertEquals("monday", accepted.status().lastHandledRunRequest());
            assertEquals(
                    List.of(Reason.RUN_STARTED),
                    accepted.events().stream().map(PendingEvent::reason).toList());
            assertInstanceOf(Done.class, ReconcileStates.next(posted.with(accepted.status())));
        }

        @Test
        void isNotPostedAgainAfterACrashForAsLongAsTheHistoryMayStillShowIt() {
            ReconcileState crashed = meant(asked).with(TransientState.NONE);

            assertInstanceOf(Done.class, ReconcileStates.next(got(crashed, EXPORT)));
            assertInstanceOf(Done.class, ReconcileStates.next(got(later(crashed, Duration.ofSeconds(120)), EXPORT)));
            WriteStatus again = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(got(later(crashed, Duration.ofSeconds(121)), EXPORT)));
            assertEquals(
                    new PendingRun("Request", "monday", null, "2026-11-15T10:02:01Z", 2, null),
                    again.status().pendingRun());
            assertTrue(again.runToPost());
        }

        @Test
        void isFoundInTheHistoryAfterACrash() {
            WriteStatus accepted = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            later(meant(asked).with(TransientState.NONE), Duration.ofMinutes(10)),
                            shown("a1 Completed 2026-11-15T10:00:03Z"))));

            assertEquals("monday", accepted.status().lastHandledRunRequest());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a1 Completed 2026-11-15T09:58:59Z",
                    "a1 Queued 2026-11-15T10:00:01Z Scheduled",
                    "a1 Queued never"
                })
        void isNotAnsweredByAnotherRun(String run) {
            assertInstanceOf(Done.class, ReconcileStates.next(got(meant(asked).with(TransientState.NONE), shown(run))));
        }

        @Test
        void isNotAnsweredByARunThatWasThereBefore() {
            ReconcileState seen = got(asked, shown("old Completed 2026-11-15T09:59:58Z"));
            ReconcileState crashed = meant(seen).with(TransientState.NONE);

            assertInstanceOf(
                    Done.class, ReconcileStates.next(got(crashed, shown("old Completed 2026-11-15T09:59:58Z"))));
        }

        @Test
        void mayBeSomeSecondsOlderByAzuresClock() {
            assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(
                            got(meant(asked).with(TransientState.NONE), shown("a1 Queued 2026-11-15T09:59:55Z"))));
        }

        @Test
        void waitsForTheRunThatIsUnderWay() {
            assertInstanceOf(
                    Done.class,
                    ReconcileStates.next(got(asked, shown("a1 InProgress 2026-11-15T09:50:00Z Scheduled"))));
            assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(asked, shown("a1 Completed 2026-11-15T09:50:00Z Scheduled"))));
        }

        @Test
        void isTheNewestOne() {
            ReconcileState newer = annotated(
                    got(asked, shown("a1 InProgress 2026-11-15T09:50:00Z")), Annotations.RUN_REQUESTED_AT, "tuesday");

            assertEquals(
                    "tuesday",
                    ((WriteStatus) ReconcileStates.next(got(newer, EXPORT)))
                            .status()
                            .pendingRun()
                            .request());
        }

        @Test
        void thatWasHeldBackIsAsOldAsItsPost() {
            ReconcileState held = got(later(meant(asked), Duration.ofMinutes(10)), EXPORT);
            WriteStatus renewed = assertInstanceOf(WriteStatus.class, ReconcileStates.next(held));

            assertEquals(
                    new PendingRun("Request", "monday", null, "2026-11-15T10:10:00Z", 1, null),
                    renewed.status().pendingRun());
            assertInstanceOf(
                    Step.PostRun.class,
                    ReconcileStates.next(held.with(renewed.status())
                            .with(held.transientState().postingRun(renewed.runToPost()))));
        }

        @Test
        void isGivenUpAfterFiveAttemptsThatAzureTookAndShowsNoRunOf() {
            ReconcileState s = meant(asked);
            for (int post = 1; post < 5; post++) {
                s = got(
                        later(StateTransitions.runPosted(s, s.status().pendingRun(), s.now()), Duration.ofMinutes(3)),
                        EXPORT);
                WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
                assertEquals(post + 1, record.status().pendingRun().attempts());
                s = s.with(record.status()).with(s.transientState().postingRun(record.runToPost()));
            }
            assertGivenUp(got(
                    later(StateTransitions.runPosted(s, s.status().pendingRun(), s.now()), Duration.ofMinutes(3)),
                    EXPORT));
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void isGivenUpAfterFiveAttemptsThatFail(boolean answered) {
            ReconcileState s = meant(asked);
            Duration waited = Duration.ZERO;
            for (int post = 1; post < 5; post++) {
                ReconcileState failed =
                        ReconcileStates.runNotPosted(s, s.status().pendingRun(), failure(answered));
                assertInstanceOf(Done.class, ReconcileStates.next(failed), "attempt " + post);
                Duration wait = answered ? Duration.ofSeconds(5L << (post - 1)) : Duration.ofSeconds(121);
                assertInstanceOf(
                        Done.class,
                        ReconcileStates.next(got(later(failed, wait.minusSeconds(1)), EXPORT)),
                        "attempt " + post);
                s = meant(got(later(failed, wait), EXPORT));
                waited = waited.plus(wait);
                assertEquals(post + 1, s.status().pendingRun().attempts());
            }
            assertEquals(answered ? 75 : 484, waited.toSeconds());
            ReconcileState last = ReconcileStates.runNotPosted(s, s.status().pendingRun(), failure(answered));
            assertGivenUp(answered ? last : got(later(last, Duration.ofSeconds(121)), EXPORT));
        }

        private void assertGivenUp(ReconcileState s) {
            Step.GiveUpRun refused = assertInstanceOf(Step.GiveUpRun.class, ReconcileStates.next(s));
            ReconcileState done = StateTransitions.runGivenUp(s, refused.run(), refused.why());
            assertNull(done.status().pendingRun());
            assertEquals("monday", done.status().lastHandledRunRequest());
            assertInstanceOf(Done.class, ReconcileStates.next(done));
        }

        @Test
        void isNotAnAttemptWhileAzuresQuotaKeepsItBack() {
            ArmFailure throttled =
                    new ArmFailure.Throttled(new ArmFailure.Detail(429, "429", "wait", ""), Duration.ofSeconds(10));
            ReconcileState s = meant(asked);

            assertEquals(
                    new PostRun(s.status().pendingRun()),
                    ReconcileStates.next(
                            ReconcileStates.runNotPosted(s, s.status().pendingRun(), throttled)));
        }

        @Test
        void goesOnAfterARestartWithTheAttemptsThatItHad() {
            ReconcileState s = meant(asked);
            ReconcileState restarted = got(later(s.with(TransientState.NONE), Duration.ofMinutes(3)), EXPORT);

            assertEquals(
                    2,
                    ((WriteStatus) ReconcileStates.next(restarted))
                            .status()
                            .pendingRun()
                            .attempts());
            ReconcileState fifth = status(
                    restarted,
                    draft -> draft.pendingRun =
                            new PendingRun("Request", "monday", null, "2026-11-15T10:00:00Z", 5, null));
            assertGivenUp(fifth);
        }

        @Test
        void thatFailsMakesRoomForANewerOne() {
            ReconcileState failed = ReconcileStates.runNotPosted(
                    meant(asked), meant(asked).status().pendingRun(), failure(true));
            ReconcileState newer = got(annotated(failed, Annotations.RUN_REQUESTED_AT, "tuesday"), EXPORT);

            assertEquals("tuesday 1", pending(meant(newer.with(((WriteStatus) ReconcileStates.next(newer)).status()))));
        }

        @Test
        void thatFailsLetsMonthsGoOn() {
            ReconcileState s =
                    annotated(settled(with(FOCUS, "backfill.months", 3)), Annotations.RUN_REQUESTED_AT, "monday");
            ReconcileState failed =
                    ReconcileStates.runNotPosted(meant(s), meant(s).status().pendingRun(), failure(true));

            ReconcileState month = meant(failed);
            assertEquals("2026-10 1", pending(month));
            ReconcileState refused =
                    StateTransitions.runRejected(month, month.status().pendingRun(), refusal("no"));
            assertEquals("2026-09 1", pending(meant(refused)), "the request waits for its next attempt");
            assertEquals("monday 2", pending(meant(got(later(refused, Duration.ofSeconds(5)), EXPORT))));
        }

        @Test
        void isNotAnsweredByARunOfOtherDaysThatAPersonStarts() {
            ReconcileState posted = StateTransitions.runPosted(
                    meant(asked), meant(asked).status().pendingRun(), asked.now());
            String portal = "p1 Queued 2026-11-15T10:00:01Z OnDemand 2026-09";
            assertInstanceOf(Done.class, ReconcileStates.next(got(posted, shown(portal))));

            WriteStatus accepted = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(
                            got(posted, shown(portal, "a1 Queued 2026-11-15T10:00:00Z OnDemand 2026-11"))));
            assertEquals("a1", accepted.status().lastRun().id());
        }

        @Test
        void isRatherAnsweredByARunOfOtherDaysThanPostedTwice() {
            ReconcileState posted = StateTransitions.runPosted(
                    meant(asked), meant(asked).status().pendingRun(), asked.now());
            WriteStatus late = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            later(posted, Duration.ofSeconds(121)),
                            shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-09"))));

            assertEquals("monday", late.status().lastHandledRunRequest());
        }

        @ParameterizedTest
        @ValueSource(strings = {"InProgress", "Queued", "DataReady"})
        void waitsForARunWithoutAnEndForADay(String state) {
            String run = "a1 " + state + " 2026-11-14T10:00:01Z Scheduled";
            ReconcileState s = got(asked, withoutEnd(run));

            assertInstanceOf(Done.class, ReconcileStates.next(s));
            assertEquals("monday 1", pending(meant(later(s, Duration.ofSeconds(1)))));
        }

        @Test
        void isHandledOnce() {
            assertInstanceOf(
                    Done.class, ReconcileStates.next(status(asked, draft -> draft.lastHandledRunRequest = "monday")));
        }

        @Test
        void thatAzureRefusesCountsAsHandled() {
            ReconcileState meant = meant(asked);
            ReconcileState refused =
                    StateTransitions.runRejected(meant, meant.status().pendingRun(), refusal("no"));

            assertNull(refused.status().pendingRun());
            assertEquals("monday", refused.status().lastHandledRunRequest());
            assertInstanceOf(Done.class, ReconcileStates.next(refused));
        }

        @Test
        void tellsTheEndOfARunThatItSawUnderWayAlsoWhereTheClocksOfAzureAndTheClusterDiffer() {
            Instant before = asked.resource().created().minusSeconds(1);
            ReconcileState seen = status(
                    asked,
                    draft -> draft.runs =
                            shown("a1 InProgress " + before + " OnDemand").runs());

            assertEquals(
                    List.of(Reason.RUN_FAILED),
                    reasons(RunPlanner.ended(
                            seen, shown("a1 Failed " + before + " OnDemand").runs())));
            assertEquals(
                    List.of(),
                    reasons(RunPlanner.ended(
                            asked, shown("a0 Failed " + before + " OnDemand").runs())),
                    "an adopted export's past");
        }

        private static List<Reason> reasons(List<PendingEvent> notes) {
            return notes.stream().map(PendingEvent::reason).toList();
        }
    }

    @Nested
    class ARunOnCreate {
        private final ReconcileState created = status(
                settled(FOCUS), draft -> draft.pendingRun = new PendingRun("OnCreate", null, null, null, 0, null));

        @Test
        void isMeantAgainWithItsTimeBeforeItIsPosted() {
            WriteStatus intent = assertInstanceOf(WriteStatus.class, ReconcileStates.next(created));

            assertEquals(
                    new PendingRun("OnCreate", null, null, "2026-11-15T10:00:00Z", 1, null),
                    intent.status().pendingRun());
            assertTrue(intent.runToPost());
        }

        @Test
        void leavesARequestOpen() {
            ReconcileState both = annotated(created, Annotations.RUN_REQUESTED_AT, "monday");
            ReconcileState accepted = got(meant(both), shown("a1 Completed 2026-11-15T10:00:01Z"));
            ReconcileState done = accepted.with(((WriteStatus) ReconcileStates.next(accepted)).status());

            assertNull(done.status().lastHandledRunRequest());
            assertEquals(
                    "monday",
                    ((WriteStatus) ReconcileStates.next(done))
                            .status()
                            .pendingRun()
                            .request());
        }
    }

    @Nested
    class ARunPeriod {
        private final ReconcileState months = annotated(asked, Annotations.RUN_PERIOD, "2026-08..2026-10");

        @Test
        void becomesRowsAndRunsTheNewestFirst() {
            WriteStatus rows = assertInstanceOf(WriteStatus.class, ReconcileStates.next(months));
            assertEquals(List.of("2026-10 Pending", "2026-09 Pending", "2026-08 Pending"), states(rows));
            assertEquals("monday", rows.status().lastHandledRunRequest());

            WriteStatus intent = assertInstanceOf(WriteStatus.class, ReconcileStates.next(months.with(rows.status())));
            assertEquals(
                    new PendingRun(
                            "Backfill",
                            "2026-10",
                            new TimePeriod("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
                            "2026-11-15T10:00:00Z",
                            1,
                            null),
                    intent.status().pendingRun());
            assertEquals("2026-10 Requested", states(intent).getFirst());
        }

        @Test
        void isFollowedMonthByMonth() {
            ReconcileState meant = meant(months.with(((WriteStatus) ReconcileStates.next(months)).status()));
            WriteStatus running = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(meant, shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-10"))));
            assertEquals("2026-10 Running", states(running).getFirst());

            WriteStatus next = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            meant.with(running.status()).with(TransientState.NONE),
                            shown("a1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10"))));
            assertEquals(List.of("2026-10 Completed", "2026-09 Requested", "2026-08 Pending"), states(next));
        }

        @Test
        void isNotAnsweredByARunOfAnotherMonth() {
            ReconcileState meant = meant(months.with(((WriteStatus) ReconcileStates.next(months)).status()))
                    .with(TransientState.NONE);

            assertInstanceOf(
                    Done.class,
                    ReconcileStates.next(got(meant, shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-09"))));
        }

        @Test
        void runsFiveMonthsAtOnceAndNoMore() {
            ReconcileState many = annotated(asked, Annotations.RUN_PERIOD, "2026-01..2026-10");
            ReconcileState s = many.with(((WriteStatus) ReconcileStates.next(many)).status());
            String[] runs = new String[5];
            for (int i = 0; i < 5; i++) {
                s = meant(s);
                runs[i] = "a%d InProgress 2026-11-15T10:00:0%dZ OnDemand %s"
                        .formatted(i, i, s.status().pendingRun().request());
                s = got(s.with(TransientState.NONE), shown(Arrays.copyOf(runs, i + 1)));
                s = s.with(((WriteStatus) ReconcileStates.next(s)).status());
            }

            assertInstanceOf(Done.class, ReconcileStates.next(s));
        }

        @Test
        void thatIsUnusableIsRefusedAndHandled() {
            WriteStatus refused = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(annotated(asked, Annotations.RUN_PERIOD, "March")));

            assertEquals("monday", refused.status().lastHandledRunRequest());
            assertNull(refused.status().backfill());
            assertEquals(Reason.RUN_REFUSED, refused.events().getFirst().reason());
        }

        @Test
        void needsAnApiVersionThatRunsPeriods() {
            ReconcileState old = apiVersion(status(months, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");
            WriteStatus refused = assertInstanceOf(WriteStatus.class, ReconcileStates.next(old));

            assertTrue(
                    refused.events().getFirst().message().contains("2025-03-01"),
                    refused.events().toString());
            assertNull(refused.status().backfill());
        }

        @Test
        void keepsItsRowsWhileAnOlderApiVersionIsSet() {
            ReconcileState asked = months.with(((WriteStatus) ReconcileStates.next(months)).status());
            ReconcileState old = apiVersion(status(asked, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01");

            assertInstanceOf(Done.class, ReconcileStates.next(old));
        }

        @Test
        void whoseMonthAzureRefusesGoesOnWithTheNext() {
            ReconcileState meant = meant(months.with(((WriteStatus) ReconcileStates.next(months)).status()));
            ReconcileState refused =
                    StateTransitions.runRejected(meant, meant.status().pendingRun(), refusal("not this one"));
            Month first = refused.status().backfill().months().getFirst();

            assertEquals("Failed", first.state());
            assertTrue(first.message().endsWith("not this one"), first.message());
            assertEquals(
                    "2026-09",
                    ((WriteStatus) ReconcileStates.next(refused))
                            .status()
                            .pendingRun()
                            .request());
        }
    }

    @Nested
    class SpecBackfill {
        private final ReconcileState s = settled(with(FOCUS, "backfill.months", 3));

        @Test
        void isTheCompleteMonthsBeforeItsAcceptanceNewestFirst() {
            WriteStatus intent = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));

            assertEquals(List.of("2026-10 Requested", "2026-09 Pending", "2026-08 Pending"), states(intent));
            assertEquals("2026-10", intent.status().backfill().until());
        }

        @Test
        void getsNoMonthByTheMerePassingOfTime() {
            ReconcileState accepted =
                    status(s.with(((WriteStatus) ReconcileStates.next(s)).status()), draft -> draft.pendingRun = null);

            assertEquals(
                    3,
                    ((WriteStatus) ReconcileStates.next(got(later(accepted, Duration.ofDays(60)), EXPORT)))
                            .status()
                            .backfill()
                            .total());
        }

        @Test
        void takesWhatTheHistoryOfAnAdoptedExportShowsAsDone() {
            ReconcileState adopted = got(
                    status(s, draft -> draft.origin = "Adopted"),
                    shown(
                            "a1 Completed 2026-11-02T00:00:00Z OnDemand 2026-10",
                            "a2 Completed 2026-10-02T00:00:00Z OnDemand 2026-09"));

            assertEquals(
                    List.of("2026-10 Completed", "2026-09 Completed", "2026-08 Requested"),
                    states(assertInstanceOf(WriteStatus.class, ReconcileStates.next(adopted))));
        }

        @Test
        void waitsWhileAnApiVersionRunsNoPeriods() {
            assertInstanceOf(
                    Done.class,
                    ReconcileStates.next(
                            apiVersion(status(s, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01")));
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void leavesOutAMonthThatAzureNeverAccepts(boolean answered) {
            ReconcileState now = s;
            for (int attempt = 1; attempt <= 5; attempt++) {
                now = meant(got(now, EXPORT));
                assertEquals("2026-10 " + attempt, pending(now));
                ReconcileState failed =
                        ReconcileStates.runNotPosted(now, now.status().pendingRun(), failure(answered));
                ReconcileState decided = answered ? failed : got(later(failed, Duration.ofSeconds(121)), EXPORT);
                if (attempt == 5) {
                    Step.GiveUpRun refused = assertInstanceOf(Step.GiveUpRun.class, ReconcileStates.next(decided));
                    now = StateTransitions.runGivenUp(decided, refused.run(), refused.why());
                } else {
                    WriteStatus counted = assertInstanceOf(WriteStatus.class, ReconcileStates.next(decided));
                    assertNull(counted.status().pendingRun());
                    assertEquals("2026-10 Pending", states(counted).getFirst());
                    assertEquals(
                            attempt,
                            counted.status().backfill().months().getFirst().attempts());
                    assertEquals(
                            "an unexpected error",
                            counted.status().backfill().months().getFirst().message());
                    ReconcileState freed = decided.with(counted.status());
                    if (answered) {
                        assertEquals("2026-09 1", pending(meant(freed)), "others go on meanwhile");
                    }
                    now = later(freed, Duration.ofSeconds(80));
                }
            }
            assertEquals("Failed", now.status().backfill().months().getFirst().state());
            assertEquals(5, now.status().backfill().months().getFirst().attempts());
            assertEquals("2026-09 1", pending(meant(now)));
        }

        @Test
        void takesTheRunOfAnAttemptWhoseAnswerWasLostOnceTheHistoryShowsIt() {
            ReconcileState lost =
                    ReconcileStates.runNotPosted(meant(s), meant(s).status().pendingRun(), failure(false));
            ReconcileState request = annotated(lost, Annotations.RUN_REQUESTED_AT, "monday");
            WriteStatus way = assertInstanceOf(WriteStatus.class, ReconcileStates.next(got(request, EXPORT)));
            assertEquals("2026-10 Pending", states(way).getFirst());

            ReconcileState gone =
                    request.with(way.status()).with(request.transientState().postingRun(false));
            WriteStatus found = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            later(gone, Duration.ofSeconds(5)),
                            shown("a1 Queued 2026-11-15T10:00:01Z OnDemand 2026-10"))));
            assertEquals(List.of("2026-10 Running", "2026-09 Pending", "2026-08 Pending"), states(found));
            assertEquals(
                    "a1 1",
                    found.status().backfill().months().getFirst().runId() + " "
                            + found.status().backfill().months().getFirst().attempts());
        }

        @Test
        void waitsAfterAFailureThatNewerRunsPushedOutOfTheHistory() {
            ReconcileState running = got(
                    status(
                            s,
                            draft -> draft.backfill = new Backfill(
                                    "2026-10", 1, 0, 0, List.of(new Month("2026-10", "Running", "a1", 4, null, null)))),
                    shown("a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10"));
            ReconcileState one = ReconcileStates.spec(running, "backfill.months", 1);
            ReconcileState failed = one.with(((WriteStatus) ReconcileStates.next(one)).status());
            String[] newer = IntStream.range(0, 10)
                    .mapToObj(i -> "b%d Completed 2026-11-15T10:00:0%dZ Scheduled".formatted(i, i))
                    .toArray(String[]::new);
            ReconcileState pushed =
                    status(failed, draft -> draft.runs = shown(newer).runs());

            assertInstanceOf(
                    Done.class, ReconcileStates.next(got(later(pushed, Duration.ofSeconds(39)), shown(newer))));
            assertEquals("2026-10 5", pending(meant(got(later(pushed, Duration.ofSeconds(40)), shown(newer)))));
        }

        @Test
        void givesWayToAPerson() {
            ReconcileState held = annotated(meant(s), Annotations.RUN_REQUESTED_AT, "monday");
            WriteStatus way = assertInstanceOf(WriteStatus.class, ReconcileStates.next(held));

            assertEquals("2026-10 Pending", states(way).getFirst());
            assertEquals(
                    "monday",
                    ((WriteStatus) ReconcileStates.next(held.with(way.status()).with(TransientState.NONE)))
                            .status()
                            .pendingRun()
                            .request());
        }

        @Test
        void isOutdatedByAnotherDatasetButNotRepeated() {
            ReconcileState done = status(
                    s,
                    draft -> draft.backfill = new Backfill(
                            "2026-10",
                            2,
                            2,
                            0,
                            List.of(
                                    new Month("2026-10", "Completed", "a1", 1, null, null),
                                    new Month("2026-09", "NoData", "a2", 1, null, null))));
            ReconcileState changed = edited(done, with(done.spec(), "dataset.type", "ActualCost"));
            Step.Update update = assertInstanceOf(Step.Update.class, ReconcileStates.next(changed));
            PendingEvent note =
                    RunPlanner.outdated(changed, update.differences()).orElseThrow();

            assertEquals(Reason.BACKFILL_OUTDATED, note.reason());
            assertTrue(note.message().contains("run-period=2026-09..2026-10"), note.message());
            assertTrue(RunPlanner.outdated(changed, List.of()).isEmpty());
        }
    }

    private static ArmFailure failure(boolean answered) {
        ArmFailure.Detail detail = new ArmFailure.Detail(answered ? 409 : 500, "", "an unexpected error", "");
        return answered
                ? new ArmFailure.Conflict(detail)
                : new ArmFailure.Indeterminate(detail, Reason.ARM_UNREACHABLE, null);
    }

    private static String pending(ReconcileState s) {
        return s.status().pendingRun().request() + " " + s.status().pendingRun().attempts();
    }

    /** Whatever the state is called. */
    private static ObservedExport withoutEnd(String run) {
        ObjectNode document = shown(run).document();
        ((ObjectNode) document.at("/properties/runHistory/value/0/properties")).remove("processingEndTime");
        return new ObservedExport(document);
    }

    private static ArmFailure refusal(String message) {
        return new ArmFailure.Rejected(new ArmFailure.Detail(400, "400", message, ""), Reason.INVALID_REQUEST);
    }

    /** After the intent is written down. */
    private static ReconcileState meant(ReconcileState s) {
        WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
        return s.with(record.status()).with(s.transientState().postingRun(record.runToPost()));
    }

    private static ObservedExport shown(String... runs) {
        return Histories.with(EXPORT, runs);
    }

    private static List<String> states(WriteStatus record) {
        return record.status().backfill().months().stream()
                .map(row -> row.month() + " " + row.state())
                .toList();
    }
}
