package dev.finops.azure.soak;

import java.util.List;
import java.util.Map;

/** @param day how many simulated days have passed */
record Sample(double day, Map<Vital, Double> values) {

    double of(Vital vital) {
        return values.get(vital);
    }

    /** How much more it is with each day: least squares. */
    static double slope(List<Sample> samples, Vital vital) {
        double days = samples.stream().mapToDouble(Sample::day).average().orElseThrow();
        double mean = mean(samples, vital);
        double together = samples.stream()
                .mapToDouble(sample -> (sample.day - days) * (sample.of(vital) - mean))
                .sum();
        double spread = samples.stream()
                .mapToDouble(sample -> (sample.day - days) * (sample.day - days))
                .sum();
        return together / spread;
    }

    static double mean(List<Sample> samples, Vital vital) {
        return samples.stream()
                .mapToDouble(sample -> sample.of(vital))
                .average()
                .orElseThrow();
    }
}
