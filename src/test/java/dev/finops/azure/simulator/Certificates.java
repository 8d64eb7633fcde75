package dev.finops.azure.simulator;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certification authority for one start, with one server certificate.
 *
 * @param certificateFile the server's, with its authority's, for another server on loopback
 * @param keyFile the server's
 */
record Certificates(Path caFile, Path trustStore, Path certificateFile, Path keyFile, SSLContext server) {

    static final String PASSWORD = "changeit";
    private static final X500Name AUTHORITY = new X500Name("CN=Azure simulator CA");

    static Certificates create(Path directory, String address, CertificateFlaw flaw) throws IOException {
        try {
            var caKeys = keys();
            var ca = certificate(AUTHORITY, caKeys, caKeys, Optional.empty(), CertificateFlaw.NONE);
            var serverKeys = keys();
            var server =
                    certificate(new X500Name("CN=Azure simulator"), serverKeys, caKeys, Optional.of(address), flaw);
            return new Certificates(
                    pem(directory.resolve("ca.pem"), ca),
                    trustStore(directory.resolve("trust.p12"), ca),
                    pem(directory.resolve("server.pem"), server, ca),
                    pem(directory.resolve("server.key"), new JcaPKCS8Generator(serverKeys.getPrivate(), null)),
                    context(serverKeys, server, ca));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make certificates", e);
        }
    }

    List<Path> files() {
        return List.of(caFile, trustStore, certificateFile, keyFile);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            X500Name subject, KeyPair keys, KeyPair issuer, Optional<String> address, CertificateFlaw flaw)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        // The machine's time, not the simulated one: it is real TLS clients that look at it.
        var now = Instant.now();
        boolean authority = address.isEmpty();
        var extensions = new JcaX509ExtensionUtils();
        var builder = new JcaX509v3CertificateBuilder(
                        AUTHORITY,
                        new BigInteger(120, new SecureRandom()),
                        Date.from(now.minus(Duration.ofHours(1))),
                        Date.from(
                                flaw == CertificateFlaw.EXPIRED ? now.minusSeconds(1) : now.plus(Duration.ofDays(30))),
                        subject,
                        keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                .addExtension(
                        Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        extensions.createAuthorityKeyIdentifier(issuer.getPublic()))
                .addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
        if (!authority) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                        new GeneralName(
                                GeneralName.iPAddress,
                                flaw == CertificateFlaw.OTHER_HOST ? "192.0.2.1" : address.get()),
                        new GeneralName(
                                GeneralName.dNSName,
                                flaw == CertificateFlaw.OTHER_HOST ? "other.example" : "localhost"),
                        new GeneralName(GeneralName.dNSName, AzureSimulator.BEHIND_PROXY)
                    }));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
    }

    private static Path pem(Path file, Object... contents) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            for (var content : contents) writer.writeObject(content);
        }
        return Files.writeString(file, text.toString());
    }

    private static Path trustStore(Path file, X509Certificate ca) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("simulator", ca);
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static SSLContext context(KeyPair keys, X509Certificate server, X509Certificate ca)
            throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {server, ca});
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
