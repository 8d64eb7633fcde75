package dev.finops.azure.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finops.azure.bench.Footprint;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Looks at the operator from outside: at its process, its JVM, its metrics, and at what it has written and asked. */
final class Probe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double MEGA = 1024 * 1024;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    private final Life life;
    private final Path directory;

    private int calls;
    private int tokens;

    Probe(Life life, Path directory) {
        this.life = life;
        this.directory = directory;
    }

    Sample look() throws IOException, InterruptedException {
        Map<Vital, Double> values = new EnumMap<>(Vital.class);
        values.put(Vital.RESIDENT, new Footprint(life.operator().process()).megabytes());
        values.put(Vital.FILES, (double) files());
        values.put(Vital.THREADS, (double) threads());
        String histogram = jcmd("GC.class_histogram"); // of what is alive: after a collection
        Files.writeString(directory.resolve("histogram-day-%04.1f".formatted(life.day())), histogram);
        values.put(
                Vital.HEAP,
                TOTAL.matcher(histogram)
                                .results()
                                .map((MatchResult total) -> Double.parseDouble(total.group(1)))
                                .findFirst()
                                .orElseThrow()
                        / MEGA);
        values.put(Vital.VIRTUAL, (double) virtual());
        values.put(Vital.SERIES, (double) life.operator()
                .page("/metrics")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .count());
        IntSummaryStatistics sizes = life.all().stream()
                .mapToInt(object ->
                        JSON.valueToTree(object.getStatus()).toString().length())
                .summaryStatistics();
        values.put(Vital.LARGEST, (double) sizes.getMax());
        values.put(Vital.MEAN, sizes.getAverage());
        count(values);
        return new Sample(life.day(), values);
    }

    /** Of the time since it was last looked. */
    private void count(Map<Vital, Double> values) {
        var events = life.client().v1().events().inNamespace(life.namespace());
        int written = events.list().getItems().size();
        events.delete();
        List<Call> made = life.azure().journal().since(calls);
        int asked = life.azure().journal().tokenRequests();
        System.out.println("calls: "
                + made.stream()
                        .collect(Collectors.groupingBy(
                                call -> call.operation() + " " + call.status(), TreeMap::new, Collectors.counting())));
        values.put(Vital.EVENTS, (double) written);
        values.put(Vital.CALLS, (double) made.stream()
                .filter(call -> call.operation() != Operation.LIST)
                .count()); // lists go by the interval, which is real time
        values.put(Vital.TOKENS, (double) asked - tokens);
        calls += made.size();
        tokens = asked;
    }

    private long files() throws IOException {
        try (var open = Files.list(Path.of("/proc/" + life.operator().pid() + "/fd"))) {
            return open.count();
        }
    }

    private long threads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/" + life.operator().pid() + "/task"))) {
            return tasks.count();
        }
    }

    private long virtual() throws IOException, InterruptedException {
        Path dump = directory.resolve("threads.json").toAbsolutePath();
        jcmd("Thread.dump_to_file", "-overwrite", "-format=json", dump.toString());
        return JSON.readTree(dump.toFile()).findValues("virtual").stream()
                .filter(JsonNodeFactory.instance.booleanNode(true)::equals)
                .count();
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                String.valueOf(life.operator().pid())));
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
        return said;
    }
}
