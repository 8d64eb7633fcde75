package dev.finops.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of docs/how-to/probe-azure.md finds out how the simulated Azure behaves, whatever that is. */
class ProbeAzureTest {

    private static final String SCRIPT = "docs/how-to/probe-azure.sh";
    private static final String STORAGE =
            PlainClient.SUBSCRIPTION + "/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a";
    private static final Pattern ROW =
            Pattern.compile("\\| [^|]+ \\| [^|]+\\. \\| recorded \\| az rest, \\d{4}-\\d\\d-\\d\\d, api-version "
                    + "2025-03-01 \\| `([^`]*)` \\|");

    @TempDir
    Path directory;

    private Set<String> probed(Behaviour behaviour) throws IOException, InterruptedException {
        try (var azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withBehaviour(behaviour))) {
            var output = directory.resolve("output");
            var errors = directory.resolve("errors");
            var process = new ProcessBuilder("bash", SCRIPT, PlainClient.SUBSCRIPTION, STORAGE)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            process.environment().put("PATH", Path.of("src/test/probe").toAbsolutePath() + ":" + System.getenv("PATH"));
            process.environment().put("PROBE_ENDPOINT", azure.endpoint().toString());
            process.environment().put("CA_FILE", azure.caFile().toString());
            process.environment().put("TOKEN", azure.entra().token(azure.clientId()));
            var probe = process.start();
            assertTrue(probe.waitFor(2, TimeUnit.MINUTES), "the probe takes more than two minutes");
            assertEquals(0, probe.exitValue(), Files.readString(errors) + Files.readString(output));
            assertEquals(0, azure.exports().size(), "the probe leaves exports behind");
            assertEquals(
                    List.of(),
                    azure.journal().calls().stream()
                            .filter(call -> call.operation() == Operation.RUN)
                            .toList(),
                    "a run costs money");
            var lines = Files.readAllLines(output);
            assertEquals(
                    List.of("| area | behavior | evidence | source | switch |", "|---|---|---|---|---|"),
                    lines.subList(0, 2));
            lines.stream().skip(2).forEach(line -> assertTrue(ROW.matcher(line).matches(), line));
            return lines.stream()
                    .skip(2)
                    .flatMap(line -> ROW.matcher(line).results())
                    .map((MatchResult row) -> row.group(1))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void theDefaultsAreFound() throws IOException, InterruptedException {
        assertEquals(
                Set.of(
                        "EstimateAfterPut.ABSENT",
                        "ETags.FILETIME",
                        "Counter.READS",
                        "Estimate.MOVES_WITH_THE_READ",
                        "QuotaHeaders.NONE",
                        "StaleETag.STATUS_412",
                        "IfNoneMatch.IGNORED",
                        "Names.CASE_SENSITIVE",
                        "ListPages.ONE",
                        "PastStart.MAY_BE_REPEATED",
                        "InactiveWithoutRecurrence.REFUSED",
                        "LegacyMembers.ACCEPTED",
                        "OldOverNew.WANTS_ETAG",
                        "MissingDelete.STATUS_200"),
                probed(Behaviour.defaults()));
    }

    @Test
    void theOtherAnswersAreFound() throws IOException, InterruptedException {
        var other = List.of(
                Choice.EstimateAfterPut.PRESENT,
                Choice.ETags.GUID,
                Choice.Counter.BY_METHOD,
                Choice.Estimate.ON_SCHEDULE,
                Choice.QuotaHeaders.RETRY_HINTS_ON_SUCCESS,
                Choice.StaleETag.STATUS_409,
                Choice.IfNoneMatch.HONOURED,
                Choice.Names.CASE_INSENSITIVE,
                Choice.ListPages.ONE_WITH_NULL_LINK,
                Choice.PastStart.REFUSED,
                Choice.InactiveWithoutRecurrence.ACCEPTED,
                Choice.LegacyMembers.REFUSED,
                Choice.OldOverNew.OVERWRITES,
                Choice.MissingDelete.STATUS_404);
        assertEquals(
                other.stream().map(Choice::label).collect(Collectors.toSet()),
                probed(Behaviour.defaults().with(other.toArray(Choice[]::new))));
    }
}
