package dev.finops.azure.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;

/**
 * {@code Image archive [base]}: writes the operator as an OCI image, a layer for each thing that changes at its own
 * pace. Without a base
 * nothing is asked of any registry; one that is named takes the place of the C library.
 */
public final class Image {
    private static final String REPOSITORY = "localhost/costexport-operator";
    private static final String USER = "65532:65532";

    private Image() {}

    public static void main(String[] arguments) throws Exception {
        Path archive = Path.of(arguments[0]);
        String base = arguments.length > 1 ? arguments[1] : "";
        Rootfs files = Rootfs.stage(Path.of("target/image/root"), base.isEmpty());
        JibContainerBuilder image = described(from(base), files.at(Rootfs.JAR));
        List<Layer> layers = new ArrayList<>();
        layers(files.root()).forEach((layer, content) -> {
            layers.add(layer);
            image.addFileEntriesLayer(content);
        });
        String name = REPOSITORY + ":" + version(files.at(Rootfs.JAR));
        Path cache = Path.of("target/image/layers");
        Rootfs.delete(cache); // Jib knows a layer by the times of its files, which are always the same here
        image.containerize(Containerizer.to(TarImage.at(archive).named(name))
                .setOfflineMode(base.isEmpty())
                .setAllowInsecureRegistries(base.startsWith("localhost")) // a registry of this machine, as Docker does
                .setApplicationLayersCache(cache)
                .setBaseImageLayersCache(Path.of("target/image/base")));
        System.out.print(Archive.read(archive).described(layers));
        System.out.printf("image: %s: %s, %.1f MB%n", archive, name, Files.size(archive) / 1e6);
    }

    private static JibContainerBuilder described(JibContainerBuilder image, Path jar) throws IOException {
        return image.setPlatforms(Set.of(new Platform(Rootfs.architecture(), "linux")))
                .setFormat(ImageFormat.OCI)
                .setCreationTime(built(jar))
                .setUser(USER)
                .setEntrypoint(Rootfs.entrypoint())
                .setProgramArguments("-jar", Rootfs.JAR)
                .setExposedPorts(Set.of(Port.tcp(8080)))
                .setLabels(Map.of(
                        "org.opencontainers.image.title",
                        "CostExport operator",
                        "org.opencontainers.image.version",
                        version(jar),
                        "org.opencontainers.image.licenses",
                        "Apache-2.0"));
    }

    private static String version(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes().getValue("Implementation-Version");
        }
    }

    /** The project.build.outputTimestamp of the pom. */
    private static Instant built(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getEntry(JarFile.MANIFEST_NAME).getLastModifiedTime().toInstant();
        }
    }

    private static JibContainerBuilder from(String base) throws InvalidImageReferenceException {
        if (base.isEmpty()) {
            return Jib.fromScratch();
        }
        if (base.startsWith(Jib.TAR_IMAGE_PREFIX) || base.startsWith(Jib.DOCKER_DAEMON_IMAGE_PREFIX)) {
            return Jib.from(base);
        }
        ImageReference reference = ImageReference.parse(base);
        CredentialRetrieverFactory credentials = CredentialRetrieverFactory.forImage(reference, event -> {});
        return Jib.from(RegistryImage.named(reference)
                .addCredentialRetriever(credentials.dockerConfig())
                .addCredentialRetriever(credentials.wellKnownCredentialHelpers()));
    }

    /**
     * Everything is root's, so that the operator can change none of it; but /tmp, whose rights a tmpfs that is mounted
     * there inherits.
     */
    private static Map<Layer, FileEntriesLayer> layers(Path root) throws IOException {
        Map<Layer, FileEntriesLayer.Builder> layers = new EnumMap<>(Layer.class);
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(file -> !file.equals(root)).sorted().toList()) {
                Path inImage = Path.of("/").resolve(root.relativize(file));
                boolean tmp = inImage.equals(Path.of("/tmp"));
                FilePermissions permissions =
                        FilePermissions.fromOctalString(tmp ? "777" : Files.isExecutable(file) ? "755" : "644");
                layers.computeIfAbsent(
                                Layer.of(inImage),
                                layer -> FileEntriesLayer.builder().setName(layer.title()))
                        .addEntry(file, AbsoluteUnixPath.fromPath(inImage), permissions, Rootfs.TIME, tmp ? USER : "");
            }
        }
        Map<Layer, FileEntriesLayer> built = new EnumMap<>(Layer.class);
        layers.forEach((layer, content) -> built.put(layer, content.build()));
        return built;
    }
}
