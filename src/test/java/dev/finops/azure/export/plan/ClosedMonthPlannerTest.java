package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.at;
import static dev.finops.azure.export.plan.ReconcileStates.claimed;
import static dev.finops.azure.export.plan.ReconcileStates.edited;
import static dev.finops.azure.export.plan.ReconcileStates.got;
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
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
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
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The closed month: one run on each of its days, after a person's, before those of the backfill. */
class ClosedMonthPlannerTest {
    private static final CostExportSpec SPEC = with(FOCUS, "closedMonth.rerunOnDays", List.of(2, 15, 19));
    private static final ObservedExport EXPORT = accepted(FOCUS);

    /** An object that was created on one of its days. */
    private final ReconcileState s = settled(SPEC);

    @Nested
    class ADay {
        @Test
        void isDecidedOnTheWholeHistory() {
            assertEquals(new Step.Read(ReadConsistency.DIRECT), ReconcileStates.next(listed(s, EXPORT)));
        }

        @Test
        void isMeantThenPostedThenKnownByTheHistory() {
            WriteStatus intent = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
            assertEquals(
                    new PendingRun(
                            "ClosedMonth",
                            "2026-11-15",
                            new TimePeriod("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
                            "2026-11-15T10:00:00Z",
                            1,
                            null),
                    intent.status().pendingRun());
            assertTrue(intent.runToPost());
            assertEquals(new PostRun(intent.status().pendingRun()), ReconcileStates.next(meant(s)));

            WriteStatus accepted = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(meant(s), shown("a1 Queued 2026-11-15T10:00:00Z OnDemand 2026-10"))));
            assertNull(accepted.status().pendingRun());
            assertEquals(
                    List.of(row("2026-10", "a1", null, 15)), accepted.status().closedMonths());
            assertEquals(
                    List.of(Reason.RUN_STARTED),
                    accepted.events().stream().map(PendingEvent::reason).toList());

            ReconcileState done =
                    got(s.with(accepted.status()), shown("a1 Completed 2026-11-15T10:00:00Z OnDemand 2026-10"));
            WriteStatus proof = assertInstanceOf(WriteStatus.class, ReconcileStates.next(done));
            assertEquals(
                    List.of(row("2026-10", "a1", "2026-11-15T10:00:00Z", 15)),
                    proof.status().closedMonths());
            assertInstanceOf(Done.class, ReconcileStates.next(done.with(proof.status())));
        }

