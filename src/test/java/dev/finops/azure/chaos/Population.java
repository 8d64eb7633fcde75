package dev.finops.azure.chaos;

import static dev.finops.azure.api.v1alpha1.Annotations.PAUSED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.SystemTest;
import dev.finops.azure.system.Yaml;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** CostExports of every kind in one namespace, spread over a few scopes. */
final class Population {
    private static final int SCOPES = 5;
    private static final String PAUSED_KIND = "paused";

    private static final Map<String, String> DEFAULTS = Map.of(
            "format",
            "Csv",
            "compressionMode",
            "None",
            "partitionData",
            "true",
            "dataOverwriteBehavior",
            "CreateNewReport");

    /** How they begin; those of a kind that adopts or observes exist before. */
    private static final List<Map.Entry<String, String>> KINDS = List.of(
            Map.entry("daily", "schedule: {recurrence: Daily}"),
            Map.entry("weekly", "{schedule: {recurrence: Weekly}, dataset: {columns: [Date]}}"),
            Map.entry("history", "backfill: {months: 3}"),
            Map.entry("asked", ""),
            Map.entry("suspended", "schedule: {recurrence: Daily, suspend: true}"),
            Map.entry("observed", "managementPolicy: Observe"),
            Map.entry(PAUSED_KIND, ""),
            Map.entry("adopted", "adoptionPolicy: Adopt"),
            Map.entry("at-once", "runOnCreate: true"),
            Map.entry("changing", "partitionData: true"));

    /** One that was applied, what came of it, and how often a run was asked for. */
    static final class Member {
        final String kind;
        final LiveExport export;
        int requests;

        Member(String kind, LiveExport export) {
            this.kind = kind;
            this.export = export;
        }

        boolean observes() {
            return kind.equals("observed");
        }

        boolean isPaused() {
            return kind.equals(PAUSED_KIND);
        }
    }

    private final AzureSimulator azure;
    private final Map<String, Member> members = new LinkedHashMap<>();

    Population(KubernetesClient client, AzureSimulator azure, String namespace, int ofEachKind) {
        this.azure = azure;
        IntStream.range(0, ofEachKind * KINDS.size()).forEach(i -> {
            String kind = KINDS.get(i % KINDS.size()).getKey();
            String name = kind + "-" + i / KINDS.size();
            String scope = "/subscriptions/00000000-0000-0000-0000-%012d".formatted(i % SCOPES);
            if (kind.equals("observed") || kind.equals("adopted")) {
                SystemTest.portalExport(azure, scope, name);
            }
            ObjectNode manifest = SystemTest.manifest(
                    name, scope, "description: first", kind.equals(PAUSED_KIND) ? Map.of(PAUSED, "true") : Map.of());
            Yaml.merge(
                    (ObjectNode) manifest.path("spec"),
                    Yaml.object(KINDS.get(i % KINDS.size()).getValue()));
            CostExport created = client.resource(Yaml.as(CostExport.class, manifest))
                    .inNamespace(namespace)
                    .create();
            members.put(name, new Member(kind, new LiveExport(client, azure, created, 0)));
        });
    }

    Map<String, Member> members() {
        return members;
    }

    /** Runs that Azure has, of an export that has any. */
    int runs(Member member) {
        return member.export.existsInAzure()
                ? azure.exports()
                        .runs(member.export.scope(), member.export.exportName())
                        .size()
                : 0;
    }

    /** The most that there may be: one for each request that was made, and for each month. */
    static int runsAllowed(Member member) {
        return member.requests
                + switch (member.kind) {
                    case "history" -> 3;
                    case "at-once" -> 1;
                    default -> 0;
                };
    }

    /** Where a member stands, without times, ids and what depends on how it came there. */
    String state(String name) {
        LiveExport export = members.get(name).export;
        CostExport object = export.object();
        CostExportStatus status = object.getStatus();
        ObjectNode state = Yaml.object("{}");
        state.putPOJO("finalizers", object.getMetadata().getFinalizers());
        state.set("spec", Yaml.tree(object.getSpec()));
        state.put(
                "current",
                status.observedGeneration() != null
                        && status.observedGeneration()
                                == object.getMetadata().getGeneration().longValue());
        status.conditions()
                .forEach(condition -> state.withObject("conditions")
                        .put(condition.type(), condition.status() + " " + condition.reason()));
        JsonNode all = Yaml.tree(status);
        List.of("exportId", "origin", "apiVersion", "summary", "pendingRun", "lastHandledRunRequest", "difference")
                .forEach(field -> state.set(field, all.path(field)));
        state.put("lastRun", all.at("/lastRun/status").asText());
        all.at("/backfill/months")
                .forEach(row -> state.withObject("months")
                        .put(row.path("month").asText(), row.path("state").asText()));
        if (export.existsInAzure()) {
            state.set("azure", withoutDefaults((ObjectNode) export.inAzure().path("properties")));
        }
        return Subject.text(state).replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|\\+00:00)", "<time>");
    }

    /** An update sends back what Azure filled in when it showed the export; whether there was one is no difference. */
    private static ObjectNode withoutDefaults(ObjectNode properties) {
        DEFAULTS.forEach((field, value) -> {
            if (properties.path(field).asText().equalsIgnoreCase(value)) {
                properties.remove(field);
            }
        });
        if (properties.at("/definition/dataSet/configuration") instanceof ObjectNode configuration) {
            configuration.remove("dataVersion");
            if (configuration.path("columns").isEmpty()) {
                ((ObjectNode) properties.at("/definition/dataSet")).remove("configuration");
            }
        }
        if (properties.path("schedule").equals(Yaml.object("status: Inactive"))) {
            properties.remove("schedule");
        }
        return properties;
    }

    List<String> deletions() {
        return azure.journal().calls().stream()
                .filter(call -> call.operation() == Operation.DELETE)
                .map(Object::toString)
                .toList();
    }
}
