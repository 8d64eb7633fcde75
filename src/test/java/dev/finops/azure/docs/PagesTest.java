package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.api.v1alpha1.CrdField;
import dev.finops.azure.api.v1alpha1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages say what the code does. */
class PagesTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern DOTTED = Pattern.compile("(?:spec[.]|status[.])?(([a-z]\\w*)(?:[.][a-z]\\w*)*)");
    private static final Pattern ANNOTATION = Pattern.compile("azure[.]finops[.]dev/(?!v\\d)([a-z-]+[a-z])");

    /** Of spec and status. */
    private static final Set<String> FIELDS = Stream.of(CrdField.ofSpec(), CrdField.ofStatus())
            .flatMap(List::stream)
            .map(field -> field.path().replace("[]", ""))
            .collect(Collectors.toSet());

    /** Generated from what Azure says, with placeholders that look like variables. */
    private static final Path AZURE_ERRORS = Path.of("docs/reference/azure-errors.md");

    static Stream<Path> pages() throws IOException {
        try (var docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                    docs.filter(path -> path.toString().endsWith(".md")).toList().stream(),
                    Stream.of(
                                    "README.md",
                                    "CONTRIBUTING.md",
                                    "CHANGELOG.md",
                                    "SECURITY.md",
                                    "charts/costexport-operator/README.md")
                            .map(Path::of));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_lead_somewhere(Path page) throws IOException {
        for (MatchResult link : LINK.matcher(Files.readString(page))
                .results()
                .filter(link -> !link.group(1).contains("://"))
                .toList()) {
            Path target = link.group(1).isEmpty()
                    ? page
                    : page.toAbsolutePath().resolveSibling(link.group(1)).normalize();
            assertTrue(Files.exists(target), page + " links to " + link.group());
            assertTrue(
                    link.group(2) == null || anchors(target).contains(link.group(2)),
                    page + " links to a heading that is not there: " + link.group());
        }
    }

    private static Set<String> anchors(Path page) throws IOException {
        return Pattern.compile("(?m)^#+ (.+)$")
                .matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void the_index_leads_to_every_page() throws IOException {
        Path index = Path.of("docs/README.md");
        Set<String> linked = words(Files.readString(index), LINK.pattern());
        pages().filter(page -> page.startsWith("docs") && !page.equals(index))
                .map(page -> index.resolveSibling("").relativize(page).toString())
                .forEach(page -> assertTrue(linked.contains(page), index + " does not link to " + page));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void annotations_exist(Path page) throws IOException {
        String known = Files.readString(Path.of("src/main/java/dev/finops/azure/api/v1alpha1/Annotations.java"))
                + Files.readString(Path.of("src/main/java/dev/finops/azure/api/v1alpha1/CostExport.java"))
                + Files.readString(Path.of("charts/costexport-operator/templates/admission-policy.yaml"));
        words(Files.readString(page), ANNOTATION.pattern())
                .forEach(name -> assertTrue(
                        Pattern.compile("/" + name + "[^a-z-]").matcher(known).find(),
                        page + " names azure.finops.dev/" + name));
    }

    @Test
    void every_annotation_has_its_row() throws IOException {
        String known = Files.readString(Path.of("src/main/java/dev/finops/azure/api/v1alpha1/Annotations.java"));
        String page = Files.readString(Path.of("docs/reference/costexport.md"));
        assertEquals(
                words(known, "\"/([a-z-]+)\""),
                words(page.substring(page.indexOf("## Annotations")), "(?m)^\\| `azure.finops.dev/([a-z-]+)`"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void fields_and_values_exist(Path page) throws IOException {
        JsonNode values = new YAMLMapper()
                .readTree(Path.of("charts/costexport-operator/values.yaml").toFile());
        for (String code : words(Files.readString(page), CODE.pattern())) {
            Matcher dotted = DOTTED.matcher(code);
            if (dotted.matches() && (FIELDS.contains(dotted.group(2)) || !code.equals(dotted.group(1)))) {
                assertTrue(FIELDS.contains(dotted.group(1)), page + " names the field " + code);
            } else if (dotted.matches() && values.has(dotted.group(2))) {
                assertTrue(
                        !values.at("/" + code.replace('.', '/')).isMissingNode(),
                        page + " names the chart's value " + code);
            }
        }
        words(Files.readString(page), "--set[ =]'?([a-zA-Z.]+)=")
                .forEach(value ->
                        assertTrue(!values.at("/" + value.replace('.', '/')).isMissingNode(), page + " sets " + value));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void variables_are_read(Path page) throws IOException {
        String read = Files.readString(
                        Path.of("docs/reference/configuration.md")) // which ConfigurationPageTest holds to the code
                + Files.readString(Path.of("docs/how-to/probe-azure.sh"))
                + Files.readString(Path.of("Makefile"))
                + Files.readString(Path.of("src/test/servers/build"))
                + Files.readString(Path.of("charts/costexport-operator/values.yaml"));
        words(page.equals(AZURE_ERRORS) ? "" : Files.readString(page), "`([A-Z]{2,}(?:_[A-Z]+)+)(?:=[^`]*)?`")
                .forEach(variable -> assertTrue(
                        Pattern.compile("\\b" + variable + "\\b").matcher(read).find(), page + " names " + variable));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void metrics_are_served(Path page) throws IOException {
        Set<String> served = words(
                Files.readString(Path.of("docs/reference/metrics.md")),
                "(?m)^\\| `(\\w+)`"); // which MetricsIT holds to what is served
        words(Files.readString(page), "`(costexport_\\w+)`")
                .forEach(metric -> assertTrue(served.contains(metric), page + " names " + metric));
    }

    @Test
    void classes_exist() throws IOException {
        for (String page : List.of("docs/design.md", "CONTRIBUTING.md")) {
            words(Files.readString(Path.of(page)), "`([a-z]+[.][A-Z]\\w+)[.\\w]*`")
                    .forEach(name -> assertTrue(
                            Files.exists(Path.of("src/main/java/dev/finops/azure", name.replace('.', '/') + ".java")),
                            page + " names " + name));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void make_targets_exist(Path page) throws IOException {
        String makefile = Files.readString(Path.of("Makefile"));
        String text = Files.readString(page);
        Stream<String> blocks = words(text, "(?ms)^ *```\\n(.*?)```").stream()
                .flatMap(block -> words(block, "(?m)^ *(?:\\$ )?make ([a-z-]+)").stream());
        Stream.concat(blocks, words(text, "`make ([a-z-]+)").stream())
                .forEach(target -> assertTrue(makefile.contains("\n" + target + ":"), page + " names make " + target));
    }

    @Test
    void every_reason_has_its_cause_and_remedy() throws IOException {
        String page = Files.readString(Path.of("docs/reference/conditions.md"));
        Set<String> described = words(page.substring(page.indexOf("## Reasons")), "`([A-Z][A-Za-z]+)`");
        described.addAll(words(Files.readString(Path.of("docs/reference/events.md")), "`([A-Z][A-Za-z]+)`"));
        Arrays.stream(Reason.values())
                .map(Reason::toString)
                .forEach(reason -> assertTrue(
                        described.contains(reason),
                        "neither docs/reference/conditions.md nor events.md says anything of " + reason));
    }

    @Test
    void every_dependency_is_justified_and_no_other() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String direct = pom.substring(pom.indexOf("</dependencyManagement>"), pom.lastIndexOf("</dependencies>"))
                .replaceAll("(?s)<exclusions>.*?</exclusions>", "");
        Set<String> used = Pattern.compile("<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>")
                .matcher(direct)
                .results()
                .map(artifact -> artifact.group(1) + ":" + artifact.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(used, words(Files.readString(Path.of("docs/dependencies.md")), "(?m)^\\| `([^`]+:[^`]+)`"));
    }

    @Test
    void every_test_that_is_named_for_a_fault_exists() throws IOException {
        Map<String, String> sources = sourcesOfTests();
        Set<String> named = words(Files.readString(Path.of("docs/reference/faults.md")), "`([A-Z]\\w+\\.\\w+)`");
        assertTrue(named.size() > 50, named::toString);
        named.forEach(test -> {
            String[] parts = test.split("\\.");
            String source = sources.getOrDefault(parts[0] + ".java", "");
            assertTrue(
                    Pattern.compile("(void|String>|boolean) " + parts[1] + "\\(")
                            .matcher(source)
                            .find(),
                    "docs/reference/faults.md names " + test);
        });
    }

    private static Map<String, String> sourcesOfTests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (var files = Files.walk(Path.of("src/test/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return sources;
    }

    private static Set<String> words(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
