package dev.finops.azure.system;

import static dev.finops.azure.system.SystemTest.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** A CostExport that was applied, the export that it means, and the calls that were made for it. */
public final class LiveExport {
    private final KubernetesClient client;
    private final AzureSimulator azure;
    private final CostExport created;
    private final int firstCall;

    /** @param firstCall where in the journal its calls begin */
    public LiveExport(KubernetesClient client, AzureSimulator azure, CostExport created, int firstCall) {
        this.client = client;
        this.azure = azure;
        this.created = created;
        this.firstCall = firstCall;
    }

    public static boolean isReady(CostExport object) {
        return object.getStatus() != null
                && Conditions.find(object.getStatus().conditions(), Conditions.READY)
                        .filter(condition -> condition.status().equals("True"))
                        .isPresent();
    }

    public String name() {
        return created.getMetadata().getName();
    }

    public String scope() {
        return created.getSpec().scope().replaceFirst("/$", "");
    }

    public String exportName() {
        return created.getSpec().exportName() == null
                ? name()
                : created.getSpec().exportName();
    }

    /** The same under another name. */
    ObjectNode manifest(String name) {
        ObjectNode manifest = Yaml.object(
                "{apiVersion: azure.finops.dev/v1alpha1, kind: CostExport, metadata: {name: " + name + "}}");
        manifest.set("spec", Yaml.tree(created.getSpec()));
        return manifest;
    }

    // --- what people do

    /** A merge patch of the spec, in YAML. */
    public LiveExport change(String spec) {
        ObjectNode patch = Yaml.object("{}");
        patch.set("spec", Yaml.object(spec));
        return patch(patch);
    }

    LiveExport replaceSpec(JsonNode spec) {
        resource()
                .patch(
                        PatchContext.of(PatchType.JSON),
                        Yaml.tree(List.of(Map.of("op", "replace", "path", "/spec", "value", spec)))
                                .toString());
        return this;
    }

    void copyStatus(LiveExport other) {
        CostExport object = object();
        object.setStatus(other.status());
        client.resource(object).updateStatus();
    }

    public LiveExport annotate(String annotation, String value) {
        return annotate(Map.of(annotation, value));
    }

    public LiveExport annotate(Map<String, String> annotations) {
        ObjectNode patch = Yaml.object("{}");
        annotations.forEach(patch.putObject("metadata").putObject("annotations")::put);
        return patch(patch);
    }

    public LiveExport withoutAnnotation(String annotation) {
        ObjectNode patch = Yaml.object("{}");
        patch.putObject("metadata").putObject("annotations").putNull(annotation);
        return patch(patch);
    }

    private LiveExport patch(ObjectNode patch) {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
        return this;
    }

    public LiveExport delete() {
        resource().delete();
        return this;
    }

    // --- what the API server shows

    public CostExport object() {
        return resource().get();
    }

    public CostExportStatus status() {
        return object().getStatus();
    }

    public Condition condition(String type) {
        return Conditions.find(status().conditions(), type).orElse(null);
    }

    public List<Event> events() {
        return client.v1()
                .events()
                .inNamespace(created.getMetadata().getNamespace())
                .withField("involvedObject.uid", created.getMetadata().getUid())
                .list()
                .getItems();
    }

    public List<String> events(String reason) {
        return events().stream()
                .filter(event -> event.getReason().equals(reason))
                .map(Event::getMessage)
                .toList();
    }

    /** Ready for the present generation. */
    public LiveExport awaitReady() {
        await(Conditions.READY, "True");
        return this;
    }

    /**
     * Older than whatever comes next: the API server tells ages in whole seconds, and of two objects of one second the
     * UID decides.
     */
    LiveExport grown() {
        Instant second = Instant.parse(created.getMetadata().getCreationTimestamp());
        eventually(() -> assertTrue(Instant.now().isAfter(second.plusSeconds(1))));
        return this;
    }

    public Condition await(String type, String status) {
        return await(type, status, null);
    }

    /** @param reason any when null */
    public Condition await(String type, String status, String reason) {
        eventually(() -> {
            CostExport object = object();
            Condition condition =
                    Conditions.find(object.getStatus().conditions(), type).orElse(null);
            assertNotNull(condition, type);
            assertEquals(status, condition.status(), condition::toString);
            assertEquals(reason == null ? condition.reason() : reason, condition.reason(), condition::toString);
            assertEquals(
                    object.getMetadata().getGeneration(), object.getStatus().observedGeneration());
        });
        return condition(type);
    }

    public void awaitGone() {
        eventually(() -> assertEquals(null, object()));
    }

    /** The message that first has this part. */
    String awaitEvent(String reason, String part) {
        eventually(() -> assertTrue(
                events(reason).stream().anyMatch(message -> message.contains(part)),
                () -> reason + " with '" + part + "' in "
                        + events().stream()
                                .map(event -> event.getReason() + ": " + event.getMessage())
                                .toList()));
        return events(reason).stream()
                .filter(message -> message.contains(part))
                .findFirst()
                .orElseThrow();
    }

    // --- what Azure has

    public ObjectNode inAzure() {
        return azure.exports().find(scope(), exportName()).orElseThrow();
    }

    /** A value of the export in Azure, by a JSON pointer below {@code properties}. */
    JsonNode inAzure(String pointer) {
        return inAzure().path("properties").at("/" + pointer);
    }

    public boolean existsInAzure() {
        return azure.exports().find(scope(), exportName()).isPresent();
    }

    /** Somebody changes the export's properties in the portal. */
    public LiveExport editInPortal(Consumer<ObjectNode> change) {
        azure.exports()
                .edit(
                        scope(),
                        exportName(),
                        SystemTest.PORTAL_USER,
                        document -> change.accept((ObjectNode) document.path("properties")));
        return this;
    }

    // --- what was called

    /** Calls for this export, the list of its scope included. */
    public List<Call> calls() {
        String list = scope() + "/providers/Microsoft.CostManagement/exports";
        String one = list + "/" + exportName();
        return azure.journal().since(firstCall).stream()
                .filter(call -> call.path().equalsIgnoreCase(list)
                        || call.path().toLowerCase().matches("\\Q" + one.toLowerCase() + "\\E(/.*)?"))
                .toList();
    }

    public List<Call> calls(Operation operation) {
        return calls().stream().filter(call -> call.operation() == operation).toList();
    }

    List<Call> writes() {
        return calls().stream().filter(call -> call.operation().writes()).toList();
    }

    /** {@code PUT}, {@code PUT}, {@code RUN} … */
    List<Operation> written() {
        return writes().stream().map(Call::operation).toList();
    }

    /**
     * Until Azure has been asked so many times more: long enough for whatever an operator that looks again would do.
     */
    public LiveExport awaitLooks(int count) {
        int before = calls(Operation.LIST).size() + calls(Operation.GET).size();
        eventually(() ->
                assertTrue(calls(Operation.LIST).size() + calls(Operation.GET).size() >= before + count));
        return this;
    }

    <T> void awaitStatus(T expected, Function<CostExportStatus, T> part) {
        eventually(() -> assertEquals(expected, part.apply(status())));
    }

    private Resource<CostExport> resource() {
        return client.resource(created);
    }
}
