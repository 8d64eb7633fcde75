package dev.finops.azure.export.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.finops.azure.document.Scope;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportIdTest {
    private static final ExportId ID = new ExportId(new Scope("/subscriptions/0a"), "focus-daily");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/subscriptions/0a/providers/Microsoft.CostManagement/exports/focus-daily",
                "subscriptions/0a/providers/Microsoft.CostManagement/exports/focus-daily",
                "/subscriptions/0A/providers/microsoft.costmanagement/Exports/FOCUS-daily",
                "/subscriptions/0a/providers/Microsoft.CostManagement/exports/focus-daily/"
            })
    void isOneInAllSpellings(String spelling) {
        ExportId parsed = ExportId.parse(spelling).orElseThrow();

        assertEquals(ID, parsed);
        assertEquals(ID.hashCode(), parsed.hashCode());
        assertEquals(ID.key(), parsed.key());
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "/subscriptions/0a",
                "/subscriptions/0a/providers/Microsoft.CostManagement/exports",
                "/subscriptions/0a/providers/Microsoft.CostManagement/exports/",
                "/subscriptions/0a/providers/Microsoft.CostManagement/exports/focus/run/1",
                "/subscriptions/0a/providers/Microsoft.CostManagement/budgets/focus",
                "providers/Microsoft.CostManagement/exports/focus",
                "/providers/Microsoft.CostManagement/exports/focus"
            })
    void isReadFromNothingElse(String other) {
        assertEquals(Optional.empty(), ExportId.parse(other));
    }

    @Test
    void keepsTheSpellingOfTheSpec() {
        assertEquals(
                "/subscriptions/0A/providers/Microsoft.CostManagement/exports/Focus",
                new ExportId(new Scope("/subscriptions/0A/"), "Focus").path());
    }

    @Test
    void isNamedByTheObjectUnlessTheSpecNamesIt() {
        assertEquals("focus-daily", ExportId.of(Specs.FOCUS, "object").name());
        assertEquals(
                "object",
                ExportId.of(Specs.without(Specs.FOCUS, "exportName"), "object").name());
    }

    @Test
    void differsByScopeAndName() {
        assertNotEquals(ID, new ExportId(new Scope("/subscriptions/0b"), "focus-daily"));
        assertNotEquals(ID, new ExportId(new Scope("/subscriptions/0a"), "focus"));
    }

    /** A capital dotted I is one character and two in lower case: each one moved the name's begin by one. */
    @ParameterizedTest
    @ValueSource(strings = {"İstanbul", "İİ", "Straße", "ﬃ", "ÅK"})
    void isCutWhereTheNameBegins(String group) {
        ExportId id = new ExportId(new Scope("/subscriptions/0a/resourceGroups/" + group), "xdaily");

        assertEquals("xdaily", ExportId.parse(id.path()).orElseThrow().name());
        assertEquals(id, ExportId.parse(id.path()).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "İstanbul, istanbul, false", "İstanbul, i̇stanbul, false", "ısparta, Isparta, false", "maſs, mass, false",
        "\u212A2, K2, false", "K2, k2, true", "Köln, KÖLN, true", "ΑΣ, ας, true"
    })
    void isTheSameInAnotherLetterCaseAsAzureSeesIt(String one, String other, boolean same) {
        assertEquals(
                same,
                new Scope("/subscriptions/0a/resourceGroups/" + one)
                        .equals(new Scope("/subscriptions/0a/resourceGroups/" + other)));
    }

    @ParameterizedTest
    @CsvSource({
        "/subscriptions/0A,                                                      0a",
        "/subscriptions/0a/resourceGroups/finops,                                0a",
        "/providers/Microsoft.Billing/billingAccounts/12345:6789,                tenant",
        "/providers/Microsoft.Management/managementGroups/subscriptions,         tenant"
    })
    void usesTheQuotaOfItsSubscriptionOrTenant(String scope, String owner) {
        assertEquals(owner, new Scope(scope).quotaOwner());
    }
}
