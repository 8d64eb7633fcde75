package dev.finops.azure.system;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.request.EventRequest;
import dev.finops.azure.controlplane.Tunnel;
import dev.finops.azure.export.CostExportReconciler;
import dev.finops.azure.simulator.RunOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * An operator that lives and does nothing: its watch has gone silent, or its queue stands still. The alerts of
 * charts/costexport-operator/files see each.
 */
class StandstillIT extends SystemTest {
    /** Four pings without an answer; the packaged operator waits a minute for them. */
    private static final Duration SILENCE = Duration.ofSeconds(16);

    private static final Duration UNTIL_NOTICED = SILENCE.multipliedBy(3);

    private static final Pattern DEBUGGER = Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

    private final Tunnel network = Tunnel.to(cluster);

    @Override
    Map<String, String> settings() {
        return Map.of(
                "KUBECONFIG",
                network.kubeconfig(namespace).toString(),
                "JDK_JAVA_OPTIONS",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0 "
                        + "-Ddev.finops.azure.timeout.watch=" + SILENCE
                        + " -Djdk.virtualThreadScheduler.parallelism=32"); // a thread that the debugger holds keeps its
        // carrier
    }

    @AfterAll
    void endNetwork() throws IOException {
        network.close();
    }

    @Test
    void aWatchThatTheNetworkHasForgottenIsOpenedAnew() {
        LiveExport export = export("forgotten", "").awaitReady();

        network.forgetConnections();
        export.change("description: during the silence");

        await().atMost(UNTIL_NOTICED)
                .untilAsserted(() -> assertEquals(
                        "during the silence",
                        export.inAzure("exportDescription").asText()));
        assertTrue(operator.log().contains("has been silent for"), operator.log());
    }

    /** CostExportOperatorNotWatching. */
    @Test
    void aWatchThatStaysSilentIsTold() {
        LiveExport export = export("silent", "").awaitReady();
        assertEquals(1, sum("costexport_watch_up"));

        network.block();
        await().atMost(UNTIL_NOTICED).untilAsserted(() -> assertEquals(0, sum("costexport_watch_up")));

        network.unblock();
        export.change("description: after the silence").awaitReady();
        eventually(() -> assertEquals(1, sum("costexport_watch_up")));
    }

    /** CostExportOperatorStuck and, later, CostExportOperatorNotReconciling. */
    @Test
    void aQueueThatStandsStillIsTold() throws Exception {
        LiveExport export = export("stuck", "").awaitReady();
        VirtualMachine machine = attach();
        try {
            var reconcile =
                    machine
                            .classesByName(CostExportReconciler.class.getName())
                            .getFirst()
                            .methodsByName("reconcile")
                            .stream()
                            .filter(method -> !method.isBridge())
                            .findFirst()
                            .orElseThrow();
            var halt = machine.eventRequestManager().createBreakpointRequest(reconcile.location());
            halt.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
            halt.enable();
            export.change("description: not yet");
            eventually(() -> assertTrue(sum("operator_sdk_reconciliations_executions_costexport") > 0));
            eventually(() -> {
                double begun = sum("operator_sdk_reconciliations_started_total");
                Thread.sleep(5000);
                assertEquals(begun, sum("operator_sdk_reconciliations_started_total"));
            });
            assertTrue(sum("costexport_exports") > 0);
            assertEquals(1, sum("costexport_watch_up"), "a heartbeat would say that all is well");
        } finally {
            machine.dispose(); // lets all threads go on
        }
        export.awaitReady();
        assertEquals("not yet", export.inAzure("exportDescription").asText());
    }

    /** CostExportRunFailed and CostExportNotDelivered. */
    @Test
    void aFailedRunIsInTheMetricsAtOnce() {
        LiveExport export = export("failed-run", "").awaitReady();
        azure.exports()
                .nextRun(
                        export.scope(),
                        export.name(),
                        new RunOutcome.Failed("StorageAccountNotFound", "the account has been deleted"));
        export.annotate(RUN_REQUESTED_AT, "now");
        eventually(() -> assertTrue(
                azure.exports().runs(export.scope(), export.name()).stream()
                        .anyMatch(run -> run.at("/properties/status").asText().equals("Failed")),
                "not failed in Azure yet"));
        Instant failed = Instant.now();

        eventually(() -> assertEquals(
                1, sum("costexport_condition_failing{condition=\"LastRunSucceeded\",name=\"failed-run\"")));

        System.out.printf(
                "from a failed run to its alert's condition: %d ms, with a poll every 300 ms%n",
                Duration.between(failed, Instant.now()).toMillis());
    }

    private VirtualMachine attach() throws Exception {
        var port = DEBUGGER.matcher(operator.log());
        assertTrue(port.find(), operator.log());
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(port.group(1));
        return connector.attach(arguments);
    }

    /** Of all series whose line begins so. */
    private double sum(String series) {
        return operator.page("/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
