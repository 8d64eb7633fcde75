package dev.finops.azure.dashboard;

import static dev.finops.azure.drawing.Svg.point;

import dev.finops.azure.dashboard.Prometheus.Window;
import dev.finops.azure.drawing.Svg;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Lines over time with their axes and legend, in a rectangle. */
record Plot(Svg svg, double left, double top, double width, double height) {
    static final List<String> COLORS = List.of(
            "#2f8f2f", "#d29200", "#1f6fc4", "#d1361f", "#7b4bb7", "#0f9a9a", "#c2367e", "#7a7a7a", "#8a5a2b",
            "#5b7f00");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
    private static final double LETTER = 6.3;
    private static final int AXIS = 54;
    private static final int LEGEND_LINE = 15;
    private static final String QUIET = "fill=\"#5a6068\" font-size=\"11\"";

    record Line(String name, double[] values) {}

    void draw(Panel panel, List<Line> lines, Window window) {
        int legend = legend(lines.stream().map(Line::name).toList(), false);
        Plot inner = new Plot(svg, left + AXIS, top, width - AXIS, height - 20 - legend * LEGEND_LINE);
        double[][] bases = bases(panel, lines);
        double most = range(lines, bases).max().orElse(1);
        double least = range(lines, bases).min().orElse(0);
        double low = panel.stacked() || least < most / 2 || least == most ? Math.min(0, least) : least;
        double mark = panel.unit().mark(most > low ? most - low : 1);
        double floor = Math.floor(low / mark) * mark;
        double ceiling = Math.max(floor + mark, Math.ceil(most / mark - 1e-9) * mark);
        for (double value = floor; value <= ceiling + mark / 2; value += mark) {
            double y = inner.y(value, floor, ceiling);
            svg.line(left + AXIS, y, left + width, y, "stroke=\"#e4e6e9\"")
                    .text(left + AXIS - 6, y + 4, panel.unit().text(value), "text-anchor=\"end\" " + QUIET);
        }
        inner.times(window);
        for (int i = 0; i < lines.size(); i++) {
            inner.line(
                    lines.get(i).values(),
                    bases[i],
                    floor,
                    ceiling,
                    COLORS.get(i % COLORS.size()),
                    panel.fillOpacity());
        }
        legend(lines.stream().map(Line::name).toList(), true);
    }

    /** What each line stands on. */
    private static double[][] bases(Panel panel, List<Line> lines) {
        double[][] bases = new double[lines.size()][];
        for (int i = 0; i < bases.length; i++) {
            bases[i] = new double[lines.get(i).values().length];
            for (int at = 0; i > 0 && panel.stacked() && at < bases[i].length; at++) {
                double below = lines.get(i - 1).values()[at];
                bases[i][at] = bases[i - 1][at] + (Double.isNaN(below) ? 0 : below);
            }
        }
        return bases;
    }

    private static DoubleStream range(List<Line> lines, double[][] bases) {
        return IntStream.range(0, lines.size())
                .boxed()
                .flatMapToDouble(i -> IntStream.range(0, bases[i].length)
                        .mapToDouble(at -> bases[i][at] + lines.get(i).values()[at]))
                .filter(value -> !Double.isNaN(value));
    }

    private double y(double value, double floor, double ceiling) {
        return top + height * (1 - (value - floor) / (ceiling - floor));
    }

    private void times(Window window) {
        double seconds = Duration.between(window.from(), window.to()).toSeconds();
        int every = (int) Math.ceil(seconds / 60 / (width / 60));
        for (Instant time = window.from().truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
                time.isBefore(window.to());
                time = time.plusSeconds(60L * every)) {
            double x = left + width * Duration.between(window.from(), time).toSeconds() / seconds;
            svg.line(x, top, x, top + height, "stroke=\"#f0f1f3\"")
                    .text(
                            Math.min(x, left + width - 15),
                            top + height + 15,
                            CLOCK.format(time),
                            "text-anchor=\"middle\" " + QUIET);
        }
    }

    /** With gaps where there is no value. */
    private void line(double[] values, double[] base, double floor, double ceiling, String color, double opacity) {
        int from = 0;
        while (from < values.length) {
            int to = from;
            while (to < values.length && !Double.isNaN(values[to])) {
                to++;
            }
            if (to > from) {
                StringBuilder over = new StringBuilder();
                StringBuilder under = new StringBuilder();
                for (int at = from; at < to; at++) {
                    if (at > from && at < to - 1 && flat(values, at) && flat(base, at)) {
                        continue;
                    }
                    double x = left + width * at / (values.length - 1);
                    over.append(at == from ? "M" : "L").append(point(x, y(base[at] + values[at], floor, ceiling)));
                    under.insert(0, "L" + point(x, y(base[at], floor, ceiling)));
                }
                if (opacity > 0) {
                    svg.path(over.toString() + under + "Z", "fill=\"" + color + "\" fill-opacity=\"" + opacity + "\"");
                }
                svg.path(
                        over.toString(),
                        "fill=\"none\" stroke-width=\"1.6\" stroke-linejoin=\"round\" "
                                + "stroke-linecap=\"round\" stroke=\""
                                + color + "\"");
            }
            from = to + 1;
        }
    }

    private static boolean flat(double[] values, int at) {
        return values[at - 1] == values[at] && values[at] == values[at + 1];
    }

    /** How many rows it takes. */
    private int legend(List<String> names, boolean drawn) {
        int row = 1;
        double x = left;
        int rows = drawn ? legend(names, false) : 0;
        for (int i = 0; i < names.size(); i++) {
            double needs = 16 + names.get(i).length() * LETTER + 12;
            if (x > left && x + needs > left + width + 12) {
                row++;
                x = left;
            }
            if (drawn) {
                double y = top + height + 2 - (rows - row) * LEGEND_LINE;
                svg.rect(x, y - 6, 11, 4, "rx=\"2\" fill=\"" + COLORS.get(i % COLORS.size()) + "\"")
                        .text(x + 16, y, names.get(i), "font-size=\"11\"");
            }
            x += needs;
        }
        return row;
    }
}
