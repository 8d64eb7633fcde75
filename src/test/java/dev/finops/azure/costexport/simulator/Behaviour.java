package dev.finops.azure.costexport.simulator;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How the simulated Azure answers where the real one varies, or where no source says what it does.
 *
 * @param latency how long each ARM call takes at least
 * @param tokenLifetime how long an access token is good for
 * @param queuedFor how long a run stays Queued
 * @param inProgressFor how long it is InProgress after that
 * @param lateReads how long reads show the state before the last write: ARM replicates between regions
 * @param staleETagStatus the status for an eTag that is not the latest: 409, 412 or 400
 * @param missingDeleteStatus the status for deleting what is not there: 200, 204 or 404
 * @param runsPerMinute runs accepted per scope and minute before 429
 * @param armQuota whether Azure Resource Manager's own buckets are kept, which no test needs that is not about them
 * @param respellings how answers differ from what was sent
 * @param ignoredFields paths such as {@code properties.exportDescription} that are answered with success and dropped
 * @param deniedScopes scopes where the caller has no role, with all below them
 * @param payAsYouGoScopes subscriptions of the pay-as-you-go offer, which has no FOCUS data
 * @param unregisteredSubscriptions subscriptions of storage accounts without Microsoft.CostManagementExports
 * @param emailClaimRequired whether runs want a user's token, as the first versions did
 */
public record Behaviour(Duration latency, Duration tokenLifetime, Duration queuedFor, Duration inProgressFor, Duration lateReads,
        int staleETagStatus, int missingDeleteStatus, int runsPerMinute, boolean armQuota, Set<Respelling> respellings, Set<String> ignoredFields,
        Set<String> deniedScopes, Set<String> payAsYouGoScopes, Set<String> unregisteredSubscriptions, boolean emailClaimRequired) {

    public Behaviour {
        respellings = Set.copyOf(respellings);
        ignoredFields = Set.copyOf(ignoredFields);
        deniedScopes = Set.copyOf(deniedScopes);
        payAsYouGoScopes = Set.copyOf(payAsYouGoScopes);
        unregisteredSubscriptions = Set.copyOf(unregisteredSubscriptions);
    }

    public static Behaviour defaults() {
        return new Behaviour(Duration.ZERO, Duration.ofHours(1), Duration.ofMillis(200), Duration.ofMillis(300), Duration.ZERO,
                412, 200, 10, false, Respelling.LIVE, Set.of(), Set.of(), Set.of(), Set.of(), false);
    }

    public Behaviour withLatency(Duration value) {
        return with(b -> b.latency = value);
    }

    public Behaviour withTokenLifetime(Duration value) {
        return with(b -> b.tokenLifetime = value);
    }

    public Behaviour withQueuedFor(Duration value) {
        return with(b -> b.queuedFor = value);
    }

    public Behaviour withInProgressFor(Duration value) {
        return with(b -> b.inProgressFor = value);
    }

    public Behaviour withLateReads(Duration value) {
        return with(b -> b.lateReads = value);
    }

    public Behaviour withStaleETagStatus(int value) {
        return with(b -> b.staleETagStatus = value);
    }

    public Behaviour withMissingDeleteStatus(int value) {
        return with(b -> b.missingDeleteStatus = value);
    }

    public Behaviour withRunsPerMinute(int value) {
        return with(b -> b.runsPerMinute = value);
    }

    public Behaviour withArmQuota(boolean value) {
        return with(b -> b.armQuota = value);
    }

    public Behaviour withRespellings(Respelling... values) {
        return with(b -> b.respellings = Set.of(values));
    }

    public Behaviour withIgnoredFields(String... values) {
        return with(b -> b.ignoredFields = Set.of(values));
    }

    public Behaviour withDeniedScopes(String... values) {
        return with(b -> b.deniedScopes = Set.of(values));
    }

    public Behaviour withPayAsYouGoScopes(String... values) {
        return with(b -> b.payAsYouGoScopes = Set.of(values));
    }

    public Behaviour withUnregisteredSubscriptions(String... values) {
        return with(b -> b.unregisteredSubscriptions = Set.of(values));
    }

    public Behaviour withEmailClaimRequired(boolean value) {
        return with(b -> b.emailClaimRequired = value);
    }

    private Behaviour with(Consumer<Edit> change) {
        var edit = new Edit(this);
        change.accept(edit);
        return edit.behaviour();
    }

    /** A record cannot say "the same but for one component", and fifteen components are too many to repeat in each wither. */
    private static final class Edit {
        private Duration latency;
        private Duration tokenLifetime;
        private Duration queuedFor;
        private Duration inProgressFor;
        private Duration lateReads;
        private int staleETagStatus;
        private int missingDeleteStatus;
        private int runsPerMinute;
        private boolean armQuota;
        private Set<Respelling> respellings;
        private Set<String> ignoredFields;
        private Set<String> deniedScopes;
        private Set<String> payAsYouGoScopes;
        private Set<String> unregisteredSubscriptions;
        private boolean emailClaimRequired;

        Edit(Behaviour from) {
            latency = from.latency;
            tokenLifetime = from.tokenLifetime;
            queuedFor = from.queuedFor;
            inProgressFor = from.inProgressFor;
            lateReads = from.lateReads;
            staleETagStatus = from.staleETagStatus;
            missingDeleteStatus = from.missingDeleteStatus;
            runsPerMinute = from.runsPerMinute;
            armQuota = from.armQuota;
            respellings = from.respellings;
            ignoredFields = from.ignoredFields;
            deniedScopes = from.deniedScopes;
            payAsYouGoScopes = from.payAsYouGoScopes;
            unregisteredSubscriptions = from.unregisteredSubscriptions;
            emailClaimRequired = from.emailClaimRequired;
        }

        Behaviour behaviour() {
            return new Behaviour(latency, tokenLifetime, queuedFor, inProgressFor, lateReads, staleETagStatus, missingDeleteStatus,
                    runsPerMinute, armQuota, respellings, ignoredFields, deniedScopes, payAsYouGoScopes, unregisteredSubscriptions, emailClaimRequired);
        }
    }
}
