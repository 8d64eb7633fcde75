package dev.finops.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of the two articles that this project starts from, as {@code az rest} sends them. */
class SeedRequestsTest {

    private static final String EXPORTS = "/providers/Microsoft.CostManagement/exports";
    private static final String STORAGE =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/MYDEVTESTRG"
                    + "/providers/Microsoft.Storage/storageAccounts/ccmeastusdiag182";

    private final AzureSimulator azure = AzureSimulator.start();
    private final PlainClient client = new PlainClient(azure);

    @AfterEach
    void stop() {
        client.close();
        azure.close();
    }

    private static ObjectNode focusParquet() {
        return (ObjectNode) Json.parse("""
                {"properties": {
                  "format": "Parquet",
                  "deliveryInfo": {"destination": {"resourceId": "%s", "container": "msexports", "rootFolderPath": "billingAccounts/1234567"}},
                  "definition": {"type": "FocusCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}},
                  "schedule": {"status": "Active", "recurrence": "Daily",
                    "recurrencePeriod": {"from": "2036-01-01T00:00:00Z", "to": "2037-12-31T00:00:00Z"}}}}
                """.formatted(STORAGE)).orElseThrow();
    }

    /**
     * With the article's api-version the list is empty and the export refused; with the first one that knows it, it all
     * works.
     */
    @Test
    void workflowOfTheBillingScope() {
        var scope = PlainClient.EA;
        assertEquals(
                "{\"value\":[]}",
                client.get(scope + EXPORTS + "?api-version=2023-08-01").text());

        var refused = client.put(scope + EXPORTS + "/ftk-costs-daily?api-version=2023-08-01", focusParquet());
        assertEquals(400, refused.status());
        assertTrue(refused.message().contains("Invalid format 'Parquet'"), refused.message());

        assertEquals(
                201,
                client.put(scope + EXPORTS + "/ftk-costs-daily?api-version=2025-03-01", focusParquet())
                        .status());
        assertEquals(
                200,
                client.send("POST", scope + EXPORTS + "/ftk-costs-daily/run?api-version=2025-03-01", null)
                        .status());
        var listed = client.get(scope + EXPORTS + "?api-version=2025-03-01")
                .json()
                .path("value")
                .path(0);
        assertEquals(
                "ftk-costs-daily FocusCost Active",
                listed.path("name").asText() + " "
                        + Json.at(listed, "properties.definition.type").asText() + " "
                        + Json.at(listed, "properties.schedule.status").asText());
        assertEquals(1, azure.exports().runs(scope, "ftk-costs-daily").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/providers/Microsoft.Billing/billingAccounts/123456",
                "/providers/Microsoft.Billing/billingAccounts/12/departments/1234",
                "/providers/Microsoft.Billing/billingAccounts/100/enrollmentAccounts/456",
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/MYDEVTESTRG",
                "/subscriptions/00000000-0000-0000-0000-000000000000"
            })
    void examplesOfTheReference(String scope) {
        var body = Json.parse("""
                {"identity": {"type": "SystemAssigned"}, "location": "centralus",
                 "properties": {
                  "schedule": {"status": "Active", "recurrence": "Weekly",
                    "recurrencePeriod": {"from": "2036-06-01T00:00:00Z", "to": "2036-10-31T00:00:00Z"}},
                  "format": "Csv",
                  "deliveryInfo": {"destination": {"resourceId": "%s", "container": "exports", "rootFolderPath": "ad-hoc"}},
                  "definition": {"type": "ActualCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily",
                    "configuration": {"columns": ["Date", "MeterId", "ResourceId", "ResourceLocation", "Quantity"]}}}}}
                """.formatted(STORAGE)).orElseThrow();

        var created = client.put(scope + EXPORTS + "/TestExport?api-version=2023-11-01", body);

        assertEquals(201, created.status());
        var answer = created.json();
        assertEquals(
                scope.substring(1) + EXPORTS + "/TestExport", answer.path("id").asText());
        assertEquals("Microsoft.CostManagement/exports", answer.path("type").asText());
        assertEquals(
                body.path("properties").path("definition"),
                answer.path("properties").path("definition"));
        assertTrue(Json.present(answer, "identity.principalId"));
    }
}
