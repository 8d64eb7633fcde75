package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * An operator with the settings of the launcher, whose heap is what has to suffice, and an export that is answered
 * meanwhile.
 */
abstract class HostileTest extends SystemTest {
    /** Shorter than the usual times, since each answer that never ends is met twice. */
    private static final String SOON = "-Ddev.finops.azure.timeout.call=PT20S -Ddev.finops.azure.timeout.silence=PT10S";

    private static final int LONGEST_MESSAGE = 1500;
    private static final int LONGEST_STATUS = 100_000;
    private static final long MOST_GROWTH_KB = 100 * 1024;

    final AzureSimulator elsewhere = AzureSimulator.start(AzureSimulator.Settings.defaults());
    private LiveExport bystander;
    private long residentAtFirst;
    private int changes;

    @Override
    Map<String, String> settings() {
        return Map.of(
                "JAVA_TOOL_OPTIONS",
                azure.environment().get("JAVA_TOOL_OPTIONS") + " " + SOON,
                "OBSERVE_INTERVAL",
                "8s",
                "RETRY_MAX",
                "8s");
    }

    @Override
    OperatorProcess process(Path directory, Map<String, String> environment) {
        return OperatorProcess.launch(
                directory,
                environment,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "@src/main/launcher/costexport-operator.jvm",
                        "-jar",
                        Path.of("target/costexport-operator.jar")
                                .toAbsolutePath()
                                .toString()));
    }

    @BeforeAll
    void aBystander() {
        bystander = export("bystander", "").awaitReady();
        residentAtFirst = residentKb();
    }

    @AfterEach
    void theProcessLives() {
        assertTrue(operator.process().isAlive(), operator::log);
        assertEquals(List.of(), elsewhere.journal().calls(), "nothing went to another host");
        assertEquals(0, elsewhere.journal().tokenRequests(), "nothing went to another host");
        long growth = residentKb() - residentAtFirst;
        assertTrue(growth < MOST_GROWTH_KB, () -> "resident memory grew by " + growth + " kB");
    }

    @AfterAll
    void stopElsewhere() {
        elsewhere.close();
    }

    static long met(LiveExport export, Operation operation) {
        return export.calls(operation).stream()
                .filter(call -> call.status() == 0)
                .count();
    }

    static void bounded(LiveExport export) {
        export.status()
                .conditions()
                .forEach(condition -> assertTrue(
                        condition.message().length() < LONGEST_MESSAGE, () -> beginning(condition.message())));
        export.events()
                .forEach(event ->
                        assertTrue(event.getMessage().length() < LONGEST_MESSAGE, () -> beginning(event.getMessage())));
        assertTrue(Yaml.tree(export.status()).toString().length() < LONGEST_STATUS, "the status is too long");
    }

    private static String beginning(String message) {
        return message.substring(0, LONGEST_MESSAGE / 10);
    }

    final void theBystanderIsAnswered() {
        bystander.change("description: change " + ++changes).awaitReady();
        assertEquals("change " + changes, bystander.inAzure("exportDescription").asText());
    }

    private long residentKb() {
        try {
            return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
