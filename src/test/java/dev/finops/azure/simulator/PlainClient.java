package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client without any opinion: what goes over the wire is what the test says. */
public final class PlainClient implements AutoCloseable {

    static final String EA = "/providers/Microsoft.Billing/billingAccounts/1234567";
    static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";

    public record Reply(int status, java.net.http.HttpHeaders headers, String text) {
        public JsonNode json() {
            return Json.parse(text).orElseThrow(() -> new AssertionError("no JSON: " + text));
        }

        String message() {
            return Json.text(json(), "error.message")
                    .orElseThrow(() -> new AssertionError("no error: " + status + " " + text));
        }

        public String header(String name) {
            return headers.firstValue(name)
                    .orElseThrow(() -> new AssertionError(
                            "no " + name + " in " + headers.map().keySet()));
        }
    }

    private final AzureSimulator simulator;
    private final HttpClient http;
    private String token;

    public PlainClient(AzureSimulator simulator) {
        this.simulator = simulator;
        http = HttpClient.newBuilder().sslContext(trusting(simulator)).build();
        signIn();
    }

    private static SSLContext trusting(AzureSimulator simulator) {
        try (var in = Files.newInputStream(simulator.trustStore())) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, Certificates.PASSWORD.toCharArray());
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void signIn() {
        signIn(post(
                        "/" + simulator.tenantId() + "/oauth2/v2.0/token",
                        "grant_type=client_credentials&scope=" + simulator.endpoint() + "/.default" + "&client_id="
                                + simulator.clientId() + "&client_secret=" + simulator.clientSecret())
                .json()
                .path("access_token")
                .asText());
    }

    /** Calls from now on with this token, or without one. */
    void signIn(String bearer) {
        token = bearer;
    }

    public Reply get(String path) {
        return send("GET", path, null);
    }

    public Reply put(String path, JsonNode body) {
        return send("PUT", path, body.toString());
    }

    Reply delete(String path) {
        return send("DELETE", path, null);
    }

    Reply post(String path, String body) {
        return send("POST", path, body);
    }

    /** @param header the name of one more header and its value, or none */
    Reply send(String method, String path, String body, String... header) {
        try {
            return sendOrFail(method, path, body, header);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    Reply sendOrFail(String method, String path, String body, String... header) throws IOException {
        var publisher = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var request =
                HttpRequest.newBuilder(URI.create(simulator.endpoint() + path)).method(method, publisher);
        if (token != null) request.header("Authorization", "Bearer " + token);
        if (header.length > 0) request.headers(header);
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The path of an export, or with an empty name of the list, on a version. */
    public static String path(String scope, String name, String version) {
        return scope + "/providers/Microsoft.CostManagement/exports" + (name.isEmpty() ? "" : "/" + name)
                + "?api-version=" + version;
    }

    static String run(String scope, String name, String version) {
        return path(scope, name + "/run", version);
    }

    static String history(String scope, String name, String version) {
        return path(scope, name + "/runHistory", version);
    }

    /** A document that every version takes at every scope but a management group. */
    public static ObjectNode export() {
        return (ObjectNode) Json.parse("""
                {"properties": {
                  "format": "Csv",
                  "deliveryInfo": {"destination": {
                    "resourceId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a",
                    "container": "exports", "rootFolderPath": "ad-hoc"}},
                  "definition": {"type": "ActualCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}},
                  "schedule": {"status": "Inactive", "recurrence": "Daily",
                    "recurrencePeriod": {"from": "2026-03-11T00:00:00Z", "to": "2050-02-01T00:00:00Z"}}}}
                """).orElseThrow();
    }

    /** The same with one place changed: JSON, or nothing to remove it. */
    static ObjectNode export(String path, String json) {
        var document = export();
        Json.set(document, path, Json.parse(json).orElseThrow());
        return document;
    }

    @Override
    public void close() {
        http.close();
    }
}
