package dev.finops.azure.arm;

import java.time.Duration;
import java.util.Properties;

/**
 * How long a call to Azure can take.
 *
 * @param call from the request to the end of the response
 * @param silence between two parts of it
 */
public record Timeouts(Duration call, Duration silence) {
    public static final Timeouts USUAL = new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(30));

    /** @param properties of the JVM: only the tests of the packaged operator shorten the times */
    public static Timeouts of(Properties properties) {
        return new Timeouts(
                duration(properties, "call", USUAL.call()), duration(properties, "silence", USUAL.silence()));
    }

    private static Duration duration(Properties properties, String name, Duration usual) {
        String value = properties.getProperty("dev.finops.azure.timeout." + name);
        return value == null ? usual : Duration.parse(value);
    }
}
