package dev.finops.azure.export.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.RunError;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.document.Json;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunHistoryTest {

    @Test
    void readsAllThatAzureSaysOfARun() {
        assertEquals(
                List.of(new Run(
                        "5a1b",
                        "OnDemand",
                        "Failed",
                        "someone",
                        "2026-11-01T00:00:00.1234567Z",
                        "2026-11-01T00:01:00Z",
                        "2026-11-01T00:02:00Z",
                        new TimePeriod("2026-10-01T00:00:00", "2026-10-31T00:00:00Z"),
                        "finops/part_0.csv",
                        "finops/manifest.json",
                        new RunError("Storage", "no such account"))),
                read("""
        [{"id": "subscriptions/0/providers/Microsoft.CostManagement/exports/x/Run/5a1b", "properties": {"executionType": "OnDemand",
          "status": "Failed", "submittedBy": "someone", "submittedTime": "2026-11-01T00:00:00.1234567Z",
          "processingStartTime": "2026-11-01T00:01:00Z", "processingEndTime": "2026-11-01T00:02:00Z",
          "startDate": "2026-10-01T00:00:00", "endDate": "2026-10-31T00:00:00Z", "fileName": "finops/part_0.csv",
          "manifestFile": "finops/manifest.json", "runSettings": {"format": "Csv"}, "error": {"code": "Storage", "message": "no such account"}}}]"""));
    }

    @Test
    void knowsARunByItsNameInAnyLetterCase() {
        assertEquals(
                List.of("5a1b"),
                read("[{\"id\": \"/x/Run/other\", \"name\": \"5A1B\"}]").stream()
                        .map(Run::id)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "\"none\"", "[null]", "[{}]", "[{\"properties\": {\"status\": \"Queued\"}}]"})
    void passesOverWhatIsNoRun(String json) {
        assertEquals(List.of(), read(json));
    }

    @Test
    void boundsWhatItKeepsOfAText() {
        Run run = read("[{\"name\": \"1\", \"properties\": {\"error\": {\"message\": \"" + "x".repeat(5000) + "\"}}}]")
                .getFirst();

        assertEquals(1024, run.error().message().length());
        assertNull(run.status());
    }

    @ParameterizedTest
    @CsvSource({
        "Queued, true, false",
        "inprogress, true, false",
        "Completed, false, true",
        "NewDataNotAvailable, false, true",
        "DataNotAvailable, false, true",
        "Failed, false, false",
        "Timeout, false, false",
        "SomethingNew, true, false"
    })
    void judgesAStatus(String status, boolean underWay, boolean succeeded) {
        assertEquals(underWay, RunHistory.isOpen(run(1, status)));
        assertEquals(succeeded, RunHistory.succeeded(run(1, status)));
    }

    @Test
    void mergesByIdNewestFirst() {
        assertEquals(
                List.of(run(3, "Queued"), run(2, "Completed"), run(1, "Failed")),
                RunHistory.merge(
                        List.of(run(2, "InProgress"), run(1, "Failed")),
                        List.of(run(3, "Queued"), run(2, "Completed"))));
    }

    @Test
    void forgetsNoRunThatOneAnswerDoesNotShow() {
        assertEquals(
                List.of(run(2, "Completed"), run(1, "Completed")),
                RunHistory.merge(List.of(run(2, "Completed"), run(1, "Completed")), List.of()));
    }

    @Test
    void doesNotBringAnEndedRunBackToLife() {
        assertEquals(
                List.of(run(1, "Failed")), RunHistory.merge(List.of(run(1, "Failed")), List.of(run(1, "InProgress"))));
    }

    @Test
    void keepsTheNewestTen() {
        List<Run> merged = RunHistory.merge(
                null, IntStream.range(0, 15).mapToObj(i -> run(i, "Completed")).toList());

        assertEquals(
                IntStream.range(5, 15).boxed().toList().reversed(),
                merged.stream().map(run -> Integer.parseInt(run.id())).toList());
    }

    @Test
    void countsADataEndFromTheEndOfTheRunElseFromItsSubmission() {
        Run submitted = run(1, "Completed");
        Run ended = read("[{\"name\": \"1\", \"properties\": {\"processingEndTime\": \"2026-11-01T09:00:00Z\"}}]")
                .getFirst();

        assertTrue(Stream.of(submitted, ended)
                .allMatch(run -> RunHistory.ended(run).isPresent()));
        assertFalse(RunHistory.submitted(ended).isPresent());
    }

    @Test
    void whatIsAWordIsAsShortAsOne() {
        String endless = "x".repeat(5000);
        Run run = read(("[{\"name\": \"%1$s\", \"properties\": {\"status\": \"%1$s\", \"error\": {\"code\": "
                                + "\"%1$s\", \"message\": \"%1$s\"}}}]")
                        .formatted(endless))
                .getFirst();

        assertEquals(
                List.of(128, 128, 128, 1024),
                Stream.of(
                                run.id(),
                                run.status(),
                                run.error().code(),
                                run.error().message())
                        .map(String::length)
                        .toList());
    }

    private static List<Run> read(String json) {
        return RunHistory.read(Json.read(json));
    }

    @Test
    void aStateThatIsNotKnownIsNoEndBeforeAzureNamesOne() {
        assertTrue(RunHistory.isOpen(run(1, "Submitted")));
        assertFalse(RunHistory.isOpen(run(1, "failed")));
        assertFalse(RunHistory.isOpen(
                new Run("1", null, "Canceled", null, null, null, "2026-11-01T01:00:00Z", null, null, null, null)));
        assertFalse(RunHistory.isOpen(new Run(
                "1", null, "Canceled", null, null, null, null, null, null, null, new RunError("Canceled", null))));
        assertFalse(RunHistory.isOpen(run(1, null)));
    }

    private static Run run(int hour, String status) {
        return new Run(
                String.valueOf(hour),
                null,
                status,
                null,
                "2026-11-01T%02d:00:00Z".formatted(hour),
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
