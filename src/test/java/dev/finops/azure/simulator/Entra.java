package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The token endpoint of one tenant, and the check of the tokens it issued. */
public final class Entra {

    private static final Pattern PATH = Pattern.compile(
            "/(?<tenant>[^/]+)/(?<what>oauth2/v2\\.0/token|oauth2/token|(?:v2\\.0/)?\\.well-known/openid-configuration"
                    + "|discovery/instance|discovery/(?:v2\\.0/)?keys)");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final URI endpoint;
    private final String tenantId;
    private final InstantSource clock;
    private final Behaviours behaviours;
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Set<String> domains = ConcurrentHashMap.newKeySet();
    private volatile String signingKey = UUID.randomUUID().toString();

    Entra(URI endpoint, String tenantId, InstantSource clock, Behaviours behaviours) {
        this.endpoint = endpoint;
        this.tenantId = tenantId;
        this.clock = clock;
        this.behaviours = behaviours;
    }

    /**
     * Makes an application known, or gives it a new secret and takes the old one away. It may sign in with a federated
     * token as well.
     */
    public void application(String clientId, String secret) {
        secrets.put(clientId, secret);
    }

    public void remove(String clientId) {
        secrets.remove(clientId);
    }

    /** Another name of the tenant. */
    public void domain(String name) {
        domains.add(name);
    }

    /** No token issued so far is accepted any more. */
    public void revokeTokens() {
        signingKey = UUID.randomUUID().toString();
    }

    /** A token for Azure Resource Manager, as the endpoint of a managed identity hands one out. */
    public String token(String clientId) {
        return jwt(clientId, audiences().iterator().next(), clock.instant());
    }

    static boolean owns(ArmRequest request) {
        return PATH.matcher(request.path()).matches();
    }

    Optional<Answer> answer(ArmRequest request) {
        var matcher = PATH.matcher(request.path());
        if (!matcher.matches()) return Optional.empty();
        return Optional.of(
                switch (matcher.group("what")) {
                    case "oauth2/v2.0/token" -> token(matcher.group("tenant"), ArmRequest.pairs(request.text()), true);
                    case "oauth2/token" -> token(matcher.group("tenant"), ArmRequest.pairs(request.text()), false);
                    case "discovery/instance" -> instanceDiscovery();
                    case String keys
                    when keys.endsWith("keys") ->
                        Answer.json(200, Json.object().set("keys", Json.object().arrayNode()));
                    default -> configuration(matcher.group("tenant"));
                });
    }

    private Answer token(String tenant, Map<String, String> form, boolean v2) {
        if (!tenant.equalsIgnoreCase(tenantId) && !domains.contains(tenant)) {
            return error(
                    400,
                    "invalid_request",
                    90002,
                    "Tenant '" + tenant + "' not found. Check to make sure you have the correct tenant ID.");
        }
        if (!form.getOrDefault("grant_type", "").equals("client_credentials")) {
            return error(
                    400,
                    "unsupported_grant_type",
                    70003,
                    "The app requested an unsupported grant type '" + form.get("grant_type") + "'.");
        }
        var client = form.getOrDefault("client_id", "");
        if (!secrets.containsKey(client)) {
            return error(
                    400,
                    "unauthorized_client",
                    700016,
                    "Application with identifier '" + client + "' was not found in the directory '" + tenantId + "'.");
        }
        boolean federated = form.getOrDefault("client_assertion", "").split("\\.").length == 3;
        if (!federated && !secrets.get(client).equals(form.get("client_secret"))) {
            return error(
                    401,
                    "invalid_client",
                    7000215,
                    "Invalid client secret provided. Ensure the secret being sent in the request is the "
                            + "client secret value, not the client secret ID, for a secret added to app '" + client
                            + "'.");
        }
        // MSAL asks for "openid" and more besides, in no particular order.
        var audience = v2
                ? Stream.of(form.getOrDefault("scope", "").split(" "))
                        .filter(scope -> scope.endsWith("/.default"))
                        .map(scope -> scope.substring(0, scope.length() - "/.default".length()))
                        .findFirst()
                : Optional.ofNullable(form.get("resource"));
        return audience.map(resource -> issued(client, resource, v2))
                .orElseGet(() -> error(
                        400,
                        "invalid_scope",
                        1002012,
                        "The provided value for scope is not valid. Client credential flows must "
                                + "have a scope value with /.default suffixed."));
    }

    private Answer issued(String client, String audience, boolean v2) {
        // Storage accounts are Azurite's, which looks at the machine's clock.
        var now = audience.startsWith("https://storage.azure.com") ? Instant.now() : clock.instant();
        long lifetime = behaviours.usual().takes(Pace.TOKEN_LIFETIME).toSeconds();
        var answer = Json.object().put("token_type", "Bearer").put("access_token", jwt(client, audience, now));
        if (v2) {
            answer.put("expires_in", lifetime).put("ext_expires_in", lifetime);
        } else {
            answer.put("expires_in", Long.toString(lifetime))
                    .put("expires_on", Long.toString(now.getEpochSecond() + lifetime))
                    .put("not_before", Long.toString(now.getEpochSecond()))
                    .put("resource", audience);
        }
        return Answer.json(200, answer);
    }

