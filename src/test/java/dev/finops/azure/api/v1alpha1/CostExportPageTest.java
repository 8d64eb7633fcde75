package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of the resource is its schema. */
class CostExportPageTest {
    private static final Path PAGE = Path.of("docs/reference/costexport.md");
    private static final String REWRITE = "mvn test -Dtest=CostExportPageTest -Dpages.write=true";

    private static final String PARTS = """
      # CostExport

      [//]: # (Generated from crds/costexports.azure.finops.dev.yaml by: %s)

      `apiVersion: azure.finops.dev/v1alpha1`, `kind: CostExport`, namespaced; short name `cexp`, and among the categories `azure` and `finops`.
      `kubectl explain costexport.spec` says the same of each field.

      - What the spec leaves out is not managed: Azure's default applies when the export is created, and Azure's value stays later. The CRD fills
        in nothing.
      - Times are UTC. A bare date is the start of its day as `from` and its end as `to`.
      - ARM ids mean the same in any letter case, with or without one slash at the end.

      ## spec

      | field | type | meaning | default | example |
      |---|---|---|---|---|
      %s
      ## What the API server refuses

      What Azure never accepts, and changes that would mean another export. Whatever else Azure refuses becomes [a condition](conditions.md).

      | where | rule and remedy |
      |---|---|
      %s
      ## Annotations

      Requests that a person makes once. A value that was acted on is in the status as `lastHandled…`.

      | annotation | value | what it does |
      |---|---|---|
      | `azure.finops.dev/run-requested-at` | any new one | [runs the export once](../how-to/run.md) |
      | `azure.finops.dev/run-period` | `2026-03`, `2026-01..2026-03` | with a new `run-requested-at`: runs these months instead |
      | `azure.finops.dev/reconcile-requested-at` | any new one | looks at Azure now |
      | `azure.finops.dev/apply-requested-at` | any new one | sends one PUT even without a difference, as Azure wants after [a storage account's network rules](../how-to/firewall.md) have changed |
      | `azure.finops.dev/paused` | `true` | no call to Azure at all; run requests and deletion wait |

      ## status

      Written by the operator alone. [Conditions and reasons](conditions.md) have a page of their own. The fields of `lastSuccessfulRun` and
      of each of `runs` are those of `lastRun`.

      | field | type | meaning |
      |---|---|---|
      %s
      ## Columns

      | `kubectl get` | shows |
      |---|---|
      %s""";

    @Test
    void isCurrent() throws IOException {
        var version = CrdField.version();
        String current = PARTS.formatted(
                REWRITE,
                lines(CrdField.ofSpec(), CostExportPageTest::ofSpec),
                refusals(version.getSchema().getOpenAPIV3Schema()),
                lines(
                        CrdField.ofStatus().stream()
                                .filter(field -> !field.path().matches("(lastSuccessfulRun|runs\\[])[.].*"))
                                .toList(),
                        field -> "| `%s` | %s | %s |\n"
                                .formatted(
                                        field.path(),
                                        type(field.schema()),
                                        cell(field.schema().getDescription()))),
                lines(version.getAdditionalPrinterColumns(), CostExportPageTest::column));

        if (Boolean.getBoolean("pages.write")) {
            Files.writeString(PAGE, current);
        }
        assertEquals(current, Files.readString(PAGE), "The page is stale; rewrite it with: " + REWRITE);
    }

    private static String ofSpec(CrdField field) {
        Explanation said = Explanation.of(field);
        String values = field.schema().getEnum() == null
                ? ""
                : field.schema().getEnum().stream()
                        .map(value -> "`" + value.asText() + "`")
                        .collect(Collectors.joining(" "));
        String type = Stream.of(field.required() ? "required" : "", type(field.schema()), values)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s | `%s` |\n"
                .formatted(
                        field.path(),
                        type,
                        cell(said.meaning()),
                        cell(said.defaultValue()
                                .replaceFirst("^Default:? ", "")
                                .replaceFirst("^Azure's default: ", "Azure's: ")
                                .replaceFirst("[.]$", "")),
                        said.example());
    }

    private static String type(JSONSchemaProps schema) {
        String bound = schema.getMaxLength() == null ? "" : " of at most " + schema.getMaxLength() + " characters";
        return schema.getItems() == null
                ? schema.getType() + bound
                : "list of " + schema.getItems().getSchema().getType() + "s"
                        + (schema.getMaxItems() == null ? "" : ", at most " + schema.getMaxItems());
    }

    private static String refusals(JSONSchemaProps root) {
        Stream<String> ofFields =
                CrdField.ofSpec().stream().flatMap(field -> refusals("spec." + field.path(), field.schema()));
        return Stream.of(
                        refusals("", root),
                        refusals("spec", root.getProperties().get("spec")),
                        ofFields)
                .flatMap(Function.identity())
                .collect(Collectors.joining());
    }

    private static Stream<String> refusals(String path, JSONSchemaProps schema) {
        return schema.getXKubernetesValidations().stream()
                .map(rule -> "| %s | %s |\n"
                        .formatted(path.isEmpty() ? "the object" : "`" + path + "`", cell(rule.getMessage())));
    }

    private static String column(CustomResourceColumnDefinition column) {
        boolean wide = column.getPriority() != null && column.getPriority() > 0;
        return "| %s%s | `%s` |\n"
                .formatted(
                        column.getName().toUpperCase(Locale.ROOT),
                        wide ? ", with `-o wide`" : "",
                        column.getJsonPath());
    }

    private static <T> String lines(List<T> rows, Function<T, String> line) {
        return rows.stream().map(line).collect(Collectors.joining());
    }

    /** Markdown takes a bar for the end of a cell and a star for emphasis. */
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*", "\\*");
    }
}
