package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.simulator.Operation.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.simulator.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Cost trend reporting as people set it up: the past once, the present every day; from the samples, to the blobs in
 * storage.
 */
class HistoryIT extends StoringTest {
    private LiveExport sample(String file) throws IOException {
        Path path = Path.of("deploy/samples", file);
        cluster.kubectl()
                .run("", "apply", "--namespace", namespace, "--filename", path.toString())
                .orFail();
        return applied(Yaml.object(Files.readString(path)).at("/metadata/name").asText());
    }

    private List<YearMonth> lastTwelveMonths() {
        YearMonth current = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
        return IntStream.rangeClosed(1, 12).mapToObj(current::minusMonths).toList();
    }

    /** The months that Azure was asked for, in the order of the requests. */
    private static List<String> asked(LiveExport export) {
        return export.calls(RUN).stream()
                .map(call -> call.body().at("/timePeriod/from"))
                .filter(JsonNode::isTextual)
                .map(from -> from.asText().substring(0, 7))
                .toList();
    }

    private static long ownRuns(LiveExport export) {
        return export.calls(RUN).stream()
                .filter(call -> call.body().isMissingNode())
                .count();
    }

    /** The folders of an export that have a manifest and data: {@code 20261001-20261031} … */
    private TreeSet<String> delivered(LiveExport export) {
        String folder =
                export.inAzure("deliveryInfo/destination/rootFolderPath").asText() + "/" + export.exportName() + "/";
        List<String> names = storage.container("finopsexports", "msexports").listBlobs().stream()
                .map(BlobItem::getName)
                .filter(name -> name.startsWith(folder))
                .toList();
        TreeSet<String> months = new TreeSet<>();
        names.stream()
                .filter(name -> name.endsWith("/manifest.json"))
                .map(name -> name.substring(0, name.lastIndexOf('/')))
                .filter(run -> names.stream().anyMatch(name -> name.startsWith(run + "/part_")))
                .map(run -> run.substring(folder.length()).split("/")[0])
                .forEach(months::add);
        return months;
    }

    private static String folder(YearMonth month) {
        return month.atDay(1).toString().replace("-", "") + "-"
                + month.atEndOfMonth().toString().replace("-", "");
    }

    private void bringsTheYearAndGoesOn(LiveExport export) {
        List<YearMonth> months = lastTwelveMonths();
        export.await("Backfilled", "True", "MonthsDone");
        export.await("LastRunSucceeded", "True", "Completed");
        export.await("Delivered", "True", "Fresh");
        JsonNode definition = export.inAzure("definition").deepCopy();

        assertEquals(months.stream().map(YearMonth::toString).toList(), asked(export), "each once, the newest first");
        assertEquals(1, ownRuns(export));
        assertEquals(1, export.calls(PUT).size(), "the export's own definition is sent once");
        assertEquals("MonthToDate", definition.path("timeframe").asText());
        assertTrue(definition.path("timePeriod").isMissingNode(), definition::toString);
        assertTrue(export.status().backfill().months().stream()
                .allMatch(month -> month.state().equals("Completed") && month.attempts() == 1));
        assertEquals("12/12", export.status().summary().backfill());
        assertTrue(
                delivered(export)
                        .containsAll(months.stream().map(HistoryIT::folder).toList()),
                () -> delivered(export).toString());
        assertEquals(
                export.status().lastSuccessfulRun().id(),
                export.status().delivery().runId());

        clock.advance(Duration.ofHours(49));
        eventually(() ->
                assertEquals("Scheduled", export.status().lastSuccessfulRun().executionType()));
        eventually(() -> assertEquals(
                export.status().lastSuccessfulRun().id(),
                export.status().delivery().runId()));
        export.awaitLooks(2);
        assertEquals(12, asked(export).size());
        assertEquals(1, ownRuns(export));
        assertEquals(1, export.calls(PUT).size());
        assertEquals(definition, export.inAzure("definition"));
    }

    @Test
    void costTrendReporting() throws IOException {
        bringsTheYearAndGoesOn(sample("cost-trend.yaml"));
    }

    @Test
    void twelveMonthsOfFocusAtABillingAccount() throws IOException {
        bringsTheYearAndGoesOn(sample("focus-with-history.yaml"));
    }

    @Test
    void oneExportPerMonthByHand() throws IOException {
        LiveExport january = sample("focus-month.yaml");
        List<LiveExport> year = new ArrayList<>(List.of(january));
        for (int month = 2; month <= 12; month++) {
            YearMonth of = YearMonth.of(2025, month);
            ObjectNode manifest = january.manifest("focus-" + of);
            ((ObjectNode) manifest.at("/spec/dataset/timePeriod"))
                    .put("from", of.atDay(1).toString())
                    .put("to", of.atEndOfMonth().toString());
            year.add(apply(manifest));
        }
        for (LiveExport export : year) {
            export.await("LastRunSucceeded", "True", "Completed");
        }
        restart();

        for (LiveExport export : year) {
            YearMonth of = YearMonth.parse(export.name().substring("focus-".length()));
            export.awaitLooks(2);
            assertEquals(List.of(PUT, RUN), export.written(), export.name());
            assertEquals(1, ownRuns(export));
            assertEquals("Custom", export.inAzure("definition/timeframe").asText());
            assertEquals(
                    of + "-01T00:00:00Z",
                    export.inAzure("definition/timePeriod/from").asText());
            assertTrue(
                    export.inAzure("schedule").isMissingNode()
                            || export.inAzure("schedule/status").asText().equals("Inactive"),
                    export.inAzure()::toString);
            assertEquals(List.of(folder(of)), List.copyOf(delivered(export)));
        }
    }

    @Test
    void aMonthThatFailsIsDeliveredAllTheSame() {
        LiveExport export = export("with-a-gap", """
        destination: {container: msexports}
        backfill: {from: 2026-01, to: 2026-03}
        delivery: {verify: true}
        schedule: {recurrence: Daily, suspend: true}
        """);
        azure.exports().nextRun(export.scope(), export.name(), new RunOutcome.Failed("StorageFault", "try again"));

        export.await("Backfilled", "True", "MonthsDone");

        assertEquals(
                List.of(2, 1, 1),
                export.status().backfill().months().stream()
                        .map(Month::attempts)
                        .toList());
        assertEquals(
                List.of("20260101-20260131", "20260201-20260228", "20260301-20260331"), List.copyOf(delivered(export)));
    }
}
