package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The six operations on exports. */
final class ExportsApi {

    private static final String LOCATION_HOST = "https://costmanagement.trafficmanager.net/";
    private static final List<String> SERVICE_ONLY = List.of(
            "properties.nextRunTimeEstimate",
            "properties.systemSuspensionContext",
            "properties.runHistory",
            "id",
            "name",
            "type",
            "eTag",
            "systemData");
    private static final String SAS_TOKEN = "properties.deliveryInfo.destination.sasToken";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int PAGE = 20;

    private final ExportStore store;
    private final Surroundings surroundings;
    private final InstantSource clock;
    private final Behaviours behaviours;
    private final String tenantId;
    private final ArmQuota quota;
    private final Map<String, Deque<Instant>> runs = new HashMap<>();
    private final Map<String, Instant> grants = new ConcurrentHashMap<>();

    ExportsApi(
            ExportStore store, Surroundings surroundings, InstantSource clock, Behaviours behaviours, String tenantId) {
        this.store = store;
        this.surroundings = surroundings;
        this.clock = clock;
        this.behaviours = behaviours;
        this.tenantId = tenantId;
        this.quota = new ArmQuota(clock);
    }

    Answer answer(ArmRequest.Target target, ArmRequest request, Principal caller) {
        var scope = Scope.parse(target.scope())
                .orElseThrow(() -> new Refusal(Answer.error(
                        404,
                        "MissingSubscription",
                        "The request did not have a subscription or a valid tenant level resource provider.")));
        if (behaviours.at(scope).is(Choice.ArmBuckets.OPEN))
            return hinted(scope, answer(scope, target, request, caller));
        int left = quota.take(caller, scope, target.operation(), behaviours.at(scope));
        return hinted(scope, answer(scope, target, request, caller))
                .with(ArmQuota.header(scope, target.operation(), behaviours.at(scope)), Integer.toString(left));
    }

    /** The caller gets a role at a scope. */
    void granted(String scope) {
        grants.put(scope, clock.instant());
    }

    private boolean isDenied(Scope scope) {
        var until = clock.instant().minus(behaviours.at(scope).takes(Pace.GRANT_TAKES));
        return behaviours.at(scope).covers(Place.DENIED, scope)
                || grants.entrySet().stream()
                        .anyMatch(grant ->
                                scope.within(grant.getKey()) && grant.getValue().isAfter(until));
    }

    private Answer hinted(Scope scope, Answer answer) {
        if (answer.status() != 200) return answer;
        return switch (behaviours.at(scope).of(Choice.QuotaHeaders.class)) {
            case NONE -> answer;
            case RETRY_HINTS_ON_SUCCESS -> withRetryHints(answer);
            case QPU_ON_SUCCESS ->
                answer.with("x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests", "DefaultQuota:7")
                        .with("x-ms-ratelimit-microsoft.costmanagement-qpu-consumed", "1")
                        .with(
                                "x-ms-ratelimit-microsoft.costmanagement-qpu-remaining",
                                "QueriesPerHour:577,QueriesPerMin:59,QueriesPer10Sec:11");
        };
    }

    /** The headers of a query that succeeded in 2020: times to wait, though no bucket is exhausted. */
    static Answer withRetryHints(Answer answer) {
        return answer.with("x-ms-ratelimit-microsoft.costmanagement-entity-retry-after", "60")
                .with("x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after", "60")
                .with("x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests", "29")
                .with("x-ms-ratelimit-remaining-microsoft.costmanagement-tenant-requests", "199");
    }

    private Answer answer(Scope scope, ArmRequest.Target target, ArmRequest request, Principal caller) {
        var version = request.apiVersion();
        if (behaviours.at(scope).covers(Place.DISALLOWED_PROVIDER, scope)) {
            throw new Refusal(ArmErrors.disallowedProvider("Microsoft.CostManagement"));
        }
        if (isDenied(scope)) throw new Refusal(ArmErrors.accessDenied());
        synchronized (store) {
            return switch (target.operation()) {
                case LIST -> list(scope, version, request);
                case GET ->
                    Answer.json(
                            200,
                            read(
                                    readable(scope, target.name(), version),
                                    version,
                                    request.expandsRunHistory() ? 10 : 0));
                case PUT -> put(scope, target.name(), version, request, caller);
                case DELETE -> delete(scope, target.name(), version);
                case RUN -> run(scope, target.name(), version, request.text(), caller);
                case HISTORY ->
                    Answer.json(200, history(readable(scope, target.name(), version), version, Integer.MAX_VALUE));
                case TOKEN, OTHER -> throw new IllegalArgumentException(target.toString());
            };
        }
    }

