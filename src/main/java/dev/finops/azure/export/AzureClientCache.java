package dev.finops.azure.export;

import dev.finops.azure.arm.identity.AzureIdentity;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One set of clients per identity. A set that no object uses any more is dropped together with its secret, for example
 * after a rotation.
 */
final class AzureClientCache {
    private final Function<AzureIdentity, AzureClients> opener;
    private final Map<AzureIdentity, AzureClients> open = new HashMap<>();
    private final Map<String, AzureIdentity> byUid = new HashMap<>();

    AzureClientCache(Function<AzureIdentity, AzureClients> opener) {
        this.opener = opener;
    }

    synchronized AzureClients of(String uid, AzureIdentity identity) {
        AzureIdentity before = byUid.put(uid, identity);
        if (!identity.equals(before)) {
            leave(uid, before);
        }
        return open.computeIfAbsent(identity, opener);
    }

    /** As whom the object acted last. */
    synchronized Optional<AzureIdentity> last(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    synchronized Optional<AzureClients> session(String uid) {
        return last(uid).map(open::get);
    }

    synchronized void forget(String uid) {
        leave(uid, byUid.remove(uid));
    }

    private void leave(String uid, AzureIdentity identity) {
        if (identity != null) {
            Optional.ofNullable(open.get(identity))
                    .ifPresent(session -> session.scopes().forget(uid));
            if (!byUid.containsValue(identity)) {
                open.remove(identity);
            }
        }
    }
}
