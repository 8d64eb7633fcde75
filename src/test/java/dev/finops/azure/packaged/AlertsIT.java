package dev.finops.azure.packaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The alerts: whole, documented, and firing when they should and not when they should not. */
class AlertsIT {
    private static final String RULES = Chart.DIRECTORY + "/files/alerts.yaml";
    private static final String TESTS = "src/test/resources/monitoring/alerts_test.yaml";

    @Test
    void firesWhenItShouldAndNotWhenItShouldNot() {
        assumeTrue(Chart.run("bash", "-c", "command -v promtool").exit() == 0, "promtool is not installed");
        Chart.run("promtool", "check", "rules", RULES).orFail();
        Chart.run("promtool", "test", "rules", TESTS).orFail();
    }

    @Test
    void eachIsTestedAndHasARunbook() throws IOException {
        String tests = Chart.text(TESTS);
        String runbooks = Chart.text("docs/how-to/alerts.md");
        for (JsonNode rule : rules()) {
            String name = rule.path("alert").asText();
            assertTrue(tests.contains("alertname=\"" + name + "\""), name + " is not tested");
            assertTrue(runbooks.contains("\n## " + name + "\n"), name + " has no runbook");
            assertEquals(
                    "docs/how-to/alerts.md#" + name.toLowerCase(Locale.ROOT),
                    rule.at("/annotations/runbook").asText());
            assertTrue(rule.at("/annotations/runbook_url").isMissingNode(), name + " has a link that leads nowhere");
            assertTrue(rule.at("/labels/severity").asText().matches("critical|warning"), name);
            assertTrue(
                    !rule.at("/annotations/summary").asText().isEmpty()
                            && !rule.at("/annotations/description").asText().isEmpty(),
                    name);
        }
    }

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        new YAMLMapper()
                .readTree(Path.of(RULES).toFile())
                .path("groups")
                .forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }
}
