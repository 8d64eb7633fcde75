package dev.finops.azure.costexport.bench;

import dev.finops.azure.costexport.bench.Table.Row;
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
    List<Row> compared = rows.stream().filter(row -> row.peer().isPresent() && row.peer().getAsDouble() > 0 && row.operator() > 0).toList();
    double most = compared.stream().mapToDouble(Row::times).max().orElse(1);
    StringBuilder svg = new StringBuilder("""
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13">
        <rect width="%1$d" height="%2$d" fill="white"/>
        <text x="12" y="24" font-size="15">One GET and PUT per export without a queue, as a multiple of the operator (logarithmic)</text>
        """.formatted(WIDTH, TOP + BAR * compared.size() + 12));
    for (int i = 0; i < compared.size(); i++) {
      Row row = compared.get(i);
      int y = TOP + BAR * i;
      double length = Math.max(2, (WIDTH - LABELS - 90) * Math.log10(Math.max(1.01, row.times())) / Math.log10(Math.max(10, most)));
      svg.append(String.format(Locale.ROOT, """
          <text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%.0f" height="18" fill="#0b6bcb"/><text x="%.0f" y="%d">%,.1f ×</text>
          """, LABELS - 8, y + 14, row.what().replace("&", "&amp;"), LABELS, y, length, LABELS + length + 6, y + 14, row.times()));
    }
    return svg.append("</svg>\n").toString();
  }
}
