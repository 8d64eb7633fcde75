package dev.finops.azure.image;

import java.nio.file.Path;

/** In the order in which they change: what comes first is shared with more of the next images. */
enum Layer {
    SYSTEM,
    RUNTIME,
    LIBRARIES,
    OPERATOR,
    CACHE;

    static Layer of(Path inImage) {
        String path = inImage.toString();
        return path.startsWith("/opt")
                ? RUNTIME
                : path.startsWith("/app/lib")
                        ? LIBRARIES
                        : path.endsWith(".aot") ? CACHE : path.startsWith("/app") ? OPERATOR : SYSTEM;
    }

    String title() {
        return name().toLowerCase();
    }
}
