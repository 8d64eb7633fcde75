package dev.finops.azure.soak;

import dev.finops.azure.bench.Bench;
import dev.finops.azure.bench.Table;
import dev.finops.azure.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code make soak}: three weeks of an operator's life, or as many days as the argument says, written to the docs. */
public final class Soak {
    private Soak() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(Path.of("target/soak"));
        Pace pace = Pace.full(arguments.length == 0 ? 21 : Integer.parseInt(arguments[0]));
        Instant start = Instant.now();
        try (ControlPlane cluster = ControlPlane.start(Files.createTempDirectory("costexport-soak-"), false)) {
            cluster.installCrd();
            List<Sample> samples = live(cluster, directory, pace);
            Files.writeString(
                    Path.of("docs/reference/soak.md"), page(pace, samples, Duration.between(start, Instant.now())));
        }
    }

    /** A sample after each day. */
    static List<Sample> live(ControlPlane cluster, Path directory, Pace pace) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        System.out.println(
                "day | " + Stream.of(Vital.values()).map(vital -> vital.what).collect(Collectors.joining(" | ")));
        try (Life life = new Life(cluster, directory, pace)) {
            Probe probe = new Probe(life, directory);
            for (int day = 0; day < pace.days(); day++) {
                life.passHalfDay();
                life.passHalfDay();
                Sample sample = probe.look();
                samples.add(sample);
                System.out.println(sample.day() + " | "
                        + Stream.of(Vital.values())
                                .map(vital -> Table.text(sample.of(vital), ""))
                                .collect(Collectors.joining(" | ")));
            }
        }
        return samples;
    }

    private static String page(Pace pace, List<Sample> samples, Duration took) {
        return """
        # Soak

        Written by `make soak`, on %s; %s.
        One operator, %d CostExports and %d days of Azure's time in %d minutes. Schedules run, months end, backfills and reruns of closed months are made, tokens last an hour,
        Secrets and SAS tokens change daily, every connection to the API server is cut daily, people edit in the portal and ask for runs, and with each of %d steps of a
        day one CostExport goes and another comes, in a subscription and with an identity of its own.

        | | after %s days | after %s days | the most | slope a day, second half | of the mean |
        |---|---:|---:|---:|---:|---:|
        %s""".formatted(
                LocalDate.now(),
                Bench.machine(),
                pace.exports(),
                pace.days(),
                took.toMinutes(),
                pace.steps(),
                Table.text(half(samples).getFirst().day(), ""),
                Table.text(samples.getLast().day(), ""),
                Stream.of(Vital.values()).map(vital -> row(samples, vital)).collect(Collectors.joining()));
    }

    private static String row(List<Sample> samples, Vital vital) {
        List<Sample> half = half(samples);
        double slope = Sample.slope(half, vital);
        double mean = Sample.mean(half, vital);
        return "| %s | %s | %s | %s | %+.3f %s | %+.2f %% |%n"
                .formatted(
                        vital.what,
                        Table.text(half.getFirst().of(vital), vital.unit),
                        Table.text(half.getLast().of(vital), vital.unit),
                        Table.text(
                                samples.stream()
                                        .mapToDouble(sample -> sample.of(vital))
                                        .max()
                                        .orElseThrow(),
                                vital.unit),
                        slope,
                        vital.unit,
                        mean == 0 ? 0 : 100 * slope / mean);
    }

    private static List<Sample> half(List<Sample> samples) {
        return samples.subList(samples.size() / 2, samples.size());
    }
}