    private String jwt(String client, String audience, Instant now) {
        var object =
                UUID.nameUUIDFromBytes(client.getBytes(StandardCharsets.UTF_8)).toString();
        var claims = Json.object()
                .put("aud", audience)
                .put("iss", "https://sts.windows.net/" + tenantId + "/")
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put(
                        "exp",
                        now.plus(behaviours.usual().takes(Pace.TOKEN_LIFETIME)).getEpochSecond())
                .put("appid", client)
                .put("idtyp", "app")
                .put("oid", object)
                .put("sub", object)
                .put("tid", tenantId)
                .put("ver", "1.0");
        var content = base64(Json.object().put("typ", "JWT").put("alg", "HS256")) + "." + base64(claims);
        return content + "." + BASE64.encodeToString(sign(content));
    }

    private static String base64(JsonNode document) {
        return BASE64.encodeToString(document.toString().getBytes(StandardCharsets.UTF_8));
    }

    private byte[] sign(String content) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(signingKey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who calls, by the bearer token. */
    Principal authenticate(ArmRequest request) {
        var header = request.headers().getOrDefault("authorization", "");
        if (!header.startsWith("Bearer ")) {
            throw unauthenticated(
                    "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }
        var token = header.substring("Bearer ".length());
        int dot = token.lastIndexOf('.');
        if (dot < 0 || !BASE64.encodeToString(sign(token.substring(0, dot))).equals(token.substring(dot + 1))) {
            throw unauthenticated("InvalidAuthenticationToken", "The access token is invalid.");
        }
        var claims = claims(token).orElseThrow();
        var expiry = Instant.ofEpochSecond(claims.path("exp").asLong());
        if (!clock.instant().isBefore(expiry)) {
            throw unauthenticated(
                    "ExpiredAuthenticationToken",
                    "The access token expiry UTC time '%s' is earlier than current UTC time '%s'."
                            .formatted(expiry, clock.instant()));
        }
        var audience = claims.path("aud").asText().replaceFirst("/$", "");
        if (!audiences().contains(audience)) {
            throw unauthenticated(
                    "InvalidAuthenticationTokenAudience",
                    ("The access token has been obtained for wrong audience or resource '%s'. "
                                    + "It should exactly match with one of the allowed audiences '%s'.")
                            .formatted(audience, String.join("','", audiences())));
        }
        return Principal.of(claims.path("appid").asText());
    }

    /** Whom a token was issued to, be it accepted or not; empty without one. */
    static String caller(ArmRequest request) {
        return claims(request.headers().getOrDefault("authorization", ""))
                .map(claims -> claims.path("appid").asText())
                .orElse("");
    }

    private static Optional<JsonNode> claims(String token) {
        var parts = token.split("\\.");
        try {
            return parts.length == 3
                    ? Json.parse(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    Set<String> audiences() {
        return Set.of(endpoint.toString(), "https://management.azure.com", "https://management.core.windows.net");
    }

    private Refusal unauthenticated(String code, String message) {
        return new Refusal(Answer.error(401, code, message)
                .with(
                        "WWW-Authenticate",
                        "Bearer authorization_uri=\"" + endpoint + "/" + tenantId
                                + "\", error=\"invalid_token\", error_description=\"" + message.replace('"', '\'')
                                + "\""));
    }

    private Answer error(int status, String error, int code, String description) {
        var trace = UUID.randomUUID().toString();
        var body = Json.object()
                .put("error", error)
                .put(
                        "error_description",
                        "AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s"
                                .formatted(code, description, trace, trace, clock.instant()))
                .put("timestamp", clock.instant().toString())
                .put("trace_id", trace)
                .put("correlation_id", trace)
                .put("error_uri", endpoint + "/error?code=" + code);
        body.putArray("error_codes").add(code);
        return Answer.json(status, body);
    }

    private Answer configuration(String tenant) {
        var issuer = endpoint + "/" + tenant;
        var body = Json.object()
                .put("issuer", issuer + "/v2.0")
                .put("token_endpoint", issuer + "/oauth2/v2.0/token")
                .put("authorization_endpoint", issuer + "/oauth2/v2.0/authorize")
                .put("device_authorization_endpoint", issuer + "/oauth2/v2.0/devicecode")
                .put("jwks_uri", issuer + "/discovery/v2.0/keys")
                .put("cloud_instance_name", endpoint.getAuthority());
        body.putArray("token_endpoint_auth_methods_supported")
                .add("client_secret_post")
                .add("private_key_jwt");
        return Answer.json(200, body);
    }

    private Answer instanceDiscovery() {
        var body = Json.object()
                .put("tenant_discovery_endpoint", endpoint + "/" + tenantId + "/v2.0/.well-known/openid-configuration")
                .put("api-version", "1.1");
        var cloud = body.putArray("metadata")
                .addObject()
                .put("preferred_network", endpoint.getAuthority())
                .put("preferred_cache", endpoint.getAuthority());
        cloud.putArray("aliases").add(endpoint.getAuthority());
        return Answer.json(200, body);
    }
}
