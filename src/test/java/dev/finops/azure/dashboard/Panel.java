package dev.finops.azure.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One panel of a Grafana dashboard, with its variables filled in. */
record Panel(JsonNode json) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
    private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    record Query(String expression, String legend) {
        /** As Grafana fills in {@code {{label}}}. */
        String legend(Map<String, String> labels) {
            return LABEL.matcher(legend)
                    .replaceAll(label -> labels.getOrDefault(label.group(1), ""))
                    .strip();
        }
    }

    static List<Panel> of(Path dashboard, Map<String, String> variables) throws IOException {
        // Values are names of Kubernetes, which JSON text can have as they are.
        String text = VARIABLE.matcher(new ObjectMapper()
                        .readTree(dashboard.toFile())
                        .path("panels")
                        .toString())
                .replaceAll(variable -> Optional.ofNullable(variables.get(variable.group(1)))
                        .orElseThrow(() -> new IllegalStateException("no value for " + variable.group())));
        List<Panel> all = new ArrayList<>();
        new ObjectMapper().readTree(text).forEach(panel -> all.add(new Panel(panel)));
        return all;
    }

    String type() {
        return json.path("type").asText();
    }

    String title() {
        return json.path("title").asText();
    }

    /** In the dashboard's grid of 24 columns: {@code x}, {@code y}, {@code w} or {@code h}. */
    int grid(String side) {
        return json.path("gridPos").path(side).asInt();
    }

    Unit unit() {
        return Unit.of(defaults().path("unit").asText("short"));
    }

    boolean stacked() {
        return defaults().at("/custom/stacking/mode").asText().equals("normal");
    }

    double fillOpacity() {
        return defaults().at("/custom/fillOpacity").asDouble() / 100;
    }

    /** What is shown when nothing is there. */
    String noValue() {
        return defaults().path("noValue").asText("No data");
    }

    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        json.path("targets")
                .forEach(target -> queries.add(new Query(
                        target.path("expr").asText(),
                        target.path("legendFormat").asText())));
        return queries;
    }

    String expressions() {
        return queries().stream().map(Query::expression).collect(Collectors.joining("\n"));
    }

    /** The colour that the thresholds give a value; without any, Grafana's own: green, and red from 80 on. */
    String color(double value) {
        JsonNode steps = defaults().at("/thresholds/steps");
        String color = steps.isEmpty() && value >= 80 ? "red" : "green";
        for (JsonNode step : steps) {
            color = step.path("value").isNull() || value >= step.path("value").asDouble()
                    ? step.path("color").asText()
                    : color;
        }
        return color;
    }

    /** The heading of a table's column; empty when it is not shown. */
    Optional<String> column(String field) {
        JsonNode organize = json.path("transformations").path(0).path("options");
        return organize.path("excludeByName").path(field).asBoolean()
                ? Optional.empty()
                : Optional.of(organize.path("renameByName").path(field).asText(field));
    }

    private JsonNode defaults() {
        return json.path("fieldConfig").path("defaults");
    }
}
