package dev.finops.azure.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The behaviour of the simulated Azure, and that of scopes that have one of their own. */
final class Behaviours {

    private final Map<String, Behaviour> ofScopes = new ConcurrentHashMap<>();
    private volatile Behaviour usual;

    Behaviours(Behaviour usual) {
        this.usual = usual;
    }

    Behaviour usual() {
        return usual;
    }

    synchronized void change(UnaryOperator<Behaviour> change) {
        usual = change.apply(usual);
    }

    void change(Scope scope, Behaviour behaviour) {
        ofScopes.put(scope.normal(), behaviour);
    }

    Behaviour at(Scope scope) {
        return at(scope.normal());
    }

    /** @param scope in its normal form */
    Behaviour at(String scope) {
        return ofScopes.getOrDefault(scope, usual);
    }
}
