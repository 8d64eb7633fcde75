package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static dev.finops.azure.export.plan.Conditions.BACKFILLED;
import static dev.finops.azure.export.plan.Conditions.LAST_RUN_SUCCEEDED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.simulator.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What {@code /metrics} serves once everything has happened that has a metric, and that page, alerts and dashboard
 * speak of just that.
 */
class MetricsIT extends SystemTest {
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"[^\"]*\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|([^|]*)\\|([^|]*)\\|");
    private static final Pattern SELECTOR = Pattern.compile("\\b((?:costexport|operator_sdk)_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+) *(?:=~|!~|!=|=)");

    /** Which Prometheus adds to what it reads. */
    private static final Set<String> OF_THE_TARGET = Set.of("pod", "namespace", "job", "instance");

    private final Map<String, Set<String>> served = new TreeMap<>();
    private final Map<String, String> helps = new HashMap<>();

    @BeforeAll
    void everythingThatHasAMetric() {
        LiveExport ran =
                export("ran", "schedule: {recurrence: Daily, to: 2036-12-01}").awaitReady();
        ran.annotate(RUN_REQUESTED_AT, "1").await(LAST_RUN_SUCCEEDED, "True");
        ran.editInPortal(properties -> ((ObjectNode) properties.path("definition")).put("timeframe", "TheLastMonth"));
        ran.awaitEvent("DriftCorrected", "timeframe");
        LiveExport failed = export("failed", "").awaitReady();
        azure.exports()
                .nextRun(
                        failed.scope(),
                        failed.name(),
                        new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        failed.annotate(RUN_REQUESTED_AT, "1").await(LAST_RUN_SUCCEEDED, "False");
        azure.behaviour(usual.withInProgressFor(Duration.ofMinutes(5)));
        export("backfilling", "backfill: {months: 3}").await(BACKFILLED, "Unknown");
        azure.behaviour(usual);
        eventually(() -> {
            scrape();
            assertTrue(served.containsKey("costexport_backfill_open_months"), served::toString);
            assertTrue(served.containsKey("costexport_condition_failing"), served::toString);
        });
    }

    private void scrape() {
        served.clear();
        for (String line : operator.page("/metrics").lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (line.startsWith("# HELP ")) {
                String[] help = line.split(" ", 4);
                helps.put(help[2], help[3]);
            } else if (!line.startsWith("#") && sample.matches()) {
                Set<String> labels = served.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
                if (sample.group(2) != null) {
                    LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
                }
            }
        }
    }

    @Test
    void thePageListsWhatIsServed() throws IOException {
        Map<String, Set<String>> listed = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("docs/reference/metrics.md")))
                .results()
                .forEach(row -> {
                    Set<String> labels = new TreeSet<>();
                    Pattern.compile("`(\\w+)`")
                            .matcher(row.group(2))
                            .results()
                            .forEach(label -> labels.add(label.group(1)));
                    listed.put(row.group(1), labels);
                    if (row.group(1).startsWith("costexport_") && served.containsKey(row.group(1))) {
                        assertEquals(
                                helps.getOrDefault(
                                        row.group(1),
                                        helps.get(row.group(1).replaceFirst("_(count|sum|max|total)$", ""))),
                                row.group(3).strip(),
                                row.group(1));
                    }
                });
        // Only where there is a token that expires; SecretsIT has one.
        listed.remove("costexport_sas_token_expiry_timestamp_seconds");
        served.keySet().removeIf(name -> name.endsWith("_bucket"));
        assertEquals(lines(served), lines(listed));
    }

    /** One metric a line, so that a difference can be read. */
    private static String lines(Map<String, Set<String>> metrics) {
        StringBuilder lines = new StringBuilder();
        metrics.forEach(
                (name, labels) -> lines.append(name).append(' ').append(labels).append('\n'));
        return lines.toString();
    }

    @Test
    void alertsAndDashboardAskForWhatIsServed() throws IOException {
        List<String> queries = new ArrayList<>();
        collect(
                new YAMLMapper()
                        .readTree(Path.of("charts/costexport-operator/files/alerts.yaml")
                                .toFile()),
                queries);
        collect(
                new ObjectMapper()
                        .readTree(Path.of("charts/costexport-operator/files/dashboard.json")
                                .toFile()),
                queries);
        assertTrue(queries.size() > 20, queries::toString);
        Set<String> wrong = new TreeSet<>();
        for (String query : queries) {
            Set<String> labels = new HashSet<>(OF_THE_TARGET);
            SELECTOR.matcher(query).results().forEach(selector -> {
                Set<String> known = selector.group(1).startsWith("costexport_sas_token")
                        ? Set.of("namespace", "name")
                        : served.get(selector.group(1));
                if (known == null) {
                    wrong.add(selector.group(1) + " is not served: " + query);
                } else if (selector.group(2) != null) {
                    MATCHER.matcher(selector.group(2))
                            .results()
                            .map(matcher -> matcher.group(1))
                            .filter(label -> !known.contains(label) && !OF_THE_TARGET.contains(label))
                            .forEach(label -> wrong.add(label + " is no label of " + selector.group(1)));
                }
                labels.addAll(known == null ? Set.of() : known);
            });
            Pattern.compile("\\b(?:by|on) *\\(([^)]*)\\)")
                    .matcher(query)
                    .results()
                    .flatMap(by -> List.of(by.group(1).split(", *")).stream())
                    .filter(label -> !labels.contains(label) && !label.equals("le"))
                    .forEach(label -> wrong.add(label + " is no label in " + query));
        }
        assertEquals(Set.of(), wrong);
    }

    private static void collect(JsonNode document, List<String> queries) {
        document.properties().forEach(member -> {
            if (member.getKey().equals("expr")) {
                queries.add(member.getValue().asText());
            }
        });
        document.forEach(child -> collect(child, queries));
    }
}
