package dev.finops.azure.chaos;

import java.nio.file.Path;
import java.util.List;

/** How the packaged operator is started again and again: quickly. */
final class OperatorCommand {
    static final List<String> OF_THE_LAUNCHER = List.of("target/costexport-operator");

    /** For who has only packaged it. */
    static final List<String> OF_THE_JAR = List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            Path.of("target/costexport-operator.jar").toAbsolutePath().toString());

    private OperatorCommand() {}
}
