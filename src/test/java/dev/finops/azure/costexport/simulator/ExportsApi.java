package dev.finops.azure.costexport.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The six operations on exports. */
final class ExportsApi {

    private static final String LOCATION_HOST = "https://costmanagement.trafficmanager.net/";
    private static final List<String> SERVICE_ONLY = List.of("properties.nextRunTimeEstimate", "properties.systemSuspensionContext",
            "properties.runHistory", "id", "name", "type", "eTag", "systemData");
    private static final String SAS_TOKEN = "properties.deliveryInfo.destination.sasToken";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ExportStore store;
    private final InstantSource clock;
    private final Supplier<Behaviour> behaviour;
    private final String tenantId;
    private final ArmQuota quota;
    private final Map<String, Deque<Instant>> runs = new HashMap<>();

    ExportsApi(ExportStore store, InstantSource clock, Supplier<Behaviour> behaviour, String tenantId) {
        this.store = store;
        this.clock = clock;
        this.behaviour = behaviour;
        this.tenantId = tenantId;
        this.quota = new ArmQuota(clock);
    }

    Answer answer(ArmRequest.Target target, ArmRequest request, Principal caller) {
        var scope = Scope.parse(target.scope()).orElseThrow(() -> new Refusal(Answer.error(404, "MissingSubscription",
                "The request did not have a subscription or a valid tenant level resource provider.")));
        if (!behaviour.get().armQuota()) return answer(scope, target, request, caller);
        int left = quota.take(caller, scope, target.operation());
        return answer(scope, target, request, caller).with(ArmQuota.header(target.operation()), Integer.toString(left));
    }

    private Answer answer(Scope scope, ArmRequest.Target target, ArmRequest request, Principal caller) {
        var version = request.apiVersion();
        if (behaviour.get().deniedScopes().stream().anyMatch(scope::within)) throw new Refusal(ArmErrors.accessDenied());
        synchronized (store) {
            return switch (target.operation()) {
                case LIST -> list(scope, version, request.expandsRunHistory());
                case GET -> Answer.json(200, echo(readable(scope, target.name(), version), version, request.expandsRunHistory() ? 10 : 0));
                case PUT -> put(scope, target.name(), version, request.text(), caller);
                case DELETE -> delete(scope, target.name(), version);
                case RUN -> run(scope, target.name(), version, request.text(), caller);
                case HISTORY -> Answer.json(200, history(readable(scope, target.name(), version), version, Integer.MAX_VALUE));
                case TOKEN, OTHER -> throw new IllegalArgumentException(target.toString());
            };
        }
    }

    private Answer list(Scope scope, ApiVersion version, boolean expand) {
        var list = Json.object();
        var value = list.putArray("value");
        store.visible(scope).stream().filter(export -> version.sees(export.store()))
                .forEach(export -> value.add(echo(export, version, expand ? 1 : 0)));
        return Answer.json(200, list);
    }

    private Answer put(Scope scope, String name, ApiVersion version, String text, Principal caller) {
        if (!(Json.parse(text).orElse(null) instanceof ObjectNode document)) {
            throw version.refusal(400, "Invalid request payload: Unexpected end when reading JSON");
        }
        var existing = store.latest(scope, name);
        existing.ifPresent(export -> checkETag(export, document.path("eTag"), version));
        new ExportRules(version, scope, existing, clock.instant(), behaviour.get()).check(document);
        var saved = store.save(scope, name, version.store(), caller, kept(document, existing));
        return Answer.json(existing.isPresent() ? 200 : 201, echo(saved, version, 0)).with("Location", LOCATION_HOST + saved.id().substring(1)
                + "?api-version=" + version.text());
    }