        @Test
        void isNotPostedAgainAfterACrashForAsLongAsTheHistoryMayStillShowIt() {
            ReconcileState crashed = meant(s).with(TransientState.NONE);

            assertInstanceOf(Done.class, ReconcileStates.next(got(later(crashed, Duration.ofSeconds(120)), EXPORT)));
            WriteStatus again = assertInstanceOf(
                    WriteStatus.class, ReconcileStates.next(got(later(crashed, Duration.ofSeconds(121)), EXPORT)));
            assertEquals(
                    "Pending 1",
                    again.status().closedMonths().getFirst().state() + " "
                            + again.status().closedMonths().getFirst().attempts());
            assertEquals(
                    2,
                    meant(got(later(crashed.with(again.status()), Duration.ofSeconds(126)), EXPORT))
                            .status()
                            .pendingRun()
                            .attempts());
            WriteStatus found = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            later(crashed, Duration.ofDays(1)),
                            shown("a1 Completed 2026-11-15T10:00:03Z OnDemand 2026-10"))));
            assertEquals(List.of(15), found.status().closedMonths().getFirst().handledDays());
        }

        @ParameterizedTest
        @CsvSource({
            "2026-11-18T23:59:59Z, none, none",
            "2026-11-19T00:00:00Z, 2026-11-19, 2026-10",
            "2026-12-01T10:00:00Z, 2026-11-19, 2026-10",
            "2026-12-03T10:00:00Z, 2026-12-02, 2026-11"
        })
        void thatWasMissedIsCaughtUp(Instant now, String day, String month) {
            ReconcileState settled = got(at(exported("2026-11-15T10:00:01Z", 15), now), EXPORT);

            if (day.equals("none")) {
                assertInstanceOf(Done.class, ReconcileStates.next(settled));
            } else {
                PendingRun pending =
                        ((WriteStatus) ReconcileStates.next(settled)).status().pendingRun();
                assertEquals(
                        day + " " + month + "-01T00:00:00Z",
                        pending.request() + " " + pending.timePeriod().from());
            }
        }

        @Test
        void beforeTheObjectDoesNotCount() {
            ReconcileState late = settled(with(FOCUS, "closedMonth.rerunOnDays", List.of(2, 5)));
            WriteStatus begun = assertInstanceOf(WriteStatus.class, ReconcileStates.next(late));

            assertEquals(
                    List.of(row("2026-10", null, "2026-11-15T10:00:00Z")),
                    begun.status().closedMonths());
            assertNull(begun.status().pendingRun());
            assertInstanceOf(Done.class, ReconcileStates.next(late.with(begun.status())));
        }

        @Test
        void beforeTheFieldDoesNotCount() {
            ReconcileState added = edited(
                    later(settled(FOCUS), Duration.ofDays(20)), with(FOCUS, "closedMonth.rerunOnDays", List.of(2, 5)));
            ReconcileState seen = got(added, EXPORT);

            assertEquals(
                    new PendingRun(
                            "ClosedMonth",
                            "2026-12-05",
                            new TimePeriod("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z"),
                            "2026-12-05T10:00:00Z",
                            1,
                            null),
                    ((WriteStatus) ReconcileStates.next(seen)).status().pendingRun(),
                    "the day itself does");
            assertNull(((WriteStatus) ReconcileStates.next(later(seen, Duration.ofDays(1))))
                    .status()
                    .pendingRun());
        }

        @Test
        void afterAnEditOfSomethingElseIsNotForgotten() {
            ReconcileState missed =
                    got(later(settled(with(SPEC, "closedMonth.rerunOnDays", List.of(19))), Duration.ofDays(1)), EXPORT);
            ReconcileState begun = missed.with(((WriteStatus) ReconcileStates.next(missed)).status());
            ReconcileState changed =
                    got(later(edited(begun, with(begun.spec(), "freshness.maxAge", "1h")), Duration.ofDays(5)), EXPORT);

            assertEquals(
                    "2026-11-19",
                    ((WriteStatus) ReconcileStates.next(changed))
                            .status()
                            .pendingRun()
                            .request());
        }
    }

    @Nested
    class ARunThatFails {
        private final ReconcileState failed = got(
                status(s, draft -> draft.closedMonths = List.of(row("2026-10", "a1", null, 15))),
                shown("a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10"));

        @Test
        void isTriedAgainAfterTheWaitOfABackfillMonth() {
            ReconcileState told =
                    failed.with(((WriteStatus) ReconcileStates.next(later(failed, Duration.ofSeconds(4)))).status());
            assertEquals(
                    "Pending: StorageFault: no such container",
                    told.status().closedMonths().getFirst().state() + ": "
                            + told.status().closedMonths().getFirst().message());
            assertInstanceOf(Done.class, ReconcileStates.next(later(told, Duration.ofSeconds(4))));
            PendingRun again = assertInstanceOf(
                            WriteStatus.class, ReconcileStates.next(later(told, Duration.ofSeconds(5))))
                    .status()
                    .pendingRun();
            assertEquals("2026-11-15 2", again.request() + " " + again.attempts());
        }

        @Test
        void isTriedAgainWhenTheObjectIsNext() {
            ReconcileState again = meant(later(failed, Duration.ofSeconds(5)));
            WriteStatus accepted = assertInstanceOf(
                    WriteStatus.class,
                    ReconcileStates.next(got(
                            again,
                            shown(
                                    "a2 Queued 2026-11-15T10:00:06Z OnDemand 2026-10",
                                    "a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10"))));

            assertEquals(
                    List.of("a2 Running 2"),
                    accepted.status().closedMonths().stream()
                            .map(row -> row.runId() + " " + row.state() + " " + row.attempts())
                            .toList());
        }

        @Test
        void fiveTimesWaitsForTheNextDayAndSaysSo() {
            String[] runs = IntStream.rangeClosed(1, 5)
                    .mapToObj(i -> "a%d Failed 2026-11-15T1%d:00:00Z OnDemand 2026-10".formatted(6 - i, 6 - i))
                    .toArray(String[]::new);
            ReconcileState fifth = got(
                    at(
                            status(s, draft -> {
                                draft.closedMonths = List.of(new ClosedMonth(
                                        "2026-10", List.of(15), "a5", null, null, null, "Running", null, 5, null));
                                draft.runs = shown(runs).runs().subList(1, 5);
                            }),
                            Instant.parse("2026-11-18T10:00:00Z")),
                    shown(runs));

            ReconcileState told = fifth.with(((WriteStatus) ReconcileStates.next(fifth)).status());
            assertEquals("Failed", told.status().closedMonths().getFirst().state());
            assertInstanceOf(Done.class, ReconcileStates.next(told));
            PendingEvent note = RunPlanner.ended(fifth, shown(runs).runs()).getFirst();
            assertTrue(
                    note.message()
                            .endsWith(
                                    " The operator does not retry 2026-10 before the next day of spec.closedMonth.rerunOnDays."),
                    note.message());
            assertEquals(
                    1,
                    ((WriteStatus) ReconcileStates.next(got(later(fifth, Duration.ofDays(1)), shown(runs))))
                            .status()
                            .pendingRun()
                            .attempts());
        }

        @Test
        void isNotLookedForForLongerThanItsEndIsUnknown() {
            ReconcileState gone = status(failed, draft -> draft.runs = null);
            ObservedExport others = shown("b1 InProgress 2026-11-15T11:00:00Z");

            assertTrue(VanishedRuns.any(
                    gone, (Observation.Present) got(gone, others).observation()));
            ReconcileState known = status(
                    failed,
                    draft -> draft.runs = shown("a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10")
                            .runs());
            assertTrue(!VanishedRuns.any(
                    known, (Observation.Present) got(known, others).observation()));
        }
    }

    @Nested
    class ItsTurn {
        @Test
        void isAfterAPersonsRequest() {
            ReconcileState asked = annotated(s, Annotations.RUN_REQUESTED_AT, "monday");
            assertEquals(
                    "Request",
                    ((WriteStatus) ReconcileStates.next(asked))
                            .status()
                            .pendingRun()
                            .cause());

            ReconcileState held = annotated(meant(s), Annotations.RUN_REQUESTED_AT, "monday");
            ReconcileState given = held.with(((WriteStatus) ReconcileStates.next(held)).status())
                    .with(TransientState.NONE);
            assertNull(given.status().pendingRun());
            assertEquals(
                    "Request",
                    ((WriteStatus) ReconcileStates.next(given))
                            .status()
                            .pendingRun()
                            .cause());
        }

        @Test
        void isAfterTheMonthsThatAPersonAskedForAndBeforeThoseOfTheSpec() {
            ReconcileState backfill = spec(s, "backfill.months", 3);
            assertEquals(
                    "ClosedMonth",
                    ((WriteStatus) ReconcileStates.next(backfill))
                            .status()
                            .pendingRun()
                            .cause());

            ReconcileState asked = annotated(
                    annotated(backfill, Annotations.RUN_PERIOD, "2026-07"), Annotations.RUN_REQUESTED_AT, "monday");
            ReconcileState rows = asked.with(((WriteStatus) ReconcileStates.next(asked)).status());
            assertEquals(
                    "2026-07",
                    ((WriteStatus) ReconcileStates.next(rows))
                            .status()
                            .pendingRun()
                            .request());
        }

        @Test
        void comesBeforeTheBackfillGoesOn() {
            ReconcileState backfill = spec(exported(null, 15), "backfill.months", 3);

            ReconcileState running = got(backfill, shown("a1 InProgress 2026-11-15T10:00:00Z OnDemand 2026-10"));
            assertNull(((WriteStatus) ReconcileStates.next(running)).status().pendingRun());
            ReconcileState waiting = got(backfill, shown("a1 Failed 2026-11-15T10:00:00Z OnDemand 2026-10"));
            assertEquals(
                    "Backfill",
                    ((WriteStatus) ReconcileStates.next(waiting))
                            .status()
                            .pendingRun()
                            .cause(),
                    "it does not wait while the closed month does");
            ReconcileState done = got(backfill, shown("a1 Completed 2026-11-15T10:00:00Z OnDemand 2026-10"));
            assertEquals(
                    "Backfill",
                    ((WriteStatus) ReconcileStates.next(done))
                            .status()
                            .pendingRun()
                            .cause());
        }

        @ParameterizedTest
        @CsvSource({"4, true", "5, false"})
        void waitsForOneOfFive(int running, boolean runs) {
            List<Month> months = IntStream.range(0, running)
                    .mapToObj(i -> new Month("2026-0" + (9 - i), "Running", "b" + i, 1, null, null))
                    .toList();
            ReconcileState busy = status(s, draft -> draft.backfill = new Backfill(null, running, 0, 0, months));

            WriteStatus next = assertInstanceOf(WriteStatus.class, ReconcileStates.next(busy));
            assertEquals(runs, next.status().pendingRun() != null);
        }

        @Test
        void countsAsOneOfFiveForAPersonsMonths() {
            ReconcileState running = status(
                    exported(null, 15),
                    draft -> draft.backfill = new Backfill(
                            null,
                            5,
                            0,
                            0,
                            List.of(
                                    month("2026-09"),
                                    month("2026-08"),
                                    month("2026-07"),
                                    month("2026-06"),
                                    new Month("2026-05", "Pending", null, 0, null, true))));

            assertInstanceOf(
                    Done.class,
                    ReconcileStates.next(got(running, shown("a1 InProgress 2026-11-15T10:00:00Z OnDemand 2026-10"))));
            assertEquals(
                    "2026-05",
                    ((WriteStatus) ReconcileStates.next(
                                    got(running, shown("a1 Completed 2026-11-15T10:00:00Z OnDemand 2026-10"))))
                            .status()
                            .pendingRun()
                            .request());
        }

        private Month month(String month) {
            return new Month(month, "Running", "b" + month, 1, null, null);
        }
    }

    @Nested
    class ARefusal {
        @Test
        void forGoodWaitsForTheNextDay() {
            ReconcileState refused =
                    StateTransitions.runRejected(meant(s), meant(s).status().pendingRun(), refusal());

            assertEquals(
                    List.of(new ClosedMonth(
                            "2026-10", List.of(15), null, "2026-11-15T10:00:00Z", null, null, "Failed", "no", 1, null)),
                    refused.status().closedMonths());
            assertInstanceOf(Done.class, ReconcileStates.next(got(later(refused, Duration.ofDays(3)), EXPORT)));
            assertEquals(
                    "2026-11-19",
                    ((WriteStatus) ReconcileStates.next(got(later(refused, Duration.ofDays(4)), EXPORT)))
                            .status()
                            .pendingRun()
                            .request());
        }

        @Test
        void ofTheIdentityIsAskedAgainAfterADay() {
            ArmFailure denied = new ArmFailure.Forbidden(
                    new ArmFailure.Detail(403, "RBACAccessDenied", "no right", ""), Reason.AUTHORIZATION_FAILED);
            ReconcileState refused =
                    StateTransitions.runRejected(meant(s), meant(s).status().pendingRun(), denied);

            assertInstanceOf(Done.class, ReconcileStates.next(got(later(refused, Duration.ofHours(23)), EXPORT)));
            ReconcileState due = got(later(refused, Duration.ofHours(24)), EXPORT);
            ReconcileState given = due.with(((WriteStatus) ReconcileStates.next(due)).status());
            assertEquals(
                    "2026-11-15",
                    ((WriteStatus) ReconcileStates.next(given))
                            .status()
                            .pendingRun()
                            .request());
        }

        @Test
        void ofTheIdentityIsToldByTheRowWithTheWayThatWorks() {
            ArmFailure denied = new ArmFailure.Forbidden(
                    new ArmFailure.Detail(403, "RBACAccessDenied", "no right", ""), Reason.AUTHORIZATION_FAILED);
            ClosedMonth row = StateTransitions.runRejected(
                            meant(s), meant(s).status().pendingRun(), denied)
                    .status()
                    .closedMonths()
                    .getFirst();

            assertEquals("2026-10 RunDenied []", row.month() + " " + row.state() + " " + row.handledDays());
            assertTrue(row.message().startsWith("RBACAccessDenied: no right. "), row.message());
            assertTrue(row.message().contains("TheLastMonth and a Monthly schedule"), row.message());
        }

        @Test
        void isAlsoARunThatAzureTookFiveTimesAndNeverShows() {
            ReconcileState now = s;
            for (int post = 1; post <= 5; post++) {
                now = meant(got(now, EXPORT));
                assertEquals(post, now.status().pendingRun().attempts());
                ReconcileState unseen = got(
                        later(
                                StateTransitions.runPosted(now, now.status().pendingRun(), now.now()),
                                Duration.ofMinutes(3)),
                        EXPORT);
                if (post < 5) {
                    WriteStatus counted = assertInstanceOf(WriteStatus.class, ReconcileStates.next(unseen));
                    assertEquals(
                            "Pending " + post,
                            counted.status().closedMonths().getFirst().state() + " "
                                    + counted.status().closedMonths().getFirst().attempts());
                    now = later(unseen.with(counted.status()), Duration.ofMinutes(3));
                } else {
                    Step.GiveUpRun refused = assertInstanceOf(Step.GiveUpRun.class, ReconcileStates.next(unseen));
                    now = StateTransitions.runGivenUp(unseen, refused.run(), refused.why());
                }
            }
            assertNull(now.status().pendingRun());
            assertEquals(List.of(15), now.status().closedMonths().getFirst().handledDays());
            assertEquals(
                    "Failed 5",
                    now.status().closedMonths().getFirst().state() + " "
                            + now.status().closedMonths().getFirst().attempts());
        }

        @Test
        void thatDoesNotLastLetsTheBackfillGoOn() {
            ReconcileState backfill = spec(s, "backfill.months", 3);
            ArmFailure outdated = new ArmFailure.Conflict(new ArmFailure.Detail(409, "", "no", ""));
            ReconcileState failed = ReconcileStates.runNotPosted(
                    meant(backfill), meant(backfill).status().pendingRun(), outdated);
            ReconcileState freed = failed.with(assertInstanceOf(WriteStatus.class, ReconcileStates.next(failed))
                    .status());

            assertEquals(
                    "Backfill",
                    ((WriteStatus) ReconcileStates.next(freed))
                            .status()
                            .pendingRun()
                            .cause());
        }
    }

    @Nested
    class IsNotRun {
        @Test
        void withAnApiVersionThatRunsNoPeriods() {
            assertInstanceOf(
                    Done.class,
                    ReconcileStates.next(
                            apiVersion(status(s, draft -> draft.apiVersion = "2023-08-01"), "2023-08-01")));
        }

        @Test
        void whileNothingMayBeWritten() {
            assertInstanceOf(Outcome.Watched.class, rested(spec(s, "managementPolicy", "Observe")));
            assertInstanceOf(Outcome.Paused.class, rested(annotated(s, Annotations.PAUSED, "true")));
            assertInstanceOf(Outcome.Stuck.class, rested(claimed(s, new ResourceView.Claim.OnExport("finance/older"))));
        }

        @ParameterizedTest
        @CsvSource({"schedule.suspend, true", "schedule.to, 2026-11-20"})
        void butWhateverTheScheduleSays(String field, String value) {
            ReconcileState idle = settled(with(SPEC, field, value.equals("true") ? true : value));

            assertEquals(
                    "ClosedMonth",
                    ((WriteStatus) ReconcileStates.next(idle))
                            .status()
                            .pendingRun()
                            .cause());
        }
    }

    @Test
    void anIdleObjectIsWrittenNoMore() {
        ReconcileState done =
                got(exported("2026-11-15T10:00:01Z", 15), shown("a1 Completed 2026-11-15T10:00:01Z OnDemand 2026-10"));
        ReconcileState told = reported(done, rested(done));

        assertEquals(
                told.status(),
                reported(later(told, Duration.ofHours(1)), rested(told)).status());
        assertInstanceOf(Done.class, ReconcileStates.next(later(told, Duration.ofDays(3))));
    }

    private ReconcileState exported(String time, int... days) {
        return status(s, draft -> draft.closedMonths = List.of(row("2026-10", "a1", time, days)));
    }

    /** A row with the state that its time tells: without one its run is under way. */
    private static ClosedMonth row(String month, String runId, String time, int... days) {
        String state = runId == null ? null : time == null ? "Running" : "Completed";
        return new ClosedMonth(
                month,
                IntStream.of(days).boxed().toList(),
                runId,
                time,
                null,
                null,
                state,
                null,
                runId == null ? null : 1,
                null);
    }

    private static Outcome rested(ReconcileState s) {
        return assertInstanceOf(Done.class, ReconcileStates.next(s)).outcome();
    }

    private static ArmFailure refusal() {
        return new ArmFailure.Rejected(new ArmFailure.Detail(400, "400", "no", ""), Reason.INVALID_REQUEST);
    }

    /** After the intent is written down. */
    private static ReconcileState meant(ReconcileState s) {
        WriteStatus record = assertInstanceOf(WriteStatus.class, ReconcileStates.next(s));
        return s.with(record.status()).with(s.transientState().postingRun(record.runToPost()));
    }

    private static ObservedExport shown(String... runs) {
        return Histories.with(EXPORT, runs);
    }
}
