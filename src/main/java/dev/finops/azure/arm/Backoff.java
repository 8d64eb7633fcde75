package dev.finops.azure.arm;

import dev.finops.azure.api.v1alpha1.Reason;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The wait after a failure (docs/design.md, "Waiting").
 *
 * @param initial the first wait of an ordinary failure
 * @param max bounds every wait that Azure did not name
 */
public record Backoff(Duration initial, Duration max) {
    private static final int TERMINAL = 96;
    private static final Duration DENIED = Duration.ofMinutes(1);

    /** A role that was granted takes up to fifteen minutes to reach Cost Management (docs/azure.md, "Roles"). */
    private static final int QUICK_DENIALS = 16;

    private static final Duration UNCLEAR_MAX = Duration.ofMinutes(5);
    private static final Duration DRY = Duration.ofMinutes(1);
    private static final Duration LOCKED = Duration.ofHours(1);

    /**
     * @param failures how many times in a row it has failed, from 1
     * @return with up to a tenth more by chance, so that objects that failed together do not come back together
     */
    public Duration after(ArmFailure failure, int failures, RandomGenerator random) {
        Duration wait = switch (failure) {
            case ArmFailure.Throttled(var detail, var named, var by)
            when named.isZero() -> exponential(failures, shorter(max, DRY)); // Azure names 0 too
            case ArmFailure.Throttled throttled -> throttled.retryAfter();
            case ArmFailure.Indeterminate(var detail, var reason, Duration named)
            when named != null -> longer(named, exponential(failures, shorter(max, UNCLEAR_MAX)));
            case ArmFailure.Indeterminate unclear -> exponential(failures, shorter(max, UNCLEAR_MAX));
            case ArmFailure.Forbidden denied when denied.reason() == Reason.SCOPE_LOCKED -> shorter(LOCKED, max);
            case ArmFailure.Forbidden denied -> failures <= QUICK_DENIALS ? shorter(DENIED, max) : max;
            case ArmFailure.ScopeNotFound notFound -> max;
            case ArmFailure.ResourceNotFound notFound -> exponential(failures, max);
            case ArmFailure.Conflict outdated -> exponential(failures, max);
            case ArmFailure.Rejected refused -> terminal();
        };
        return wait.plusMillis(random.nextLong(Math.max(1, wait.toMillis() / 10)));
    }

    /** Nothing stays dead that Azure would accept now: how often a refusal is tried again. */
    public Duration terminal() {
        return max.multipliedBy(TERMINAL);
    }

    /** Without chance, for what is counted in the status: the wait after the n-th attempt. */
    public Duration afterAttempt(int attempts) {
        return exponential(attempts, max);
    }

    private Duration exponential(int failures, Duration cap) {
        return shorter(initial.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, 20)), cap);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
