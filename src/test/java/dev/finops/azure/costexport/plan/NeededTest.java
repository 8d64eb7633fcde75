package dev.finops.azure.costexport.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeededTest {
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

    CostExportSpec filled = Needed.filled(spec);

    assertEquals(Optional.of(field), Needed.missing(spec));
    assertEquals(Optional.of(field), Needed.missing(filled));
    JsonNode stated = YAML.readTree(text);
    stated.properties().stream().filter(member -> member.getValue().isTextual())
        .forEach(member -> assertEquals(member.getValue(), YAML.valueToTree(filled).path(member.getKey())));
  }

  @Test
  void noSpecAtAllIsOneWithoutAScope() {
    assertEquals(Optional.of("scope"), Needed.missing(null));
    assertEquals("", Needed.filled(null).scope());
  }

  @Test
  void whatIsWholeIsLeft() throws IOException {
    CostExportSpec spec = YAML.readValue("{scope: /subscriptions/a, dataset: {type: ActualCost, timeframe: MonthToDate}, destination: {container: c}}", CostExportSpec.class);

    assertEquals(Optional.empty(), Needed.missing(spec));
    assertSame(spec, Needed.filled(spec));
  }
}
