package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.BoundedJson;
import dev.finops.azure.export.document.ObservedExport;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListPageTest {
    @Test
    void whatIsKeptOfEachIsFoundByItsNameAsAzureSpellsIt() {
        assertEquals(
                Optional.of(new ListPage<>(
                        Map.of("Daily", "\"1\"", "daily", "\"3\"", "focus", "\"2\""), true, "https://next")),
                read("""
        {"nextLink": "https://next", "context": {"value": [1]},
         "value": [{"name": "Daily", "eTag": "\\"1\\"", "properties": {}}, {"name": "daily", "eTag": "\\"3\\"", "properties": {}}, {"name": "focus", "eTag": "\\"2\\"", "properties": {"runHistory": {"value": []}}}]}"""));
    }

    @Test
    void anEntryThatIsNoExportMakesItLessThanWhole() {
        assertEquals(
                Optional.of(new ListPage<>(Map.of("daily", "\"1\""), false, "")),
                read("{\"value\": [{\"name\": \"daily\", \"eTag\": \"\\\"1\\\"\", \"properties\": "
                        + "{}}, 7, {\"properties\": {}}, [[]], null]}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "{\"value\": {}}",
                "{\"value\": null}",
                "{\"value\": [",
                "{\"value\": [{\"name\": \"a\"",
                "{\"value\": []",
                "<html>",
                "{\"value\": [], \"nextLink\"",
                "{\"value\": [], }"
            })
    void anythingElseIsNoList(String text) {
        assertEquals(Optional.empty(), read(text));
    }

    @Test
    void anEntryOfAnotherScopeIsNone() {
        ListPage<String> page =
                read("{\"value\": [{\"name\": \"daily\", \"eTag\": \"1\", \"properties\": {}}, {\"id\": "
                                + "\"/elsewhere\", \"name\": \"daily\", \"eTag\": \"2\", \"properties\": {}}]}")
                        .orElseThrow();

        assertEquals(Map.of("daily", "1"), page.byName());
        assertTrue(page.whole());
    }

    @Test
    void anEntryThatWouldFillTheMemoryMakesItNone() {
        String many = "[]" + ",[]".repeat(BoundedJson.MAX_TOKENS);

        assertEquals(
                Optional.empty(),
                read("{\"value\": [{\"name\": \"daily\", \"properties\": {\"a\": [" + many + "]}}]}"));
        assertEquals(
                Map.of(),
                read("{\"context\": [" + many + "], \"value\": []}")
                        .orElseThrow()
                        .byName());
    }

    private static Optional<ListPage<String>> read(String text) {
        return ListPage.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                export -> !export.document().path("id").asText().startsWith("/elsewhere"),
                ObservedExport::eTag);
    }
}
