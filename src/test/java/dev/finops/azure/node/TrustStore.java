package dev.finops.azure.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

/** A trust store of the kind that the chart asks for: the JVM reads JKS without a password. */
final class TrustStore {
    private TrustStore() {}

    static Path write(Path file, Path certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        try (var in = Files.newInputStream(certificate);
                var out = Files.newOutputStream(file)) {
            store.setCertificateEntry(
                    "simulator", CertificateFactory.getInstance("X.509").generateCertificate(in));
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }
}
