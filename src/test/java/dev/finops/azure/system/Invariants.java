package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Operation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What holds in every test. A write is judged at the moment when Azure has it, against what the API server says then:
 * an
 * operator that is killed at that moment has nothing else to go by.
 */
public final class Invariants {
    private static final Pattern EXPORT =
            Pattern.compile("(?<scope>.*)/providers/Microsoft\\.CostManagement/exports/(?<name>[^/]+)(/run)?");

    /** Where Azure has what the spec states in the same words. */
    private static final Map<String, String> SAME_WORDS = Map.ofEntries(
            Map.entry("/dataset/type", "/definition/type"),
            Map.entry("/dataset/timeframe", "/definition/timeframe"),
            Map.entry("/dataset/granularity", "/definition/dataSet/granularity"),
            Map.entry("/dataset/version", "/definition/dataSet/configuration/dataVersion"),
            Map.entry("/destination/container", "/deliveryInfo/destination/container"),
            Map.entry("/destination/rootFolderPath", "/deliveryInfo/destination/rootFolderPath"),
            Map.entry("/description", "/exportDescription"),
            Map.entry("/format", "/format"),
            Map.entry("/compressionMode", "/compressionMode"),
            Map.entry("/partitionData", "/partitionData"),
            Map.entry("/dataOverwriteBehavior", "/dataOverwriteBehavior"));

    private static final Pattern FAULT_IN_LOG =
            Pattern.compile("^(\\s+at [\\w.$/]+\\(|\\S+ ERROR |Exception in thread |Caused by: ).*");

    private final KubernetesClient client;
    private final String namespace;
    private final AzureSimulator azure;
    private final List<OperatorProcess> operators;
    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    private final Map<String, JsonNode> seen = new ConcurrentHashMap<>();
    private final Set<String> runsAccepted = new HashSet<>();
    private final Map<OperatorProcess, Integer> linesRead = new HashMap<>();

    public Invariants(
            KubernetesClient client, String namespace, AzureSimulator azure, List<OperatorProcess> operators) {
        this.client = client;
        this.namespace = namespace;
        this.azure = azure;
        this.operators = operators;
        azure.journal().listener(call -> {
            Matcher export = EXPORT.matcher(call.path());
            if (export.matches()
                    && call.headers().getOrDefault("user-agent", "").startsWith("costexport-operator")) {
                judge(call, export.group("scope"), export.group("name"));
            }
        });
    }

    public void check() {
        List<String> found = List.copyOf(broken);
        broken.clear();
        assertEquals(List.of(), found);
        List<CostExport> objects = objects();
        objects.forEach(Invariants::statusTellsTheTruth);
        SystemTest.eventually(() -> objects().forEach(this::readyMeansEqual));
        operators.forEach(this::logIsClean);
        noSecretAppears(objects);
    }

    /**
     * No write without the intent, the finalizer and the right to it in the API server, and none that changes nothing.
     */
    private void judge(Call call, String scope, String name) {
        JsonNode now = azure.exports()
                .find(scope, name)
                .<JsonNode>map(export -> export.without(List.of("eTag", "systemData")))
                .orElseGet(MissingNode::getInstance);
        JsonNode before = seen.put(scope.toLowerCase() + "/" + name, now);
        if (!call.operation().writes()) {
            return;
        }
        String id = scope + "/providers/Microsoft.CostManagement/exports/" + name;
        List<CostExport> meant = objects().stream()
                .filter(object -> object.getStatus() != null
                        && id.equalsIgnoreCase(object.getStatus().exportId())
                        && object.getStatus().exportId().endsWith("/" + name))
                .toList();
        boolean idle = call.operation() == Operation.PUT
                && call.status() == 200
                && now.equals(before)
                && azure.behaviour().ignoredFields().isEmpty()
                && meant.stream().noneMatch(Invariants::asksForAPut);
        List<Optional<String>> verdicts =
                meant.stream().map(object -> wrong(call, object)).toList();
        Optional<String> wrong = idle
                ? Optional.of("it changed nothing")
                : verdicts.isEmpty()
                        ? Optional.of("no object has its id in the status")
                        : verdicts.stream()
                                .filter(Optional::isEmpty)
                                .findFirst()
                                .orElseGet(verdicts::getFirst);
        wrong.ifPresent(why -> broken.add(call + ": " + why));
    }

    private static boolean asksForAPut(CostExport object) {
        String asked = Optional.ofNullable(object.getMetadata().getAnnotations())
                .orElse(Map.of())
                .get(Annotations.APPLY_REQUESTED_AT);
        return asked != null && !asked.equals(object.getStatus().lastHandledApplyRequest());
    }