    private Answer list(Scope scope, ApiVersion version, ArmRequest request) {
        var list = Json.object();
        var value = list.putArray("value");
        boolean empty = scope.isBilling() && behaviours.at(scope).is(Choice.BillingList.EMPTY);
        var exports = new ArrayList<>(
                empty
                        ? List.<Export>of()
                        : store.visible(scope).stream()
                                .filter(export -> version.sees(export.store()))
                                .toList());
        if (behaviours.at(scope).respellings().contains(Respelling.LIST_SHUFFLED)) Collections.shuffle(exports);
        boolean several = behaviours.at(scope).is(Choice.ListPages.SEVERAL);
        int from = several ? Integer.parseInt(request.query().getOrDefault("$skiptoken", "0")) : 0;
        int to = several ? Math.min(exports.size(), from + PAGE) : exports.size();
        exports.subList(Math.min(from, to), to)
                .forEach(export -> value.add(read(export, version, request.expandsRunHistory() ? 1 : 0)));
        if (behaviours.at(scope).is(Choice.ListPages.ONE_WITH_NULL_LINK)) list.putNull("nextLink");
        if (several && to < exports.size()) list.put("nextLink", nextPage(scope, version, request, to));
        return Answer.json(200, list);
    }

    private static String nextPage(Scope scope, ApiVersion version, ArmRequest request, int from) {
        return "https://" + request.headers().get("host") + "/" + scope.path()
                + "/providers/Microsoft.CostManagement/exports?api-version=" + version.text()
                + (request.expandsRunHistory() ? "&$expand=runHistory" : "") + "&$skiptoken=" + from;
    }

    private Answer put(Scope scope, String name, ApiVersion version, ArmRequest request, Principal caller) {
        if (!(Json.parse(request.text()).orElse(null) instanceof ObjectNode document)) {
            throw version.refusal(400, "Invalid request payload: Unexpected end when reading JSON");
        }
        if (!version.isNew()) acceptOldSpelling(document);
        var existing = store.latest(scope, name);
        if (request.headers().containsKey("if-none-match")) checkNoneMatch(scope, existing, version);
        boolean overwrites = !version.isNew() && behaviours.at(scope).is(Choice.OldOverNew.OVERWRITES);
        existing.filter(export -> !overwrites || version.sees(export.store()))
                .ifPresent(export -> checkETag(export, document.path("eTag"), version));
        checkCaller(scope, document, caller);
        checkRegistration(document);
        new ExportRules(version, scope, existing, clock.instant(), behaviours.at(scope)).check(document);
        var saved = store.save(scope, name, version.store(), caller, kept(scope, document, existing));
        var answer = Echo.written(saved, version, behaviours.at(scope), clock.instant());
        if (existing.isPresent()) return Answer.json(200, answer);
        return Answer.json(201, answer)
                .with("Location", LOCATION_HOST + saved.id().substring(1) + "?api-version=" + version.text());
    }

    /** The old store accepts {@code dataset}, and an export without a type is one of Usage. */
    private static void acceptOldSpelling(ObjectNode document) {
        if (!(Json.at(document, "properties.definition") instanceof ObjectNode definition)) return;
        if (definition.has("dataset")) definition.set("dataSet", definition.remove("dataset"));
        if (!definition.has("type")) definition.put("type", "Usage");
    }

    private void checkNoneMatch(Scope scope, Optional<Export> existing, ApiVersion version) {
        switch (behaviours.at(scope).of(Choice.IfNoneMatch.class)) {
            case IGNORED -> {}
            case HONOURED ->
                existing.ifPresent(_ -> {
                    throw version.refusal(412, "The condition If-None-Match is not met.");
                });
            case REFUSED -> throw version.refusal(400, "The header If-None-Match is not supported.");
        }
    }

    /** Applications are refused where persons are not. */
    private void checkCaller(Scope scope, ObjectNode document, Principal caller) {
        if (caller.isPerson()) return;
        if (behaviours.at(scope).covers(Place.PERSONS_ONLY, scope)) throw new Refusal(ArmErrors.accessDenied());
        boolean identity = Json.text(document, "identity.type")
                .filter("SystemAssigned"::equalsIgnoreCase)
                .isPresent();
        if (identity && scope.isMcaBilling() && behaviours.at(scope).is(Choice.IdentityAtMca.BARE_401)) {
            throw new Refusal(ArmErrors.bareUnauthorized());
        }
    }

    private void checkRegistration(ObjectNode document) {
        Json.text(document, "properties.deliveryInfo.destination.resourceId")
                .map(id -> id.replaceFirst("(?i)^/?subscriptions/", "").replaceFirst("/.*", ""))
                .filter(surroundings::registers)
                .ifPresent(_ -> {
                    throw new Refusal(ArmErrors.unavailable(60));
                });
    }

    private void checkETag(Export export, JsonNode eTag, ApiVersion version) {
        if (!eTag.isTextual()) {
            throw version.refusal(
                    400,
                    "Etag value required for update operation of report: " + export.name()
                            + ".Please get the latest to avoid overwrite.");
        }
        if (!sameETag(eTag.asText(), export)) {
            throw version.refusal(
                    behaviours.at(export.scope()).of(Choice.StaleETag.class).status,
                    "Etag value is not the latest for update operation of report: " + export.name()
                            + ".Please get the latest to avoid overwrite.");
        }
    }

