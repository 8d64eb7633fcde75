package dev.finops.azure.export.scope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.AzureDates;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.ReadConsistency;
import dev.finops.azure.export.plan.ReconcileStates;
import dev.finops.azure.export.plan.Settings;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeCachesTest {
    private static final Settings SETTINGS = ReconcileStates.SETTINGS;
    private static final Duration INTERVAL = SETTINGS.observeInterval();
    private static final ExportId ID = new ExportId(new Scope("/subscriptions/0a"), "focus");
    private static final ArmFailure OUTAGE =
            new ArmFailure.Indeterminate(new Detail(502, "", "Bad Gateway", ""), Reason.ARM_UNREACHABLE, null);
    private static final ArmFailure QUEUED = new ArmFailure.Throttled(
            new Detail(0, "", "other calls go first", ""), Duration.ofSeconds(30), ArmFailure.Throttled.By.OPERATOR);
    private static final ArmFailure REFUSED =
            new ArmFailure.Throttled(new Detail(429, "429", "Too many requests", ""), Duration.ofDays(365));

    private final SettableClock machine = new SettableClock();
    private final SettableClock monotonic = new SettableClock();
    private final ManualScheduler scheduler = new ManualScheduler(monotonic);
    private final AzureClock clock = new AzureClock(machine, monotonic);
    private final ScriptedAzure azure = new ScriptedAzure();
    private final ScopeCaches scopes = new ScopeCaches(azure, clock, scheduler, SETTINGS);
    private final List<String> woken = new ArrayList<>();

    ScopeCachesTest() {
        azure.exports.put("focus", named("focus", "daily"));
    }

    // --- names that differ in letter case alone

    @Test
    void ofAPairEachIsFoundByItsSpelling() {
        azure.exports.put("FOCUS", named("FOCUS", "weekly"));

        assertEquals("focus", name(look(id("focus"), "one")));
        assertEquals("FOCUS", name(look(id("FOCUS"), "two")));
        assertEquals(Set.of("focus", "FOCUS"), scopes.alike(id("Focus")));
        assertInstanceOf(
                Observation.Absent.class, look(id("Focus"), "three").orElseThrow(), "none of several is exact");
    }

    @Test
    void theOnlyOneIsFoundInAnySpelling() {
        assertEquals("focus", name(look(id("FOCUS"), "one")));
        assertEquals(Set.of("focus"), scopes.alike(id("FOCUS")));
        assertEquals(Set.of(), scopes.alike(id("weekly")));
    }

    @Test
    void anAnswerInAnotherSpellingThanAskedForIsNoSecondExport() {
        look(ID, "one");
        azure.exports.put("Focus", named("focus", "daily")); // as an Azure that does not tell them apart would answer
        azure.exports.remove("focus");

        scopes.single(id("Focus"), caller("one"));

        assertEquals(Set.of("focus"), scopes.alike(ID));
    }

    @Test
    void aCreatedOneIsASecondBesideItsTwin() {
        look(ID, "one");

        scopes.put(id("Focus"), named("Focus", "daily"));

        assertEquals(Set.of("focus", "Focus"), scopes.alike(ID));
    }

    @Test
    void oneThatIsWatchedIsNotUnclaimedInAnotherSpelling() {
        scopes.watch("one", id("FOCUS"), look(id("FOCUS"), "one").orElseThrow(), () -> woken.add("one"));
        assertEquals(0, scopes.unclaimed());

        azure.exports.put("FOCUS", named("FOCUS", "weekly"));
        scheduler.pass(INTERVAL.multipliedBy(2));

        assertEquals(Set.of("one"), Set.copyOf(woken), "now the exact one is there");
        assertEquals(1, scopes.unclaimed());
    }

    private static ExportId id(String name) {
        return new ExportId(ID.scope(), name);
    }

    private static String name(Optional<Observation> seen) {
        return assertInstanceOf(Observation.Present.class, seen.orElseThrow())
                .export()
                .name()
                .orElseThrow();
    }

    // --- one list for all

    @Test
    void oneListServesAllObjectsOfAScopeForTwoIntervals() {
        assertPresent(look("one"));
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertPresent(look("two"));
        assertEquals(1, azure.listed(ID));

        scheduler.pass(Duration.ofSeconds(1));
        assertPresent(look("three"));
        assertEquals(2, azure.listed(ID));
    }

    @Test
    void whoComesWhileAListIsUnderWayIsWokenByIt() {
        azure.underWay = () -> assertEquals(Optional.empty(), look("second"));

        assertPresent(look("first"));

        assertEquals(List.of("second"), woken);
        assertEquals(1, azure.listed(ID));
    }

    @Test
    void aScopeThatObjectsWatchIsListedEachInterval() {
        watch("object", look("object"));
        scheduler.pass(INTERVAL.multipliedBy(24));

        int lists = azure.listed(ID);
        assertTrue(lists >= 22 && lists <= 28, () -> "in 24 intervals: " + lists);
        assertEquals(List.of(), woken, "nothing has changed");
    }

    @Test
    void onlyTheObjectWhoseExportChangedIsWoken() {
        azure.exports.put("other", named("other", "before"));
        watch("object", look("object"));
        ExportId other = new ExportId(ID.scope(), "other");
        scopes.watch("its-object", other, look(other, "its-object").orElseThrow(), () -> woken.add("its-object"));

        azure.exports.put("other", named("other", "after"));
        scheduler.pass(INTERVAL.multipliedBy(2));

        assertEquals(List.of("its-object"), woken.stream().distinct().toList());
    }

    @Test
    void aListThatIsOlderThanOurWriteDoesNotHideIt() {
        azure.exports.clear();
        azure.underWay = () -> scopes.put(ID, named("focus", "new"));

        assertPresent(look("object"));
    }

    @Test
    void anExportThatAGetDoesNotFindIsForgotten() {
        look("object");
        azure.exports.clear();
        assertInstanceOf(Observation.Absent.class, scopes.single(ID, caller("object")));

        assertEquals(0, scopes.unclaimed());
        assertInstanceOf(Observation.Absent.class, look("object").orElseThrow());
        assertEquals(1, azure.listed(ID));
    }

    /** Of a list that was asked for before the export was found absent. */
    @Test
    void aListThatIsOlderThanAGetDoesNotBringAnExportBack() {
        azure.underWay = () -> {
            azure.exports.clear();
            scopes.single(ID, caller("object"));
        };

        assertInstanceOf(Observation.Absent.class, look("object").orElseThrow());
    }

    @Test
    void withTheLastObjectOfAScopeItsSnapshotGoes() {
        watch("object", look("object"));
        azure.exports.put("other", named("other", "x"));
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertEquals(1, scopes.unclaimed());

        scopes.forget("object");
        scopes.single(ID, caller("deletion"));
        scopes.forget("object");

        assertEquals(0, scopes.unclaimed());
        int lists = azure.listed(ID);
        scheduler.pass(INTERVAL.multipliedBy(10));
        assertEquals(lists, azure.listed(ID));
        assertEquals(0, scheduler.size(), "no timer is left");
    }

    @Test
    void aScopeThatIsWatchedAgainIsListedAgain() {
        watch("object", look("object"));
        scopes.forget("object");
        watch("object", look("object"));
        int lists = azure.listed(ID);
        scheduler.pass(INTERVAL.multipliedBy(10));

        assertTrue(azure.listed(ID) >= lists + 8, () -> "lists: " + azure.listed(ID));
    }

    // --- clocks

    /** Azure's Date is wrong by so many hours in two answers in a row, and then right again. */
    @ParameterizedTest
    @ValueSource(longs = {2, -2, 24 * 30})
    void aScopeIsListedOnThroughWrongDates(long hours) {
        watch("object", look("object"));
        date(Duration.ofHours(hours));
        date(Duration.ofHours(hours));
        assertEquals(
                hours,
                Math.round(
                        Duration.between(monotonic.instant(), clock.instant()).toMinutes() / 60.0),
                "the wrong Date is believed");
        azure.listFailure = Optional.of(OUTAGE);
        scheduler.pass(INTERVAL.multipliedBy(2));
        azure.listFailure = Optional.empty();
        date(Duration.ZERO);
        date(Duration.ZERO);
        int lists = azure.listed(ID);

        scheduler.pass(INTERVAL.multipliedBy(4));

        assertTrue(azure.listed(ID) >= lists + 3, () -> azure.listed(ID) - lists + " lists where four were due");
        assertPresent(look("object"));
    }

    @ParameterizedTest
    @ValueSource(longs = {-6, 6})
    void aScopeIsListedOnWhenTheMachinesClockIsSet(long hours) {
        watch("object", look("object"));
        machine.pass(Duration.ofHours(hours));
        int lists = azure.listed(ID);

        scheduler.pass(INTERVAL.multipliedBy(4));

        assertTrue(azure.listed(ID) >= lists + 3, () -> azure.listed(ID) - lists + " lists where four were due");
        assertPresent(look("new"));
    }

    @Test
    void theTimeOfAnObservationIsAzures() {
        date(Duration.ofMinutes(-30));
        date(Duration.ofMinutes(-30));
        look("object");
        scheduler.pass(Duration.ofMinutes(1));

        Observation.Present present =
                assertInstanceOf(Observation.Present.class, look("object").orElseThrow());

        assertEquals(Duration.ofMinutes(1), Duration.between(present.at(), clock.instant()));
    }

    // --- failures

    @Test
    void aFailureThatBeginsWakesAllAndIsSharedForAMoment() {
        watch("object", look("object"));
        azure.listFailure = Optional.of(OUTAGE);
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertEquals(List.of("object"), woken);
        monotonic.pass(Duration.ofSeconds(2)); // the last list may have failed this very moment

        int lists = azure.listed(ID);
        assertEquals(new Observation.Unanswered(OUTAGE), recent("object").orElseThrow());
        assertEquals(new Observation.Unanswered(OUTAGE), recent("other").orElseThrow());
        assertEquals(lists + 1, azure.listed(ID));
    }

    @Test
    void aWakeThatThrowsEndsNeitherTheOthersNorTheChain() {
        Observation seen = look("faulty").orElseThrow();
        scopes.watch("faulty", ID, seen, () -> {
            throw new IllegalStateException("a fault");
        });
        watch("object", Optional.of(seen));
        azure.exports.clear();

        scheduler.pass(INTERVAL.multipliedBy(3));

        assertTrue(woken.contains("object"));
        assertTrue(azure.listed(ID) >= 3, () -> "lists: " + azure.listed(ID));
    }

    @Test
    void aListThatThrowsEndsNeitherTheChainNorTheWaiting() {
        watch("object", look("object"));
        azure.underWay = () -> {
            assertEquals(Optional.empty(), recent("waiting"));
            throw new IllegalStateException("a fault");
        };
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertEquals(List.of("waiting"), woken);
        int lists = azure.listed(ID);

        scheduler.pass(INTERVAL.multipliedBy(3));

        assertTrue(azure.listed(ID) >= lists + 2, () -> "lists: " + azure.listed(ID));
    }

    @Test
    void aListThatStandsInLineIsMadeWhenItsTurnComes() {
        azure.listFailure = Optional.of(QUEUED);
        assertEquals(Optional.empty(), look("object"));
        azure.listFailure = Optional.empty();
        azure.lister.wake().run();
        scheduler.pass(Duration.ofSeconds(1));

        assertEquals(List.of("object"), woken);
        assertPresent(look("object"));
        assertEquals(2, azure.listed(ID));
    }

    // --- silence

    @Test
    void aBucketThatIsClosedForAYearIsToldAfterThreeIntervals() {
        watch("object", look("object"));
        Instant answered = clock.instant();
        azure.listFailure = Optional.of(REFUSED);
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertEquals(List.of("object"), woken, "the failure begins");
        woken.clear();

        scheduler.pass(INTERVAL.multipliedBy(3));

        assertTrue(woken.contains("object"));
        assertEquals(Optional.of(answered), scopes.lastAnswered(ID));
        assertInstanceOf(Observation.Unanswered.class, recent("object").orElseThrow());
    }

    /** Each list drips until its call is given up, after a minute. */
    @Test
    void listsThatDripAreToldAfterThreeIntervals() {
        watch("object", look("object"));
        Instant answered = clock.instant();
        azure.listFailure = Optional.of(OUTAGE);
        for (int lists = 0; lists < 4; lists++) {
            azure.underWay = () -> scheduler.pass(Duration.ofMinutes(1));
            scheduler.pass(INTERVAL);
        }
        woken.clear();
        azure.underWay = () -> scheduler.pass(Duration.ofMinutes(1));
        scheduler.pass(INTERVAL);

        assertTrue(woken.contains("object"));
        assertEquals(Optional.of(answered), scopes.lastAnswered(ID));
    }

    @Test
    void aListThatWaitsForQuotaForThreeIntervalsIsTold() {
        watch("object", look("object"));
        azure.listFailure = Optional.of(QUEUED);
        scheduler.pass(INTERVAL.multipliedBy(2));
        assertEquals(List.of(), woken, "queueing in the operator is nothing to tell");
        assertEquals(Optional.empty(), recent("object"));

        scheduler.pass(INTERVAL.multipliedBy(3));

        assertTrue(woken.contains("object"));
        assertEquals(new Observation.Unanswered(QUEUED), recent("object").orElseThrow());
    }

    private Optional<Observation> look(String object) {
        return look(ID, object);
    }

    private Optional<Observation> look(ExportId id, String object) {
        return scopes.get(id, ReadConsistency.CACHED, caller(object));
    }

    private Optional<Observation> recent(String object) {
        return scopes.get(ID, ReadConsistency.RECENT, caller(object));
    }

    private void watch(String object, Optional<Observation> seen) {
        scopes.watch(object, ID, seen.orElseThrow(), () -> woken.add(object));
    }

    private Waiter caller(String object) {
        return new Waiter(object, "finance", Priority.POLL, () -> woken.add(object));
    }

    private static void assertPresent(Optional<Observation> seen) {
        assertEquals(
                Source.LIST,
                assertInstanceOf(Observation.Present.class, seen.orElseThrow()).source());
    }

    private static ObservedExport named(String name, String description) {
        ObjectNode document = Specs.accepted(Specs.FOCUS).document().deepCopy();
        document.put("name", name);
        ((ObjectNode) document.path("properties")).put("exportDescription", description);
        return new ObservedExport(document);
    }

    /** An answer came whose Date differs by so much. */
    private void date(Duration difference) {
        AzureDates.hear(clock, difference);
    }
}
