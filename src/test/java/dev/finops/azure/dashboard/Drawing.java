package dev.finops.azure.dashboard;

import dev.finops.azure.dashboard.Plot.Line;
import dev.finops.azure.dashboard.Prometheus.Series;
import dev.finops.azure.dashboard.Prometheus.Window;
import dev.finops.azure.drawing.Svg;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All panels in the dashboard's grid, each with what Prometheus answers to its queries, which the pointer shows. */
final class Drawing {
    private static final int COLUMN = 42;
    private static final int ROW = 30;
    private static final int GAP = 8;
    private static final Map<String, String> COLORS = Map.of("green", "#2f8f2f", "red", "#d1361f", "blue", "#1f6fc4");

    private final Prometheus prometheus;
    private final Window window;
    private final Svg svg;

    private Drawing(Prometheus prometheus, Window window, Svg svg) {
        this.prometheus = prometheus;
        this.window = window;
        this.svg = svg;
    }

    static String of(List<Panel> panels, Prometheus prometheus, Window window) {
        int rows = panels.stream()
                .mapToInt(panel -> panel.grid("y") + panel.grid("h"))
                .max()
                .orElseThrow();
        Svg svg = new Svg(24 * COLUMN + GAP, rows * ROW + GAP, 12, "#f3f4f6");
        Drawing drawing = new Drawing(prometheus, window, svg);
        panels.forEach(drawing::draw);
        return svg.toString();
    }

    private void draw(Panel panel) {
        double x = GAP + panel.grid("x") * COLUMN;
        double y = GAP + panel.grid("y") * ROW;
        double width = panel.grid("w") * COLUMN - GAP;
        double height = panel.grid("h") * ROW - GAP;
        if (panel.type().equals("row")) {
            svg.text(x + 2, y + 16, panel.title(), "font-size=\"14\" font-weight=\"bold\" fill=\"#24292f\"");
            return;
        }
        svg.begin(panel.expressions());
        svg.rect(x, y, width, height, "rx=\"3\" fill=\"white\" stroke=\"#d5d8dc\"")
                .text(x + 10, y + 18, panel.title(), "font-size=\"11\" fill=\"#24292f\"");
        Plot inside = new Plot(svg, x + 10, y + 30, width - 20, height - 40);
        switch (panel.type()) {
            case "stat" -> stat(panel, inside);
            case "table" -> table(panel, inside);
            case "timeseries" -> timeSeries(panel, inside);
            default ->
                throw new IllegalStateException("a panel of a type that this picture does not know: " + panel.type());
        }
        svg.end();
    }

    private void stat(Panel panel, Plot inside) {
        Optional<Double> value = prometheus.at(window.to(), panel.expressions()).stream()
                .map(Series::last)
                .findFirst();
        svg.text(
                inside.left() + inside.width() / 2,
                inside.top() + 44,
                value.map(panel.unit()::text).orElse(panel.noValue()),
                "font-size=\"30\" font-weight=\"bold\" text-anchor=\"middle\" fill=\""
                        + COLORS.get(panel.color(value.orElse(0.0))) + "\"");
    }

    private void timeSeries(Panel panel, Plot inside) {
        List<Line> lines = new ArrayList<>();
        panel.queries()
                .forEach(query -> prometheus
                        .over(window, query.expression())
                        .forEach(series -> lines.add(new Line(query.legend(series.labels()), series.values()))));
        lines.sort(Comparator.comparing(Line::name));
        if (lines.isEmpty()) {
            throw new IllegalStateException("nothing to draw in '" + panel.title() + "': " + panel.queries());
        }
        inside.draw(panel, lines, window);
    }

    private void table(Panel panel, Plot inside) {
        List<Series> rows =
                prometheus.at(window.to(), panel.queries().getFirst().expression());
        if (rows.isEmpty()) {
            throw new IllegalStateException("nothing to list in '" + panel.title() + "': " + panel.queries());
        }
        List<String> fields = new ArrayList<>(rows.getFirst().labels().keySet());
        fields.add("Value");
        fields.removeIf(field -> panel.column(field).isEmpty());
        double column = inside.width() / fields.size();
        int fit = (int) (inside.height() / 20) - 1;
        for (int i = 0; i < fields.size(); i++) {
            double x = inside.left() + column * i;
            svg.text(x, inside.top() + 12, panel.column(fields.get(i)).orElseThrow(), "fill=\"#1f6fc4\"");
            for (int row = 0; row < Math.min(fit, rows.size()); row++) {
                Series series = rows.get(row);
                String text = fields.get(i).equals("Value")
                        ? panel.unit().text(series.last())
                        : series.labels().getOrDefault(fields.get(i), "");
                svg.text(x, inside.top() + 32 + row * 20, text, "");
            }
        }
        for (int row = 0; row < Math.min(fit, rows.size()); row++) {
            svg.line(
                    inside.left(),
                    inside.top() + 18 + row * 20,
                    inside.left() + inside.width(),
                    inside.top() + 18 + row * 20,
                    "stroke=\"#e4e6e9\"");
        }
    }
}
