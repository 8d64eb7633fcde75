package dev.finops.azure.costexport.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages say what the code does. */
class PagesTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");

  static Stream<Path> pages() throws IOException {
    try (var docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(docs.filter(path -> path.toString().endsWith(".md")).toList().stream(),
          Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "charts/costexport-operator/README.md").map(Path::of));
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void links_lead_somewhere(Path page) throws IOException {
    LINK.matcher(Files.readString(page)).results().map(link -> link.group(1)).filter(link -> !link.contains("://")).forEach(link ->
        assertTrue(Files.exists(page.toAbsolutePath().resolveSibling(link).normalize()), page + " links to " + link));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void make_targets_exist(Path page) throws IOException {
    String makefile = Files.readString(Path.of("Makefile"));
    Pattern.compile("`?\\bmake ([a-z]+)`").matcher(Files.readString(page)).results().map(target -> target.group(1)).forEach(target ->
        assertTrue(makefile.contains("\n" + target + ":"), page + " names make " + target));
  }

  @Test
  void every_reason_has_its_cause_and_remedy() throws IOException {
    String page = Files.readString(Path.of("docs/reference/conditions.md"));
    Set<String> described = words(page.substring(page.indexOf("## Reasons")), "`([A-Z][A-Za-z]+)`");
    described.addAll(words(Files.readString(Path.of("docs/reference/events.md")), "`([A-Z][A-Za-z]+)`"));
    Arrays.stream(Reason.values()).map(Reason::toString).forEach(reason ->
        assertTrue(described.contains(reason), "neither docs/reference/conditions.md nor events.md says anything of " + reason));
  }

  @Test
  void every_dependency_is_justified_and_no_other() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String direct = pom.substring(pom.indexOf("</dependencyManagement>"), pom.lastIndexOf("</dependencies>")).replaceAll("(?s)<exclusions>.*?</exclusions>", "");
    Set<String> used = Pattern.compile("<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>").matcher(direct).results()
        .map(artifact -> artifact.group(1) + ":" + artifact.group(2)).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(used, words(Files.readString(Path.of("docs/dependencies.md")), "(?m)^\\| `([^`]+:[^`]+)`"));
  }

  private static Set<String> words(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
  }
}
