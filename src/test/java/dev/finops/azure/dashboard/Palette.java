package dev.finops.azure.dashboard;

import java.util.Map;
import java.util.Optional;

/** Grafana's named colors, dark enough for the picture's white panels. */
final class Palette {
    static final String NEUTRAL = "#8e8e8e";

    private static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry("green", "#2f8f2f"),
            Map.entry("dark-green", "#1b5e20"),
            Map.entry("semi-dark-green", "#257a3a"),
            Map.entry("light-green", "#66b266"),
            Map.entry("super-light-green", "#9ccc9c"),
            Map.entry("red", "#d1361f"),
            Map.entry("dark-red", "#8b1a10"),
            Map.entry("orange", "#e07b00"),
            Map.entry("dark-orange", "#a85600"),
            Map.entry("semi-dark-orange", "#c46a00"),
            Map.entry("light-orange", "#f2a950"),
            Map.entry("blue", "#1f6fc4"),
            Map.entry("light-blue", "#6fa8e0"),
            Map.entry("purple", "#7b4bb7"),
            Map.entry("dark-purple", "#4a2380"),
            Map.entry("semi-dark-purple", "#6236a0"),
            Map.entry("light-purple", "#a98bd3"),
            Map.entry("super-light-purple", "#c9b6e4"));

    private Palette() {}

    static String drawn(String color) {
        return color.startsWith("#")
                ? color
                : Optional.ofNullable(NAMED.get(color))
                        .orElseThrow(() -> new IllegalArgumentException("the picture has no color " + color));
    }
}
