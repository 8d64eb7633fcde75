package dev.finops.azure.packaged;

import static dev.finops.azure.packaged.Chart.documents;
import static dev.finops.azure.packaged.Chart.run;
import static dev.finops.azure.packaged.Chart.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code make release} puts together from this build. */
class ReleaseIT {
    private static final String VERSION = Pattern.compile("(?m)^  <version>([^<]+)</version>")
            .matcher(text("pom.xml"))
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);
    private static final String NAME = "costexport-operator-" + VERSION;

    @TempDir
    static Path directory;

    private static Path release;

    @BeforeAll
    static void make() {
        release = directory.resolve("release");
        run("src/test/tools/release", release.toString()).orFail();
        run(
                        "tar",
                        "-C",
                        directory.toString(),
                        "-xzf",
                        release.resolve(NAME + "-bin.tar.gz").toString())
                .orFail();
    }

    @Test
    void itHasAllThatIsInstalled() throws IOException {
        assertEquals(
                Set.of(
                        "SHA256SUMS",
                        NAME + ".jar",
                        NAME + "-bin.tar.gz",
                        NAME + ".tgz",
                        NAME + ".cdx.json",
                        "install.yaml",
                        "costexports.azure.finops.dev.yaml"),
                sums(release).keySet());
        String checked = run("bash", "-euc", "cd " + release + "; sha256sum --strict -c SHA256SUMS")
                .orFail();
        assertEquals(6, checked.lines().filter(line -> line.endsWith(": OK")).count(), checked);
    }

    /**
     * From a copy of the sources elsewhere, at another time, by somebody with another umask, language and time zone.
     */
    @Test
    void theSameSourcesGiveTheSameBytes() throws IOException {
        Path copy = Files.createDirectory(directory.resolve("a copy of the sources"));
        Path again = directory.resolve("again");
        run(
                        "bash",
                        "-euo",
                        "pipefail",
                        "-c",
                        """
        umask 077
        tar --exclude=./target --exclude=./.git -c . | tar -C "$0" -x --no-same-permissions
        cd "$0"
        export JAVA_HOME='%s' TZ=Pacific/Auckland LC_ALL=C MAVEN_OPTS=-Duser.language=de
        mvn -q -B -ntp package -Dmaven.test.skip=true
        src/test/tools/release "$1"
        """.formatted(System.getProperty("java.home")),
                        copy.toString(),
                        again.toString())
                .orFail();

        assertEquals(sums(release), sums(again));
    }

    @Test
    void theLauncherRunsFromTheArchive() {
        Chart.Result wrong = run(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "OBSERVE_INTERVAL=soon",
                directory.resolve(NAME).resolve("costexport-operator").toString());

        assertEquals(2, wrong.exit(), wrong.output());
        assertTrue(wrong.output().startsWith("costexport-operator: OBSERVE_INTERVAL"), wrong.output());
    }

    @Test
    void thePackagedChartIsTheChart() {
        String packaged = release.resolve(NAME + ".tgz").toString();
        assertEquals(
                Chart.template("finops", Chart.EVERYTHING).orFail(),
                run(
                                "helm",
                                "template",
                                "costexport-operator",
                                packaged,
                                "--namespace",
                                "finops",
                                "--kube-version",
                                "1.36.0",
                                Chart.EVERYTHING)
                        .orFail());
        assertFalse(run("tar", "-tzf", packaged).orFail().contains("/tests/"));
        assertEquals(
                VERSION,
                documents(text(Chart.DIRECTORY + "/Chart.yaml"))
                        .getFirst()
                        .path("version")
                        .asText());
    }

    /** Libraries are told apart by their bytes, so that no name can hide another. */
    @Test
    void theSbomHasEveryLibraryWithItsLicenceAndNothingElse() throws IOException {
        JsonNode sbom =
                documents(text(release.resolve(NAME + ".cdx.json").toString())).getFirst();
        assertEquals("CycloneDX", sbom.path("bomFormat").asText());
        assertEquals(VERSION, sbom.at("/metadata/component/version").asText());
        Set<String> listed = sbom.path("components")
                .valueStream()
                .map(component -> component
                        .path("hashes")
                        .valueStream()
                        .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
                        .findFirst()
                        .orElseThrow()
                        .path("content")
                        .asText())
                .collect(Collectors.toSet());
        assertEquals(new TreeSet<>(sums(directory.resolve(NAME).resolve("lib")).values()), new TreeSet<>(listed));
        assertTrue(listed.size() > 50, "libraries: " + listed.size());
        assertEquals(
                List.of(),
                sbom.path("components")
                        .valueStream()
                        .filter(component -> component.at("/licenses/0").isMissingNode())
                        .map(component -> component.path("purl").asText())
                        .toList());
    }

    @Test
    void theChangelogBeginsWithThisVersion() {
        String newest = text("CHANGELOG.md")
                .lines()
                .filter(line -> line.startsWith("## ") && !line.equals("## Unreleased"))
                .findFirst()
                .orElseThrow();
        assertTrue(newest.matches("## \\Q" + VERSION + "\\E (\\(unreleased\\)|\\d{4}-\\d\\d-\\d\\d)"), newest);
    }

    @Test
    void theWorkflowsAreSoundAndRunWhatPeopleRun() {
        run("actionlint").orFail();
        Set<String> targets = Pattern.compile("(?m)^([a-z-]+):")
                .matcher(text("Makefile"))
                .results()
                .map(target -> target.group(1))
                .collect(Collectors.toSet());
        for (String workflow : List.of("ci", "release", "nightly")) {
            List<String> run = Pattern.compile("run: make ([a-z-]+)")
                    .matcher(text(".github/workflows/" + workflow + ".yml"))
                    .results()
                    .map(step -> step.group(1))
                    .toList();
            String first = workflow.equals("nightly") ? "campaign" : "test";
            assertTrue(run.contains(first) && targets.containsAll(run), workflow + " runs make " + run);
        }
    }

    private static Map<String, String> sums(Path files) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        try (var entries = Files.list(files)) {
            for (Path file : entries.toList()) {
                sums.put(
                        file.getFileName().toString(),
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return sums;
    }
}
