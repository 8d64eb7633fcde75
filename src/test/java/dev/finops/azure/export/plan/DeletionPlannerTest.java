package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.annotated;
import static dev.finops.azure.export.plan.ReconcileStates.apiVersion;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.intended;
import static dev.finops.azure.export.plan.ReconcileStates.later;
import static dev.finops.azure.export.plan.ReconcileStates.settled;
import static dev.finops.azure.export.plan.ReconcileStates.spec;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 5: nothing is deleted by accident, and nothing is held for ever. */
class DeletionPlannerTest {
    private static final ExportId ID = ExportId.of(FOCUS, "unnamed");
    private static final ObservedExport OTHER = accepted(with(FOCUS, "dataset.type", "ActualCost"));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "Created, -,      true",
                "Created, Delete, true",
                "Created, Orphan, false",
                "Adopted, -,      false",
                "Adopted, Delete, true",
                "Adopted, Orphan, false"
            })
    void theExportGoesByPolicyElseByOrigin(String origin, String policy, boolean deleted) {
        ReconcileState s =
                unasked(spec(status(settled(FOCUS), draft -> draft.origin = origin), "deletionPolicy", policy));

        if (deleted) {
            assertEquals(new Step.Delete(ID), next(s));
        } else {
            assertReleased(Reason.ORPHANED, s);
        }
    }

    @Test
    void anObservedExportIsLeftWithoutACall() {
        assertEquals(
                new Step.Release(Optional.empty(), Optional.empty()),
                next(unasked(spec(settled(FOCUS), "managementPolicy", "Observe"))));
    }

    @Test
    void anObjectThatNeverCreatedAnythingGoesAtOnce() {
        assertEquals(new Step.Release(Optional.empty(), Optional.empty()), next(fresh(FOCUS)));
    }

    @Test
    void whatAzureMayStillCreateIsWaitedFor() {
        ReconcileState s = absent(intended(FOCUS));
        assertInstanceOf(Step.Release.class, next(s), "nothing is on its way");

        ReconcileState sent = s.with(s.transientState().unanswered(s.now()));
        Outcome.Waiting waiting = assertInstanceOf(Outcome.Waiting.class, rest(sent));
        assertEquals(Reason.DELETING, waiting.reason());
        assertInstanceOf(Step.Release.class, next(later(sent, TransientState.REPLICATION)));
    }

    @Test
    void aPausedObjectWaits() {
        assertInstanceOf(Outcome.Paused.class, rest(annotated(unasked(settled(FOCUS)), Annotations.PAUSED, "true")));
    }

    @Test
    void theNextOlderObjectInherits() {
        assertEquals(
                Reason.INHERITED,
                assertInstanceOf(
                                Step.Release.class,
                                next(ReconcileStates.claimed(
                                        unasked(settled(FOCUS)), new ResourceView.Claim.NextOwner("finance/heir"))))
                        .event()
                        .orElseThrow()
                        .reason());
    }

    @Test
    void whatIsDeletedIsWhatTheStatusRecorded() {
        String recorded = ID.path().replace("/subscriptions/", "/SUBSCRIPTIONS/");

        Step.Delete delete = assertInstanceOf(
                Step.Delete.class, next(unasked(status(settled(FOCUS), draft -> draft.exportId = recorded))));
        assertEquals(recorded, delete.id().path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/subscriptions/1/providers/Microsoft.CostManagement/exports/recorded", "/not/an/export", ""})
    void anIdThatIsNotOfThisObjectIsNotDeletedAndThatIsReported(String foreign) {
        ReconcileState s = unasked(status(settled(FOCUS), draft -> draft.exportId = foreign));

        PendingEvent note =
                assertInstanceOf(Step.Release.class, next(s)).event().orElseThrow();
        assertEquals(Reason.STATUS_CORRECTED, note.reason());
        assertTrue(
                note.message().contains("named " + foreign + ",")
                        && note.message().contains("sent no DELETE"),
                note.message());
        assertInstanceOf(
                Step.Release.class, next(ReconcileStates.claimed(s, new ResourceView.Claim.NextOwner("finance/heir"))));
    }

    @Test
    void anExportOfWhichNobodyKnowsWhoCreatedItIsLeft() {
        assertReleased(Reason.ORPHANED, unasked(status(settled(FOCUS), draft -> draft.origin = null)));
        assertReleased(Reason.ORPHANED, unasked(status(settled(FOCUS), draft -> draft.origin = "Imported")));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "tenant-a, tenant-a, true",
                "tenant-a, TENANT-A, true",
                "tenant-a, tenant-b, false",
                "tenant-a, -,        false",
                "-,        tenant-b, true"
            })
    void aScopeIsGoneOnlyToACredentialOfTheTenantThatReadTheExport(String recorded, String asking, boolean gone) {
        ArmFailure notFound = new ArmFailure.ScopeNotFound(
                new ArmFailure.Detail(404, "SubscriptionNotFound", "no such subscription", ""));
        ReconcileState s = status(settled(FOCUS), draft -> draft.tenantId = recorded)
                .with(ResolvedSecrets.NONE.of(Optional.ofNullable(asking)))
                .with(new Observation.Unanswered(notFound), settled(FOCUS).now());

        if (gone) {
            PendingEvent note =
                    assertInstanceOf(Step.Release.class, next(s)).event().orElseThrow();
            assertEquals(recorded == null, note.message().contains("is not recorded"), note.message());
        } else {
            Outcome.Failing held = assertInstanceOf(Outcome.Failing.class, rest(s));
            assertEquals(Reason.SCOPE_NOT_FOUND, held.failure().reason());
            assertTrue(
                    held.failure().detail().message().contains("tenant " + recorded + " last read the export"),
                    held.failure().detail().message());
        }
    }

    @Test
    void aReadRecordsTheTenantOfItsCredential() {
        ReconcileState s = got(settled(FOCUS), accepted(FOCUS)).with(ResolvedSecrets.NONE.of(Optional.of("tenant-a")));

        Outcome settled =
                assertInstanceOf(Step.Done.class, ReconcileStates.next(s)).outcome();
        assertEquals("tenant-a", ReconcileStates.reported(s, settled).status().tenantId());
    }

    @Test
    void anAcceptedDeletionIsPolledLessAndLess() {
        ReconcileState accepted =
                settled(FOCUS).with(TransientState.NONE.deleted(settled(FOCUS).now()));

        assertEquals(Duration.ofSeconds(5), accepted.patience());
        assertEquals(
                Duration.ofSeconds(40), later(accepted, Duration.ofSeconds(40)).patience());
        ReconcileState again = later(accepted, Duration.ofMinutes(3));
        again = again.with(again.transientState().deleted(again.now()));
        assertEquals(Duration.ofMinutes(3), again.patience());
        assertEquals(Duration.ofMinutes(15), later(again, Duration.ofHours(3)).patience());
    }

    @Test
    void anIntentIsLookedUpFirst() {
        assertEquals(new Step.Read(ReadConsistency.DIRECT), next(unasked(intended(FOCUS))));
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
        ArmFailure gone = new ArmFailure.ScopeNotFound(
                new ArmFailure.Detail(404, "SubscriptionNotFound", "no such subscription", ""));

        assertReleased(
                Reason.DELETED,
                settled(FOCUS)
                        .with(new Observation.Unanswered(gone), settled(FOCUS).now()));
    }

    @Test
    void anAbsenceThatThisApiVersionCannotJudgeIsNone() {
        Outcome.Stuck stuck =
                assertInstanceOf(Outcome.Stuck.class, rest(apiVersion(absent(settled(FOCUS)), "2023-08-01")));

        assertEquals(Reason.NOT_VISIBLE_IN_API_VERSION, stuck.reason());
    }

    @Test
    void anAnswerThatSaysNothingKeepsTheObject() {
        ArmFailure failure = new ArmFailure.Indeterminate(
                new ArmFailure.Detail(502, "", "HTTP 502", ""), Reason.ARM_UNREACHABLE, null);
        Outcome.Failing failing = assertInstanceOf(
                Outcome.Failing.class,
                rest(settled(FOCUS)
                        .with(
                                new Observation.Unanswered(failure),
                                settled(FOCUS).now())));

        assertEquals(failure, failing.failure());
    }

    @Test
    void aDeletionIsAwaitedForTwoMinutesAndThenSentAgain() {
        ReconcileState deleted =
                settled(FOCUS).with(TransientState.NONE.deleted(settled(FOCUS).now()));

        assertEquals(new Step.Read(ReadConsistency.DIRECT), next(unasked(deleted)));
        assertEquals(
                Reason.DELETING,
                assertInstanceOf(Outcome.Waiting.class, rest(deleted)).reason());
        assertEquals(new Step.Delete(ID), next(got(later(deleted, Duration.ofMinutes(2)), accepted(FOCUS))));
    }

    /** The Date header of the answer moved the clock: the DELETE lay in the future of the state. */
    @Test
    void anAcceptedDeletionIsReadAndNotSentAgainWhenAzuresClockJumps() {
        ReconcileState before = unasked(settled(FOCUS));

        ReconcileState after = StateTransitions.deleted(before, before.now().plus(Duration.ofMinutes(3)));

        assertEquals(new Step.Read(ReadConsistency.DIRECT), next(after));
    }

    private static ReconcileState unasked(ReconcileState s) {
        return s.with(new Observation.NotRead(), s.now());
    }

    private static Step next(ReconcileState s) {
        return ReconcileStates.next(ReconcileStates.deleting(s));
    }

    private static Outcome rest(ReconcileState s) {
        return assertInstanceOf(Step.Done.class, next(s)).outcome();
    }

    private static void assertReleased(Reason reason, ReconcileState s) {
        assertEquals(
                reason,
                assertInstanceOf(Step.Release.class, next(s))
                        .event()
                        .orElseThrow()
                        .reason());
    }
}
