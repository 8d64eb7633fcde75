package dev.finops.azure.costexport.plan;

import dev.finops.azure.costexport.failure.Backoff;
import java.time.Duration;

/** The part of the configuration that decisions depend on. */
public record Settings(ApiVersion apiVersion, Duration observeInterval, Duration runPollInterval, Backoff backoff) {}
