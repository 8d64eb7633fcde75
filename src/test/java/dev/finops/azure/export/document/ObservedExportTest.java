package dev.finops.azure.export.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Identity;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.runs.Histories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ObservedExportTest {
    private static final String LONG = "x".repeat(100_000);

    @ParameterizedTest
    @CsvSource(textBlock = """
      /subscriptions/0a, daily, true
      subscriptions/0A, DAILY, true
      /subscriptions/0b, daily, false
      /subscriptions/0a/resourceGroups/b, daily, false
      /subscriptions/0a, weekly, false
      """)
    void isOfTheIdThatItHas(String scope, String name, boolean same) {
        assertEquals(same, named(scope, name).isOf(new ExportId(new Scope("/subscriptions/0a"), "daily")));
    }

    @Test
    void isOfABillingScopeHoweverThatIsSpelled() {
        ExportId section =
                new ExportId(new Scope("/providers/Microsoft.Billing/billingAccounts/1:2/invoiceSections/3"), "daily");

        assertTrue(
                named("/providers/Microsoft.Billing/billingAccounts/1:2/billingProfiles/4/invoiceSections/3", "daily")
                        .isOf(section));
        assertEquals(
                false,
                named("/providers/Microsoft.Billing/billingAccounts/1:2/invoiceSections/3", "weekly")
                        .isOf(section));
        assertTrue(new ObservedExport(Json.object()).isOf(section), "it need not name itself");
    }

    @ParameterizedTest
    @EnumSource(
            value = Respelling.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "WHAT_ONLY_AZURE_SAYS") // a mask that comes is news
    void isNotNewInAnotherSpelling(Respelling spelling) {
        ObservedExport export = accepted();

        assertEquals(export.fingerprint(), spelling.of(export).fingerprint());
        assertTrue(spelling.of(export).isAt(export.eTag()));
    }

    @Test
    void isNewWhenWhatItMeansHasChanged() {
        for (String edit : new String[] {
            "eTag \"other\"",
            "properties.definition.type \"Usage\"",
            "identity.principalId \"2b\"",
            "properties.systemSuspensionContext {\"suspensionCode\":\"x\"}",
            "properties.runHistory.value "
                    + "[{\"name\":\"r1\",\"properties\":{\"status\":\"Queued\",\"submittedTime\":\"2026-11-15T09:00:00Z\"}}]"
        }) {
            ObjectNode document = accepted().document().deepCopy();
            new DocumentPath(edit.substring(0, edit.indexOf(' ')))
                    .set(document, Json.read(edit.substring(edit.indexOf(' ') + 1)));
            assertNotEquals(accepted().fingerprint(), new ObservedExport(document).fingerprint(), edit);
        }
    }

    private static ObservedExport accepted() {
        ObjectNode document = Histories.with(Specs.accepted(Specs.FOCUS), "a1 Completed 2026-11-15T09:00:00Z")
                .document();
        document.putObject("identity")
                .put("type", "SystemAssigned")
                .put("principalId", "1a")
                .put("tenantId", "1b");
        return new ObservedExport(document);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      # status        | recurrence | from                     | to                   | estimate                     | known                | next
      Active          | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:00.3338433Z | -                    | 2026-11-16T06:00:00Z
      Active          | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:01.846797Z  | 2026-11-16T06:00:00Z | 2026-11-16T06:00:00Z
      Active          | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | -                            | -                    | 2026-11-16T06:00:00Z
      active          | weekly     | 2019-02-14T21:19:21.457Z | 2036-01-01T00:00:00Z | 2026-11-15T22:00:00.2957284Z | -                    | 2026-11-19T21:19:21Z
      Active          | Monthly    | 2026-01-31T00:00:00      | 2036-01-01T00:00:00  | 2026-11-15T22:00:00Z         | -                    | 2026-11-30T00:00:00Z
      Active          | Daily      | 2026-12-01T00:00:00Z     | 2036-01-01T00:00:00Z | 2026-12-01T00:00:00Z         | -                    | 2026-12-01T00:00:00Z
      Active          | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | -                            | 2031-01-01T06:00:00Z | 2026-11-16T06:00:00Z
      Active          | Annually   | 2026-11-10T06:00:00Z     | 2027-01-01T00:00:00Z | 2026-11-15T22:00:00Z         | -                    | -
      Inactive        | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:00Z         | 2026-11-16T06:00:00Z | -
      SystemSuspended | Daily      | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:00Z         | -                    | -
      Active          | Hourly     | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:00Z         | -                    | 2026-11-15T22:00:00Z
      Active          | Hourly     | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:09Z         | 2026-11-15T22:00:00Z | 2026-11-15T22:00:00Z
      Active          | Hourly     | 2026-11-10T06:00:00Z     | 2036-01-01T00:00:00Z | 2026-11-15T22:00:09Z         | 2026-11-15T09:00:00Z | 2026-11-15T22:00:09Z
      -               | -          | -                        | -                    | 2026-11-15T22:00:00Z         | -                    | -
      """)
    void runsNextByItsScheduleAndNotByAnEstimateThatMoves(
            String status, String recurrence, String from, String to, String estimate, String known, String next) {
        ObjectNode document = Json.object();
        document.withObject("/properties").put("nextRunTimeEstimate", estimate);
        document.withObject("/properties/schedule").put("status", status).put("recurrence", recurrence);
        document.withObject("/properties/schedule/recurrencePeriod")
                .put("from", from)
                .put("to", to);

        assertEquals(
                next,
                new ObservedExport(document)
                        .nextRunTime(Timestamps.start(known), Specs.NOW)
                        .map(Timestamps::write)
                        .orElse(null));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
      1a, 1b, 1A, 1B, 1a
      1a, 1b, 2a, 1b, 2a
      1a, -, 1A, -, 1a
      -, -, 1A, -, 1A
      """)
    void isToldAsItWasToldBeforeInAnotherLetterCase(
            String principalBefore, String tenantBefore, String principal, String tenant, String told) {
        ObjectNode document = Json.object();
        document.putObject("identity").put("principalId", principal).put("tenantId", tenant);

        assertEquals(
                told,
                new ObservedExport(document)
                        .identity(new Identity(principalBefore, tenantBefore))
                        .principalId());
    }

    @Test
    void whatGoesIntoAStatusIsShort() {
        var document = Json.object().put("eTag", LONG);
        document.putObject("identity").put("principalId", LONG).put("tenantId", LONG);
        document.putObject("systemData").put("lastModifiedBy", LONG);
        document.putObject("properties")
                .putObject("systemSuspensionContext")
                .put("suspensionCode", "c")
                .put("suspensionReason", LONG);
        ObservedExport export = new ObservedExport(document);

        assertNull(export.eTag(), "half of one is none");
        assertTrue(export.identity(null).principalId().length() <= 1024);
        assertTrue(export.identity(null).tenantId().length() <= 1024);
        assertTrue(export.changedBy().orElseThrow().length() <= 1024);
        assertTrue(export.suspension().orElseThrow().length() <= 1024);
    }

    private static ObservedExport named(String scope, String name) {
        return new ObservedExport(
                Json.object().put("name", name).put("id", new ExportId(new Scope(scope), name).path()));
    }
}
