package dev.finops.azure.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls of kubectl and helm in the pages name their namespace: in a terminal with another one they would show nothing,
 * or the wrong thing.
 */
class CallsTest {
    private static final Pattern NAMESPACE = Pattern.compile(" (-n|--namespace)[ =]\\S| (-A|--all-namespaces)\\b");
    private static final Pattern GLOBAL_FLAG = Pattern.compile("^(kubectl|helm)( (-n|--namespace)[ =]\\S+)+");

    /** They ask nothing of a namespace, or nothing of a cluster. */
    private static final Set<String> OF_NO_NAMESPACE =
            Set.of("explain", "kustomize", "version", "api-resources", "config", "krew", "lint", "template", "package");

    private static final Pattern OF_THE_CLUSTER = Pattern.compile(
            "^(\\S+ )?(namespaces?|crds?|nodes?|clusterroles\\S*|clusterrolebindings\\S*|validatingadmissionpolic\\S*|customresourcedefinitions?)\\b");

    /** Their objects state a namespace, or have none. */
    private static final Pattern WHOLE =
            Pattern.compile("crds/|install\\.yaml|costexports\\.azure\\.finops\\.dev\\.yaml|-k \\.|--server-side "
                    + "(--force-conflicts )?-f -$");

    static Stream<Snippet> calls() throws IOException {
        return pages().flatMap(Snippet::calls);
    }

    /** Also the one that is written from what Azure says. */
    private static Stream<Path> pages() throws IOException {
        return PagesTest.pages();
    }

    @Test
    void allOfThemAreFound() throws IOException {
        assertTrue(calls().count() > 60, () -> "only some are found");
        Path uninstall = Path.of("docs/how-to/uninstall.md");
        List<String> loop = Snippet.calls(uninstall)
                .map(Snippet::text)
                .filter(text -> text.contains("$namespace"))
                .toList();
        assertEquals(
                List.of("kubectl -n \"$namespace\" patch costexport \"$name\" --type merge -p "
                        + "'{\"spec\":{\"deletionPolicy\":\"Orphan\"}}'"),
                loop);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void namesItsNamespace(Snippet call) {
        String[] words = GLOBAL_FLAG.matcher(call.text()).replaceFirst("$1").split("\\s+", 3);
        String verb = words[1];
        if (words.length < 3 || OF_NO_NAMESPACE.contains(verb)) {
            return; // a mention, or a call without one
        }
        boolean whole = verb.equals("apply") && WHOLE.matcher(call.text()).find();
        boolean ofTheCluster = OF_THE_CLUSTER.matcher(words[2]).find();
        assertTrue(
                whole || ofTheCluster || NAMESPACE.matcher(call.text()).find(),
                () -> call + ": which namespace? " + call.text());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void isWhole(Snippet call) {
        assertTrue(!call.text().contains("…"), () -> call + " cannot be pasted");
    }

    /** The chart's notes and the samples' comments are read like pages. */
    @Test
    void notesAndSamplesNameTheirNamespaceToo() throws IOException {
        String notes = Files.readString(Path.of("charts/costexport-operator/templates/NOTES.txt"));
        notes.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("kubectl ") && !line.contains(" explain "))
                .forEach(line -> assertTrue(
                        line.contains("-n {{") || NAMESPACE.matcher(line).find(), line));
    }
}
