package dev.finops.azure.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.drawing.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The picture in the docs is one of the dashboard that the chart has; else {@code make dashboard-picture} draws it
 * anew.
 */
class PictureIsCurrentTest {
    private static final Pattern LEGEND_ENTRY =
            Pattern.compile("<rect [^>]*rx=\"2\" fill=\"(#\\w+)\"/>\\s*<text [^>]*>([^<]*)</text>");

    @Test
    void itHasEveryPanelWithItsQueries() throws IOException {
        String picture = Files.readString(Path.of("docs/images/dashboard.svg"));
        List<String> missing = Picture.panels().stream()
                .filter(panel -> !panel.type().equals("row"))
                .filter(panel -> !picture.contains("<title>" + Svg.escaped(panel.expressions()) + "</title>")
                        || !picture.contains(">" + Svg.escaped(panel.title()) + "</text>"))
                .map(Panel::title)
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void itHasTheColorsOfTheDashboard() throws IOException {
        String picture = Files.readString(Path.of("docs/images/dashboard.svg"));
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        for (Panel panel : Picture.panels()) {
            if (!panel.type().equals("timeseries")) {
                continue;
            }
            int from = picture.indexOf("<title>" + Svg.escaped(panel.expressions()) + "</title>");
            Matcher entry = LEGEND_ENTRY.matcher(picture.substring(from, picture.indexOf("</g>", from)));
            for (; entry.find(); lines++) {
                String expected =
                        panel.seriesColor(entry.group(2), 1).map(Palette::drawn).orElse("by chance");
                if (!entry.group(1).equals(expected)) {
                    wrong.add(panel.title() + ": " + entry.group(2) + " is " + entry.group(1) + ", not " + expected);
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(lines > 20, () -> "legend entries that this test does not find");
    }
}
