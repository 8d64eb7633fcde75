package dev.finops.azure.system;

import static dev.finops.azure.export.plan.Conditions.BACKFILLED;
import static dev.finops.azure.export.plan.Conditions.DELIVERED;
import static dev.finops.azure.export.plan.Conditions.READY;
import static dev.finops.azure.export.plan.Conditions.STALLED;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.plan.Conditions;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Every field of the schema through what people may write into it, and back. A value is refused with the field named,
 * or Azure has it, or a condition names the field; never is it accepted and nothing comes of it. Afterwards all is as
 * it was.
 */
class MisoperationIT extends SystemTest {
    private enum Outcome {
        REFUSED,
        IN_AZURE,
        TOLD,
        ALREADY
    }

    /** What a field needs to be worth stating, by the beginning of its path; the longest counts. */
    private static final Map<String, String> BASES = Map.of(
            "", "schedule: {recurrence: Daily}",
            "dataset.timePeriod", "dataset: {timeframe: Custom, timePeriod: {from: 2026-01-01, to: 2026-01-31}}",
            "dataset.filters", "dataset: {type: ReservationRecommendations, timeframe: MonthToDate, granularity: null}",
            "destination.storageAccountName",
                    "destination: {storageAccountId: null, storageAccountName: partner, "
                            + "sasTokenSecretRef: {name: sas, key: token}}",
            "destination.sasTokenSecretRef",
                    "destination: {storageAccountId: null, storageAccountName: partner, "
                            + "sasTokenSecretRef: {name: sas, key: token}}",
            "identity", "identity: {type: SystemAssigned, location: centralus}");

    private static final BiPredicate<LiveExport, JsonNode> LATER = (_, _) -> true;

    /** Where a field that is not Azure's shows. */
    private static final Map<String, BiPredicate<LiveExport, JsonNode>> OURS = Map.of(
            "backfill",
            (export, value) -> value.isMissingNode() == (export.condition(BACKFILLED) == null),
            "closedMonth",
            (export, value) -> value.path("rerunOnDays").isEmpty()
                    || !Optional.ofNullable(export.status().closedMonths())
                            .orElse(List.of())
                            .isEmpty(),
            "delivery",
            (export, _) -> export.condition(DELIVERED) != null,
            "freshness",
            (export, _) -> export.condition(DELIVERED).message().matches("(?s).*[Dd]ata is expected by.*"),
            "managementPolicy",
            (export, value) -> "Observe".equals(value.asText())
                    == export.condition(READY).reason().equals("Observed"),
            "credentialsSecretRef",
            (_, value) -> value.isMissingNode(), // the Secret that is named is not there
            "runOnCreate",
            LATER, // only a creation shows it
            "adoptionPolicy",
            LATER, // only an export that is not ours
            "deletionPolicy",
            LATER); // only the deletion

    /** What a schedule says is Azure's, in other words. */
    private static final Set<String> SCHEDULE_TIMES = Set.of("schedule.from", "schedule.to");

    private final Map<Outcome, AtomicInteger> outcomes = new ConcurrentHashMap<>();

