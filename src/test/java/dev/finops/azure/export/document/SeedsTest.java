package dev.finops.azure.export.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The samples of the API's own manual and of a FinOps team's runbook, as manifests: the same request is sent. */
class SeedsTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @ParameterizedTest
    @CsvSource({
        "by-billing-account,    create-or-update, "
                + "/providers/Microsoft.Billing/billingAccounts/123456/providers/Microsoft.CostManagement/exports/TestExport",
        "by-department,         create-or-update, "
                + "/providers/Microsoft.Billing/billingAccounts/12/departments/1234/providers/Microsoft.CostManagement/exports/TestExport",
        "by-enrollment-account, create-or-update, "
                + "/providers/Microsoft.Billing/billingAccounts/100/enrollmentAccounts/456/providers/Microsoft.CostManagement/exports/TestExport",
        "by-management-group,   create-or-update, "
                + "/providers/Microsoft.Management/managementGroups/TestMG/providers/Microsoft.CostManagement/exports/TestExport",
        "by-resource-group,     create-or-update, "
                + "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/MYDEVTESTRG/providers/Microsoft.CostManagement/exports/TestExport",
        "by-subscription,       create-or-update, "
                + "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.CostManagement/exports/TestExport",
        "focus-daily,           focus-daily,      "
                + "/providers/Microsoft.Billing/billingAccounts/1234567/providers/Microsoft.CostManagement/exports/ftk-costs-daily",
        "one-month,             one-month,        "
                + "/providers/Microsoft.Billing/billingAccounts/1234567/providers/Microsoft.CostManagement/exports/backfill-jan2025"
    })
    void sendWhatTheSampleSends(String manifest, String body, String path) throws IOException {
        JsonNode object = read(manifest + ".yaml");
        CostExportSpec spec = YAML.treeToValue(object.get("spec"), CostExportSpec.class);

        assertEquals(read(body + ".json"), Specs.desired(spec, null, Specs.NOW).createBody());
        assertEquals(
                path, ExportId.of(spec, object.at("/metadata/name").asText()).path());
    }

    @Test
    void aSampleWhoseEndHasPassedIsSentInactive() throws IOException {
        CostExportSpec spec = YAML.treeToValue(read("by-subscription-2020.yaml").get("spec"), CostExportSpec.class);
        ObjectNode sample = (ObjectNode) read("create-or-update-2020.json");
        ExportField.SCHEDULE_STATUS.documentPath().set(sample, TextNode.valueOf("Inactive"));
        DesiredExport desired = Specs.desired(spec, null, Specs.NOW);

        assertEquals(sample, desired.createBody());
        assertEquals(
                ScheduleWindow.Phase.ENDED, desired.schedule().orElseThrow().phase());
    }

    private static JsonNode read(String name) throws IOException {
        try (InputStream seed = SeedsTest.class.getResourceAsStream("/seeds/" + name)) {
            return YAML.readTree(seed);
        }
    }
}
