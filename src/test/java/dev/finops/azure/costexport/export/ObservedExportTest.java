package dev.finops.azure.costexport.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    ExportId section = new ExportId(new Scope("/providers/Microsoft.Billing/billingAccounts/1:2/invoiceSections/3"), "daily");

    assertTrue(named("/providers/Microsoft.Billing/billingAccounts/1:2/billingProfiles/4/invoiceSections/3", "daily").isOf(section));
    assertEquals(false, named("/providers/Microsoft.Billing/billingAccounts/1:2/invoiceSections/3", "weekly").isOf(section));
    assertTrue(new ObservedExport(Json.object()).isOf(section), "it need not name itself");
  }

  @Test
  void whatGoesIntoAStatusIsShort() {
    var document = Json.object().put("eTag", LONG);
    document.putObject("identity").put("principalId", LONG).put("tenantId", LONG);
    document.putObject("systemData").put("lastModifiedBy", LONG);
    document.putObject("properties").putObject("systemSuspensionContext").put("suspensionCode", "c").put("suspensionReason", LONG);
    ObservedExport export = new ObservedExport(document);

    assertNull(export.eTag(), "half of one is none");
    assertTrue(export.identity().principalId().length() <= 1024);
    assertTrue(export.identity().tenantId().length() <= 1024);
    assertTrue(export.changedBy().orElseThrow().length() <= 1024);
    assertTrue(export.suspension().orElseThrow().length() <= 1024);
  }

  private static ObservedExport named(String scope, String name) {
    return new ObservedExport(Json.object().put("name", name).put("id", new ExportId(new Scope(scope), name).path()));
  }
}
