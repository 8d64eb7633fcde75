package dev.finops.azure.operator;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.KeyAgreement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A first TLS handshake takes most of its time for arithmetic that the JVM has not compiled yet: that can happen beside
 * other things.
 */
final class TlsWarmup {
    private static final Logger LOG = LoggerFactory.getLogger(TlsWarmup.class);

    private TlsWarmup() {}

    static void prepare() {
        Thread.ofPlatform().daemon().name("first-handshake").start(() -> {
            try {
                agree();
            } catch (GeneralSecurityException without) {
                LOG.debug("the first handshake is not prepared: {}", without.getMessage());
            }
        });
    }

    /** What a TLS 1.3 client does, in the groups that the JDK offers first. */
    private static void agree() throws GeneralSecurityException {
        KeyPair x25519 = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        KeyPairGenerator secp256r1 = KeyPairGenerator.getInstance("EC");
        secp256r1.initialize(new ECGenParameterSpec("secp256r1"));
        secp256r1.generateKeyPair();
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(x25519.getPrivate());
        agreement.doPhase(x25519.getPublic(), true);
        agreement.generateSecret();
    }
}
