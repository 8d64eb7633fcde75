package dev.finops.azure.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.SystemTest;
import dev.finops.azure.system.Yaml;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A CostExport of one trial, with a name and a scope that no other has. */
final class Subject {
    private static final ObjectMapper SORTED =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private final KubernetesClient client;
    private final AzureSimulator azure;
    private final String namespace;
    private final String name;
    private final String scope = SystemTest.newSubscription();
    private final int firstCall;
    private LiveExport export;

    Subject(KubernetesClient client, AzureSimulator azure, String namespace, String name) {
        this.client = client;
        this.azure = azure;
        this.namespace = namespace;
        this.name = name;
        this.firstCall = azure.journal().mark();
    }

    String name() {
        return name;
    }

    String scope() {
        return scope;
    }

    LiveExport export() {
        return export;
    }

    LiveExport apply(String spec) {
        CostExport manifest = Yaml.as(CostExport.class, SystemTest.manifest(name, scope, spec, Map.of()));
        export = new LiveExport(
                client, azure, client.resource(manifest).inNamespace(namespace).create(), firstCall);
        return export;
    }

    void madeInPortal() {
        SystemTest.portalExport(azure, scope, name);
    }

    /** Where it stands in Kubernetes and in Azure, without what differs from one time to the next. */
    String state() {
        ObjectNode state = Yaml.object("{}");
        CostExport object = export.object();
        if (object != null) {
            state.set("spec", Yaml.tree(object.getSpec()));
            state.set(
                    "status",
                    ((ObjectNode) Yaml.tree(object.getStatus()))
                            .without(
                                    "corrections")); // one whose PUT was the last thing done is told by its Event alone
            state.putObject("metadata")
                    .put("generation", object.getMetadata().getGeneration())
                    .putPOJO("finalizers", object.getMetadata().getFinalizers())
                    .putPOJO("annotations", object.getMetadata().getAnnotations());
        }
        if (export.existsInAzure()) {
            state.set("azure", export.inAzure());
            azure.exports()
                    .runs(scope, name)
                    .forEach(run -> state.withArray("runs").add(run.path("properties")));
        }
        return text(state)
                .replace(name, "<name>")
                .replaceAll("\"eTag\" : \"(\\\\.|[^\"\\\\])*\"", "\"eTag\" : <eTag>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z?", "<time>")
                .replaceAll("/\\d{12}/", "/<minute>/")
                .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>");
    }

    static String text(ObjectNode state) {
        try {
            return SORTED.writerWithDefaultPrettyPrinter().writeValueAsString(SORTED.convertValue(state, Map.class));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The writes that took effect in Azure, by kind. */
    Map<Operation, Long> effects() {
        return export.calls().stream()
                .filter(call -> call.operation().writes() && call.status() >= 200 && call.status() < 300)
                .collect(Collectors.groupingBy(Call::operation, TreeMap::new, Collectors.counting()));
    }

    Set<String> warnings() {
        return export.events().stream()
                .filter(event -> event.getType().equals("Warning"))
                .map(Event::getReason)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the operator asks for it, in words; empty for what concerns others, or everybody. */
    static Optional<String> words(Exchange request, String name) {
        String path = request.target().split("\\?")[0];
        String method = request.method();
        if (path.endsWith("/costexports/" + name)) {
            return Optional.of(method + " costexport");
        }
        if (path.endsWith("/costexports/" + name + "/status")) {
            return Optional.of(method + " costexport/status");
        }
        if (path.contains("/secrets/")) {
            return Optional.of(method + " secret");
        }
        boolean event = path.endsWith("/events") && request.text().contains("\"name\":\"" + name + "\"");
        return event
                ? Optional.of(method + " event "
                        + Yaml.object(request.text()).path("reason").asText())
                : Optional.empty();
    }
}
