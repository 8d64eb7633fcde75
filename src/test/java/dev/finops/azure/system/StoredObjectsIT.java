package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CostExports as the operators of earlier releases stored them, at the moment when they ended: the CRD and the operator
 * of now go on with them.
 */
class StoredObjectsIT extends ReleaseTest {
    /**
     * A token would be in the fixture, a run that completed has no error, and no month was being asked for in the
     * moment that was kept.
     */
    private static final Set<String> NOT_KEPT = Set.of(
            "/sasTokenHash",
            "/lastSuccessfulRun/error/code",
            "/lastSuccessfulRun/error/message",
            "/pendingRun/timePeriod/from",
            "/pendingRun/timePeriod/to");

    @Override
    String firstChart() {
        return CHART;
    }

    @Override
    @BeforeAll
    void startOperator() {
        if (operator == null && operators.isEmpty()) {
            install(firstChart());
        }
    }

    static List<StoredObjects> releases() {
        return StoredObjects.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void theyCarryOn(StoredObjects release) {
        JsonNode kept = release.read();
        clock.advance(Duration.between(
                clock.instant(), Instant.parse(kept.path("time").asText())));
        StoredObjects.restore(kept, azure);
        kept.path("objects").forEach(this::store);
        InFlight left = InFlight.of(azure, objects());

        operator = launch(Map.of()).awaitReady();

        left.awaitDone(this::objects);
        applied("resting").awaitLooks(3);
        left.assertNothingTwice();
        left.assertNothingLost(objects());
        operator.close();
        objects().keySet().forEach(name -> patch(name, "{\"metadata\":{\"finalizers\":null}}"));
        terminal.run("kubectl -n finops delete costexports --all");
    }

    /** As it was, with as many changes behind it; nothing of it is unknown today. */
    private void store(JsonNode object) {
        String name = object.at("/metadata/name").asText();
        boolean deleting = object.at("/metadata").has("deletionTimestamp"); // which is a change too
        ObjectNode first = object.deepCopy();
        ((ObjectNode) first.path("metadata"))
                .remove(List.of("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"));
        first.remove("status");
        int changes = object.at("/metadata/generation").asInt() - (deleting ? 2 : 1);
        if (changes > 0) {
            ((ObjectNode) first.path("spec")).put("description", "before");
        }
        cluster.kubectl()
                .run(first.toString(), "create", "--validate=strict", "-f", "-")
                .orFail();
        for (int left = changes; left > 0; left--) {
            String last = object.path("spec").has("description")
                    ? object.at("/spec/description").toString()
                    : "null";
            patch(name, "{\"spec\":{\"description\":" + (left > 1 ? "\"" + left + "\"" : last) + "}}");
        }
        patch(name, "{\"status\":" + object.path("status") + "}", "--subresource=status");
        if (deleting) {
            cluster.kubectl()
                    .run("", "-n", namespace, "delete", "costexport", name, "--wait=false")
                    .orFail();
        }
        JsonNode now = Yaml.object(cluster.kubectl()
                .run("", "-n", namespace, "get", "costexport", name, "-o", "yaml")
                .orFail());
        assertEquals(object.at("/metadata/generation"), now.at("/metadata/generation"), name);
        for (String part : List.of("spec", "status")) {
            assertEquals(object.path(part), now.path(part), name + ": what the CRD of now keeps");
            assertEquals(
                    object.path(part),
                    Yaml.object(Yaml.tree(Yaml.as(CostExport.class, object))
                            .path(part)
                            .toString()),
                    name + ": what the operator of now reads");
        }
    }

    private void patch(String name, String patch, String... more) {
        List<String> command =
                new ArrayList<>(List.of("-n", namespace, "patch", "costexport", name, "--type=merge", "-p", patch));
        command.addAll(List.of(more));
        cluster.kubectl().run("", command.toArray(String[]::new)).orFail();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void everyFieldOfAStatusIsInOneOfThem(StoredObjects release) {
        ObjectNode crd = Yaml.object(terminal.run(
                "helm template " + release.chart() + " --kube-version 1.36.0 --show-only templates/crd.yaml"));
        Set<String> known = new TreeSet<>();
        leaves(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/status"), "", known);
        Set<String> kept = new TreeSet<>(NOT_KEPT);
        release.read().path("objects").forEach(object -> values(object.path("status"), "", kept));
        known.removeAll(kept);
        assertEquals(Set.of(), known);
    }

    private static void leaves(JsonNode schema, String path, Set<String> into) {
        if (schema.has("items")) {
            leaves(schema.path("items"), path, into);
        } else if (schema.has("properties")) {
            schema.path("properties")
                    .properties()
                    .forEach(member -> leaves(member.getValue(), path + "/" + member.getKey(), into));
        } else {
            into.add(path);
        }
    }

    private static void values(JsonNode value, String path, Set<String> into) {
        if (value.isArray()) {
            value.forEach(item -> values(item, path, into));
        } else if (value.isObject()) {
            value.properties().forEach(member -> values(member.getValue(), path + "/" + member.getKey(), into));
        } else {
            into.add(path);
        }
    }
}
