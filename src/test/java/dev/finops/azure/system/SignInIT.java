package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that end, secrets that change, roles that come late. */
class SignInIT extends SystemTest {

    @AfterEach
    void theSecretIsRightAgain() {
        azure.entra().application(azure.clientId(), azure.clientSecret());
    }

    @Test
    void aTokenThatIsNoLongerTakenIsRenewedUnnoticed() {
        var export = export("renewed", "").awaitReady();
        int mark = azure.journal().mark();

        azure.entra().revokeTokens();

        export.change("description: afterwards").awaitReady();
        assertTrue(azure.journal().since(mark).stream().anyMatch(call -> call.status() == 401));
        assertEquals(List.of(), export.events("AuthenticationFailed"));
        assertEquals(
                2, export.calls(PUT).stream().filter(put -> put.status() < 300).count());
    }

    @Test
    void manyCallsThatMeetARevokedTokenAskForFewNewOnes() {
        var exports =
                IntStream.range(0, 12).mapToObj(i -> export("herd-" + i, "")).toList();
        exports.forEach(LiveExport::awaitReady);
        int before = azure.journal().tokenRequests();

        azure.entra().revokeTokens();
        exports.forEach(export -> export.change("description: all at once"));

        exports.forEach(LiveExport::awaitReady);
        int asked = azure.journal().tokenRequests() - before;
        assertTrue(asked <= 4, () -> asked + " token requests");
    }

    /** Each 401 cost a token and a second call. */
    @Test
    void scopesWithoutARoleAskForNoTokens() {
        List<String> scopes =
                IntStream.range(0, 8).mapToObj(i -> newSubscription()).toList();
        azure.behaviour(usual.withDeniedScopes(scopes.toArray(String[]::new)));
        export("with-a-role", "").awaitReady();
        int before = azure.journal().tokenRequests();

        var denied = IntStream.range(0, 8)
                .mapToObj(i -> export("without-" + i, scopes.get(i), ""))
                .toList();

        denied.forEach(export -> export.await("Ready", "False", "AuthorizationFailed"));
        denied.forEach(export -> eventually(() -> assertTrue(export.calls(LIST).size() > 2)));
        assertEquals(before, azure.journal().tokenRequests());
    }

    /** The libraries would get another one every 30 s. */
    @Test
    void aTokenIsKeptWhileItIsGood() {
        LiveExport export = export("kept", "").awaitReady();
        azure.entra().revokeTokens();
        export.change("description: with a new token").awaitReady();
        int tokens = azure.journal().tokenRequests();
        Instant since = export.calls().getLast().time();

        eventually(() -> assertTrue(export.calls().getLast().time().isAfter(since.plusSeconds(32))));

        assertEquals(tokens, azure.journal().tokenRequests());
    }

    @Test
    void aWrongSecretIsNamedAndARightOneTaken() {
        var applied = export("applied", "").awaitReady();
        azure.entra().application(azure.clientId(), "rotated");
        azure.entra().revokeTokens();

        var export = export("no-token", "");
        var ready = export.await("Ready", "False", "AuthenticationFailed");

        assertTrue(ready.message().contains("AADSTS7000215"), ready.message());
        applied.await("Synced", "Unknown", "AuthenticationFailed");
        assertEquals("True", applied.condition("Ready").status());
        theSecretIsRightAgain();
        export.awaitReady();
        applied.await("Synced", "True", "Applied");
    }

    @Test
    void aTokenEndpointThatIsDownIsAnOutage() {
        azure.entra().revokeTokens();
        azure.faults().while_(Match.token(), new Fault.ResetBefore());
        var export = export("endpoint-down", "");
        var ready = export.await("Ready", "False", "ArmUnreachable");
        assertTrue(ready.message().contains("token endpoint"), ready.message());

        azure.faults().clear();

        export.awaitReady();
    }

    @Test
    void aTokenEndpointThatFailsIsNotTheUsersFault() {
        azure.entra().revokeTokens();
        azure.faults().while_(Match.token(), Answer.error(503, "ServiceUnavailable", "later"));
        var export = export("endpoint-fails", "");
        var ready = export.await("Ready", "False", "ArmUnreachable");
        assertTrue(ready.message().contains("token endpoint"), ready.message());

        azure.faults().clear();

        export.awaitReady();
    }

    @Test
    void whatTheTokenEndpointRepeatsIsToldToNobody() {
        azure.entra().revokeTokens();
        azure.faults()
                .while_(
                        Match.token(),
                        Answer.json(
                                401,
                                Yaml.object("{error: invalid_client, error_description: 'AADSTS7000215: no client has "
                                        + azure.clientSecret() + "'}")));

        var ready = export("repeated", "").await("Ready", "False", "AuthenticationFailed");

        assertTrue(ready.message().contains("not shown"), ready.message());
    }

    @Test
    void aRoleThatIsGrantedLaterIsEnough() {
        var scope = newSubscription();
        azure.behaviour(usual.withDeniedScopes(scope));
        var export = export("granted", scope, "");
        var ready = export.await("Ready", "False", "AuthorizationFailed");
        assertTrue(ready.message().contains("does not have authorization"), ready.message());
        export.awaitEvent("AuthorizationFailed", "RBACAccessDenied");

        azure.behaviour(usual);

        export.awaitReady();
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void aMissingStorageRoleIsToldInAzuresWords() {
        String scope = newSubscription();
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.storageRoleMissing());
        azure.faults().next(Match.on(PUT).path(scope), ArmErrors.storageRoleMissing());
        var export = export("storage-role", scope, "identity: {type: SystemAssigned, location: centralus}");

        var ready = export.await("Ready", "False", "AuthorizationFailed");

        assertTrue(ready.message().contains("roleAssignments/write"), ready.message());
        export.awaitReady();
    }
}
