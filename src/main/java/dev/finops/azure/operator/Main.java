package dev.finops.azure.operator;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;

/** Starts the operator: a list of the kinds that it serves. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        OperatorConfig config = null;
        try {
            LogConfigurator.check(System.getenv());
            config = OperatorConfig.of(System.getenv());
        } catch (OperatorConfig.Wrong wrong) {
            System.err.println("costexport-operator: " + wrong.getMessage());
            System.exit(2);
        }
        try {
            start(config);
        } catch (OperatorConfig.Wrong wrong) {
            System.err.println("costexport-operator: " + wrong.getMessage());
            Runtime.getRuntime().halt(2);
        } catch (RuntimeException | IOException fault) {
            System.err.println("costexport-operator: cannot start: " + firstCause(fault));
            Runtime.getRuntime().halt(1); // threads of a half-started operator must not keep it alive
        }
    }

    private static void start(OperatorConfig config) throws IOException {
        TlsWarmup.prepare();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        TaskScheduler scheduler = new TaskScheduler();
        KubernetesAccess kubernetes = KubernetesAccess.connect(config, scheduler);
        AzureAccess azure = AzureAccess.of(config, kubernetes.leads(), scheduler, registry);
        OperatorRuntime operator = new OperatorRuntime(config, kubernetes, azure, registry);
        operator.register(CostExports.registration(config, kubernetes, azure, registry));
        operator.start();
    }

    static String firstCause(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null
                ? cause.toString()
                : cause.getMessage().lines().findFirst().orElse("");
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
