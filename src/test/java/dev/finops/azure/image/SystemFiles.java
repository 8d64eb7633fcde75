package dev.finops.azure.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a Java runtime needs beneath it: the C library, as this machine's Debian package has it, with its licence and
 * with what
 * scanners read to know it.
 */
final class SystemFiles {
    private static final List<String> LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");
    private static final String PACKAGE = "libc6";

    private SystemFiles() {}

    static void copy(Path root) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/dpkg-query"))) {
            throw new IOException("no dpkg-query: the C library of the image is taken from Debian's package on this "
                    + "machine; name a base image that has one: make image BASE=…");
        }
        boolean arm = Rootfs.architecture().equals("arm64");
        copy(root, arm ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2");
        for (String library : LIBRARIES) {
            copy(root, (arm ? "/lib/aarch64-linux-gnu/" : "/lib/x86_64-linux-gnu/") + library);
        }
        copy(root, "/usr/share/doc/" + PACKAGE + "/copyright");
        write(root, "var/lib/dpkg/status.d/" + PACKAGE, status());
        copy(root, "/etc/os-release");
        write(root, "etc/passwd", "root:x:0:0:root:/:/none\nnonroot:x:65532:65532:nonroot:/tmp:/none\n");
        write(root, "etc/group", "root:x:0:\nnonroot:x:65532:\n");
        write(root, "etc/nsswitch.conf", "hosts: files dns\n");
        Files.createDirectories(root.resolve("tmp"));
    }

    /** What a link leads to, under the link's own name. */
    private static void copy(Path root, String file) throws IOException {
        Path target = root.resolve(file.substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(Path.of(file), target);
    }

    private static void write(Path root, String file, String text) throws IOException {
        Path target = root.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private static String status() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("dpkg-query", "--status", PACKAGE)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the Debian package " + PACKAGE + " is not installed");
        }
        return status;
    }
}
