package dev.finops.azure.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The token buckets of Azure Resource Manager: per caller, subscription (else the tenant) and kind of call. */
final class ArmQuota {

    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new HashMap<>();

    ArmQuota(InstantSource clock) {
        this.clock = clock;
    }

    private enum Kind {
        READ(250, 25),
        WRITE(200, 10),
        DELETE(200, 10);

        private final int burst;
        private final int perSecond;

        Kind(int burst, int perSecond) {
            this.burst = burst;
            this.perSecond = perSecond;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(Operation operation, Behaviour behaviour) {
            return behaviour.is(Choice.Counter.READS)
                    ? READ
                    : switch (operation) {
                        case PUT, RUN -> WRITE;
                        case DELETE -> DELETE;
                        default -> READ;
                    };
        }
    }

    private record Bucket(double tokens, Instant at) {}

    /** The header that tells how many calls are left. */
    static String header(Scope scope, Operation operation, Behaviour behaviour) {
        return header(scope.inSubscription(), Kind.of(operation, behaviour) + "s");
    }

    static String header(boolean inSubscription, String kind) {
        return "x-ms-ratelimit-remaining-" + (inSubscription ? "subscription-" : "tenant-") + kind;
    }

    /** The number that the header has while nobody keeps the buckets. */
    static String plenty(Operation operation, Behaviour behaviour) {
        return Integer.toString(Kind.of(operation, behaviour).burst - 1);
    }

    /** How many calls are left after this one; refused where it was one too many. */
    int take(Principal caller, Scope scope, Operation operation, Behaviour behaviour) {
        var kind = Kind.of(operation, behaviour);
        var owner = scope.inSubscription() ? scope.normal().split("/")[1] : "the tenant";
        var now = clock.instant();
        synchronized (buckets) {
            var key = caller.id() + " " + owner + " " + kind;
            var before = buckets.getOrDefault(key, new Bucket(kind.burst, now));
            double tokens = Math.min(
                    kind.burst, before.tokens + Duration.between(before.at, now).toNanos() / 1e9 * kind.perSecond);
            buckets.put(key, new Bucket(tokens < 1 ? tokens : tokens - 1, now));
            if (tokens < 1) throw new Refusal(ArmErrors.subscriptionThrottled(kind.toString(), owner, 1));
            return (int) tokens - 1;
        }
    }
}
