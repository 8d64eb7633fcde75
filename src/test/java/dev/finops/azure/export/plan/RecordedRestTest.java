package dev.finops.azure.export.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.status.StatusReport;
import dev.finops.azure.simulator.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An export that Azure shows in a recorded form, and that is as the spec has it, is adopted without a PUT and then
 * causes no write.
 */
class RecordedRestTest {
    private static final int STEPS = 8;

    /** A recorded document; its name says which. */
    record Shown(String exchange, ObjectNode document) {
        @Override
        public String toString() {
            return exchange + " " + document.path("name").asText();
        }
    }

    static List<Shown> documents() {
        return Recorded.all().stream()
                .filter(exchange -> exchange.outcome().isEmpty())
                .flatMap(exchange -> exchange.answer().stream()
                        .flatMap(answer -> Stream.concat(
                                Stream.of(answer),
                                StreamSupport.stream(answer.path("value").spliterator(), false)))
                        .filter(document -> document.path("properties").has("deliveryInfo"))
                        .map(document -> new Shown(exchange.id(), (ObjectNode) document)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void nothingIsWrittenAtRest(Shown shown) {
        ReconcileState s = adopted(shown);
        CostExportStatus settled = s.status();

        for (int second = 1; second < 5; second++) {
            Instant now = s.now().plusSeconds(second);
            s = s.with(
                    new Present(
                            new ObservedExport(again(shown.document(), now)),
                            now,
                            second % 2 == 0 ? Observation.Source.GET : Observation.Source.LIST),
                    now);
            Step step = ReconcileStates.next(s);
            Outcome outcome =
                    assertInstanceOf(Step.Done.class, step, step::toString).outcome();
            assertInstanceOf(Outcome.Settled.class, outcome, outcome::toString);
            CostExportStatus next = StatusReport.of(s, outcome).status();
            assertEquals(settled, next);
        }
    }

    private static ReconcileState adopted(Shown shown) {
        CostExportSpec spec = spec(shown.document());
        ReconcileState s = ReconcileStates.fresh(spec);
        ReconcileState asked = ReconcileStates.at(s, within(shown.document()));
        s = ReconcileStates.got(asked, new ObservedExport(again(shown.document(), asked.now())));
        for (int steps = 0; steps < STEPS; steps++) {
            switch (ReconcileStates.next(s)) {
                case Step.WriteStatus record -> s = s.with(StatusReport.working(s, record.status()));
                case Step.Done(var outcome) -> {
                    return ReconcileStates.reported(s, outcome);
                }
                case Step other -> throw new AssertionError(shown + ": " + other);
            }
        }
        throw new AssertionError(shown + " is not settled");
    }

    /** A time at which the schedule is not over: the operator makes one that is over inactive. */
    private static Instant within(ObjectNode document) {
        JsonNode from = document.at("/properties/schedule/recurrencePeriod/from");
        return from.isTextual()
                ? Instant.parse(instant(from)).plus(Duration.ofDays(1))
                : Instant.parse("2021-01-20T07:26:07Z");
    }

    /** The same at another time: the estimate moves, members come in another order. */
    private static ObjectNode again(ObjectNode document, Instant now) {
        List<String> names = new ArrayList<>();
        document.fieldNames().forEachRemaining(names::add);
        ObjectNode reversed = document.objectNode();
        names.reversed().forEach(name -> reversed.set(name, document.get(name).deepCopy()));
        if (reversed.path("properties") instanceof ObjectNode properties
                && properties.path("nextRunTimeEstimate").asText().contains(".")) {
            properties.put(
                    "nextRunTimeEstimate",
                    now.plusSeconds(12 * 3600).plusNanos(333_843_300).toString());
        }
        return reversed;
    }

    /** A spec that states what the document has. */
    private static CostExportSpec spec(ObjectNode document) {
        JsonNode properties = document.path("properties");
        JsonNode destination = properties.at("/deliveryInfo/destination");
        JsonNode definition = properties.path("definition");
        boolean active = properties.at("/schedule/status").asText().equals("Active");
        StringBuilder yaml = new StringBuilder("adoptionPolicy: Adopt\n");
        yaml.append("scope: /")
                .append(document.path("id").asText().replaceFirst("/providers/Microsoft.CostManagement.*", ""))
                .append('\n');
        yaml.append("exportName: ").append(document.path("name").asText()).append('\n');
        yaml.append("dataset: {type: ")
                .append(definition.path("type").asText())
                .append(", timeframe: ")
                .append(definition.path("timeframe").asText());
        yaml.append(definition.has("dataSet") ? ", granularity: Daily" : "").append("}\n");
        yaml.append("destination: {storageAccountId: ")
                .append(destination.path("resourceId").asText())
                .append(", container: exports")
                .append(destination.path("rootFolderPath").isTextual() ? ", rootFolderPath: ad-hoc" : "")
                .append("}\n");
        if (active) {
            yaml.append("schedule: {recurrence: ")
                    .append(properties.at("/schedule/recurrence").asText())
                    .append(", from: \"")
                    .append(instant(properties.at("/schedule/recurrencePeriod/from")))
                    .append("\", to: \"")
                    .append(instant(properties.at("/schedule/recurrencePeriod/to")))
                    .append("\"}\n");
        }
        return Specs.yaml(yaml.toString());
    }

    private static String instant(JsonNode time) {
        return time.asText().endsWith("Z") ? time.asText() : time.asText() + "Z";
    }
}
