package dev.finops.azure.simulator;

import static dev.finops.azure.simulator.PlainClient.EA;
import static dev.finops.azure.simulator.PlainClient.SUBSCRIPTION;
import static dev.finops.azure.simulator.PlainClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.identity.ClientSecretCredential;
import com.azure.identity.ClientSecretCredentialBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens: how they are got, with azure-identity too, and when they are refused. */
class SimulatorSignInTest {

    private static final String NEW = "2025-03-01";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private AzureSimulator azure;
    private PlainClient client;

    @BeforeEach
    void start() {
        azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withClock(clock));
        client = new PlainClient(azure);
    }

    @AfterEach
    void stop() {
        client.close();
        azure.close();
    }

    @Test
    void azureIdentitySignsInWithASecret() throws SSLException {
        var token = credential(azure.clientSecret())
                .getTokenSync(new TokenRequestContext().addScopes(azure.endpoint() + "/.default"))
                .getToken();
        assertEquals(3, token.split("\\.").length);
        assertEquals(200, clientWith(token));
        assertEquals(2, azure.journal().tokenRequests());
        assertEquals(1, azure.journal().calls().size());
    }

    private int clientWith(String token) {
        client.signIn(token);
        return client.get(path(EA, "", NEW)).status();
    }

    @Test
    void azureIdentityReportsAWrongSecret() throws SSLException {
        var wrong = credential("wrong");
        var failure = assertThrows(
                RuntimeException.class,
                () -> wrong.getTokenSync(new TokenRequestContext().addScopes(azure.endpoint() + "/.default")));
        assertTrue(failure.getMessage().contains("AADSTS7000215"), failure.getMessage());
    }

    private ClientSecretCredential credential(String secret) throws SSLException {
        var trust = SslContextBuilder.forClient()
                .trustManager(azure.caFile().toFile())
                .build();
        var http = new NettyAsyncHttpClientBuilder(
                        reactor.netty.http.client.HttpClient.create().secure(ssl -> ssl.sslContext(trust)))
                .build();
        return new ClientSecretCredentialBuilder()
                .tenantId(azure.tenantId())
                .clientId(azure.clientId())
                .clientSecret(secret)
                .authorityHost(azure.environment().get("AZURE_AUTHORITY_HOST"))
                .disableInstanceDiscovery()
                .httpClient(http)
                .build();
    }

    @Test
    void theOlderEndpointAndAFederatedToken() {
        var form = "grant_type=client_credentials&client_id=" + azure.clientId()
                + "&resource=https%3A%2F%2Fmanagement.azure.com%2F"
                + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=header.payload.signature";
        var token = client.post("/" + azure.tenantId() + "/oauth2/token", form).json();
        assertEquals(
                Long.toString(clock.instant().plus(Duration.ofHours(1)).getEpochSecond()),
                token.path("expires_on").asText());
        assertEquals(200, clientWith(token.path("access_token").asText()));
    }

    @Test
    void tokensExpireAndAreRevoked() {
        assertEquals(200, client.get(path(EA, "", NEW)).status());
        clock.advance(Duration.ofHours(1));
        var expired = client.get(path(EA, "", NEW));
        assertEquals(401, expired.status());
        assertEquals(
                "ExpiredAuthenticationToken",
                Json.text(expired.json(), "error.code").orElseThrow());
        assertTrue(expired.header("WWW-Authenticate")
                .startsWith("Bearer authorization_uri=\"" + azure.endpoint() + "/" + azure.tenantId()));
        client.signIn();
        azure.entra().revokeTokens();
        assertEquals(
                "InvalidAuthenticationToken",
                Json.text(client.get(path(EA, "", NEW)).json(), "error.code").orElseThrow());
        client.signIn(null);
        assertEquals(
                "AuthenticationFailed",
                Json.text(client.get(path(EA, "", NEW)).json(), "error.code").orElseThrow());
    }

    @Test
    void secretsAreRotatedAndApplicationsComeAndGo() {
        azure.entra().application("another", "first");
        assertEquals(200, token("another", "first"));
        azure.entra().application("another", "second");
        assertEquals(401, token("another", "first"));
        assertEquals(200, token("another", "second"));
        azure.entra().remove("another");
        assertEquals(400, token("another", "second"));
    }

    private int token(String client, String secret) {
        return this.client
                .post(
                        "/" + azure.tenantId() + "/oauth2/v2.0/token",
                        "grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret
                                + "&scope=https://management.azure.com/.default")
                .status();
    }

    @Test
    void aTokenForSomethingElseIsRefused() {
        var token = client.post(
                        "/" + azure.tenantId() + "/oauth2/v2.0/token",
                        "grant_type=client_credentials&client_id=" + azure.clientId() + "&client_secret="
                                + azure.clientSecret() + "&scope=https://storage.azure.com/.default")
                .json()
                .path("access_token")
                .asText();
        assertEquals(401, clientWith(token));
    }

    @Test
    void theTokenEndpointHasFaultsToo() {
        azure.faults().next(Match.token(), ArmErrors.unavailable(1));
        assertEquals(503, token(azure.clientId(), azure.clientSecret()));
    }

    @Test
    void whatClientsDiscoverPointsBackHere() {
        client.signIn(null);
        var metadata = client.get("/metadata/endpoints?api-version=2022-09-01").json();
        assertEquals(azure.endpoint() + "/", metadata.path("resourceManager").asText());
        assertEquals(
                azure.endpoint().toString(),
                Json.text(metadata, "authentication.loginEndpoint").orElseThrow());
        var configuration = client.get("/" + azure.tenantId() + "/v2.0/.well-known/openid-configuration")
                .json();
        assertTrue(configuration
                .path("token_endpoint")
                .asText()
                .startsWith(azure.endpoint().toString()));
        assertEquals(
                200, client.get("/common/discovery/instance?api-version=1.1").status());
        client.signIn();
        var subscriptions = client.get("/subscriptions?api-version=2022-12-01").json();
        assertEquals(
                azure.subscriptionId(),
                Json.text(subscriptions, "value.0.subscriptionId").orElseThrow());
        assertEquals(
                "Enabled",
                client.get(SUBSCRIPTION + "?api-version=2022-12-01")
                        .json()
                        .path("state")
                        .asText());
        assertEquals(
                "costs",
                client.get(
                                SUBSCRIPTION
                                        + "/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/costs?api-version=2023-05-01")
                        .json()
                        .path("name")
                        .asText());
    }

    @Test
    void filesStayWhereAskedForAndGoWithTheSimulatorOtherwise(@TempDir Path directory) {
        try (var here = AzureSimulator.start(AzureSimulator.Settings.defaults().withDirectory(directory))) {
            assertEquals(directory.resolve("ca.pem"), here.caFile());
        }
        assertTrue(Files.exists(directory.resolve("trust.p12")));
        Path file;
        try (var temporary = AzureSimulator.start()) {
            file = temporary.caFile();
            assertTrue(Files.exists(file));
        }
        assertFalse(Files.exists(file.getParent()));
    }
}
