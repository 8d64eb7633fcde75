package dev.finops.azure.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.drawing.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The picture in the docs is one of the dashboard that the chart has; else {@code make dashboard-picture} draws it
 * anew.
 */
class PictureIsCurrentTest {
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
}
