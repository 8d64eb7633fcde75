package dev.finops.azure.operator;

import dev.finops.azure.arm.ArmClient.CallListener;
import dev.finops.azure.arm.Operation;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Calls to Azure Resource Manager, and the quota that they are taken from. */
record ArmMetrics(MeterRegistry registry) implements CallListener {
    static void ofQuota(MeterRegistry registry, ArmRateLimiter rateLimiter) {
        for (ArmRateLimiter.Kind kind : ArmRateLimiter.Kind.values()) {
            Gauge.builder("costexport.arm.waiting", rateLimiter, g -> g.waiting(kind))
                    .tag("kind", kind.toString())
                    .description("Calls that wait in line for Azure's quota")
                    .register(registry);
            Gauge.builder("costexport.arm.bucket.calls", rateLimiter, g -> g.minRemaining(kind))
                    .tag("kind", kind.toString())
                    .description("Calls that are left of Azure's quota, in the emptiest of its buckets")
                    .register(registry);
        }
        rateLimiter
                .throttled()
                .forEach((kind, time) -> FunctionCounter.builder(
                                "costexport.arm.throttled",
                                time,
                                closed -> closed.total().toMillis() / 1000.0)
                        .baseUnit("seconds")
                        .tag("kind", kind)
                        .description("Time for which calls were kept back because Azure had refused one for so long")
                        .register(registry));
    }

    @Override
    public void called(Operation operation, String outcome, Duration took) {
        Timer.builder("costexport.arm.requests")
                .description("Calls to Azure Resource Manager")
                .tag("operation", operation.toString())
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
    }
}
