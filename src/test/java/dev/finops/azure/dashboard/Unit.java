package dev.finops.azure.dashboard;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** Grafana's units, as far as the dashboard has them. */
enum Unit {
    SHORT,
    PERCENT,
    PER_SECOND,
    SECONDS;

    private static final double[] ROUND_TIMES = {60, 120, 300, 600, 1800, 3600, 7200, 6 * 3600, 86400, 7 * 86400};

    static Unit of(String name) {
        return switch (name) {
            case "short" -> SHORT;
            case "percentunit" -> PERCENT;
            case "reqps" -> PER_SECOND;
            case "s" -> SECONDS;
            default -> throw new IllegalArgumentException("no unit of this picture: " + name);
        };
    }

    String text(double value) {
        return switch (this) {
            case SHORT -> number(value);
            case PERCENT -> number(value * 100) + "%";
            case PER_SECOND -> number(value) + " req/s";
            case SECONDS -> time(value);
        };
    }

    /** The distance of about four marks that cover so much. */
    double mark(double range) {
        double least = range / 5;
        if (this == SECONDS && least > 20) {
            return DoubleStream.of(ROUND_TIMES)
                    .filter(time -> time >= least)
                    .findFirst()
                    .orElse(least);
        }
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(digit -> digit * power)
                .filter(mark -> mark >= least * 0.999)
                .findFirst()
                .orElseThrow();
    }

    private static String time(double seconds) {
        double size = Math.abs(seconds);
        if (size == 0) {
            return "0 s";
        }
        return size < 1
                ? number(seconds * 1000) + " ms"
                : size < 60
                        ? number(seconds) + " s"
                        : size < 3600
                                ? number(seconds / 60) + " min"
                                : size < 86400
                                        ? number(seconds / 3600) + " hours"
                                        : size < 7 * 86400
                                                ? number(seconds / 86400) + " days"
                                                : size < 365 * 86400
                                                        ? number(seconds / (7 * 86400)) + " weeks"
                                                        : number(seconds / (365 * 86400.0)) + " years";
    }

    private static String number(double value) {
        if (Math.abs(value) >= 1000) {
            return number(value / 1000) + " K";
        }
        String text = String.format(
                Locale.ROOT,
                Math.abs(value) >= 100
                        ? "%.0f"
                        : Math.abs(value) >= 10 ? "%.1f" : Math.abs(value) >= 0.1 ? "%.2f" : "%.3f",
                value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }
}
