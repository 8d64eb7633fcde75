package dev.finops.azure.costexport.plan;

import java.time.Duration;

/** The part of the configuration that decisions depend on. */
public record Settings(ApiVersion apiVersion, Duration observeInterval, Duration runPollInterval, Duration terminalRetry) {}
