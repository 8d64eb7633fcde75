package dev.finops.azure.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What an archive in OCI layout says of its image. */
public record Archive(JsonNode manifest) {
    private static final Path FILE = Path.of("target/costexport-operator-image.tar");

    /** The archive, written in a process of its own unless it is younger than what is in it. */
    public static synchronized Path built() throws IOException {
        List<Path> parts = List.of(
                Path.of("target/costexport-operator.jar"), Path.of("src/main/launcher/costexport-operator.jvm"));
        if (!Files.exists(FILE)
                || parts.stream()
                        .anyMatch(part ->
                                part.toFile().lastModified() > FILE.toFile().lastModified())) {
            Path log = Files.createDirectories(Path.of("target/image")).resolve("log");
            Process process = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Image.class.getName(),
                            FILE.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (process.onExit().join().exitValue() != 0) {
                throw new IOException("the image was not built:\n" + Files.readString(log));
            }
        }
        return FILE;
    }

    static Archive read(Path file) throws IOException {
        Map<String, JsonNode> documents = new HashMap<>();
        try (var tar = new TarArchiveInputStream(Files.newInputStream(file))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getSize() < 100_000) {
                    documents.put(entry.getName(), json(tar.readAllBytes()));
                }
            }
        }
        String digest = documents.get("index.json").at("/manifests/0/digest").asText();
        return new Archive(documents.get("blobs/" + digest.replace(':', '/')));
    }

    /** One line for each layer, the newest ones named. */
    String described(List<Layer> named) {
        List<JsonNode> layers = manifest.path("layers").valueStream().toList();
        int first = layers.size() - named.size();
        return IntStream.range(0, layers.size())
                .mapToObj(i -> "image: %-9s %6.1f MB  %s%n"
                        .formatted(
                                i < first ? "base" : named.get(i - first).title(),
                                layers.get(i).path("size").asLong() / 1e6,
                                layers.get(i).path("digest").asText()))
                .collect(Collectors.joining());
    }

    private static JsonNode json(byte[] content) {
        try {
            return new ObjectMapper().readTree(content);
        } catch (IOException layer) {
            return new ObjectMapper().missingNode();
        }
    }
}
