package dev.finops.azure.export.delivery;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.AccessToken;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** An account that refuses or does not answer says nothing about the delivery. */
class StorageUnreachableIT extends StorageTest {
    @Test
    void an_account_that_refuses_is_unreachable() {
        Run run = run(new Delivered.Whole());
        var armToken = new AccessToken(
                azure.entra().token(azure.clientId()), OffsetDateTime.now().plusHours(1));
        unreachable(
                "AuthenticationFailed", prove(run, new StorageCredential.Identity(_ -> Mono.just(armToken)), false));
        unreachable(
                "no token: ",
                prove(run, new StorageCredential.Identity(credential("wrong").build()), false));
        StorageCredential writes = new StorageCredential.Sas(
                storage.sas(ACCOUNT, container, "w", OffsetDateTime.now().plusHours(1)));
        unreachable(
                "AuthorizationPermissionMismatch: This request is not authorized to perform this "
                        + "operation using this permission.",
                prove(run, writes, false));
    }

    @Test
    void a_sas_is_in_no_message() {
        Run run = run(new Delivered.Whole());
        String expired =
                storage.sas(ACCOUNT, container, "rl", OffsetDateTime.now().minusMinutes(1));
        String forged = storage.sas(
                        ACCOUNT, container, "rl", OffsetDateTime.now().plusHours(1))
                .replaceFirst("sig=..", "sig=AA");
        for (String token : List.of(expired, forged, "sig=nonsense%2Fsecret", "?")) {
            String message = unreachable("", prove(run, new StorageCredential.Sas(token), false));
            assertFalse(
                    message.contains("secret") || message.contains("sig=") && !message.contains("sig=***"), message);
            assertFalse(new StorageCredential.Sas(token).toString().contains("sig"));
        }
    }

    @Test
    void an_account_that_is_not_found_or_does_not_answer_is_unreachable() {
        Run run = run(new Delivered.Whole());
        unreachable(
                "the host name finopsexports.blob.invalid is not known",
                new DeliveryVerifier(http, "https://{account}.blob.invalid", CLOCK).of(run, folder(), identity, false));
        unreachable(
                "refused",
                new DeliveryVerifier(http, "https://127.0.0.1:65/{account}", CLOCK).of(run, folder(), identity, false));
        unreachable(
                "it took too long",
                new DeliveryVerifier(_ -> Mono.error(new TimeoutException()), storage.endpointTemplate(), CLOCK)
                        .of(run, folder(), identity, true));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 307, 401, 403, 404, 407, 500, 502})
    void what_is_not_storages_answer_is_none(int status) {
        Run run = run(new Delivered.Whole());
        azure.faults()
                .while_(
                        Match.on(Operation.OTHER),
                        new Answer(status, Map.of("Location", storage.endpointTemplate()), "<html>sign in</html>"));
        try {
            DeliveryVerifier proof = new DeliveryVerifier(http, azure.endpoint() + "/{account}", CLOCK);
            unreachable("HTTP " + status + " without", proof.of(run, folder(), identity, true));
            unreachable("HTTP " + status + " without", proof.of(searched(run, null), folder(), identity, true));
            assertTrue(
                    asked.stream()
                            .allMatch(request -> request.getUrl().getPort()
                                    == azure.endpoint().getPort()),
                    "a redirect was followed");
        } finally {
            azure.faults().clear();
        }
    }

    @Test
    void a_token_goes_to_storage_accounts_only() {
        DeliveryVerifier proof = new DeliveryVerifier(http, "https://{account}.localhost", CLOCK);
        for (String account : List.of("evil.example/", "evil.example#", "a@b", "")) {
            unreachable(
                    "there is no container exports of storage account",
                    proof.of(named("manifest.json"), new ExportFolder(account, "exports", "p"), identity, false));
        }
        unreachable(
                "there is no container",
                proof.of(named("manifest.json"), new ExportFolder(ACCOUNT, "../other?x", "p"), identity, false));
        assertTrue(asked.isEmpty());
    }
}
