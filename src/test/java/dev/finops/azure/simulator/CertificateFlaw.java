package dev.finops.azure.simulator;

/** What is wrong with a server's certificate, beside who issued it. */
public enum CertificateFlaw {
    NONE,
    EXPIRED,
    OTHER_HOST
}
