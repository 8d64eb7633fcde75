package dev.finops.azure.dashboard;

import dev.finops.azure.dashboard.Prometheus.Window;
import dev.finops.azure.demo.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * {@code make dashboard-picture}: the chart's dashboard as SVG, every panel from its own queries, which a real
 * Prometheus answers after {@link Story}.
 */
public final class Picture {
    private static final Path DASHBOARD = Path.of("charts/costexport-operator/files/dashboard.json");

    private Picture() {}

    static List<Panel> panels() throws IOException {
        return Panel.of(DASHBOARD, Map.of("datasource", "prometheus", "namespace", Story.NAMESPACE, "name", Story.ONE));
    }

    public static void main(String[] arguments) throws IOException {
        World.play(world -> {
            World.say("starting Prometheus");
            try (Prometheus prometheus = new Prometheus(
                    world.directory().resolve("prometheus"), world.operator().port())) {
                Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
                new Story(world).play();
                Window window = new Window(from, Instant.now().truncatedTo(ChronoUnit.SECONDS));
                List<Panel> panels = panels();
                Files.writeString(Path.of(arguments[0]), Drawing.of(panels, prometheus, window));
                World.say("drew " + panels.size() + " panels into " + arguments[0]);
            }
        });
    }
}