    private void checkETag(Export export, JsonNode eTag, ApiVersion version) {
        if (!eTag.isTextual()) {
            throw version.refusal(400, "Etag value required for update operation of report: " + export.name()
                    + ".Please get the latest to avoid overwrite.");
        }
        if (!eTag.asText().equals(export.eTag())) {
            throw version.refusal(behaviour.get().staleETagStatus(), "Etag value is not the latest for update operation of report: " + export.name()
                    + ".Please get the latest to avoid overwrite.");
        }
    }

    /** What the service keeps of a body: not what it sets itself, and of the rest what it always had where the body cannot change it. */
    private ObjectNode kept(ObjectNode body, Optional<Export> existing) {
        var document = body.deepCopy();
        SERVICE_ONLY.forEach(path -> Json.set(document, path, JsonNodeFactory.instance.missingNode()));
        var before = existing.map(Export::document).orElseGet(Json::object);
        behaviour.get().ignoredFields().forEach(path -> Json.set(document, path, Json.at(before, path)));
        if (before.has("location")) document.set("location", before.path("location"));
        if (Json.text(document, SAS_TOKEN).filter(Echo.MASK::equals).isPresent()) Json.set(document, SAS_TOKEN, Json.at(before, SAS_TOKEN));
        if (document.path("identity") instanceof ObjectNode identity && identity.path("type").asText().equalsIgnoreCase("SystemAssigned")) {
            identity.put("principalId", Json.text(before, "identity.principalId").orElseGet(() -> UUID.randomUUID().toString()));
            identity.put("tenantId", tenantId);
        }
        return document;
    }

    private Answer delete(Scope scope, String name, ApiVersion version) {
        var export = store.latest(scope, name).filter(found -> version.sees(found.store()));
        export.ifPresent(store::delete);
        if (export.isPresent()) return Answer.empty(200);
        int status = behaviour.get().missingDeleteStatus();
        if (status == 404) throw notFound(scope, name, version);
        return Answer.empty(status);
    }

    private Answer run(Scope scope, String name, ApiVersion version, String body, Principal caller) {
        var export = store.latest(scope, name).filter(found -> version.sees(found.store())).orElseThrow(() -> notFound(scope, name, version));
        if (behaviour.get().emailClaimRequired()) throw new Refusal(ArmErrors.emailClaimMissing());
        var range = new RunRules(version, clock.instant()).check(export, body);
        throttle(scope);
        store.run(export, caller.id(), range);
        return Answer.empty(200);
    }

    private void throttle(Scope scope) {
        var now = clock.instant();
        var recent = runs.computeIfAbsent(scope.normal(), _ -> new ArrayDeque<>());
        recent.removeIf(accepted -> !accepted.plus(MINUTE).isAfter(now));
        if (recent.size() >= behaviour.get().runsPerMinute()) {
            long wait = recent.isEmpty() ? MINUTE.toSeconds() : Duration.between(now, recent.peek().plus(MINUTE)).plusMillis(999).toSeconds();
            throw new Refusal(ArmErrors.throttled("entity", (int) wait));
        }
        recent.add(now);
    }

    private Export readable(Scope scope, String name, ApiVersion version) {
        return store.visible(scope, name).filter(export -> version.sees(export.store())).orElseThrow(() -> notFound(scope, name, version));
    }

    private static Refusal notFound(Scope scope, String name, ApiVersion version) {
        return version.refusal(404, version.isNew() ? "The requested export with export name: " + name + " could not be found."
                : "No export found for " + name + ", " + scope.kind().label + ": " + scope.lastSegment() + ".");
    }

    private ObjectNode echo(Export export, ApiVersion version, int runs) {
        var document = Echo.export(export, version, behaviour.get(), clock.instant());
        if (runs > 0) ((ObjectNode) document.path("properties")).set("runHistory", history(export, version, runs));
        return document;
    }

    private ObjectNode history(Export export, ApiVersion version, int depth) {
        var history = Json.object();
        var value = history.putArray("value");
        store.visibleRuns(export).limit(depth).forEach(run -> value.add(Echo.run(export, run, clock.instant(), version, behaviour.get())));
        return history;
    }
}
