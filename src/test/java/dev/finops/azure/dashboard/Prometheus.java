package dev.finops.azure.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finops.azure.controlplane.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A Prometheus of its own that reads one operator, labelled as the chart's PodMonitor would, and answers queries. */
final class Prometheus implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Server server;
    private final URI api;

    /** @param values one for each interval from the start on; NaN where there is none */
    record Series(Map<String, String> labels, double[] values) {
        double last() {
            return values[values.length - 1];
        }
    }

    record Window(Instant from, Instant to) {
        int steps() {
            return (int) Duration.between(from, to).dividedBy(INTERVAL) + 1;
        }
    }

    Prometheus(Path directory, int port) throws IOException {
        Files.createDirectories(directory);
        Path config = Files.writeString(directory.resolve("prometheus.yml"), """
        scrape_configs:
        - job_name: finops-system/costexport-operator
          scrape_interval: %1$ds
          scrape_timeout: %1$ds
          honor_labels: true
          static_configs:
          - targets: ["127.0.0.1:%2$d"]
            labels: {pod: costexport-operator-0, namespace: finops-system, container: operator, endpoint: http}
        """.formatted(INTERVAL.toSeconds(), port));
        server = new Server(
                directory.resolve("prometheus.log"),
                List.of(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:0"),
                Map.of());
        server.await(
                () -> server.printed("Server is ready to receive web requests").isPresent());
        api = URI.create(
                "http://" + server.printed("\"Listening on\"").orElseThrow().replaceFirst(".* address=(\\S+).*", "$1")
                        + "/api/v1/");
    }

    List<Series> over(Window window, String query) {
        List<Series> all = new ArrayList<>();
        ask(
                        "query_range?start=%d&end=%d&step=%d"
                                .formatted(
                                        window.from.getEpochSecond(), window.to.getEpochSecond(), INTERVAL.toSeconds()),
                        query)
                .forEach(series -> {
                    double[] values = new double[window.steps()];
                    Arrays.fill(values, Double.NaN);
                    series.path("values")
                            .forEach(value -> values[
                                            (int) ((value.path(0).asLong() - window.from.getEpochSecond())
                                                    / INTERVAL.toSeconds())] =
                                    number(value.path(1)));
                    all.add(new Series(labels(series), values));
                });
        return all;
    }

    List<Series> at(Instant time, String query) {
        List<Series> all = new ArrayList<>();
        ask("query?time=" + time.getEpochSecond(), query)
                .forEach(series -> all.add(new Series(
                        labels(series),
                        new double[] {number(series.path("value").path(1))})));
        return all;
    }

    private JsonNode ask(String path, String query) {
        URI uri = URI.create(api + path + "&query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        try {
            JsonNode answer = new ObjectMapper()
                    .readTree(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body());
            if (!answer.path("status").asText().equals("success")) {
                throw new IllegalStateException(
                        query + ": " + answer.path("error").asText());
            }
            return answer.path("data").path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> labels(JsonNode series) {
        return series.path("metric").properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, label -> label.getValue().asText(), (one, other) -> one, TreeMap::new));
    }

    private static double number(JsonNode value) {
        return value.asText().endsWith("Inf") ? Double.NaN : Double.parseDouble(value.asText());
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
