package dev.finops.azure.docs;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No library has a vulnerability that docs/dependencies.md knows of, and each version is one. */
class DependenciesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\| ([0-9.]+) \\| .*CVE-");

    static Stream<Arguments> floors() throws IOException {
        List<Arguments> floors = ROW.matcher(Files.readString(Path.of("docs/dependencies.md")))
                .results()
                .map(row -> Arguments.of(row.group(1), row.group(2)))
                .toList();
        assertTrue(floors.size() > 5, "rows: " + floors.size());
        return floors.stream();
    }

    @ParameterizedTest
    @MethodSource("floors")
    void is_newer_than_its_known_vulnerabilities(String library, String least) {
        Pattern jar = Pattern.compile("\\Q" + library + "\\E-(\\d[0-9.]*?)([.]Final)?[.]jar");
        List<String> used = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> jar.matcher(new File(path).getName()))
                .flatMap(name -> name.results().map((MatchResult found) -> found.group(1)))
                .toList();
        assertEquals(1, used.size(), () -> library + " " + used);
        assertTrue(
                Version.parse(used.getFirst()).compareTo(Version.parse(least)) >= 0,
                () -> library + " " + used.getFirst() + " is older than " + least);
    }

    /** From 1.10.0 on the engine prints an instruction to coding agents at the end of each test run. */
    @Test
    void the_property_test_engine_prints_nothing_of_its_own() throws IOException {
        String engine = "/net/jqwik/engine/execution/JqwikExecutor.class";
        try (InputStream code = requireNonNull(DependenciesTest.class.getResourceAsStream(engine), engine)) {
            assertFalse(
                    new String(code.readAllBytes(), StandardCharsets.ISO_8859_1).contains("CodingAgents"),
                    "This jqwik release prints into the test log. Pin 1.9.3.");
        }
    }

    /** The same sources are built from the same libraries, whenever that is. */
    @Test
    void versions_are_pinned() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        List<String> versions = Pattern.compile("<(?:version|[a-z0-9.-]+[.]version)>([^<]+)<")
                .matcher(pom)
                .results()
                .map(version -> version.group(1))
                .toList();
        assertTrue(versions.size() > 20, "versions: " + versions.size());
        assertEquals(
                List.of(),
                versions.stream()
                        .filter(version -> !version.matches("\\d+[.]\\d+([.]\\w+)*|[$][{][a-z0-9.-]+[}]")
                                || version.contains("SNAPSHOT"))
                        .toList());
    }
}
