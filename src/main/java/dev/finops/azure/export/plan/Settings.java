package dev.finops.azure.export.plan;

import dev.finops.azure.arm.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * The part of the configuration that decisions depend on.
 *
 * @param clientId of the operator's own identity, for commands in messages; empty with a system-assigned managed
 *     identity
 */
public record Settings(
        ApiVersion apiVersion,
        Duration observeInterval,
        Duration runPollInterval,
        Backoff backoff,
        Optional<String> clientId) {}
