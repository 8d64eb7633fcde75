package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The little of ARM that clients ask on their way to exports: cloud metadata, subscriptions, providers, storage
 * accounts.
 */
final class Surroundings {

    static final String SUBSCRIPTION = "5a1c7e90-3b2d-4f68-9c04-d1e2f3a4b5c6";

    private static final Pattern PROVIDER = Pattern.compile(
            "/subscriptions/(?<subscription>[^/]+)/providers(?:/(?<namespace>[^/]+))?(?<register>/register)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern RESOURCE = Pattern.compile(
            "/subscriptions/(?<subscription>[^/]+)(?:/resourceGroups/(?<group>[^/]+)(?<storage>"
                    + "/providers/Microsoft\\.Storage/storageAccounts/[^/]+(?:/blobServices/default/containers/[^/]+)?)?)?",
            Pattern.CASE_INSENSITIVE);

    private static final String NAMESPACE = ".*/providers/Microsoft\\.CostManagement/";
    private static final Pattern OPERATION_RESULTS =
            Pattern.compile(NAMESPACE + "operationResults/[^/]+", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUERY = Pattern.compile(NAMESPACE + "query", Pattern.CASE_INSENSITIVE);
    private static final Pattern VIEWS = Pattern.compile(NAMESPACE + "views", Pattern.CASE_INSENSITIVE);
    private static final Pattern NEIGHBOURS =
            Pattern.compile(NAMESPACE + "(?:alerts|scheduledActions)", Pattern.CASE_INSENSITIVE);

    private final URI endpoint;
    private final String tenantId;
    private final Entra entra;
    private final Behaviours behaviours;
    private final InstantSource clock;
    private final Map<String, Instant> registered = new ConcurrentHashMap<>();

    Surroundings(URI endpoint, String tenantId, Entra entra, InstantSource clock, Behaviours behaviours) {
        this.clock = clock;
        this.endpoint = endpoint;
        this.tenantId = tenantId;
        this.entra = entra;
        this.behaviours = behaviours;
    }

    /** Whether the registration of a subscription for exports is still on its way. */
    boolean registers(String subscription) {
        var since = registered.get(subscription.toLowerCase(Locale.ROOT));
        return since != null
                && clock.instant().isBefore(since.plus(behaviours.usual().takes(Pace.REGISTRATION_TAKES)));
    }

    /** What tells a client which cloud this is; asked without a token. */
    boolean isMetadata(ArmRequest request) {
        return request.path().equalsIgnoreCase("/metadata/endpoints");
    }

    Answer metadata() {
        var body = Json.object()
                .put("name", "AzureCloud")
                .put("portal", endpoint.toString())
                .put("resourceManager", endpoint + "/")
                .put("graph", "https://graph.windows.net/")
                .put("graphAudience", "https://graph.windows.net/")
                .put("microsoftGraphResourceId", "https://graph.microsoft.com/")
                .put("batch", "https://batch.core.windows.net/");
        var audiences = body.putObject("authentication")
                .put("loginEndpoint", endpoint.toString())
                .put("tenant", "common")
                .put("identityProvider", "AAD")
                .putArray("audiences");
        entra.audiences().forEach(audiences::add);
        body.putObject("suffixes")
                .put("storage", "core.windows.net")
                .put("keyVaultDns", "vault.azure.net")
                .put("sqlServerHostname", "database.windows.net")
                .put("acrLoginServer", "azurecr.io");
        return Answer.json(200, body);
    }

    Answer answer(ArmRequest request) {
        if (request.path().equals("/subscriptions")) return list(subscription(SUBSCRIPTION));
        if (request.path().equals("/tenants"))
            return list(Json.object().put("id", "/tenants/" + tenantId).put("tenantId", tenantId));
        if (request.path().equals("/providers")) return list(provider("", "Microsoft.CostManagement"));
        if (OPERATION_RESULTS.matcher(request.path()).matches()) return ArmErrors.foreignShape(400);
        if (QUERY.matcher(request.path()).matches()) return query(request.path());
        if (request.path().equalsIgnoreCase("/providers/Microsoft.CostManagement/operations")) return list(operation());
        if (VIEWS.matcher(request.path()).matches()) return list();
        if (NEIGHBOURS.matcher(request.path()).matches()) return withNullLink(list());
        var provider = PROVIDER.matcher(request.path());
        if (provider.matches()) {
            var subscription = provider.group("subscription");
            var namespace = provider.group("namespace");
            if (namespace == null) {
                return list(
                        provider(subscription, "Microsoft.CostManagement"),
                        provider(subscription, "Microsoft.CostManagementExports"));
            }
            if (provider.group("register") != null) register(subscription, namespace);
            return Answer.json(200, provider(subscription, namespace));
        }
        var resource = RESOURCE.matcher(request.path());
        if (request.method().equals("GET") && resource.matches()) {
            if (resource.group("group") == null) return Answer.json(200, subscription(resource.group("subscription")));
            return Answer.json(200, resource(request.path(), resource.group("storage")));
        }
        return Answer.error(
                404, "InvalidResourceType", "The simulator has nothing at " + request.method() + " " + request.path());
    }

    private static ObjectNode operation() {
        var name = "Microsoft.CostManagement/exports/read";
        var operation = Json.object().put("id", name).put("name", name);
        operation
                .putObject("display")
                .put("provider", "Microsoft.CostManagement")
                .put("resource", "Exports")
                .put("operation", "List exports")
                .put("description", "List the exports by scope.");
        return operation;
    }

    private static Answer withNullLink(Answer list) {
        return Answer.json(200, ((ObjectNode) Json.parse(list.body()).orElseThrow()).putNull("nextLink"));
    }

    /** A query of 2020: its answer has the hints to wait though nothing is exhausted. */
    private static Answer query(String path) {
        var id = UUID.randomUUID().toString();
        var body = Json.object()
                .put("id", path.substring(1) + "/" + id)
                .put("name", id)
                .put("type", "Microsoft.CostManagement/query")
                .putNull("location")
                .putNull("sku")
                .putNull("eTag");
        body.putObject("properties").putNull("nextLink").putArray("columns");
        ((ObjectNode) body.path("properties")).putArray("rows");
        return ExportsApi.withRetryHints(Answer.json(200, body));
    }

    private static Answer list(ObjectNode... values) {
        var body = Json.object();
        var value = body.putArray("value");
        for (var one : values) value.add(one);
        return Answer.json(200, body);
    }

    private ObjectNode subscription(String id) {
        return Json.object()
                .put("id", "/subscriptions/" + id)
                .put("subscriptionId", id)
                .put("tenantId", tenantId)
                .put("displayName", "Simulated subscription")
                .put("state", "Enabled");
    }

    private ObjectNode provider(String subscription, String namespace) {
        boolean missing = namespace.equalsIgnoreCase("Microsoft.CostManagementExports")
                && behaviours.usual().where(Place.UNREGISTERED).stream().anyMatch(subscription::equalsIgnoreCase);
        var body = Json.object()
                .put("id", "/subscriptions/" + subscription + "/providers/" + namespace)
                .put("namespace", namespace)
                .put("registrationState", missing ? "NotRegistered" : "Registered");
        body.putArray("resourceTypes");
        return body;
    }

    private void register(String subscription, String namespace) {
        if (!namespace.equalsIgnoreCase("Microsoft.CostManagementExports")) return;
        registered.put(subscription.toLowerCase(Locale.ROOT), clock.instant());
        behaviours.change(before -> {
            var unregistered = new HashSet<>(before.where(Place.UNREGISTERED));
            unregistered.removeIf(subscription::equalsIgnoreCase);
            return before.with(Place.UNREGISTERED, unregistered.toArray(String[]::new));
        });
    }

    private static ObjectNode resource(String path, String storage) {
        var type = storage == null
                ? "Microsoft.Resources/resourceGroups"
                : storage.contains("/containers/")
                        ? "Microsoft.Storage/storageAccounts/blobServices/containers"
                        : "Microsoft.Storage/storageAccounts";
        var body = Json.object()
                .put("id", path)
                .put("name", path.substring(path.lastIndexOf('/') + 1))
                .put("type", type)
                .put("location", "westeurope");
        body.putObject("properties").put("provisioningState", "Succeeded");
        return body;
    }
}
