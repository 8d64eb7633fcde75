package dev.finops.azure.operator;

import dev.finops.azure.arm.ApiVersionCheck;
import dev.finops.azure.arm.ArmClient;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.Timeouts;
import dev.finops.azure.arm.identity.AzureAuthentication;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import dev.finops.azure.kube.ReconcileLimiter;
import dev.finops.azure.time.MonotonicClock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/** What all kinds share to call Azure: authentication, rate limits, Azure's clock and the scheduler. */
record AzureAccess(
        OperatorConfig config,
        AzureAuthentication authentication,
        AzureClock clock,
        TaskScheduler scheduler,
        ArmRateLimiter rateLimiter,
        ApiVersionCheck apiVersion,
        ArmClient.CallListener calls) {

    /** @param leads whether this process can write to Azure */
    static AzureAccess of(
            OperatorConfig config, BooleanSupplier leads, TaskScheduler scheduler, MeterRegistry registry) {
        MonotonicClock monotonic = new MonotonicClock(InstantSource.system(), System::nanoTime);
        ArmRateLimiter rateLimiter =
                new ArmRateLimiter(monotonic, scheduler, config.azure().runsPerMinute());
        ArmMetrics.ofQuota(registry, rateLimiter);
        ApiVersionCheck apiVersion = new ApiVersionCheck(config.azure().apiVersion());
        Gauge.builder("costexport.api.version.rejected", () -> apiVersion.rejected() ? 1 : 0)
                .description("1 while Azure rejects EXPORTS_API_VERSION, so that no CostExport can be served")
                .register(registry);
        return new AzureAccess(
                config,
                new AzureAuthentication(config.azure(), config.proxy(), Timeouts.of(System.getProperties()), leads),
                new AzureClock(InstantSource.system(), monotonic),
                scheduler,
                rateLimiter,
                apiVersion,
                new ArmMetrics(registry));
    }

    ArmClient client(AzureIdentity identity) {
        return new ArmClient(
                config.azure(),
                authentication,
                identity,
                rateLimiter,
                clock,
                Main.version(),
                apiVersion,
                calls,
                ReconcileLimiter::outside);
    }
}
