package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/events.md has every reason with which the code writes an Event, and no other. */
class EventsPageTest {
    private static final Pattern WRITTEN =
            Pattern.compile("PendingEvent\\.(normal|warning)\\(\\s*(Reason\\.[A-Z_]+|[^,]+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+`) \\| (Normal|Warning) \\|");
    private static final Pattern WORD = Pattern.compile("`(\\w+)`");

    private final String page;

    EventsPageTest() throws IOException {
        page = Files.readString(Path.of("docs/reference/events.md"));
    }

    @Test
    void every_reason_that_the_code_names_is_there_with_its_type_and_no_other() throws IOException {
        Set<String> written = written(true);
        assertTrue(written.contains("Created Normal"), written::toString);
        assertEquals(written, rows(page.substring(0, page.indexOf("## When a condition begins"))));
    }

    /** What these write follows from a condition or a proof: a new place needs a line on the page. */
    @Test
    void other_events_come_from_conditions_and_closed_months() throws IOException {
        assertEquals(
                Set.of(
                        "ExportConditions.java reason Warning",
                        "ExportConditions.java reason(outcome) Warning",
                        "ClosedMonthStatus.java reason Warning",
                        "ClosedMonthStatus.java unreachable.reason() Warning"),
                written(false));
        Set<String> reasons = Arrays.stream(Reason.values())
                .map(reason -> reason + " Warning")
                .collect(Collectors.toSet());
        Set<String> told = rows(page.substring(page.indexOf("## When a condition begins")));
        assertEquals(9, told.size());
        assertTrue(reasons.containsAll(told), told::toString);
    }

    private static Set<String> written(boolean named) throws IOException {
        Set<String> written = new TreeSet<>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                WRITTEN.matcher(Files.readString(file)).results().forEach(note -> {
                    String type = note.group(1).equals("normal") ? " Normal" : " Warning";
                    boolean constant = note.group(2).startsWith("Reason.");
                    if (constant && named) {
                        written.add(Reason.valueOf(note.group(2).substring("Reason.".length())) + type);
                    } else if (!constant && !named) {
                        written.add(file.getFileName() + " " + note.group(2) + type);
                    }
                });
            }
        }
        return written;
    }

    private static Set<String> rows(String part) {
        return ROW.matcher(part)
                .results()
                .flatMap(
                        row -> WORD.matcher(row.group(1)).results().map(reason -> reason.group(1) + " " + row.group(2)))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
