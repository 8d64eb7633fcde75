package dev.finops.azure.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The simulator alone, for people who try things by hand: {@code [port] [--log]}. It stays until it is interrupted. */
public final class SimulatorMain {

    private SimulatorMain() {}

    public static void main(String[] args) throws InterruptedException {
        var arguments = new ArrayList<>(List.of(args));
        boolean log = arguments.remove("--log");
        var port = arguments.isEmpty() ? System.getenv().getOrDefault("SIMULATOR_PORT", "0") : arguments.getFirst();
        if (arguments.size() > 1 || !port.matches("\\d{1,5}")) {
            System.err.println("usage: SimulatorMain [port] [--log]");
            System.exit(2);
        }
        var simulator = AzureSimulator.start(AzureSimulator.Settings.defaults().withPort(Integer.parseInt(port)));
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
        if (log) simulator.journal().listener(call -> System.out.println(call.time() + " " + call));
        print(simulator);
        new CountDownLatch(1).await();
    }

    private static void print(AzureSimulator simulator) {
        System.out.println("Azure simulator at " + simulator.endpoint());
        System.out.println("CA file      " + simulator.caFile());
        System.out.println(
                "trust store  " + simulator.trustStore() + " (PKCS12, password " + Certificates.PASSWORD + ")");
        System.out.println();
        simulator.environment().forEach((name, value) -> System.out.println("export " + name + "='" + value + "'"));
        System.out.println("""

                token=$(curl -s --cacert %1$s -d grant_type=client_credentials -d client_id=%2$s -d client_secret=%3$s \\
                  -d scope=%4$s/.default %4$s/%5$s/oauth2/v2.0/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
                curl -s --cacert %1$s -H "Authorization: Bearer $token" \\
                  '%4$s/subscriptions/%6$s/providers/Microsoft.CostManagement/exports?api-version=2025-03-01'

                Ctrl-C ends it.""".formatted(
                        simulator.caFile(),
                        simulator.clientId(),
                        simulator.clientSecret(),
                        simulator.endpoint(),
                        simulator.tenantId(),
                        simulator.subscriptionId()));
    }
}
