package dev.finops.azure.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The figures in the order in which they were measured, each shown at once. */
public final class Table {
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder markdown = new StringBuilder();

    /** @param peer of the baseline of the same run, where there is one */
    record Row(String what, String unit, double operator, OptionalDouble peer) {
        double times() {
            return peer.orElseThrow() / operator;
        }
    }

    void heading(String text) {
        add(("%n**%s**%n%n| | operator | one GET and PUT per export, no queue | baseline ÷ operator "
                        + "|%n|---|---:|---:|---:|%n")
                .formatted(text));
    }

    void row(String what, String unit, double operator) {
        row(new Row(what, unit, operator, OptionalDouble.empty()));
    }

    void row(String what, String unit, double operator, double peer) {
        row(new Row(what, unit, operator, OptionalDouble.of(peer)));
    }

    private void row(Row row) {
        rows.add(row);
        boolean compared = row.peer.isPresent();
        add("| %s | %s | %s | %s |%n"
                .formatted(
                        row.what,
                        text(row.operator, row.unit),
                        compared ? text(row.peer.getAsDouble(), row.unit) : "",
                        compared && row.operator > 0 ? text(row.times(), "") + " ×" : ""));
    }

    List<Row> rows() {
        return rows;
    }

    double of(String what) {
        return rows.stream()
                .filter(row -> row.what.startsWith(what))
                .findFirst()
                .orElseThrow()
                .operator;
    }

    String markdown() {
        return markdown.toString();
    }

    private void add(String lines) {
        System.out.print(lines);
        markdown.append(lines);
    }

    public static String text(double value, String unit) {
        String number = value == Math.rint(value) || value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return (String.format(Locale.ROOT, number, value) + " " + unit).strip();
    }
}
