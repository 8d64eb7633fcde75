package dev.finops.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Evidence.Label;
import dev.finops.azure.simulator.Evidence.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each behavior of the simulator has its evidence, and docs/azure.md shows it. */
class EvidenceTest {

    private static final Path PAGE = Path.of("docs/azure.md");
    private static final String BEGIN = "<!-- evidence: written by make pages -->\n";
    private static final String END = "<!-- end of evidence -->\n";

    @Test
    void everySwitchHasOneRow() {
        var switches = Stream.of(
                        Choice.all().stream().map(choice -> (Enum<?>) choice),
                        Stream.of(Respelling.values()),
                        Stream.of(Place.values()),
                        Stream.of(Pace.values()))
                .flatMap(stream -> stream)
                .collect(Collectors.toSet());
        var rows =
                Evidence.rows().stream().flatMap(row -> row.choice().stream()).toList();
        assertEquals(switches, Set.copyOf(rows));
        assertEquals(switches.size(), rows.size(), "twice: " + rows);
    }

    @Test
    void anAssumptionHasASwitch() {
        var fixed = Evidence.rows().stream()
                .filter(row -> row.label() == Label.ASSUMED && row.choice().isEmpty())
                .map(Row::what)
                .toList();
        assertEquals(List.of(), fixed);
    }

    @Test
    void anAssumptionSaysThatThereIsNoSourceAndTheOthersNameTheirs() {
        for (var row : Evidence.rows()) {
            assertEquals(row.label() == Label.ASSUMED, row.source().startsWith("none"), row::what);
            assertTrue(row.what().endsWith("."), row::what);
        }
    }

    @Test
    void atMostATenthOfTheBehaviorsIsAssumed() {
        assertTrue(
                10 * Evidence.count(Label.ASSUMED) <= Evidence.defaults().count(),
                () -> Evidence.count(Label.ASSUMED) + " of "
                        + Evidence.defaults().count() + " are assumed");
    }

    @Test
    void thePageHasTheTable() throws IOException {
        var page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        assertTrue(from >= BEGIN.length() && to >= from, PAGE + " has no place for the table");
        if (Boolean.getBoolean("pages.write")) {
            Files.writeString(PAGE, page.substring(0, from) + "\n" + Evidence.page() + "\n" + page.substring(to));
            return;
        }
        assertEquals("\n" + Evidence.page() + "\n", page.substring(from, to), "make pages writes " + PAGE + " anew");
    }
}
