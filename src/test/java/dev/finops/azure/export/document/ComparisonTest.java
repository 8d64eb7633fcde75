package dev.finops.azure.export.document;

import static dev.finops.azure.export.document.Specs.accepted;
import static dev.finops.azure.export.document.Specs.desired;
import static dev.finops.azure.export.document.Specs.stored;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.DocumentPath;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Promises 1 and 2: only what the spec states is managed, and no write without a difference. */
@Domain(SpecArbitraries.class)
@Domain(DomainContext.Global.class)
class ComparisonTest {
    private static final List<String> ONLY_AZURE_SAYS = List.of(
            "id",
            "name",
            "type",
            "eTag",
            "systemData",
            "identity.principalId",
            "identity.tenantId",
            "properties.nextRunTimeEstimate",
            "properties.runHistory",
            "properties.systemSuspensionContext");

    @Property
    void noSpellingOfADocumentDiffersFromIt(
            @ForAll CostExportSpec spec, @ForAll Set<Respelling> spellings, @ForAll Instant later) {
        ObservedExport shown = accepted(spec);
        for (Respelling spelling : new TreeSet<>(spellings)) {
            shown = spelling.of(shown);
        }
        DesiredExport desired = desired(spec, shown, later);

        assertEquals(List.of(), desired.differences(shown, desired.statedPaths()));
    }

    @Property
    void anUpdateLeavesNothingToUpdate(@ForAll CostExportSpec before, @ForAll CostExportSpec after) {
        ObservedExport old = accepted(before);
        List<String> applied = desired(before, old, Specs.NOW).statedPaths();
        ObjectNode sent = desired(after, old, Specs.NOW).updateBody(old, applied);
        ObservedExport updated = stored(sent, ExportId.of(after, "unnamed"));
        DesiredExport desired = desired(after, updated, Specs.NOW);

        assertEquals(List.of(), desired.differences(updated, desired.statedPaths()));
        assertEquals(
                sent.without("eTag"),
                desired.updateBody(updated, desired.statedPaths()).without("eTag"));
    }

    @Property
    void anUpdateKeepsWhatTheSpecDoesNotState(@ForAll CostExportSpec before, @ForAll CostExportSpec after) {
        ObservedExport old = Respelling.UNKNOWN_MEMBERS.of(Respelling.WHAT_ONLY_AZURE_SAYS.of(accepted(before)));
        DesiredExport desired = desired(after, old, Specs.NOW);
        List<String> applied = desired(before, old, Specs.NOW).statedPaths();
        Set<String> managed = Stream.concat(
                        Arrays.stream(ExportField.values())
                                .filter(field -> desired.values().containsKey(field)),
                        Arrays.stream(ExportField.values()).filter(field -> applied.contains(field.specPath())))
                .map(field -> field.documentPath().path())
                .collect(Collectors.toCollection(HashSet::new));
        managed.addAll(ONLY_AZURE_SAYS);
        ObjectNode body = desired.updateBody(old, applied);
        if (desired.completes(old, body)) {
            managed.add(ExportField.RECURRENCE.documentPath().path());
        }

        assertEquals(unmanaged(old.document(), managed), unmanaged(body, managed));
    }

    @Property
    void anUpdateCarriesTheETagAndNothingThatOnlyAzureSays(
            @ForAll CostExportSpec before, @ForAll CostExportSpec after) {
        ObservedExport old = Respelling.WHAT_ONLY_AZURE_SAYS.of(accepted(before));
        ObjectNode body = desired(after, old, Specs.NOW).updateBody(old, List.of());

        assertEquals(old.eTag(), body.path("eTag").asText());
        assertEquals(
                List.of("eTag"),
                ONLY_AZURE_SAYS.stream()
                        .filter(path -> new DocumentPath(path).in(body) != null)
                        .toList());
    }

    /** All values below which there is nothing, by their path. */
    private static Map<String, JsonNode> unmanaged(JsonNode document, Set<String> managed) {
        Map<String, JsonNode> leaves = new TreeMap<>();
        collect("", document, leaves);
        leaves.keySet().removeIf(path -> managed.stream().anyMatch(m -> path.equals(m) || path.startsWith(m + ".")));
        return leaves;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isObject()) {
            node.properties()
                    .forEach(member -> collect(
                            path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
                            member.getValue(),
                            leaves));
        } else {
            leaves.put(path, node);
        }
    }
}
