package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.LIST;
import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that say no, or nothing: each has its reason, ends by itself, and stops nobody else. */
class FaultsIT extends SystemTest {

    static Stream<Arguments> passing() {
        return Stream.of(
                argumentSet("reset", new Fault.ResetBefore(), "ArmUnreachable", "gave no answer"),
                argumentSet("half", new Fault.ResetDuring(), "ArmUnreachable", "gave no answer"),
                argumentSet("time-out", Answer.error(408, "RequestTimeout", "too slow"), "ArmUnreachable", "too slow"),
                argumentSet(
                        "internal-error",
                        ArmErrors.internalError(),
                        "ArmUnreachable",
                        "Encountered internal server error"),
                argumentSet("bad-gateway", ArmErrors.badGateway(), "ArmUnreachable", "HTTP 502"),
                argumentSet("unavailable", ArmErrors.unavailable(1), "ArmUnavailable", "temporarily unavailable"),
                argumentSet("truncated", ArmErrors.truncatedJson(), "BadArmResponse", "HTTP 200"),
                argumentSet("wrong-shape", ArmErrors.wrongShape(), "BadArmResponse", "HTTP 200"),
                argumentSet(
                        "redirect",
                        ArmErrors.redirect(307, "https://elsewhere.example/?sig=abc"),
                        "UnexpectedRedirect",
                        "https://elsewhere.example/"),
                argumentSet("throttled", ArmErrors.throttled("entity", 1), "Throttled", "Too many requests"),
                argumentSet("unauthorized", ArmErrors.unauthorized(), "AuthorizationFailed", "Authentication failed"),
                argumentSet("no-role", ArmErrors.accessDenied(), "AuthorizationFailed", "does not have authorization"),
                argumentSet(
                        "forbidden",
                        ArmErrors.authorizationFailed("c0ffee", "exports/write", "/x"),
                        "AuthorizationFailed",
                        "exports/write"),
                argumentSet("locked", ArmErrors.scopeLocked("/x"), "ScopeLocked", "remove the lock"),
                argumentSet(
                        "no-subscription", ArmErrors.subscriptionNotFound("x"), "ScopeNotFound", "could not be found"),
                argumentSet("no-group", ArmErrors.resourceGroupNotFound("x"), "ScopeNotFound", "could not be found"),
                argumentSet(
                        "unregistered",
                        ArmErrors.registrationMissing(),
                        "ProviderNotRegistered",
                        "Microsoft.CostManagementExports"),
                argumentSet(
                        "brand-new",
                        Answer.error(400, "400", "Cost management data is not supported for subscription(s) x"),
                        "SubscriptionTooNew",
                        "not supported"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatFailsToBeReadIsToldAndPassesByItself(Fault fault, String reason, String words) {
        passes(Match.on(LIST), fault, reason, words);
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatFailsToBeWrittenIsToldAndPassesByItself(Fault fault, String reason, String words) {
        passes(Match.on(PUT), fault, reason, words);
    }

    private void passes(Match match, Fault fault, String reason, String words) {
        String scope = newSubscription();
        azure.faults().while_(match.path(scope), fault);
        var export = export("passing-" + azure.journal().mark(), scope, "");

        eventually(() -> assertEquals(reason, export.condition("Synced").reason()));
        var ready = export.condition("Ready");
        boolean cutOnlyAfterwards = fault instanceof Fault.ResetDuring && match.equals(Match.on(PUT));
        if (!cutOnlyAfterwards) {
            assertEquals("False", ready.status());
            assertEquals(reason, export.condition("Reconciling").reason());
        }
        assertTrue(ready.message().contains(words), ready.message());
        assertNull(export.condition("Stalled"));
        eventually(() -> assertEquals(1, export.events(reason).size())); // which follows the status

        azure.faults().clear();
        export.awaitReady();
        assertEquals("True", export.condition("Synced").status());
        assertNull(export.condition("Reconciling"));
    }

    @Test
    void aFailureThatLastsIsWrittenOnce() {
        String scope = newSubscription();
        azure.faults().while_(Match.on(LIST).path(scope), ArmErrors.internalError());
        var export = export("lasting", scope, "");
        export.await("Ready", "False", "ArmUnreachable");
        String version = export.object().getMetadata().getResourceVersion();

        export.awaitLooks(4);

        assertEquals(version, export.object().getMetadata().getResourceVersion());
        assertEquals(1, export.events().size());
    }

    @Test
    void aFailedReadLeavesReadyAlone() {
        var export = export("applied", "").awaitReady();
        azure.faults().while_(Match.any().path(export.scope()), ArmErrors.internalError());

        var synced = export.await("Synced", "Unknown", "ArmUnreachable");
        assertTrue(synced.message().contains("has not answered since"), synced.message());
        assertEquals("True", export.condition("Ready").status());
        assertNull(export.condition("Reconciling"));

        azure.faults().clear();
        export.await("Synced", "True", "Applied");
        assertEquals(List.of(PUT), export.written());
    }

    @Test
    void aStormOfErrorsEndsWithEveryExportCreatedOnce() {
        String scope = newSubscription();
        IntStream.range(0, 6).forEach(_ -> azure.faults().next(Match.any().path(scope), ArmErrors.internalError()));

        var exports = IntStream.range(0, 8)
                .mapToObj(i -> export("storm-" + i, scope, ""))
                .toList();

        exports.forEach(LiveExport::awaitReady);
        assertEquals(0, azure.faults().pending());
        exports.forEach(export -> assertEquals(
                1, export.calls(PUT).stream().filter(put -> put.status() == 201).count()));
    }

    @Test
    void aRedirectIsNotFollowedAndTheTokenStaysHere() {
        try (var elsewhere = AzureSimulator.start()) {
            String scope = newSubscription();
            azure.faults().while_(Match.any().path(scope), ArmErrors.redirect(302, elsewhere.endpoint() + scope));
            var export = export("redirected", scope, "");

            export.await("Ready", "False", "UnexpectedRedirect");
            export.awaitLooks(2);

            assertEquals(List.of(), elsewhere.journal().calls());
        }
    }

    @Test
    void anUnregisteredProviderIsNamedAndWaitedFor() {
        azure.behaviour(usual.withUnregisteredSubscriptions("00000000-0000-0000-0000-000000000001"));
        var export = export("unregistered", "");
        var ready = export.await("Ready", "False", "ProviderNotRegistered");
        assertTrue(ready.message().contains("Microsoft.CostManagementExports"), ready.message());

        azure.behaviour(usual);

        export.awaitReady();
    }

    @Test
    void aSignatureThatAzureQuotesIsMasked() {
        String scope = newSubscription();
        azure.faults()
                .while_(
                        Match.on(PUT).path(scope),
                        Answer.error(400, "BadRequest", "no access with https://a.example/c?sv=1&sig=c2VjcmV0&se=2"));
        var export = export("masked", scope, "");

        var stalled = export.await("Stalled", "True", "InvalidRequest");

        assertTrue(stalled.message().contains("sig=***"), stalled.message());
    }

    @Test
    void slowScopesHoldNobodyUp() {
        azure.faults().while_(Match.any().path("/resourceGroups/slow-"), new Fault.Delay(Duration.ofSeconds(3)));
        var slow = IntStream.range(0, 30)
                .mapToObj(i -> export("slow-" + i, newSubscription() + "/resourceGroups/slow-" + i, ""))
                .toList();

        export("quick", "").awaitReady();

        slow.forEach(export -> assertEquals(List.of(), export.calls(), "none has had its first answer yet"));
        azure.faults().clear();
        slow.forEach(LiveExport::awaitReady);
    }
}