    @Test
    void everyFieldThroughWhatPeopleWrite() {
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("sas")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToStringData(
                                "token",
                                "sv=2024-11-04&ss=b&srt=sco&sp=rwdlac&spr=https&se=2099-01-01T00:00:00Z&sig=hush-sas")
                        .build())
                .create();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> walks = SpecField.all().stream()
                    .map(field -> threads.submit(() -> walk(field)))
                    .toList();
            List<Executable> results = walks.stream()
                    .<Executable>map(walk -> () -> assertEquals(List.of(), walk.get()))
                    .toList();
            assertAll(results);
        }

        assertTrue(Arrays.stream(Outcome.values()).allMatch(outcomes::containsKey), outcomes::toString);
        assertTrue(outcomes.values().stream().mapToInt(AtomicInteger::get).sum() > 500, outcomes::toString);
    }

    /** @return what is wrong */
    private List<String> walk(SpecField field) {
        String base = BASES.entrySet().stream()
                .filter(entry -> field.path().startsWith(entry.getKey()))
                .max(Comparator.comparing(entry -> entry.getKey().length()))
                .orElseThrow()
                .getValue();
        String scope = base.contains("Reservation")
                ? "/providers/Microsoft.Billing/billingAccounts/" + Math.abs(field.hashCode())
                : newSubscription();
        LiveExport export = export("field-" + field.path().toLowerCase().replace('.', '-'), scope, base)
                .awaitReady();
        JsonNode spec = Yaml.tree(export.object().getSpec());
        JsonNode document = comparable(export);
        Map<String, Object> status = state(export);
        List<String> wrong = new ArrayList<>();
        for (JsonNode value : field.values()) {
            String what = field + " = " + shortened(value) + ": ";
            try {
                Outcome outcome = outcome(export, field, value);
                outcomes.computeIfAbsent(outcome, _ -> new AtomicInteger()).incrementAndGet();
            } catch (AssertionError | RuntimeException e) {
                wrong.add(what + e.getMessage());
            }
            try {
                export.replaceSpec(spec).awaitReady();
                eventually(() -> assertEquals(document, comparable(export)));
                eventually(() -> assertEquals(status, state(export)));
            } catch (AssertionError | RuntimeException e) {
                wrong.add(what + "not as before: " + e.getMessage());
                return wrong;
            }
        }
        export.delete();
        return wrong;
    }

    private Outcome outcome(LiveExport export, SpecField field, JsonNode value) {
        long before = export.object().getMetadata().getGeneration();
        try {
            export.change(field.change(value).toString());
        } catch (KubernetesClientException refused) {
            assertTrue(
                    refused.getMessage().contains(field.name()),
                    () -> "refused without the field: " + refused.getMessage());
            return Outcome.REFUSED;
        }
        CostExport changed = export.object();
        JsonNode stated = Yaml.tree(changed.getSpec()).at(field.pointer());
        if (!(value.isObject() && value.isEmpty())) { // an empty object changes nothing of one that is there
            assertEquals(value.isNull() ? "" : Meant.of(value), Meant.of(stated), "what the API server keeps");
        }
        if (changed.getMetadata().getGeneration() == before) {
            return Outcome.ALREADY;
        }
        eventually(() -> assertEquals(
                changed.getMetadata().getGeneration(), export.status().observedGeneration()));
        Outcome[] outcome = {null};
        eventually(() -> {
            Condition ready = export.condition(READY);
            if (ready.status().equals("True")) {
                shows(export, field, stated);
                outcome[0] = Outcome.IN_AZURE;
            } else {
                assertEquals("False", ready.status());
                assertTrue(names(ready.message(), field), () -> "the condition does not name the field: " + ready);
                outcome[0] = Outcome.TOLD;
            }
        });
        return outcome[0];
    }

    private void shows(LiveExport export, SpecField field, JsonNode stated) {
        List<ExportField> azures = Arrays.stream(ExportField.values())
                .filter(known -> (known.specPath() + ".").startsWith(field.path() + "."))
                .toList();
        for (ExportField known : azures) {
            JsonNode wanted = Yaml.tree(export.object().getSpec())
                    .at("/" + known.specPath().replace('.', '/'));
            JsonNode held = shown(export).at("/" + known.documentPath().path().replace('.', '/'));
            if (known == ExportField.SCHEDULE_STATUS) {
                boolean active = export.object().getSpec().schedule() != null
                        && !wanted.asBoolean()
                        && !export.status().summary().schedule().equals("ended");
                assertEquals(active ? "Active" : "Inactive", held.asText("Inactive"));
            } else if (known != ExportField.SAS_TOKEN
                    && !SCHEDULE_TIMES.contains(known.specPath())
                    && !wanted.isMissingNode()) {
                assertEquals(Meant.of(wanted), Meant.of(held), known + " is Ready and not in Azure");
            } else if (known == ExportField.SCHEDULE_TO && !wanted.isMissingNode()) {
                assertEquals(wanted.asText().substring(0, 10), held.asText().substring(0, 10), "the end in Azure");
            }
        }
        String root = field.path().split("\\.")[0];
        if (azures.isEmpty()) {
            BiPredicate<LiveExport, JsonNode> shown = OURS.get(root);
            assertTrue(shown != null || root.equals("destination"), () -> "it is known where " + field + " shows");
            assertTrue(
                    shown == null
                            || shown.test(
                                    export, Yaml.tree(export.object().getSpec()).path(root)),
                    () -> field + " shows: " + stated);
        }
    }

    private static boolean names(String message, SpecField field) {
        return message.toLowerCase().contains(field.name().toLowerCase())
                || Arrays.stream(ExportField.values())
                        .filter(known -> known.specPath().equals(field.path()))
                        .anyMatch(known -> message.toLowerCase()
                                .contains(known.documentPath()
                                        .path()
                                        .replaceAll(".*\\.", "")
                                        .toLowerCase()))
                || field.path().startsWith("credentialsSecretRef") && message.contains("Secret")
                || field.path().startsWith("destination.sasTokenSecretRef") && message.contains("SAS");
    }

    private ObjectNode shown(LiveExport export) {
        return azure.exports().shown(export.scope(), export.name()).orElseThrow();
    }

    /** As Azure shows it, but for what each write changes. */
    private JsonNode comparable(LiveExport export) {
        ObjectNode document = shown(export);
        document.remove(List.of("eTag", "systemData"));
        if (document.path("identity") instanceof ObjectNode identity) {
            identity.remove("principalId"); // a new one each time
        }
        ObjectNode properties = (ObjectNode) document.path("properties");
        properties.remove(List.of("nextRunTimeEstimate", "runHistory"));
        if (properties.at("/schedule/recurrencePeriod") instanceof ObjectNode period) {
            period.removeAll(); // starts and ends are moved as time goes on
        }
        if (properties.path("exportDescription").asText("").isEmpty()) {
            properties.remove("exportDescription");
        }
        return document;
    }

    private static Map<String, Object> state(LiveExport export) {
        var status = export.status();
        Map<String, Object> state = new TreeMap<>();
        status.conditions().stream()
                .filter(condition ->
                        !condition.type().equals(STALLED) || condition.status().equals("True"))
                .filter(condition -> !condition
                        .type()
                        .equals(Conditions.LAST_RUN_SUCCEEDED)) // a month's run may have been the export's own
                .forEach(condition -> state.put(condition.type(), condition.status() + " " + condition.reason()));
        state.put("exportId", status.exportId());
        state.put("origin", status.origin());
        state.put("appliedFields", new TreeSet<>(status.appliedFields()));
        state.put("difference", String.valueOf(status.difference()));
        state.put("schedule", status.summary().schedule());
        return state;
    }

    private static String shortened(JsonNode value) {
        return value.toString().length() < 60
                ? value.toString()
                : value.toString().substring(0, 60) + "…";
    }

    /** What a value says, whatever its letter case, the order of a list, or slashes around it. */
    private record Meant() {
        static String of(JsonNode value) {
            if (value.isArray() || value.isObject()) {
                TreeSet<String> parts = new TreeSet<>();
                value.properties().forEach(member -> parts.add(member.getKey() + "=" + of(member.getValue())));
                value.forEach(item -> parts.add(value.isArray() ? of(item) : ""));
                parts.remove("");
                return parts.isEmpty() ? "" : parts.toString();
            }
            return value.asText()
                    .toLowerCase()
                    .replaceAll("^/+|/+$", "")
                    .replaceFirst("^(\\d{4}-\\d\\d-\\d\\d)t.*", "$1");
        }
    }
}
