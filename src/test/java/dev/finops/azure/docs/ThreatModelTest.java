package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each threat of the page has its test. */
class ThreatModelTest {
    private static final Pattern TEST = Pattern.compile("`([a-z0-9.]+)[.]([A-Z]\\w+)(?:[.](\\w+))?`");

    static Stream<String> threats() throws IOException {
        List<String> threats = Files.readString(Path.of("docs/explanation/threat-model.md"))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| threat |"))
                .toList();
        assertTrue(threats.size() > 20, "rows: " + threats.size());
        return threats.stream();
    }

    @ParameterizedTest
    @MethodSource("threats")
    void has_a_test_that_is_there(String threat) throws IOException {
        String[] cells = threat.split("\\|");
        assertEquals(4, cells.length, threat);
        String shown = cells[3];
        assertTrue(shown.strip().matches(TEST.pattern() + "(, " + TEST.pattern() + ")*"), shown);
        for (MatchResult test : TEST.matcher(shown).results().toList()) {
            Path file =
                    Path.of("src/test/java/dev/finops/azure", test.group(1).replace('.', '/'), test.group(2) + ".java");
            assertTrue(Files.exists(file), () -> file + " is not there");
            String method = test.group(3);
            assertTrue(
                    method == null
                            || Pattern.compile("@((Parameterized)?Test|Property)\\b[^;{}]*\\bvoid " + method + "\\(")
                                    .matcher(withoutText(file))
                                    .find(),
                    () -> file + " has no test " + method);
        }
    }

    /** Annotations may have text with braces in it. */
    private static String withoutText(Path file) throws IOException {
        return Files.readString(file)
                .replaceAll("(?s)\"\"\".*?\"\"\"", "")
                .replaceAll("\"(?:[^\"\\\\\n]|\\\\.)*\"", "")
                .replaceAll("@(ValueSource|CsvSource|MethodSource|EnumSource)\\([^)]*\\)", "");
    }
}
