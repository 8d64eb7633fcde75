package dev.finops.azure.export.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredFieldsTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      scope                 | {description: other}
      dataset.type          | {scope: /subscriptions/a}
      dataset.type          | {scope: /subscriptions/a, dataset: {timeframe: MonthToDate}}
      dataset.timeframe     | {scope: /subscriptions/a, dataset: {type: ActualCost}}
      destination.container | {scope: /subscriptions/a, dataset: {type: ActualCost, timeframe: MonthToDate}}
      destination.container | {scope: /subscriptions/a, dataset: {type: ActualCost, timeframe: MonthToDate}, destination: {rootFolderPath: finops}}
      """)
    void theFirstFieldThatIsMissingIsNamedAlsoWhenItIsFilled(String field, String text) throws IOException {
        CostExportSpec spec = YAML.readValue(text, CostExportSpec.class);

        CostExportSpec filled = RequiredFields.filled(spec);

        assertEquals(Optional.of(field), RequiredFields.missing(spec));
        assertEquals(Optional.of(field), RequiredFields.missing(filled));
        JsonNode stated = YAML.readTree(text);
        stated.properties().stream()
                .filter(member -> member.getValue().isTextual())
                .forEach(member ->
                        assertEquals(member.getValue(), YAML.valueToTree(filled).path(member.getKey())));
    }

    @Test
    void noSpecAtAllIsOneWithoutAScope() {
        assertEquals(Optional.of("scope"), RequiredFields.missing(null));
        assertEquals("", RequiredFields.filled(null).scope());
    }

    @Test
    void whatIsWholeIsLeft() throws IOException {
        CostExportSpec spec = YAML.readValue(
                "{scope: /subscriptions/a, dataset: {type: ActualCost, timeframe: MonthToDate}, "
                        + "destination: {container: c}}",
                CostExportSpec.class);

        assertEquals(Optional.empty(), RequiredFields.missing(spec));
        assertSame(spec, RequiredFields.filled(spec));
    }
}