    private Optional<String> wrong(Call call, CostExport object) {
        boolean deleting = object.getMetadata().getDeletionTimestamp() != null;
        if (!object.getMetadata().getFinalizers().contains(CostExport.FINALIZER)) {
            return Optional.of("no finalizer");
        }
        if ("Observe".equals(object.getSpec().managementPolicy())) {
            return Optional.of("the object only observes");
        }
        return switch (call.operation()) {
            case DELETE ->
                Optional.of("the object is not being deleted, or its export stays")
                        .filter(why -> !deleting || orphans(object));
            case RUN -> runTwice(call, object);
            default -> Optional.empty();
        };
    }

    private static boolean orphans(CostExport object) {
        String policy = object.getSpec().deletionPolicy();
        return policy == null ? "Adopted".equals(object.getStatus().origin()) : policy.equals("Orphan");
    }

    private Optional<String> runTwice(Call call, CostExport object) {
        PendingRun pending = object.getStatus().pendingRun();
        if (pending == null || pending.requestedTime() == null) {
            return Optional.of("no pendingRun in the status");
        }
        String request = object.getMetadata().getUid() + " " + pending.cause() + " " + pending.request()
                + (pending.timePeriod() == null
                        ? ""
                        : " " + object.getStatus().lastHandledRunRequest() + " after "
                                + attempts(object, pending.request()).orElse(pending.attempts()));
        return Optional.of("a second run for " + request)
                .filter(why -> call.status() == 200 && !runsAccepted.add(request));
    }

    /** How many runs of the month there were. */
    private static Optional<Integer> attempts(CostExport object, String month) {
        return Optional.ofNullable(object.getStatus().backfill())
                .flatMap(backfill -> backfill.months().stream()
                        .filter(row -> row.month().equals(month))
                        .findFirst())
                .map(row -> row.attempts());
    }

    private static void statusTellsTheTruth(CostExport object) {
        CostExportStatus status = object.getStatus();
        String name = object.getMetadata().getName();
        long generation = object.getMetadata().getGeneration();
        if (status == null || status.observedGeneration() == null) {
            return;
        }
        assertFalse(status.observedGeneration() > generation, name + " judges a generation to come");
        boolean ready = LiveExport.isReady(object);
        boolean stalled =
                Conditions.find(status.conditions(), Conditions.STALLED).isPresent();
        assertFalse(ready && stalled, name + " is Ready and Stalled: " + status.conditions());
    }

    private void readyMeansEqual(CostExport object) {
        CostExportStatus status = object.getStatus();
        boolean applied = status != null
                && Conditions.find(status.conditions(), Conditions.READY)
                        .filter(ready -> "True".equals(ready.status())
                                && !"Paused".equals(ready.reason())
                                && !"Observed".equals(ready.reason()))
                        .isPresent()
                && status.observedGeneration()
                        == object.getMetadata().getGeneration().longValue();
        Matcher id = EXPORT.matcher(applied ? status.exportId() : "");
        if (id.matches() && object.getMetadata().getDeletionTimestamp() == null) {
            JsonNode spec = Yaml.tree(object.getSpec());
            JsonNode properties = azure.exports()
                    .find(id.group("scope"), id.group("name"))
                    .orElseThrow()
                    .path("properties");
            SAME_WORDS.forEach((stated, held) -> {
                if (!spec.at(stated).isMissingNode()) {
                    assertEquals(
                            words(spec.at(stated)),
                            words(properties.at(held)),
                            () -> object.getMetadata().getName() + " is Ready and differs in " + stated);
                }
            });
        }
    }

    private static String words(JsonNode value) {
        return value.asText().toLowerCase().replaceFirst("/$", "");
    }

    private void logIsClean(OperatorProcess operator) {
        List<String> lines = operator.log().lines().toList();
        int from = linesRead.getOrDefault(operator, 0);
        linesRead.put(operator, lines.size());
        assertEquals(
                List.of(),
                lines.stream()
                        .skip(from)
                        .filter(line -> FAULT_IN_LOG.matcher(line).matches())
                        .toList());
    }

    /** Secrets that tests make up begin with {@code hush-}. */
    private void noSecretAppears(List<CostExport> objects) {
        List<String> told = new ArrayList<>(objects.stream()
                .map(object -> String.valueOf(object.getStatus()))
                .toList());
        client.v1().events().inNamespace(namespace).list().getItems().forEach(event -> told.add(event.getMessage()));
        operators.forEach(operator -> told.add(operator.log()));
        operators.stream()
                .filter(operator -> operator.process().isAlive() && operator.isReady())
                .forEach(operator -> told.add(operator.page("/metrics")));
        Pattern secret = Pattern.compile(azure.clientSecret() + "|hush-|eyJ[\\w-]{8}|Bearer [^\\s\"]|sig=(?!\\*)");
        assertEquals(
                List.of(),
                told.stream().filter(text -> secret.matcher(text).find()).toList());
    }

    private List<CostExport> objects() {
        return client.resources(CostExport.class).inNamespace(namespace).list().getItems();
    }
}
