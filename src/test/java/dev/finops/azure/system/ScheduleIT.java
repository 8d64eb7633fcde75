package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static java.time.temporal.ChronoUnit.DAYS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Manifests outlive their dates. */
class ScheduleIT extends SystemTest {
    private LocalDate today(int plusDays) {
        return clock.instant().atOffset(ZoneOffset.UTC).toLocalDate().plusDays(plusDays);
    }

    private static Instant at(LiveExport export, String end) {
        return Instant.parse(export.inAzure("schedule/recurrencePeriod/" + end).asText());
    }

    @Test
    void aStartThatHasPassedRollsForwardOnItsRhythm() {
        var export = export("past-start", "schedule: {recurrence: Weekly, from: 2026-01-05T06:00:00Z}")
                .awaitReady();

        Instant now = clock.instant();
        Instant from = at(export, "from");
        assertTrue(from.isAfter(now) && from.isBefore(now.plus(8, DAYS)), from.toString());
        assertEquals(0, DAYS.between(Instant.parse("2026-01-05T06:00:00Z"), from) % 7);
        assertTrue(from.toString().endsWith("T06:00:00Z"), from.toString());
        assertTrue(at(export, "to").isAfter(now.plus(3000, DAYS)), "an end that the spec does not state is far away");
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written());
        assertEquals("Weekly", export.status().summary().schedule());
        assertEquals(Instant.parse(export.status().nextRunTime()).truncatedTo(DAYS), from.truncatedTo(DAYS));
    }

    @Test
    void aStatedWindowIsSentAsItIs() {
        var export = export(
                        "window", "schedule: {recurrence: Daily, from: %s, to: %s}".formatted(today(10), today(100)))
                .awaitReady();

        assertEquals(Instant.parse(today(10) + "T00:00:00Z"), at(export, "from"));
        assertEquals(Instant.parse(today(100) + "T23:59:59Z"), at(export, "to"));
    }

    @Test
    void aSuspendedScheduleStaysInAzureInactive() {
        var export = export("suspended", "schedule: {recurrence: Monthly}").awaitReady();

        export.change("schedule: {suspend: true}").awaitReady();

        assertEquals("Inactive", export.inAzure("schedule/status").asText());
        assertEquals("Monthly", export.inAzure("schedule/recurrence").asText());
        assertEquals("Monthly (suspended)", export.status().summary().schedule());
        export.change("schedule: {suspend: false}").awaitReady();
        assertEquals("Active", export.inAzure("schedule/status").asText());
    }

    @Test
    void aScheduleThatIsTakenOutBecomesInactive() {
        var export = export("unscheduled", "schedule: {recurrence: Daily}").awaitReady();

        export.change("schedule: null").awaitReady().awaitLooks(2);

        assertEquals("Inactive", export.inAzure("schedule/status").asText());
        assertEquals("-", export.status().summary().schedule());
        assertEquals(List.of(PUT, PUT), export.written());
    }

    @Test
    void anEndThatIsNearIsAnnounced() {
        var export = export("ending", "schedule: {recurrence: Daily, from: 2026-01-01, to: %s}".formatted(today(20)))
                .awaitReady();

        assertEquals("ScheduleEnding", export.condition("Ready").reason());
        String told = export.awaitEvent("ScheduleEnding", today(20).toString());
        assertTrue(told.contains("schedule.to"), told);
        assertEquals("Active", export.inAzure("schedule/status").asText());
        export.awaitLooks(2);
        assertEquals(1, export.events("ScheduleEnding").size());
    }

    @Test
    void anEndThatHasPassedIsAnInactiveScheduleAndNoLoop() {
        var export = export("ended", "schedule: {recurrence: Daily, from: 2025-01-01, to: 2025-12-31}")
                .awaitReady();

        assertEquals("ScheduleEnded", export.condition("Ready").reason());
        assertEquals("Inactive", export.inAzure("schedule/status").asText());
        assertEquals("ended", export.status().summary().schedule());
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written());
        assertEquals(1, export.events("ScheduleEnded").size());
    }

    @Test
    void anEndThatPassesWhileWeWatchMakesTheScheduleInactive() {
        var export = export("lapsing", "schedule: {recurrence: Daily, from: %s, to: %s}".formatted(today(1), today(3)))
                .awaitReady();
        assertEquals("Active", export.inAzure("schedule/status").asText());

        clock.advance(Duration.ofDays(5));

        export.await("Ready", "True", "ScheduleEnded");
        assertEquals("Inactive", export.inAzure("schedule/status").asText());
        export.awaitLooks(2);
        assertEquals(List.of(PUT, PUT), export.written());
        assertEquals(List.of(), export.events("DriftDetected"), "nobody changed anything");
    }

    @Test
    void aRunningScheduleIsNotMovedWhenItsStartPasses() {
        var export = export("running", "schedule: {recurrence: Daily, from: 2026-01-01}")
                .awaitReady();
        Instant from = at(export, "from");

        clock.advance(Duration.ofDays(2));
        export.awaitLooks(3);
        assertEquals(List.of(PUT), export.written());

        export.change("description: edited later").awaitReady();
        assertEquals(from, at(export, "from"));
        ObjectNode schedule = (ObjectNode) export.inAzure("schedule");
        assertEquals("Active", schedule.path("status").asText());
    }
}
