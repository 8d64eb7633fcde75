package dev.finops.azure.bench;

import dev.finops.azure.bench.Table.Row;
import dev.finops.azure.drawing.Svg;
import java.util.List;
import java.util.Locale;

/** How much less than the baseline, as bars on a logarithmic scale; those below 1 are more. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LABELS = 430;
    private static final int BAR = 26;
    private static final int TOP = 44;

    private Chart() {}

    static String svg(List<Row> rows) {
        List<Row> compared = rows.stream()
                .filter(row -> row.peer().isPresent() && row.peer().getAsDouble() > 0 && row.operator() > 0)
                .toList();
        double most = compared.stream().mapToDouble(Row::times).max().orElse(1);
        Svg svg = new Svg(WIDTH, TOP + BAR * compared.size() + 12, 13, "white");
        svg.text(
                12,
                24,
                "One GET and PUT per export without a queue, as a multiple of the operator (logarithmic)",
                "font-size=\"15\"");
        for (int i = 0; i < compared.size(); i++) {
            Row row = compared.get(i);
            int y = TOP + BAR * i;
            double length = Math.max(
                    2,
                    (WIDTH - LABELS - 90) * Math.log10(Math.max(1.01, row.times())) / Math.log10(Math.max(10, most)));
            svg.text(LABELS - 8, y + 14, row.what(), "text-anchor=\"end\"")
                    .rect(LABELS, y, length, 18, "fill=\"#0b6bcb\"")
                    .text(LABELS + length + 6, y + 14, String.format(Locale.ROOT, "%,.1f ×", row.times()), "");
        }
        return svg.toString();
    }
}