    private boolean sameETag(String sent, Export export) {
        if (!behaviours.at(export.scope()).respellings().contains(Respelling.ETAG_RESPELLED))
            return sent.equals(export.eTag());
        return Echo.plainETag(sent).equals(Echo.plainETag(export.eTag()));
    }

    /**
     * What the service keeps of a body: not what it sets itself, and of the rest what it always had where the body
     * cannot change it.
     */
    private ObjectNode kept(Scope scope, ObjectNode body, Optional<Export> existing) {
        var document = body.deepCopy();
        SERVICE_ONLY.forEach(path -> Json.set(document, path, JsonNodeFactory.instance.missingNode()));
        var before = existing.map(Export::document).orElseGet(Json::object);
        behaviours.at(scope).ignoredFields().forEach(path -> Json.set(document, path, Json.at(before, path)));
        if (before.has("location")) document.set("location", before.path("location"));
        if (Json.text(document, SAS_TOKEN).filter(Echo.MASK::equals).isPresent())
            Json.set(document, SAS_TOKEN, Json.at(before, SAS_TOKEN));
        if (document.path("identity") instanceof ObjectNode identity
                && identity.path("type").asText().equalsIgnoreCase("SystemAssigned")) {
            identity.put(
                    "principalId",
                    Json.text(before, "identity.principalId")
                            .orElseGet(() -> UUID.randomUUID().toString()));
            identity.put("tenantId", tenantId);
        }
        return document;
    }

    private Answer delete(Scope scope, String name, ApiVersion version) {
        var export = store.latest(scope, name).filter(found -> version.sees(found.store()));
        export.ifPresent(store::delete);
        if (export.isPresent()) return Answer.empty(200);
        int status = behaviours.at(scope).of(Choice.MissingDelete.class).status;
        if (status == 404) throw notFound(scope, name, version);
        return Answer.empty(status);
    }

    private Answer run(Scope scope, String name, ApiVersion version, String body, Principal caller) {
        var export = store.latest(scope, name)
                .filter(found -> version.sees(found.store()))
                .orElseThrow(() -> notFound(scope, name, version));
        if (behaviours.at(scope).is(Choice.RunToken.WITH_EMAIL)) throw new Refusal(ArmErrors.emailClaimMissing());
        boolean refused = scope.isMcaBilling() && behaviours.at(scope).is(Choice.RunAtMca.REFUSED_TO_APPLICATIONS);
        if (refused && !caller.isPerson()) throw new Refusal(ArmErrors.accessDenied());
        if (store.runsNow(export) && behaviours.at(scope).is(Choice.ParallelRun.REFUSED)) {
            throw version.refusal(409, "A run of export " + export.name() + " is in progress.");
        }
        var range = new RunRules(version, clock.instant(), behaviours.at(scope)).check(export, body);
        throttle(scope);
        store.run(export, caller.id(), range);
        return Answer.empty(200);
    }

    private void throttle(Scope scope) {
        var now = clock.instant();
        var recent = runs.computeIfAbsent(scope.normal(), _ -> new ArrayDeque<>());
        recent.removeIf(accepted -> !accepted.plus(MINUTE).isAfter(now));
        if (recent.size() >= behaviours.at(scope).runsPerMinute()) {
            long wait = recent.isEmpty()
                    ? MINUTE.toSeconds()
                    : Duration.between(now, recent.peek().plus(MINUTE))
                            .plusMillis(999)
                            .toSeconds();
            throw new Refusal(ArmErrors.throttled("entity", (int) wait));
        }
        recent.add(now);
    }

    private Export readable(Scope scope, String name, ApiVersion version) {
        return store.visible(scope, name)
                .filter(export -> version.sees(export.store()))
                .orElseThrow(() -> notFound(scope, name, version));
    }

    private static Refusal notFound(Scope scope, String name, ApiVersion version) {
        return version.refusal(
                404,
                version.isNew()
                        ? "The requested export with export name: " + name + " could not be found."
                        : "No export found for " + name + ", " + scope.kind().label + ": " + scope.lastSegment() + ".");
    }

    private ObjectNode read(Export export, ApiVersion version, int runs) {
        var document = Echo.read(export, version, behaviours.at(export.scope()), clock.instant(), store.tick());
        if (runs > 0) ((ObjectNode) document.path("properties")).set("runHistory", history(export, version, runs));
        return document;
    }

    private ObjectNode history(Export export, ApiVersion version, int depth) {
        var history = Json.object();
        var value = history.putArray("value");
        var runs = store.visibleRuns(export).limit(depth).toList();
        (behaviours.at(export.scope()).is(Choice.HistoryOrder.OLDEST_FIRST) ? runs.reversed() : runs)
                .forEach(run ->
                        value.add(Echo.run(export, run, clock.instant(), version, behaviours.at(export.scope()))));
        return history;
    }
}
