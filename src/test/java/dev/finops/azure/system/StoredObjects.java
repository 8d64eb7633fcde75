package dev.finops.azure.system;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.AzureSimulator;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is kept of a release: its chart, CostExports as its operator stored them, and the Azure that belonged to them.
 */
record StoredObjects(Path release) {
    private static final Path RELEASES = Path.of("src/test/resources/releases");
    /** What the API server gives. */
    private static final List<String> OF_THE_SERVER = List.of("uid", "resourceVersion", "managedFields", "selfLink");

    static List<StoredObjects> all() {
        try (var releases = Files.list(RELEASES)) {
            return releases.sorted(comparing(
                            release -> Version.parse(release.getFileName().toString())))
                    .map(StoredObjects::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StoredObjects newest() {
        return all().getLast();
    }

    @Override
    public String toString() {
        return release.getFileName().toString();
    }

    String chart() {
        return release.resolve("costexport-operator-" + this + ".tgz").toString();
    }

    ObjectNode read() {
        try {
            return Yaml.object(Files.readString(file()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Azure as it is when all that it has begun has ended: it goes on while no operator runs. */
    void write(Instant time, Map<String, ObjectNode> objects, AzureSimulator azure) {
        ObjectNode kept = Yaml.object("{}");
        kept.put("time", time.toString());
        ArrayNode stored = kept.putArray("objects");
        ArrayNode exports = kept.putArray("azure");
        objects.values().forEach(object -> {
            ObjectNode copy = object.deepCopy();
            ((ObjectNode) copy.path("metadata")).remove(OF_THE_SERVER);
            stored.add(copy);
            String scope = object.at("/spec/scope").asText();
            String name = object.at("/metadata/name").asText();
            ObjectNode export = exports.addObject().put("scope", scope).put("name", name);
            export.set("document", azure.exports().find(scope, name).orElseThrow());
            ArrayNode runs = export.putArray("runs");
            azure.exports().runs(scope, name).forEach(run -> {
                ((ObjectNode) run.path("properties")).remove("runSettings"); // long, and the document again
                runs.add(run);
            });
        });
        try {
            Files.writeString(
                    file(),
                    "# Written by: mvn verify -Dit.test=UpgradeIT -Drelease.write=true\n" + Serialization.asYaml(kept));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void restore(JsonNode kept, AzureSimulator azure) {
        kept.path("azure").forEach(export -> {
            String scope = export.path("scope").asText();
            String name = export.path("name").asText();
            azure.exports().restore(scope, name, SystemTest.API_VERSION, (ObjectNode) export.path("document"));
            export.path("runs").forEach(run -> azure.exports().addRun(scope, name, (ObjectNode) run));
        });
    }

    private Path file() {
        return release.resolve("stored.yaml");
    }
}
